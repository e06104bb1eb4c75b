// The one way in which a task changes.
extension TaskService {
    /// Lets something that has happened in the world happen to a task. It cannot be undone: what the journal
    /// cannot write now is kept, not told, and written as soon as that works.
    func apply(_ event: TaskMachine.Event, to task: LiveTask) async {
        _ = try? await handle(event, task, isWish: false)
    }

    /// Lets a user's wish happen, and says why not. When the journal cannot write it, nothing has happened.
    func grant(_ event: TaskMachine.Event, to task: LiveTask) async throws(JournalFailure) -> TaskMachine
        .Refusal?
    {
        try await handle(event, task, isWish: true)
    }

    /// In the task's turn, journal first, then the actions.
    private func handle(
        _ event: TaskMachine.Event, _ task: LiveTask, isWish: Bool
    ) async throws(JournalFailure) -> TaskMachine.Refusal? {
        await task.turn.take()
        defer { finish(task) }
        let before = task.machine
        let actions = task.machine.handle(event, at: clock.wallTime(), under: rules)
        var refusal: TaskMachine.Refusal?
        for action in actions {
            switch action {
            case .record(let kind):
                do {
                    try await record(task, kind)
                } catch {
                    if isWish {
                        task.machine = before
                        throw error
                    }
                    keep(task)
                }
            case .enqueue(let backoff): enqueue(task, after: backoff)
            case .create: create(task)
            case .follow(let pace): follow(task, pace)
            case .deliver: deliver(task)
            case .narrow: narrow(without: task)
            case .decline(let reason): refusal = reason
            }
        }
        return refusal
    }

    /// Writes the task as it is now, and tells.
    func record(_ task: LiveTask, _ kind: JournalEvent.Kind) async throws(JournalFailure) {
        try await write(task, kind) { (journal, task) throws(JournalFailure) in
            try await journal.record(task, kind)
        }
    }

    /// Runs one write of the journal that changes a task, keeping the order of the telling.
    @discardableResult
    func write(
        _ task: LiveTask, _ kind: JournalEvent.Kind,
        _ body: (any Journal, VideoTask) async throws(JournalFailure) -> VideoTask?,
        then absorb: (inout TaskMachine, VideoTask) -> Void = { $0.journaled($1) }
    ) async throws(JournalFailure) -> VideoTask? {
        let ticket = order.begin()
        do {
            let written = try await body(journal, task.machine.task)
            if let written {
                absorb(&task.machine, written)
                task.told = written
                task.isUnsaved = false
                index(task)
            }
            publish(order.finish(ticket, written.map { JournalEvent(seq: $0.seq, kind: kind, task: $0) }))
            return written
        } catch {
            publish(order.finish(ticket, nil))
            throw error
        }
    }

    private func keep(_ task: LiveTask) {
        task.isUnsaved = true
        index(task)
        if !isClosed { schedule(.save(task.id), after: .seconds(1 + random.unit())) }
    }

    /// Writes again what could not be written.
    func save(_ id: TaskID) async {
        guard let task = live[id], task.isUnsaved else { return }
        await task.turn.take()
        defer { finish(task) }
        guard task.isUnsaved else { return }
        do { try await record(task, .change) } catch { keep(task) }
    }

    /// Takes a task among those that are followed, or finds it there.
    func load(_ task: VideoTask) -> LiveTask {
        if let known = live[task.id] { return known }
        let task = LiveTask(task)
        live[task.id] = task
        index(task)
        return task
    }

    /// Keeps the look-up tables as the task is.
    private func index(_ task: LiveTask) {
        if let taskId = task.machine.task.taskId { byGatewayID[taskId] = task.id }
        if task.state.isActive { active.insert(task.id) } else { active.remove(task.id) }
        if task.state != .queued { queue.remove(task.machine.task) }
    }

    /// Ends a change: gives up the turn, lets go of a task that is settled, and gives its slot to the next.
    func finish(_ task: LiveTask) {
        task.turn.give()
        index(task)
        forget(task)
        send()
    }

    /// Lets go of a task to which nothing happens any more; the journal has it.
    func forget(_ task: LiveTask) {
        guard task.machine.task.isSettled, !task.isUnsaved, task.isIdle else { return }
        if task.activity == .creating || task.activity == .delivering { return }
        live[task.id] = nil
        due.remove(.read(task.id))
        due.remove(.observe(task.id))
        queue.forget(task.machine.task)
        if let taskId = task.machine.task.taskId { byGatewayID[taskId] = nil }
    }
}
