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
        let end = try query.before.map { (id) throws(JournalFailure) in try place(after: id) } ?? .max
        var groups = query.labels.map { [Facet.label($0.key, $0.value)] }
        if let model = query.model { groups.append([.model(model)]) }
        if !query.states.isEmpty { groups.append(query.states.map { .state($0) }) }
        let connection = try connection()
        guard !groups.isEmpty else {
            return try connection.all(
                "SELECT \(Self.columns) FROM tasks WHERE place < ? ORDER BY place DESC LIMIT ?",
                [.integer(end), .integer(Int64(limit))], read: task)
        }
        var found: [VideoTask] = []
        for place in try facets.places(groups, before: end, limit: limit) {
            let task = try connection.first(
                "SELECT \(Self.columns) FROM tasks WHERE place = ?", .integer(place), read: task)
            if let task { found.append(task) }
        }
        return found
    }

    /// Before it are the tasks older than this one; of an unknown one, those that its name says are older.
    private func place(after id: TaskID) throws(JournalFailure) -> Int64 {
        let place = { (row: SQLiteConnection.Row) throws(JournalFailure) in row.integer(0) }
        let known = try connection().first(
            "SELECT place FROM tasks WHERE id = ?", .text(id.text), read: place)
        if let known { return known }
        let older = try connection().first(
            "SELECT place FROM tasks WHERE id < ? ORDER BY id DESC LIMIT 1", .text(id.text), read: place)
        return (older ?? 0) + 1
    }

    func queuedPlaces() throws(JournalFailure) -> QueuedPlaces {
        let places = try facets.places([[.state(.queued)]], before: .max, limit: .max)
        return QueuedPlaces(places: places.reversed(), seq: try lastSeq())
    }
}
