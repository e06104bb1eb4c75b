internal import KlingCore

/// The history of changes.
extension JournalStore {
    /// Writes one change and returns its number. What was said of the task's progress before is superseded by
    /// it.
    func append(
        _ body: [UInt8], of task: VideoTask, place: Int64, _ kind: JournalEvent.Kind
    ) throws(JournalFailure) -> Int64 {
        let connection = try connection()
        try connection.run("DELETE FROM events WHERE place = ? AND kind = 1", .integer(place))
        try connection.run(
            "INSERT INTO events (place, kind, at, body) VALUES (?, ?, ?, ?)", .integer(place),
            .integer(Int64(kind.rawValue)), .integer(task.updatedAt.milliseconds), .utf8(body))
        let seq = connection.lastInsertedRow
        untrimmed += 1
        if untrimmed >= 1000 {
            untrimmed = 0
            try trim(newest: task.updatedAt)
        }
        return seq
    }

    func events(
        after seq: Int64, limit: Int
    ) throws(JournalFailure) -> (events: [JournalEvent], complete: Bool) {
        let (trimmed, last) = (try trimmedSeq(), try lastSeq())
        var events: [JournalEvent] = []
        if seq < trimmed {
            events = try connection().all(
                "SELECT \(Self.columns) FROM tasks WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
                [.integer(seq), .integer(trimmed), .integer(Int64(max(limit, 0)))]
            ) { (row) throws(JournalFailure) in
                let task = try task(row)
                return JournalEvent(seq: task.seq, kind: .change, task: task)
            }
        }
        events += try connection().all(
            """
            SELECT events.seq, request, events.body, place, kind FROM events JOIN tasks USING (place)
            WHERE events.seq > ? ORDER BY events.seq LIMIT ?
            """, [.integer(max(seq, trimmed)), .integer(Int64(max(limit - events.count, 0)))]
        ) { (row) throws(JournalFailure) in
            JournalEvent(
                seq: row.integer(0), kind: row.integer(4) == 1 ? .progress : .change, task: try task(row))
        }
        // A number from the future belongs to another journal, of which nothing is known here.
        return (events, seq >= trimmed && seq <= last)
    }

    func lastSeq() throws(JournalFailure) -> Int64 {
        try connection().first("SELECT seq FROM sqlite_sequence WHERE name = 'events'") {
            (row) throws(JournalFailure) in row.integer(0)
        } ?? 0
    }

    // MARK: Trimming

    /// The number of the newest change that history has lost.
    private func trimmedSeq() throws(JournalFailure) -> Int64 {
        try connection().first("SELECT value FROM meta WHERE name = 'trimmed'") {
            (row) throws(JournalFailure) in row.integer(0)
        } ?? 0
    }

    /// Forgets changes that are too many or too old, in the order of their numbers and a bounded count at a
    /// time, so that no call waits long for it. Time is that of the changes, not of the clock.
    func trim(newest: Timestamp) throws(JournalFailure) {
        let connection = try connection()
        let number = { (row: SQLiteConnection.Row) throws(JournalFailure) in row.integer(0) }
        let surplus =
            try connection.first(
                "SELECT seq FROM events ORDER BY seq DESC LIMIT 1 OFFSET ?",
                .integer(Int64(options.historyCount)), read: number) ?? 0
        let oldest = newest.milliseconds.subtractingReportingOverflow(options.historyAge.milliseconds)
            .partialValue
        // The first change that is young enough to stay; all before it go.
        let staying =
            try connection.first(
                "SELECT min(seq) FROM (SELECT seq, at FROM events ORDER BY seq LIMIT 5000) WHERE at >= ?",
                .integer(oldest)
            ) { (row) throws(JournalFailure) in row.isNull(0) ? Int64.max : row.integer(0) } ?? .max
        let bound =
            try connection.first(
                "SELECT max(seq) FROM (SELECT seq FROM events WHERE seq <= ? ORDER BY seq LIMIT 5000)",
                .integer(max(surplus, staying - 1)), read: number) ?? 0
        guard bound > 0 else { return }
        try connection.run("DELETE FROM events WHERE seq <= ?", .integer(bound))
        try connection.run("INSERT OR REPLACE INTO meta VALUES ('trimmed', ?)", .integer(bound))
    }
}
