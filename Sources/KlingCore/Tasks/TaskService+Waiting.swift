/// Someone who waits for tasks. Belongs to ``TaskService`` and never leaves its actor.
final class Waiter {
    let condition: WaitCondition
    let names: Set<TaskID>
    var remaining: Set<TaskID>
    /// Those of them that stand in line, wherever, and their places.
    var inLine: [TaskID: Int64] = [:]
    var continuation: CheckedContinuation<Void, Never>?

    /// It waits to hear what the gateway says, and all is in line still.
    var isInLine: Bool { condition == .submitted && remaining.isSubset(of: inLine.keys) }

    init(_ condition: WaitCondition, _ names: Set<TaskID>) {
        self.condition = condition
        self.names = names
        remaining = names
    }
}

extension TaskService {
    /// Waits until all tasks meet the condition, or the time is up, which is a normal result. Nothing is
    /// polled: the change that meets the condition ends the wait. When the calling task is cancelled, it
    /// returns at once with `done` as it is then.
    ///
    /// - Parameter timeout: in real time; zero tells how things are.
    /// - Throws: `.noSuchTask`, `.journal`.
    public func wait(
        _ ids: [String], until condition: WaitCondition, timeout: Duration
    ) async throws(TaskServiceError) -> Waited {
        wakeUp()
        let deadline = clock.elapsed() + timeout
        if ids.contains(where: { followed($0) == nil }) { await oriented() }
        var names: [TaskID] = []
        for id in ids { names.append(try await locate(id).id) }

        let waiter = Waiter(condition, Set(names))
        lastWaiter += 1
        let number = lastWaiter
        waiters[number] = waiter
        for name in waiter.remaining { waitersByTask[name, default: []].insert(number) }
        defer { remove(number) }
        for name in names {
            let task = try await locate(name.text)
            note(task, for: waiter)
        }
        watch()
        if timeout > .zero { await suspend(number, until: deadline) }

        var found: [VideoTask] = []
        for name in names { found.append(try await locate(name.text)) }
        let reports = await reports(found)
        // What turned out to be another task is waited for as that.
        if reports.map(\.task.id) != names, !isDraining, !Task.isCancelled, clock.elapsed() < deadline {
            let rest = deadline - clock.elapsed()
            return try await wait(reports.map(\.task.id.text), until: condition, timeout: rest)
        }
        return Waited(tasks: reports, done: reports.allSatisfy { condition.isMet(by: $0.task) })
    }

    private func suspend(_ number: Int, until deadline: Duration) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard let waiter = waiters[number], !waiter.remaining.isEmpty, !isDraining, !Task.isCancelled
                else { return continuation.resume() }
                guard !isHeldBack(number) else { return continuation.resume() }
                waiter.continuation = continuation
                lookAheadLater()
                schedule(.waiter(number), after: deadline - clock.elapsed())
            }
        } onCancel: {
            // Its own task, as this is not on the actor; it can only come too late, which does no harm.
            Task { await self.release(number) }
        }
    }

    /// Ends a wait as it is.
    func release(_ number: Int) {
        guard let waiter = waiters[number], let continuation = waiter.continuation else { return }
        waiter.continuation = nil
        continuation.resume()
    }

    private func remove(_ number: Int) {
        guard let waiter = waiters.removeValue(forKey: number) else { return }
        due.remove(.waiter(number))
        for name in waiter.names {
            waitersByTask[name]?.remove(number)
            guard waitersByTask[name]?.isEmpty == true else { continue }
            waitersByTask[name] = nil
            live[name]?.awaitedUntil = nil
        }
    }

    private func note(_ task: VideoTask, for waiter: Waiter) {
        if waiter.condition.isMet(by: task) { waiter.remaining.remove(task.id) }
        waiter.inLine[task.id] = task.state == .queued ? task.place : nil
    }

    /// Its create was refused, and it is back in line with all others: there is nothing to be waited for.
    private func isRefused(_ task: VideoTask, _ waiter: Waiter) -> Bool {
        guard waiter.condition == .submitted, task.state == .queued, task.error?.concernsAll == true else {
            return false
        }
        return !isSentForItself(task.id)
    }

    /// Tells those who wait for this task how it is now.
    func wake(_ task: VideoTask) {
        guard let numbers = waitersByTask[task.id] else { return }
        for number in numbers.sorted() {
            guard let waiter = waiters[number] else { continue }
            note(task, for: waiter)
            if waiter.remaining.isEmpty || isRefused(task, waiter) { release(number) }
        }
    }
}
