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
        var before = task.machine
        var actions = task.machine.handle(event, at: clock.wallTime(), under: rules(for: task))
        // Another process may have changed the task: then it happens to the task as that left it.
        while case .record(let kind)? = actions.first {
            do {
                if try await record(task, kind, else: before) { break }
            } catch {
                if isWish {
                    task.machine = before
                    throw error
                }
                keep(task)
                break
            }
            before = task.machine
            actions = task.machine.handle(event, at: clock.wallTime(), under: rules(for: task))
        }
        var refusal: TaskMachine.Refusal?
        for action in actions {
            switch action {
            case .record: break
            case .enqueue(let backoff): enqueue(task, after: backoff)
            case .enqueueLater(let backoff):
                schedule(.again(task.id), after: real(backoff.pause(unit: random.unit())))
            case .create: create(task, isTrial: false)
            case .follow(let pace): follow(task, pace)
            case .deliver: deliver(task)
            case .deliverAgain(let backoff): deliver(task, after: backoff)
            case .narrow: narrow(without: task)
            case .decline(let reason): refusal = reason
            }
        }
        return refusal
    }

    /// Writes the task as it is now, and tells.
    /// - Parameter before: what it was; another process that has changed it since has changed that.
    /// - Returns: whether it is written; if not, the task is as the other process left it.
    func record(
        _ task: LiveTask, _ kind: JournalEvent.Kind, else before: TaskMachine
    ) async throws(JournalFailure) -> Bool {
        var current: VideoTask?
        try await write(task, kind) { (journal, task) throws(JournalFailure) in
            switch try await journal.record(task, kind) {
            case .written(let written): return written
            case .outdated(let found):
                current = found
                return nil
            }
        }
        guard let current else { return true }
        task.machine = before
        absorb(current, in: task)
        return false
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

    func keep(_ task: LiveTask) {
        // Behind the end only an id is news that the journal does not have: all else is read again at the next start.
        if isClosed, task.machine.task.taskId == task.told.taskId { return }
        if !task.isUnsaved { observer(.unwritten(task.machine.task)) }
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
        let unsaved = task.machine
        do {
            if try await record(task, .change, else: unsaved) { return }
        } catch {
            return keep(task)
        }
        // Another process took the task for left. What was never written here is lost but for the id, which is paid for.
        task.isUnsaved = false
        guard let taskId = unsaved.task.taskId, task.machine.task.taskId == nil else { return }
        let accepted = CreateOutcome.accepted(taskId: taskId, requestId: nil)
        _ = task.machine.handle(.created(accepted), at: clock.wallTime(), under: rules(for: task))
        do { _ = try await record(task, .change, else: task.machine) } catch { keep(task) }
    }

    /// Takes a task that a user asks about among those that are known here, or finds it there. One that is under way and not
    /// followed here is looked after by another process.
    func loadForUser(_ task: VideoTask) -> LiveTask {
        if let known = live[task.id] { return known }
        let loaded = load(task)
        loaded.isForeign = !task.isSettled
        index(loaded)
        return loaded
    }

    /// Takes a task among those that are followed, or finds it there.
    func load(_ task: VideoTask) -> LiveTask {
        if let known = live[task.id] { return known }
        let task = LiveTask(task)
        live[task.id] = task
        index(task)
        watch()
        return task
    }

    /// Keeps the look-up tables as the task is.
    func index(_ task: LiveTask) {
        if let taskId = task.machine.task.taskId { byGatewayID[taskId] = task.id }
        if task.state.isActive, !task.isForeign { active.insert(task.id) } else { active.remove(task.id) }
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
        guard task.machine.task.isSettled || task.isForeign, !task.isUnsaved, task.isIdle else { return }
        if task.activity == .creating || task.activity == .delivering { return }
        guard !isTakingOver else {
            lingering.insert(task.id)
            return
        }
        live[task.id] = nil
        due.remove(.read(task.id))
        due.remove(.delivery(task.id))
        due.remove(.again(task.id))
        queue.remove(task.machine.task)
        if let taskId = task.machine.task.taskId, byGatewayID[taskId] == task.id { byGatewayID[taskId] = nil }
    }
}
