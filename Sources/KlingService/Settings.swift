package import KlingCore

/// What a client may set for its session, and what the command line has settled already.
package struct Settings: Sendable {
    package var locale: Locale = .en
    package var strict = false
    package var severities: [String: Severity] = [:]
    package var downloadDirectory: String?
    package var maximumActive = 3
    package var budget: SpendBudget?
    package var readsPerSecond = TaskServiceOptions().readsPerSecond

    /// The names of the options that the command line gave: they win over `hello` (wire contract §5).
    package var settled: Set<String> = []

    package init() {}
}

/// Levels of the log, by rising weight.
package enum LogLevel: String, Sendable, CaseIterable, Comparable {
    case debug, info, warning, error, off

    package static func < (left: LogLevel, right: LogLevel) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}
