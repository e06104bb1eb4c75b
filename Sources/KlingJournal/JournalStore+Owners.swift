internal import KlingCore

/// Which process looks after which task.
extension JournalStore {
    /// One who looked after open tasks.
    struct AbsentOwner {
        /// Nil for tasks that have none.
        var number: Int64?
        /// It is there, but was silent for longer than it said.
        var isSilent = false
    }

    /// - Parameter url: only of tasks that the gateway there has, or that any may take.
    func absentOwners(of url: String, at now: Timestamp) throws(JournalFailure) -> [AbsentOwner] {
        let found = try connection().all(
            "SELECT DISTINCT owner FROM tasks WHERE is_open = 1 AND \(Self.isOfGateway)", [.text(url)]
        ) { (row) throws(JournalFailure) in row.isNull(0) ? nil : row.integer(0)
        }
        var absent: [AbsentOwner] = []
        for owner in found where owner != owners.number {
            guard let owner else {
                absent.append(AbsentOwner(number: nil))
                continue
            }
            let isThere = try owners.isAlive(owner)
            let isHeard = try isStaying(owner, at: now)
            if !isThere || !isHeard { absent.append(AbsentOwner(number: owner, isSilent: isThere)) }
        }
        return absent
    }

    func isStaying(_ owner: Int64, at now: Timestamp) throws(JournalFailure) -> Bool {
        let until = try connection().first("SELECT until FROM staying WHERE owner = ?", .integer(owner)) {
            (row) throws(JournalFailure) in row.integer(0)
        }
        return until.map { $0 >= now.milliseconds } ?? true
    }

    /// Takes the gateway's address.
    static let isOfGateway = "(gateway IS NULL OR gateway = ?)"

    func takeOver(limit: Int, of url: String, at now: Timestamp) throws(JournalFailure) -> [VideoTask] {
        let connection = try connection()
        var found: [(place: Int64, task: VideoTask)] = []
        for owner in try absentOwners(of: url, at: now) {
            let whose = "\(Self.isOfGateway) AND " + (owner.number == nil ? "owner IS NULL" : "owner = ?")
            // What a living process is sending is not settled by another, even when the clock was set.
            let condition = whose + (owner.isSilent ? " AND state <> 'submitting'" : "")
            found += try connection.all(
                "SELECT \(Self.columns) FROM tasks WHERE is_open = 1 AND \(condition) ORDER BY place LIMIT ?",
                [.text(url)] + (owner.number.map { [.integer($0)] } ?? []) + [.integer(Int64(limit))]
            ) { (row) throws(JournalFailure) in (row.integer(3), try task(row)) }
            // Should it be heard of again, it learns that it was taken for gone.
            if let owner = owner.number {
                try connection.run("UPDATE staying SET until = 0 WHERE owner = ?", .integer(owner))
            }
        }
        guard !found.isEmpty else { return [] }
        try owners.hold()
        found.sort { $0.place < $1.place }
        found = Array(found.prefix(limit))
        for (place, _) in found {
            try connection.run(
                "UPDATE tasks SET owner = ? WHERE place = ?", .integer(owners.number), .integer(place))
        }
        return found.map(\.task)
    }

    /// Nil: it looks after nothing any more, and need not be heard of.
    func stay(until time: Timestamp?) throws(JournalFailure) -> Bool {
        let connection = try connection()
        defer { wasTakenForGone = false }
        guard let time else {
            try connection.run("DELETE FROM staying WHERE owner = ?", .integer(owners.number))
            return true
        }
        try connection.run(
            "UPDATE staying SET until = ? WHERE owner = ? AND until > 0", .integer(time.milliseconds),
            .integer(owners.number))
        guard connection.changes == 0 else { return !wasTakenForGone }
        try connection.run(
            "INSERT OR REPLACE INTO staying VALUES (?, ?)", .integer(owners.number),
            .integer(time.milliseconds))
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
