internal import JSON
internal import KlingCore

/// Writing tasks: beginnings, claims, changes.
extension JournalStore {
    func begin(_ task: VideoTask) throws(JournalFailure) -> JournalBeginning {
        var task = task
        if let key = task.idempotencyKey {
            if let bound = try bound(to: key) {
                return bound.request == task.request ? .existing(bound) : .conflict(bound)
            }
            task.previous = try newest(of: key) ?? task.previous
        }
        let connection = try connection()
        let body = Self.body(of: task)
        try connection.run(
            """
            INSERT INTO tasks (id, gateway_id, key, bound, state, is_open, billed, model, mode, seconds, created,
                owner, seq, request, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
            """,
            .text(task.id.text), .optional(task.taskId), .optional(task.idempotencyKey),
            .integer(task.idempotencyKey != nil && task.mayBeBilled ? 1 : 0), .text(task.state.rawValue),
            .integer(task.state.isTerminal ? 0 : 1), .text(task.billed.rawValue), .text(task.request.model),
            .text(task.request.mode), .integer(Int64(task.request.duration)),
            .integer(task.createdAt.milliseconds), try owner(of: task), .utf8(Self.bytes(task.request.body)),
            .utf8(body))
        let place = connection.lastInsertedRow
        for (name, value) in task.labels {
            try connection.run(
                "INSERT INTO labels VALUES (?, ?, ?)", .text(name), .text(value), .text(task.id.text))
        }
        task.seq = try append(body, of: task, place: place, .change)
        try connection.run("UPDATE tasks SET seq = ? WHERE place = ?", .integer(task.seq), .integer(place))
        return .created(task)
    }

    func claim(
        _ id: TaskID, maximumActive: Int, at time: Timestamp
    ) throws(JournalFailure) -> VideoTask? {
        // One transaction holds the count and the change, so no two processes can take the last place.
        let active =
            try connection().first(
                "SELECT count(*) FROM tasks WHERE state IN ('submitting', 'submitted', 'processing')"
            ) { (row) throws(JournalFailure) in row.integer(0) } ?? 0
        guard active < Int64(maximumActive), var task = try task(id), task.state == .queued else {
            return nil
        }
        task.state = .submitting
        task.attempts += 1
        task.updatedAt = time
        return try record(task, .change)
    }

    func record(_ task: VideoTask, _ kind: JournalEvent.Kind) throws(JournalFailure) -> VideoTask {
        let connection = try connection()
        let found = try connection.first(
            "SELECT place, seq, is_open FROM tasks WHERE id = ?", .text(task.id.text)
        ) {
            (row) throws(JournalFailure) in
            (place: row.integer(0), seq: row.integer(1), isOpen: row.integer(2) != 0)
        }
        guard let (place, newest, isOpen) = found else {
            throw .other(path: path, reason: "no task \(task.id) to change")
        }
        // Another process has ended the task since: an end is not taken back by one who does not know of it.
        if newest > task.seq, !isOpen, let ended = try self.task(task.id) { return ended }
        var task = task
        let body = Self.body(of: task)
        task.seq = try append(body, of: task, place: place, kind)
        // A key once let go stays so: another task may have it now.
        try connection.run(
            """
            UPDATE tasks SET gateway_id = ?, bound = bound AND ?, state = ?, is_open = ?, billed = ?, owner = ?,
                seq = ?, body = ? WHERE place = ?
            """,
            .optional(task.taskId), .integer(task.mayBeBilled ? 1 : 0), .text(task.state.rawValue),
            .integer(task.state.isTerminal ? 0 : 1), .text(task.billed.rawValue), try owner(of: task),
            .integer(task.seq), .utf8(body), .integer(place))
        return task
    }

    /// Whoever writes that a task is being submitted is the one who submits it.
    private func owner(of task: VideoTask) throws(JournalFailure) -> SQLiteConnection.Value {
        guard task.state == .submitting, let owners else { return .null }
        try owners.hold()
        return .integer(owners.number)
    }

    /// The task that a key stands for (GATEWAY §2.4).
    func bound(to key: String) throws(JournalFailure) -> VideoTask? {
        try connection().first(
            "SELECT \(Self.columns) FROM tasks WHERE key = ? AND bound = 1", .text(key), read: task)
    }

    /// The last of the tasks that had the key.
    private func newest(of key: String) throws(JournalFailure) -> TaskID? {
        let text = try connection().first(
            "SELECT id FROM tasks WHERE key = ? ORDER BY place DESC LIMIT 1", .text(key)
        ) { (row) throws(JournalFailure) in row.text(0) }
        return text.flatMap(TaskID.init(_:))
    }
}

extension VideoTask {
    /// The task is billed, or may be or become so. Its key is bound for as long.
    fileprivate var mayBeBilled: Bool { !(state.isTerminal && billed == .no) }
}
