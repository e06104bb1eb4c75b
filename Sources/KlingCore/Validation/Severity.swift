/// How grave a problem is. Raw values are the wire's.
public enum Severity: String, Sendable, Hashable, CaseIterable {
    /// Only as a setting: the problem is not reported.
    case off
    /// Advice that is a matter of taste.
    case hint
    /// Advice that the reader should know.
    case information
    /// A limit known only from elsewhere, or two pages that disagree.
    case warning
    /// Against what the model page states plainly.
    case error
}

extension Severity: Comparable {
    private var rank: Int {
        switch self {
        case .off: 0
        case .hint: 1
        case .information: 2
        case .warning: 3
        case .error: 4
        }
    }

    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}

/// How to validate.
public struct ValidationOptions: Sendable, Hashable {
    /// Warnings make a request invalid too, and an unknown member is an error.
    public var strict: Bool
    /// Another level for a code, or ``Severity/off``. Those of `syntax.*` and `document.root` cannot be
    /// lowered: nothing could be sent.
    public var severities: [String: Severity]
    /// The request is text that the caller holds: fixes come as text edits too.
    public var edits: Bool
    /// Every problem of a long document is listed, not only as many as an answer to a client should hold.
    package var listsAll = false
    /// Fixes are shown, not made: edits are worked out in broken text only, where there may be no place for them.
    package var showsFixes = false
    /// The text comes from standard input: it has no name that could say what it is.
    package var isUnnamed = false

    /// Whether the level of a code cannot be changed.
    package static func isFixed(_ code: String) -> Bool {
        code.hasPrefix("syntax.") || code == "document.root"
    }

    public init(strict: Bool = false, severities: [String: Severity] = [:], edits: Bool = false) {
        self.strict = strict
        self.severities = severities
        self.edits = edits
    }
}
