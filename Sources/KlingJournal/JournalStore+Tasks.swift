internal import JSON
internal import KlingCore

/// Writing tasks: beginnings, claims, changes.
extension JournalStore {
    func begin(_ task: VideoTask, within budget: SpendBudget.Window?) throws(JournalFailure)
        -> JournalBeginning
    {
        var task = task
        if let key = task.idempotencyKey {
            if let bound = try bound(to: key) {
                return bound.request == task.request ? .existing(bound) : .conflict(bound)
            }
            task.previous = try newest(of: key) ?? task.previous
        }
        if let taskId = task.taskId, let holder = try holder(of: taskId, besides: task.id) {
            return .existing(holder)
        }
        if let budget, !task.isFoundling {
            let spent = try spent(since: budget.start)
            guard budget.budget.allows(task.request, after: spent) else {
                return .overBudget(spent: spent, roomAt: try room(for: task.request, in: budget))
            }
        }
        let fingerprint = task.request.fingerprint
        let earlier = try earlier(than: task, fingerprint)
        let connection = try connection()
        let body = Self.body(of: task)
        try connection.run(
            """
            INSERT INTO tasks (id, gateway_id, gateway, key, bound, state, is_open, billed, model, mode, seconds, created,
                owner, seq, request, body, fingerprint, account)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)
            """,
            .text(task.id.text), .optional(task.taskId), .optional(task.gateway),
            .optional(task.idempotencyKey),
            .integer(task.idempotencyKey != nil && task.mayBeBilled ? 1 : 0), .text(task.state.rawValue),
            .integer(task.isSettled ? 0 : 1), .text(task.billed.rawValue), .text(task.request.model),
            .text(task.request.mode), .integer(task.isFoundling ? -1 : Int64(task.request.billableSeconds)),
            .integer(task.createdAt.milliseconds), .optional(try owner(of: task, after: nil)),
            .utf8(Self.bytes(task.request.body)), .utf8(body), .integer(fingerprint),
            .optional(task.account))
        let place = connection.lastInsertedRow
        task.place = place
        let index = try facets
        let own: [Facet] = [.state(task.state), .model(task.request.model)]
        for facet in own + task.labels.map({ .label($0.key, $0.value) }) {
            try index.insert(place, facet)
        }
        task.seq = try append(body, of: task, place: place, .change)
        try connection.run("UPDATE tasks SET seq = ? WHERE place = ?", .integer(task.seq), .integer(place))
        return .created(task, earlier: earlier)
    }

    /// The newest task with the same request that is or may be paid, when the new one came without a key.
    private func earlier(than task: VideoTask, _ fingerprint: Int64) throws(JournalFailure) -> TaskID? {
        guard task.idempotencyKey == nil, task.taskId == nil else { return nil }
        let connection = try connection()
        let start = task.createdAt.milliseconds - VideoRequest.repeatWindow.milliseconds
        for place in try recent.places(fingerprint, since: start, in: connection) {
            let id = try connection.first(
                "SELECT id FROM tasks WHERE place = ? AND NOT (billed = 'no' AND is_open = 0)",
                .integer(place)
            ) { (row) throws(JournalFailure) in row.text(0) }
            if let id { return TaskID(id) }
        }
        return nil
    }

    /// Another task with this id of the gateway's.
    private func holder(of taskId: String, besides id: TaskID) throws(JournalFailure) -> VideoTask? {
        try connection().first(
            "SELECT \(Self.columns) FROM tasks WHERE gateway_id = ? AND id <> ? ORDER BY place DESC LIMIT 1",
            .text(taskId), .text(id.text), read: task)
    }

