internal import JSON
internal import KlingCore

/// What gateways have asked for: one value of `meta` for each.
extension JournalStore {
    func pace(of url: String) throws(JournalFailure) -> GatewayPace {
        let bytes = try connection().first("SELECT value FROM meta WHERE name = ?", .text(Self.name(url))) {
            (row) throws(JournalFailure) in row.bytes(0)
        }
        guard let bytes else { return GatewayPace() }
        let tree = JSONTree(bytes)
        return GatewayPace(storedForm: tree.value(tree.root).object ?? [:])
    }

    func note(
        _ wish: GatewayPace.Wish, of url: String, at now: Timestamp
    ) throws(JournalFailure) -> GatewayPace {
        var pace = try pace(of: url)
        var others = 0
        if case .fewerTasks(let id, _) = wish { others = try active(besides: id, of: url) }
        pace.note(wish, active: others, at: now)
        try write(pace, of: url)
        return pace
    }

    func write(_ pace: GatewayPace, of url: String) throws(JournalFailure) {
        try connection().run(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)", .text(Self.name(url)),
            .utf8(Self.bytes(pace.storedForm)))
    }

    /// At the gateway, or on its way there. Not as a list of states: SQLite would make a table of it whenever a task changes.
    static let isActive = "(state = 'submitting' OR state = 'submitted' OR state = 'processing')"

    /// The tasks that are at the gateway, or on their way to it.
    /// - Parameter strangers: accounts that have slots of their own.
    func active(besides id: TaskID, of url: String, but strangers: [String] = []) throws(JournalFailure)
        -> Int
    {
        let own = strangers.isEmpty ? "" : "AND \(Self.isOfOthers(than: strangers))"
        let count = try connection().first(
            """
            SELECT count(*) FROM tasks INDEXED BY tasks_active WHERE \(Self.isActive) AND \(Self.isOfGateway)
            AND id <> ? \(own)
            """, [.text(url), .text(id.text)] + strangers.map { .text($0) }
        ) { (row) throws(JournalFailure) in row.integer(0) }
        return Int(count ?? 0)
    }

    private static func name(_ url: String) -> String { "pace " + url }
}
