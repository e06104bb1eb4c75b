internal import KlingCore

/// Which process looks after which task.
extension JournalStore {
    /// One who looked after open tasks.
    struct AbsentOwner {
        enum Absence {
            case gone
            /// It is there, but was silent for longer than it said. What it is sending is its own.
            case silent
            /// It is there, but the gateway does not accept its key. What it is sending, or has to send again, is its own.
            case refused
        }

        /// Nil for tasks that have none.
        var number: Int64?
        var absence = Absence.gone

        /// Which of its tasks are left.
        var condition: String {
            switch absence {
            case .gone: ""
            case .silent: "AND state <> 'submitting'"
            case .refused: "AND state <> 'submitting' AND NOT (\(JournalStore.isDoubtful))"
            }
        }
    }

    /// What a process can ask for: the tasks of a gateway.
    struct Reach {
        var url: String
        /// For whom it sends.
        var account: String?
        /// But for those of these accounts.
        var strangers: [String] = []

        /// Of a task that a gateway has. Takes ``values``.
        fileprivate var condition: String {
            "gateway = ? AND (\(JournalStore.isOfOthers(than: strangers)) OR NOT \(JournalStore.isFollowed))"
        }

        fileprivate var values: [SQLiteConnection.Value] { ([url] + strangers).map { .text($0) } }
    }

    /// Takes the accounts.
    static func isOfOthers(than accounts: [String]) -> String {
        "(account IS NULL OR account NOT IN (\(accounts.map { _ in "?" }.joined(separator: ", "))))"
    }

    fileprivate static let isFollowed = "(state = 'submitted' OR state = 'processing')"

    /// - Parameter reach: only of tasks within it, or that any gateway may take.
    private func absentOwners(
        _ choice: LeftTasks, within reach: Reach, at now: Timestamp
    ) throws(JournalFailure) -> [AbsentOwner] {
        // From one owner to the next, however many tasks each has.
        let found = try connection().all(
            """
            WITH RECURSIVE owners (owner) AS (
                SELECT min(owner) FROM tasks WHERE is_open = 1 UNION ALL
                SELECT (SELECT min(owner) FROM tasks WHERE is_open = 1 AND owner > owners.owner) FROM owners
                WHERE owner IS NOT NULL)
            SELECT owner FROM owners WHERE
                EXISTS (SELECT * FROM tasks WHERE is_open = 1 AND tasks.owner IS owners.owner AND gateway IS NULL)
                OR EXISTS (
                    SELECT * FROM tasks WHERE is_open = 1 AND tasks.owner IS owners.owner AND \(reach.condition))
            """, reach.values
        ) { (row) throws(JournalFailure) in row.isNull(0) ? nil : row.integer(0)
        }
        let refused = try refusedOwners(within: reach, at: now)
        var absent: [AbsentOwner] = []
        for owner in found where owner != owners.number {
            guard let owner else {
                absent.append(AbsentOwner(number: nil))
                continue
            }
            let isThere = try owners.isAlive(owner)
            let isHeard = choice == .ofTheDead ? true : try isStaying(owner, at: now)
            if !isThere || !isHeard {
                absent.append(AbsentOwner(number: owner, absence: isThere ? .silent : .gone))
            } else if refused.contains(owner) {
                absent.append(AbsentOwner(number: owner, absence: .refused))
            }
        }
        return absent
    }

    /// Those whose key the gateway does not accept, while it has not refused this process's.
    private func refusedOwners(within reach: Reach, at now: Timestamp) throws(JournalFailure) -> Set<Int64> {
        var pace = try pace(of: reach.url)
        pace.forgetHolds(at: now)
        let accounts = pace.accountsWithoutKey
        guard !accounts.isEmpty, !accounts.contains(reach.account ?? "") else { return [] }
        let owners = try connection().all(
            "SELECT owner FROM staying WHERE gateway = ? AND account IN (\(accounts.map { _ in "?" }.joined(separator: ", ")))",
            [.text(reach.url)] + accounts.map { .text($0) }
        ) { (row) throws(JournalFailure) in row.integer(0) }
        return Set(owners)
    }

    func isStaying(_ owner: Int64, at now: Timestamp) throws(JournalFailure) -> Bool {
        let until = try connection().first("SELECT until FROM staying WHERE owner = ?", .integer(owner)) {
            (row) throws(JournalFailure) in row.integer(0)
        }
        return until.map { $0 >= now.milliseconds } ?? true
    }

    /// Takes the gateway's address.
    static let isOfGateway = "(gateway IS NULL OR gateway = ?)"

    /// Whether ``takeOver(_:limit:of:at:)`` would find anything.
    func isAnythingLeft(_ choice: LeftTasks, within reach: Reach, at now: Timestamp) throws(JournalFailure)
        -> Bool
    {
        switch choice {
        case .creates: try !leftCreates(of: reach.url).isEmpty
        case .ofTheDead, .everything: try !absentOwners(choice, within: reach, at: now).isEmpty
        }
    }