    func claim(
        _ id: TaskID, maximumActive: Int, for gateway: GatewayIdentity, besides strangers: [String] = [],
        isAwaited: Bool = false, at time: Timestamp
    ) throws(JournalFailure) -> JournalClaim {
        // One transaction holds the count and the change, so no two processes can take the last place.
        let url = gateway.url
        let active = try active(besides: id, of: url, but: strangers)
        var pace = try pace(of: url)
        pace.forgetHolds(at: time)
        guard active < maximumActive, var task = try task(id), task.state == .queued,
            pace.allowsCreate(for: gateway.account, isAwaited: isAwaited, active: active, at: time)
        else { return .refused }
        // It may be there already, and is known only there and for whom it was sent.
        if task.isDoubtful, task.gateway ?? url != url || task.account != gateway.account { return .refused }
        // What is sent only to be refused takes nobody's turn.
        let isRefused = pace.refuses(gateway.account)
        let idle = pace.idleAccounts(but: gateway.account)
        if !isRefused, try older(than: task.place, of: url, passing: idle, at: time) != nil { return .behind }
        let isTrial =
            !(isRefused && isAwaited) && pace.beginTrial(of: task.place, for: gateway.account, at: time)
        if isTrial { try write(pace, of: url) }
        task.state = .submitting
        task.gateway = url
        task.account = gateway.account
        task.attempts += 1
        // What became of the attempt before says nothing of this one.
        task.error = nil
        task.updatedAt = time
        guard case .written(let written) = try record(task, .change) else { return .refused }
        return .claimed(written, isTrial: isTrial)
    }

    func ahead(
        of place: Int64, slots: Int, for gateway: GatewayIdentity, at now: Timestamp
    ) throws(JournalFailure) -> TasksAhead? {
        let made = try facets.places([[.state(.submitted), .state(.processing)]], before: .max, limit: slots)
        guard made.count < slots else { return nil }
        var pace = try pace(of: gateway.url)
        pace.forgetHolds(at: now)
        let idle = pace.idleAccounts(but: gateway.account)
        let first = try older(than: place + 1, of: gateway.url, passing: idle, at: now)
        return TasksAhead(
            first: try first.flatMap { (id) throws(JournalFailure) in try task(id) },
            sent: try list(JournalQuery(states: [.submitting], limit: 100)), made: made.count)
    }

    /// The oldest task that another process has in line and that may go to the gateway at `url`: the order is that of all together.
    /// Those of a process that is gone or silent are taken over first. What may have been sent has had its turn. Who sends to another
    /// gateway holds up nobody here, nor who sends for one of the accounts `idle`, for which nothing is taken, nor one that stands
    /// aside as it was refused.
    private func older(
        than place: Int64, of url: String, passing idle: [String], at now: Timestamp
    ) throws(JournalFailure) -> TaskID? {
        let others = try connection().all(
            "SELECT owner FROM staying WHERE gateway <> ? OR account IN (\(idle.map { _ in "?" }.joined(separator: ", ")))",
            [.text(url)] + idle.map { .text($0) }
        ) { (row) throws(JournalFailure) in row.integer(0)
        }
        var passed = [owners.number]
        for owner in others where try owners.isAlive(owner) { passed.append(owner) }
        return try connection().first(
            """
            SELECT id FROM tasks INDEXED BY tasks_queue WHERE state = 'queued' AND place < ? AND billed = 'no' AND owner IS NOT NULL
            AND owner NOT IN (\(passed.map { _ in "?" }.joined(separator: ", "))) AND \(Self.isOfGateway)
            AND coalesce(json_extract(body, '$.refusedAt'), 0) <= ?
            ORDER BY place LIMIT 1
            """,
            [.integer(place)] + passed.map { .integer($0) }
                + [.text(url), .integer(now.milliseconds - VideoTask.timeAside.milliseconds)]
        ) { (row) throws(JournalFailure) in TaskID(row.text(0)) }.flatMap { $0 }
    }

