public import JSON

/// What came out of validating a request or a document.
///
/// It shares the tree's storage: let it go before the tree is given other bytes to read.
public struct Validation: Sendable {
    /// Every problem, by position.
    public let diagnostics: [Diagnostic]
    /// What is beyond the limits of the list; a last diagnostic says how many those are.
    public let unlisted: Unlisted
    /// There is an error: nothing can be sent.
    public let hasErrors: Bool
    private let isStrict: Bool
    private let subject: Subject

    /// What was looked at.
    enum Subject: Sendable {
        case request(RequestView)
        /// A document that is a list.
        case list(JSONTree, CatalogTables)
        /// No request; said by a diagnostic.
        case other
    }

    fileprivate init(_ subject: Subject, _ diagnostics: [Diagnostic], _ unlisted: Unlisted, isStrict: Bool) {
        self.subject = subject
        self.diagnostics = diagnostics
        self.unlisted = unlisted
        self.isStrict = isStrict
        hasErrors = !diagnostics.isEmpty && diagnostics.contains { $0.severity == .error }
    }

    /// No error; in strict mode, no warning either.
    public var isValid: Bool { isValid(strict: isStrict) }

    public func isValid(strict: Bool) -> Bool {
        !hasErrors && !(strict && diagnostics.contains { $0.severity == .warning })
    }

    /// The document is a list of requests.
    public var isArray: Bool { if case .list = subject { true } else { false } }

    private var view: RequestView? { if case .request(let view) = subject { view } else { nil } }

    /// The request exactly as it would be sent; nil when there are errors or the document is a list.
    public var normalized: JSONObject? {
        guard !hasErrors, let view else { return nil }
        return view.normalized
    }

    /// The requests as they would be sent, in order; empty when there are errors.
    public var requests: [VideoRequest] {
        guard !hasErrors else { return [] }
        return views.map { VideoRequest(body: $0.normalized) }
    }

    /// What would be made; nil when there are errors or the document is a list.
    public var summary: RequestSummary? {
        guard !hasErrors, let view else { return nil }
        return RequestSummary(view)
    }

    /// The request, or the list of requests, as it would be sent; null when there are errors.
    package func writeNormalized(into writer: inout JSONWriter) {
        guard !hasErrors else { return writer.null() }
        if case .request(let view) = subject { return view.writeNormalized(into: &writer) }
        writer.beginArray()
        for view in views { view.writeNormalized(into: &writer) }
        writer.endArray()
    }

    /// The summary, or a list of them; null when there are errors.
    package func writeSummary(into writer: inout JSONWriter) {
        guard !hasErrors else { return writer.null() }
        if case .request(let view) = subject { return view.writeSummary(into: &writer) }
        writer.beginArray()
        for view in views { view.writeSummary(into: &writer) }
        writer.endArray()
    }

    private var views: [RequestView] {
        switch subject {
        case .request(let view): return [view]
        case .other: return []
        case .list(let tree, let tables):
            var views: [RequestView] = []
            var elements = tree.elements(tree.root)
            while let element = elements.next(in: tree) {
                views.append(RequestView(tree, at: element, tables: tables))
            }
            return views
        }
    }
}

extension Findings {
    func validation(of subject: Validation.Subject) -> Validation {
        Validation(subject, diagnostics, hidden, isStrict: options.strict)
    }
}
