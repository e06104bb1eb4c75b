package import JSON

/// A place in a request: the way to it and the bytes that are meant.
package struct Place: Sendable {
    /// From the request object.
    package var tokens: [String]
    package var range: Range<Int>
    /// The page's line about the parameter.
    package var line: SourceLine?
    /// An object that stands where a list of objects belongs: it is looked at as if it were in one, at the path where it stands.
    var isLone = false

    package var pointer: JSONPointer { JSONPointer(tokens: tokens) }

    package func child(_ token: String, _ range: Range<Int>, line: SourceLine? = nil) -> Place {
        Place(tokens: tokens + [token], range: range, line: line ?? self.line)
    }

    package func child(_ position: Int, _ range: Range<Int>) -> Place {
        isLone ? at(range) : child(String(position), range)
    }

    /// The same value, other bytes of it.
    package func at(_ range: Range<Int>) -> Place { Place(tokens: tokens, range: range, line: line) }
}

/// Problems that are counted, but not in the list.
public struct Unlisted: Sendable, Hashable {
    public private(set) var errors = 0
    public private(set) var warnings = 0
    public private(set) var others = 0

    public var count: Int { errors + warnings + others }

    mutating func add(_ count: Int, _ severity: Severity) {
        switch severity {
        case .error: errors += count
        case .warning: warnings += count
        case .information, .hint, .off: others += count
        }
    }
}

