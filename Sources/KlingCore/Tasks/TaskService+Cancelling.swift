import JSON

extension TaskService {
    /// Takes a task back. One that is queued costs nothing; one the gateway has, or may have, cannot be
    /// stopped there and is only given up, when `abandon` says so.
    ///
    /// - Throws: `.cannotCancel`, `.alreadyEnded`, `.noSuchTask`, `.journal`.
    public func cancel(_ id: String, abandon: Bool = false) async throws(TaskServiceError) -> TaskReport {
        await oriented()
        let task = loadForUser(try await locate(id))
        let refusal = try await wish(.cancelled(abandon: abandon), for: task)
        switch refusal {
        case .sentAlready: throw .cannotCancel(task.visible)
        case .alreadyEnded, .notUnconfirmed: throw .alreadyEnded(task.visible)
        case nil: break
        }
        return report(task.visible)
    }

    /// Follows a task that is known only by the gateway's id: one that was made elsewhere or, with `onto`,
    /// the one of which the answer was lost.
    ///
    /// - Throws: `.gateway` when the gateway does not know the id, `.taskIdTaken`, `.cannotAdopt`,
    ///   `.noSuchTask`, `.journal`.
    public func adopt(
        taskId: String, onto id: String? = nil, labels: [String: String] = [:]
    ) async throws(TaskServiceError) -> TaskReport {
        guard !isDraining else { throw .shuttingDown }
        await oriented()
        let owner = try await known(taskId)
        let target: VideoTask?
        if let id { target = try await locate(id) } else { target = owner }
        // One that is nothing but the id gives it to the task that it belongs to.
        if let owner, owner.id != target?.id, !owner.isFoundling {
            throw .taskIdTaken(taskId: taskId, owner)
        }
        let isAfar = target.map { isElsewhere($0) } ?? false
        let moves = isAfar && target?.state.isActive == true && target?.taskId == taskId
        if let target, !target.mayBeGiven(taskId), !moves {
            // It has the id already, perhaps since a moment ago.
            guard target.taskId == taskId else { throw .cannotAdopt(target) }
            return report(target)
        }

        let reading = await gateway.read(taskId)
        // A task that was sent has one id: it is given none that the gateway has not been seen to have. And what was sent to another
        // address must be seen here.
        let mustBeSeen = isAfar || target.map { !$0.isFoundling } ?? false
        if case .failure(let failure) = reading, failure.isAboutTheTask || mustBeSeen {
            throw .gateway(failure, target)
        }
        let task: LiveTask
        if let target {
            task = loadForUser(target)
            // Whoever had it cannot ask here.
            if moves { task.isForeign = false }
            if try await wish(.adopted(taskId: taskId), for: task) != nil {
                // Another call may have done so meanwhile.
                guard task.visible.taskId == taskId else { throw .cannotAdopt(task.visible) }
                return report(task.visible)
            }
        } else {
            let found = try await foundling(taskId, labels)
            guard found.isNew else { return report(newest(of: found.task)) }
            task = load(found.task)
        }
        // A failure is told as `degraded`, and read again.
        await apply(.read(reading), to: task)
        return report(try await locate(task.id.text))
    }

    private func known(_ taskId: String) async throws(TaskServiceError) -> VideoTask? {
        do {
            return try await locate(taskId)
        } catch .noSuchTask {
            return nil
        }
    }

    /// A task of which only the gateway's id is known; what was asked for is not.
    /// - Returns: also whether it is new; another call may have been faster.
    private func foundling(
        _ taskId: String, _ labels: [String: String]
    ) async throws(TaskServiceError) -> (task: VideoTask, isNew: Bool) {
        let now = clock.wallTime()
        var task = VideoTask(
            id: ids.next(at: now, from: random), request: VideoRequest(body: [:]), createdAt: now,
            labels: labels,
            delivery: place(nil), simulated: gateway.identity.simulated)
        task.taskId = taskId
        (task.gateway, task.account) = (gateway.identity.url, gateway.identity.account)
        task.state = .submitted
        task.submittedAt = now
        task.billed = .pending
        switch try await writeIntent(task) {
        case .created(let written, _): return (written, true)
        case .existing(let found), .conflict(let found): return (found, false)
        case .overBudget(let spent, let time):
            throw .budgetExceeded(options.budget ?? SpendBudget(), spent: spent, roomAfter: time?.since(now))
        }
    }

    /// Lets a user's wish happen; a journal that cannot write it gives it back.
    private func wish(
        _ event: TaskMachine.Event, for task: LiveTask
    ) async throws(TaskServiceError) -> TaskMachine.Refusal? {
        do {
            return try await grant(event, to: task)
        } catch .taskIdTaken(let holder) {
            throw .taskIdTaken(taskId: holder.taskId ?? "", holder)
        } catch {
            throw .journal(error)
        }
    }
}

extension VideoTask {
    /// It waits to be told which one of the gateway's it is.
    fileprivate func mayBeGiven(_ taskId: String) -> Bool {
        mayBeToldItsId && (self.taskId == nil || self.taskId == taskId)
    }
}

extension Failure {
    /// The answer to a read says that there is no such task, or not for this key.
    var isAboutTheTask: Bool {
        switch kind {
        case .taskNotFound, .invalidRequest, .authentication, .permission: true
        default: false
        }
    }
}