    func record(_ task: VideoTask, _ kind: JournalEvent.Kind) throws(JournalFailure) -> JournalRecord {
        let connection = try connection()
        let isOpen: Int64 = task.isSettled ? 0 : 1
        let found = try connection.first(
            """
            SELECT place, seq, owner, gateway_id IS ?, gateway IS ? AND is_open = ? AND billed = ?, state
            FROM tasks WHERE id = ?
            """,
            .optional(task.taskId), .optional(task.gateway), .integer(isOpen), .text(task.billed.rawValue),
            .text(task.id.text)
        ) { (row) throws(JournalFailure) in
            (
                place: row.integer(0), seq: row.integer(1), owner: row.isNull(2) ? nil : row.integer(2),
                hasIdAlready: row.integer(3) != 0, isOtherwiseSame: row.integer(4) != 0,
                state: VideoTask.State(rawValue: row.text(5))
            )
        }
        guard let found else { throw .other(path: path, reason: "no task \(task.id) to change") }
        // A change made without knowing of another one would take that back: the end of a task, or that it is being sent.
        if found.seq != task.seq, let current = try self.task(task.id) { return .outdated(current) }
        if !found.hasIdAlready, let taskId = task.taskId,
            let holder = try holder(of: taskId, besides: task.id)
        {
            if let ended = holder.givingWay(to: task) {
                _ = try record(ended, .change)
            } else if kind == .adoption {
                throw .taskIdTaken(holder)
            }
        }
        var task = task
        let body = Self.body(of: task)
        let place = SQLiteConnection.Value.integer(found.place)
        task.seq = try append(body, of: task, place: found.place, kind == .progress ? .progress : .change)
        let owner = try owner(of: task, after: found.owner)
        if found.hasIdAlready, found.isOtherwiseSame, found.owner == owner, found.state == task.state {
            // Most changes are of progress: no index has to do with it.
            try connection.run(
                "UPDATE tasks SET seq = ?, body = ? WHERE place = ?", .integer(task.seq), .utf8(body), place)
            return .written(task)
        }
        if found.state != task.state {
            if let state = found.state { try facets.remove(found.place, .state(state)) }
            try facets.insert(found.place, .state(task.state))
        }
        // A key once let go stays so: another task may have it now.
        try connection.run(
            """
            UPDATE tasks SET gateway_id = ?, gateway = ?, account = ?, bound = bound AND ?, state = ?, is_open = ?, billed = ?, owner = ?,
                seq = ?, body = ? WHERE place = ?
            """,
            .optional(task.taskId), .optional(task.gateway), .optional(task.account),
            .integer(task.mayBeBilled ? 1 : 0),
            .text(task.state.rawValue), .integer(isOpen), .text(task.billed.rawValue), .optional(owner),
            .integer(task.seq), .utf8(body), place)
        return .written(task)
    }

    /// Who looks after a task that this process writes: who does so already, and else this process. One whose keeper has died
    /// stays as it is for ``takeOver(limit:at:)``, whose caller then knows that it is to look after it.
    private func owner(of task: VideoTask, after keeper: Int64?) throws(JournalFailure) -> Int64? {
        guard !task.isSettled else { return nil }
        // Whoever sends it looks after it.
        if let keeper, task.state != .submitting { return keeper }
        try owners.hold()
        if keeper != owners.number { try beThere(at: task.updatedAt) }
        return owners.number
    }

    /// What counts against a budget: all that was submitted, but for what ended unbilled. A foundling was not (seconds below 0).
    private static let counts = "created >= ? AND NOT (billed = 'no' AND is_open = 0) AND seconds >= 0"

    private func spent(since start: Timestamp) throws(JournalFailure) -> SpendBudget {
        try connection().first(
            "SELECT count(*), sum(seconds) FROM tasks WHERE \(Self.counts)", .integer(start.milliseconds)
        ) { (row) throws(JournalFailure) in
            SpendBudget(submissions: Int(row.integer(0)), seconds: Int(row.integer(1)))
        } ?? SpendBudget(submissions: 0, seconds: 0)
    }

    private func room(for request: VideoRequest, in budget: SpendBudget.Window) throws(JournalFailure)
        -> Timestamp?
    {
        let spent = try connection().all(
            "SELECT created, seconds FROM tasks WHERE \(Self.counts) ORDER BY created",
            [.integer(budget.start.milliseconds)]
        ) { (row) throws(JournalFailure) in
            (created: Timestamp(milliseconds: row.integer(0)), seconds: Int(row.integer(1)))
        }
        return budget.room(for: request, after: spent)
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
