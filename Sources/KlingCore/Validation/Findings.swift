package import JSON

/// A place in a request: the way to it and the bytes that are meant.
package struct Place: Sendable {
    /// From the request object.
    package var tokens: [String]
    package var range: Range<Int>
    /// The page's line about the parameter.
    package var line: SourceLine?

    package var pointer: JSONPointer { JSONPointer(tokens: tokens) }

    package func child(_ token: String, _ range: Range<Int>, line: SourceLine? = nil) -> Place {
        Place(tokens: tokens + [token], range: range, line: line ?? self.line)
    }

    package func child(_ position: Int, _ range: Range<Int>) -> Place { child(String(position), range) }

    /// The same value, other bytes of it.
    package func at(_ range: Range<Int>) -> Place { Place(tokens: tokens, range: range, line: line) }
}

/// Collects what the rules find.
package struct Findings: Sendable {
    package private(set) var diagnostics: [Diagnostic] = []
    let options: ValidationOptions
    /// The way from the document to the request at hand: empty, or its place in a list.
    var base: [String] = []
    /// Found in the request at hand.
    private var count = 0

    /// Beyond so many problems in one request no more fixes are worked out: each costs a walk through the
    /// request.
    static let fixLimit = 64

    /// Bytes that may still be walked to work out text edits: each may cost a walk through its whole
    /// request. A fix found later has its patch only.
    private var editBudget = 100_000_000

    init(options: ValidationOptions) { self.options = options }

    mutating func begin(base: [String]) {
        self.base = base
        count = 0
    }

    /// - Parameter fixes: their patches go from the request object.
    package mutating func report(
        _ message: Message, at place: Place, in view: RequestView, _ facts: Facts = [:],
        allowed: JSONValue? = nil,
        fixes: @autoclosure () -> [Fix] = [], related: [(Place, LocalizedText)] = []
    ) {
        guard let severity = severity(of: message) else { return }
        count += 1
        var finished: [Fix] = []
        if count <= Self.fixLimit {
            for var fix in fixes() {
                if options.edits, fix.edits.isEmpty, let patch = fix.patch, editBudget > 0 {
                    editBudget -= view.tree.range(view.object).count
                    fix.edits = view.tree.edits(for: patch, at: view.object) ?? []
                }
                if !options.edits { fix.edits = [] }
                guard fix.patch != nil || !fix.edits.isEmpty else { continue }
                finished.append(base.isEmpty ? fix : fix.prefixed(by: base))
            }
        }
        diagnostics.append(
            Diagnostic(
                severity: severity, path: path(place), range: place.range, fixes: finished, allowed: allowed,
                related: related.map { place, note in
                    RelatedPlace(path: path(place), range: place.range, note: Phrase(note))
                }, sentence: message, facts: facts, line: place.line))
    }

    /// A problem of the text itself, outside any request.
    mutating func report(text message: Message, at place: Place, _ facts: Facts, fixes: [Fix] = []) {
        guard let severity = severity(of: message) else { return }
        diagnostics.append(
            Diagnostic(
                severity: severity, path: path(place), range: place.range, fixes: options.edits ? fixes : [],
                allowed: nil, related: [], sentence: message, facts: facts, line: nil))
    }

    private func path(_ place: Place) -> JSONPointer { JSONPointer(tokens: base + place.tokens) }

    private func severity(of message: Message) -> Severity? {
        var severity = message.level
        if options.strict, message.code == "parameter.unknown" { severity = .error }
        if let other = options.severities[message.code], !message.isFundamental { severity = other }
        return severity == .off ? nil : severity
    }

    mutating func sort() {
        guard diagnostics.count > 1 else { return }
        diagnostics.sort { left, right in
            if left.range.lowerBound != right.range.lowerBound {
                return left.range.lowerBound < right.range.lowerBound
            }
            if left.range.upperBound != right.range.upperBound {
                return left.range.upperBound < right.range.upperBound
            }
            return left.code < right.code
        }
    }
}

extension Message {
    /// Whether a text with this problem is no request at all.
    var isFundamental: Bool { code.hasPrefix("syntax.") || code == "document.root" }
}

extension Fix {
    fileprivate func prefixed(by tokens: [String]) -> Fix {
        let base = JSONPointer(tokens: tokens)
        return Fix(
            title: title, patch: patch?.map { $0.prefixed(by: base) }, edits: edits, isPreferred: isPreferred)
    }

    private init(title: Phrase, patch: [JSONPatchOperation]?, edits: [TextEdit], isPreferred: Bool) {
        self.title = title
        self.patch = patch
        self.edits = edits
        self.isPreferred = isPreferred
    }
}