    func takeOver(
        _ choice: LeftTasks, limit: Int, within reach: Reach, at now: Timestamp
    ) throws(JournalFailure) -> [VideoTask] {
        let left =
            switch choice {
            case .creates: try leftCreates(of: reach.url)
            case .ofTheDead, .everything: try left(choice, limit: limit, within: reach, at: now)
            }
        let found = left.sorted { $0.place < $1.place }.prefix(limit)
        if !found.isEmpty { try owners.hold() }
        for task in found {
            try connection().run(
                "UPDATE tasks SET owner = ? WHERE place = ?", .integer(owners.number), .integer(task.place))
        }
        return Array(found)
    }

    static let isDoubtful = "state = 'queued' AND billed = 'unknown'"

    /// What a process was sending when it died, or would have sent again. What a living one is sending is not settled by another,
    /// even when the clock was set.
    private func leftCreates(of url: String) throws(JournalFailure) -> [VideoTask] {
        let owned = "\(Self.columns), owner"
        let read = { (row: SQLiteConnection.Row) throws(JournalFailure) in
            (task: try self.task(row), owner: row.isNull(4) ? nil : row.integer(4))
        }
        var found = try connection().all(
            "SELECT \(owned) FROM tasks INDEXED BY tasks_doubtful WHERE \(Self.isDoubtful) AND \(Self.isOfGateway)",
            [.text(url)], read: read)
        for place in try facets.places([[.state(.submitting)]], before: .max, limit: 10_000) {
            found += try connection().all(
                "SELECT \(owned) FROM tasks WHERE place = ?", [.integer(place)], read: read)
        }
        var left: [VideoTask] = []
        for (task, owner) in found where try isLeft(by: owner) { left.append(task) }
        return left
    }

    private func isLeft(by owner: Int64?) throws(JournalFailure) -> Bool {
        guard let owner else { return true }
        if owner == owners.number { return false }
        return try !owners.isAlive(owner)
    }

    /// The oldest tasks of each owner that is gone.
    private func left(
        _ choice: LeftTasks, limit: Int, within reach: Reach, at now: Timestamp
    ) throws(JournalFailure) -> [VideoTask] {
        var left: [VideoTask] = []
        for owner in try absentOwners(choice, within: reach, at: now) {
            // One after the other, because each has its tasks in order: those of both would have to be sorted.
            for (whereabouts, values) in [("gateway IS NULL", []), (reach.condition, reach.values)] {
                left += try connection().all(
                    """
                    SELECT \(Self.columns) FROM tasks WHERE is_open = 1 AND owner IS ? AND \(whereabouts) \(owner.condition)
                    ORDER BY place LIMIT ?
                    """,
                    [.optional(owner.number)] + values + [.integer(Int64(limit))], read: task)
            }
            // Should it be heard of again, it learns that it was taken for gone.
            if let number = owner.number, owner.absence != .refused {
                try connection().run("UPDATE staying SET until = 0 WHERE owner = ?", .integer(number))
            }
        }
        return left
    }

    func leave(_ account: String) throws(JournalFailure) {
        try connection().run(
            "UPDATE tasks SET owner = NULL WHERE is_open = 1 AND owner = ? AND account = ? AND \(Self.isFollowed)",
            .integer(owners.number), .text(account))
    }

    func stay(until time: Timestamp?, at gateway: GatewayIdentity) throws(JournalFailure) -> Bool {
        let connection = try connection()
        defer { wasTakenForGone = false }
        guard let time else {
            try connection.run("DELETE FROM staying WHERE owner = ?", .integer(owners.number))
            return true
        }
        try connection.run(
            "UPDATE staying SET until = ?, gateway = ?, account = ? WHERE owner = ? AND until > 0",
            .integer(time.milliseconds),
            .text(gateway.url), .optional(gateway.account), .integer(owners.number))
        guard connection.changes == 0 else { return !wasTakenForGone }
        try connection.run(
            "INSERT OR REPLACE INTO staying (owner, until, gateway, account) VALUES (?, ?, ?, ?)",
            .integer(owners.number),
            .integer(time.milliseconds), .text(gateway.url), .optional(gateway.account))
        // Those that ended long ago.
        try connection.run(
            "DELETE FROM staying WHERE until < ?", .integer(time.milliseconds - 7 * 86_400_000))
        return false
    }

    /// Who takes up a task is there, whatever it said before, or others would take that task over at once.
    func beThere(at now: Timestamp) throws(JournalFailure) {
        guard try !isStaying(owners.number, at: now) else { return }
        wasTakenForGone = true
        try connection().run(
            "UPDATE staying SET until = ? WHERE owner = ?", .integer(now.milliseconds + 30_000),
            .integer(owners.number))
    }

    func lookedAfter() throws(JournalFailure) -> Set<TaskID> {
        let texts = try connection().all(
            "SELECT id FROM tasks WHERE is_open = 1 AND owner = ?", [.integer(owners.number)]
        ) { (row) throws(JournalFailure) in row.text(0) }
        return Set(texts.compactMap(TaskID.init(_:)))
    }

    func hasForeignChanges() throws(JournalFailure) -> Bool {
        let version = try connection().first("PRAGMA data_version") { (row) throws(JournalFailure) in
            row.integer(0)
        }
        defer { lastDataVersion = version }
        return lastDataVersion != version
    }
}