/// Collects what the rules find.
package struct Findings: Sendable {
    package private(set) var diagnostics: [Diagnostic] = []
    let options: ValidationOptions
    /// The way from the document to the request at hand: empty, or its place in a list.
    var base: [String] = []
    /// The request at hand may have been misread: then no fix is made without asking, for it may be for what nobody wrote.
    var isInDoubt = false
    /// Found in the request at hand, and listed in all: errors, and the rest. Each has the limits for itself, so that an
    /// error is never hidden behind warnings.
    private var count = Tally()
    private var listed = Tally()
    /// Only whether there are errors is asked: no fix is worked out, so that a trial never asks for another.
    let isTrial: Bool

    private struct Tally {
        var errors = 0
        var others = 0

        subscript(severity: Severity) -> Int {
            get { severity == .error ? errors : others }
            set { if severity == .error { errors = newValue } else { others = newValue } }
        }
    }

    /// Problems listed of one request and of one document. What is beyond is counted and said in one sentence: a
    /// message of a megabyte can hold a million problems, and an answer must not be a hundred times as long.
    static let requestLimit = 1000
    private let documentLimit: Int
    private(set) var hidden = Unlisted()
    private var gravestHidden = Severity.off

    /// Whether a problem is only counted, so that nothing about it need be worked out; counts it then.
    mutating func skips(_ message: Message) -> Bool {
        guard let severity = severity(of: message) else { return true }
        guard count[severity] >= Self.requestLimit || listed[severity] >= documentLimit else { return false }
        hide(1, severity)
        return true
    }

    /// Counts problems that are not listed.
    mutating func hide(_ count: Int, _ severity: Severity) {
        guard count > 0 else { return }
        hidden.add(count, severity)
        gravestHidden = max(gravestHidden, severity)
    }

    /// Whether the text edits of one more fix would be worked out.
    var worksOutEdits: Bool { options.edits && count.errors + count.others < Self.fixLimit && editBudget > 0 }

    /// Whether the fixes of one more problem would be worked out.
    var worksOutFixes: Bool { !isTrial && count.errors + count.others < Self.fixLimit }

    /// Beyond so many problems in one request no more fixes are worked out: each costs a walk through the
    /// request.
    static let fixLimit = 64

    /// Bytes that may still be walked to work out text edits: each may cost a walk through its whole
    /// request. A fix found later has its patch only.
    private var editBudget = 100_000_000

    /// In broken text each edit is tried, which costs about three hundred times as much.
    private static let trialCost = 300

    /// Bytes of a request on which a fix is tried: its values by themselves take fifty times as much.
    private static let largestTrial = 1 << 18

    /// Bytes of requests that may still be validated again to see what a fix would do.
    private var trialBudget = 2 << 20

    /// What is wrong with the request at hand, once it was needed to tell what a fix would add.
    var known: [Diagnostic]?

    /// - Parameter bytes: of the document. A problem for each KiB of it is listed, but not fewer than for one request.
    init(options: ValidationOptions, bytes: Int, isTrial: Bool = false) {
        self.options = options
        self.isTrial = isTrial
        documentLimit = options.listsAll ? 100_000 : max(Self.requestLimit, min(bytes / 1024, 10_000))
    }

    /// Whether a fix may be tried on a request of so many bytes; counts it then.
    mutating func mayTry(_ bytes: Int) -> Bool {
        guard worksOutFixes, bytes <= min(trialBudget, Self.largestTrial) else { return false }
        trialBudget -= bytes + 1024
        return true
    }

    mutating func begin(base: [String]) {
        self.base = base
        known = nil
        count = Tally()
    }

    /// - Parameter fixes: their patches go from the request object.
    package mutating func report(
        _ message: Message, at place: Place, in view: RequestView, _ facts: Facts = [:],
        allowed: JSONValue? = nil,
        fixes: @autoclosure () -> [Fix] = [], related: [(Place, LocalizedText)] = []
    ) {
        if skips(message) { return }
        guard let severity = severity(of: message) else { return }
        count[severity] += 1
        listed[severity] += 1
        var finished: [Fix] = []
        if !isTrial, count.errors + count.others <= Self.fixLimit {
            // Where reading stopped, the last values have no end.
            let worksOut =
                options.edits && !(options.showsFixes && view.tree.isValid) && view.tree.isReadInFull
            for fix in fixes() {
                var fix = view.withoutDoubles(fix)
                if worksOut, fix.edits.isEmpty, let patch = fix.patch, editBudget > 0 {
                    editBudget -=
                        view.tree.isValid
                        ? view.tree.range(view.object).count : view.tree.source.count * Self.trialCost
                    fix.edits = view.tree.edits(for: patch, at: view.object) ?? []
                }
                if !options.edits { fix.edits = [] }
                // In broken text there may be no place for a change: a patch of what the text does not say mends nothing.
                if options.edits, fix.edits.isEmpty, !view.tree.isValid { continue }
                guard fix.patch != nil || !fix.edits.isEmpty else { continue }
                // What a comment is about is not taken away without asking.
                if isInDoubt || view.tree.isRemarkedOn(fix.edits) { fix.isPreferred = false }
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
        if skips(message) { return }
        guard let severity = severity(of: message) else { return }
        listed[severity] += 1
        diagnostics.append(
            Diagnostic(
                severity: severity, path: path(place), range: place.range, fixes: options.edits ? fixes : [],
                allowed: nil, related: [], sentence: message, facts: facts, line: nil))
    }

    /// Takes over what is known of a request.
    mutating func adopt(_ known: [Diagnostic]) {
        for diagnostic in known {
            guard listed[diagnostic.severity] < documentLimit else {
                hide(1, diagnostic.severity)
                continue
            }
            listed[diagnostic.severity] += 1
            diagnostics.append(diagnostic)
        }
    }

    /// Nothing was left out to keep an answer short or quick.
    var isComplete: Bool { hidden.count == 0 && editBudget > 0 }

    private func path(_ place: Place) -> JSONPointer { JSONPointer(tokens: base + place.tokens) }

    private func severity(of message: Message) -> Severity? {
        var severity = message.level
        if options.strict, message.code == "parameter.unknown" { severity = .error }
        if let other = options.severities[message.code], !message.isFundamental { severity = other }
        return severity == .off ? nil : severity
    }

    /// Puts the problems in order, and behind them says how many are not among them.
    mutating func finish(at end: Int) {
        sort()
        guard hidden.count > 0 else { return }
        // As grave as the gravest of them: a request with an error must not look valid.
        diagnostics.append(
            Diagnostic(
                severity: gravestHidden, path: .root, range: end..<end, fixes: [], allowed: nil, related: [],
                sentence: .moreProblems, facts: ["count": .int(hidden.count)], line: nil))
    }

    private mutating func sort() {
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
    var isFundamental: Bool { ValidationOptions.isFixed(code) }
}

extension Fix {
    fileprivate func prefixed(by tokens: [String]) -> Fix {
        let base = JSONPointer(tokens: tokens)
        var fix = self
        fix.patch = patch?.map { $0.prefixed(by: base) }
        return fix
    }
}
