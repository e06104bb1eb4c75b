// Queue, create, and the end before or beside it (GATEWAY §2).
extension TaskMachine {
    mutating func claim(_ written: VideoTask) -> [Action] {
        guard task.state == .queued, written.id == task.id, written.state == .submitting else { return [] }
        let before = task
        task = written
        guard before.isDoubtful, before.mayBeForgotten(at: written.updatedAt) else { return [.create] }
        return unconfirmed(because: before.error ?? Failure(.unreachable), at: written.updatedAt)
    }

    /// Back in line, as if it had never been claimed.
    mutating func unsent(at now: Timestamp) -> [Action] {
        guard task.state == .submitting else { return [] }
        task.state = .queued
        task.attempts = max(0, task.attempts - 1)
        if task.billed == .no { (task.gateway, task.account) = (nil, nil) }
        task.updatedAt = now
        return [.record(.change)]
    }

    mutating func created(_ outcome: CreateOutcome, at now: Timestamp, under rules: Rules) -> [Action] {
        guard task.state == .submitting else { return createdTooLate(outcome, at: now) }
        // The claim is the last change there was.
        let sentAt = task.updatedAt
        task.updatedAt = now
        switch outcome {
        case .accepted(let taskId, _): return accepted(taskId, at: now)
        case .refused(let failure) where rules.isIdempotent && failure.concernsAll && isOpen(at: now):
            // What became of the earlier one is learnt when somebody is heard again.
            return againLater(because: failure)
        case .refused(let failure): return refused(failure, at: now)
        case .notTaken(let failure, let after):
            return notTaken(failure, after: after, at: now, under: rules)
        case .unknown(let failure):
            task.billed = .unknown
            task.doubtfulSince = task.doubtfulSince ?? sentAt
            guard rules.isIdempotent, !isPatienceOver(at: now, under: rules) else {
                return unconfirmed(because: failure, at: now)
            }
            return againLater(because: failure)
        }
    }

    /// It may have been taken before, and the gateway still knows by its key.
    private func isOpen(at now: Timestamp) -> Bool {
        task.billed == .unknown && !task.mayBeForgotten(at: now)
    }

    private mutating func accepted(_ taskId: String, at now: Timestamp) -> [Action] {
        task.taskId = taskId
        task.state = .submitted
        task.submittedAt = now
        task.billed = .pending
        task.error = nil
        task.refusedAt = nil
        refusedSince = nil
        return [.record(.change), .follow(.first)]
    }

    /// A refusal tells about this attempt only: when the answer to an earlier one was lost, that one may have
    /// been taken.
    private mutating func refused(_ failure: Failure, at now: Timestamp) -> [Action] {
        let narrow: [Action] = failure.klingCode == 1303 ? [.narrow] : []
        guard task.billed != .unknown else { return unconfirmed(because: failure, at: now) + narrow }
        task.error = failure.billed(.no)
        task.billed = .no
        end(.failed, at: now)
        return [.record(.change)] + narrow
    }

    private mutating func notTaken(
        _ failure: Failure, after: Duration?, at now: Timestamp, under rules: Rules
    ) -> [Action] {
        let narrow: [Action] = failure.klingCode == 1303 ? [.narrow] : []
        // What a user has to put right is waited for, however long that takes.
        let isForUser = failure.kind == .authentication || failure.kind == .paymentRequired
        if !isForUser, isPatienceOver(at: now, under: rules) {
            return refused(failure, at: now) + narrow
        }
        return again(because: failure, after: after) + narrow
    }

    private mutating func again(because failure: Failure, after: Duration?) -> [Action] {
        task.state = .queued
        task.error = failure.billed(task.billed)
        // One that may have been taken is sent again to where it may be, and nowhere else.
        if task.billed == .no { (task.gateway, task.account) = (nil, nil) }
        return [.record(.change), .enqueue(Backoff(attempt: task.attempts, atLeast: after))]
    }

    /// What may be there is sent again with its key. Others may fare better meanwhile.
    private mutating func againLater(because failure: Failure) -> [Action] {
        again(because: failure, after: nil).map { action in
            guard case .enqueue(let backoff?) = action else { return action }
            return .enqueueLater(backoff)
        }
    }

    private mutating func isPatienceOver(at now: Timestamp, under rules: Rules) -> Bool {
        defer { lastRefusal = now }
        guard let since = refusedSince, let lastRefusal else {
            refusedSince = now
            return false
        }
        // So long only the clock is set, the machine sleeps, or the gateway asks for it. Nobody was refused meanwhile.
        let gap = now.since(lastRefusal)
        let isPause = gap >= .zero && gap <= Self.longestPause
        let start = isPause ? since : since.advanced(by: gap)
        refusedSince = start
        return now.since(start) >= rules.retryFor
    }

    /// Longer than any pause of our own, with what an attempt itself may take.
    private static let longestPause = Duration.seconds(4200)

