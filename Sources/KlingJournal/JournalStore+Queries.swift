internal import KlingCore

/// Reading tasks.
extension JournalStore {
    func task(_ id: TaskID) throws(JournalFailure) -> VideoTask? {
        try connection().first("SELECT \(Self.columns) FROM tasks WHERE id = ?", .text(id.text), read: task)
    }

    /// By our id, or the newest with the gateway's.
    func find(_ id: String) throws(JournalFailure) -> VideoTask? {
        if let id = TaskID(id) { return try task(id) }
        return try connection().first(
            "SELECT \(Self.columns) FROM tasks WHERE gateway_id = ? ORDER BY place DESC LIMIT 1", .text(id),
            read: task)
    }

    func list(_ query: JournalQuery) throws(JournalFailure) -> [VideoTask] {
        let limit = min(max(query.limit, 0), 10_000)
        // Per state the index gives the newest without looking at the rest; all together would have to be
        // sorted.
        guard !query.states.isEmpty, query.labels.isEmpty else {
            return try select(query, states: query.states, limit: limit)
        }
        var found: [VideoTask] = []
        for state in query.states { found += try select(query, states: [state], limit: limit) }
        return Array(found.sorted { $0.id.text > $1.id.text }.prefix(limit))
    }

    private func select(
        _ query: JournalQuery, states: Set<VideoTask.State>, limit: Int
    ) throws(JournalFailure) -> [VideoTask] {
        var conditions: [String] = []
        var values: [SQLiteConnection.Value] = []
        // The labels' own order gives the newest of those with one, without a look at the rest.
        var (tables, id) = ("tasks", "id")
        for (name, value) in query.labels.sorted(by: { $0.key < $1.key }) {
            if values.isEmpty {
                (tables, id) = ("labels CROSS JOIN tasks ON tasks.id = labels.task", "labels.task")
                conditions.append("labels.name = ? AND labels.value = ?")
            } else {
                conditions.append(
                    "EXISTS (SELECT * FROM labels AS l WHERE l.name = ? AND l.value = ? AND l.task = tasks.id)"
                )
            }
            values += [.text(name), .text(value)]
        }
        if !states.isEmpty {
            conditions.append(
                "state IN (\(Array(repeating: "?", count: states.count).joined(separator: ", ")))")
            values += states.map { .text($0.rawValue) }
        }
        if let model = query.model {
            conditions.append("model = ?")
            values.append(.text(model))
        }
        if let before = query.before {
            conditions.append("\(id) < ?")
            values.append(.text(before.text))
        }
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        values.append(.integer(Int64(limit)))
        return try connection().all(
            "SELECT \(Self.columns) FROM \(tables) \(filter) ORDER BY \(id) DESC LIMIT ?", values, read: task)
    }

    func position(of id: TaskID) throws(JournalFailure) -> Int {
        let count = try connection().first(
            """
            SELECT count(*) FROM tasks
            WHERE state = 'queued' AND place < (SELECT place FROM tasks WHERE id = ?)
            """, .text(id.text)
        ) { (row) throws(JournalFailure) in row.integer(0) }
        return Int(count ?? 0)
    }
}