    mutating func unconfirmed(because failure: Failure, at now: Timestamp) -> [Action] {
        task.billed = .unknown
        task.error = failure.billed(.unknown)
        end(.unconfirmed, at: now)
        return [.record(.change)]
    }

    /// The task was given up while its create was under way, by the user or by another process that took this one for gone:
    /// what came of it is still worth knowing.
    private mutating func createdTooLate(_ outcome: CreateOutcome, at now: Timestamp) -> [Action] {
        if task.state == .unconfirmed, case .accepted(let taskId, _) = outcome {
            return adopt(taskId, of: task.gateway, for: task.account, at: now, .change)
        }
        guard task.state == .abandoned, task.taskId == nil else { return [] }
        switch outcome {
        case .accepted(let taskId, _):
            task.taskId = taskId
            task.submittedAt = now
            (task.billed, task.error) = (.yes, nil)
        case .refused(let failure), .notTaken(let failure, _):
            guard task.doubtfulSince == nil else { return [] }
            task.error = failure.billed(.no)
            task.billed = .no
        case .unknown(let failure):
            task.error = failure.billed(.unknown)
        }
        task.updatedAt = now
        return [.record(.change)]
    }

    mutating func cancel(abandon: Bool, at now: Timestamp) -> [Action] {
        switch task.state {
        case .queued where task.billed == .no:
            task.error = nil
            end(.cancelled, at: now)
        case .queued, .submitting, .submitted, .processing:
            guard abandon else { return [.decline(.sentAlready)] }
            let isKnown = task.taskId != nil && !task.isHearsay
            task.billed = isKnown ? .yes : .unknown
            // Why it could not be asked for is of no interest any more.
            if task.state != .queued { task.error = nil }
            end(.abandoned, at: now)
        case .unconfirmed where abandon:
            end(.abandoned, at: now)
        case .unconfirmed, .completed, .failed, .cancelled, .abandoned:
            return [.decline(.alreadyEnded)]
        }
        return [.record(.change)]
    }

    mutating func adopt(
        _ taskId: String, of gateway: String?, for account: String?, at now: Timestamp,
        _ kind: JournalEvent.Kind
    ) -> [Action] {
        let fits = task.taskId == nil || task.taskId == taskId
        // Under way, it may be found to be at another address than it was sent to.
        let moves = task.state.isActive && task.taskId == taskId && task.gateway != gateway
        guard task.mayBeToldItsId || moves, fits else {
            return [.decline(.notUnconfirmed)]
        }
        task.taskId = taskId
        task.gateway = gateway ?? task.gateway
        task.account = account
        if !moves { task.state = .submitted }
        task.submittedAt = task.submittedAt ?? now
        task.updatedAt = now
        task.completedAt = nil
        task.billed = .pending
        task.error = nil
        return [.record(kind), .follow(.soon)]
    }

    mutating func resume(at now: Timestamp, under rules: Rules) -> [Action] {
        switch task.state {
        case .submitting:
            task.doubtfulSince = task.doubtfulSince ?? task.updatedAt
            task.updatedAt = now
            task.billed = .unknown
            let failure = Failure(.unreachable, reason: Failure.Reason(.interrupted), billed: .unknown)
            return rules.isIdempotent && !task.mayBeForgotten(at: now)
                ? againLater(because: failure) : unconfirmed(because: failure, at: now)
        case .queued where task.isDoubtful && (!rules.isIdempotent || task.mayBeForgotten(at: now)):
            return unconfirmed(because: task.error ?? Failure(.unreachable), at: now)
        case .queued: return [.enqueue(nil)]
        case .submitted, .processing: return [.follow(.resumed)]
        case .completed: return task.awaitsDelivery ? [.deliver] : []
        case .failed, .cancelled, .unconfirmed, .abandoned: return []
        }
    }
}

extension VideoTask {
    /// In line though it may have been sent: its key keeps it from being made twice.
    package var isDoubtful: Bool { state == .queued && billed == .unknown }

    /// It may be one that the gateway has.
    var mayBeToldItsId: Bool { state == .unconfirmed || state == .abandoned || isDoubtful }

    /// For so long after the first attempt that may have arrived a gateway is trusted to know an idempotency key: none says how
    /// long it does, and a machine may sleep for a night between two attempts.
    private static let keyLifetime = Duration.seconds(3600)

    fileprivate func mayBeForgotten(at now: Timestamp) -> Bool {
        let passed = now.since(doubtfulSince ?? updatedAt)
        return passed < .zero - Self.keyLifetime || passed > Self.keyLifetime
    }
}

extension Failure {
    /// The same, telling what of it is billed; `unknown` also takes back any invitation to send again.
    func billed(_ billed: VideoTask.Billed) -> Failure {
        var copy = self
        copy.billed = billed
        if billed == .unknown { copy.retry = .never }
        return copy
    }
}
