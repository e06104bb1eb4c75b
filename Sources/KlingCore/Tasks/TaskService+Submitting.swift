extension TaskService {
    /// Takes an intent: it is durable when this returns, and is sent when its turn comes. To learn what the
    /// gateway says, ``wait(_:until:timeout:)`` for `.submitted` next.
    ///
    /// - Throws: ``TaskServiceError/keyConflict(key:task:differences:)``, `.budgetExceeded`, `.journal`
    ///   (nothing was and will be sent), `.gateway` when the gateway cannot be sent anything
    ///   (``Gateway/readiness``), `.shuttingDown`.
    public func submit(_ submission: Submission) async throws(TaskServiceError) -> Submitted {
        if gateway.readiness != nil { await gateway.prepare() }
        guard !isDraining else { throw .shuttingDown }
        if let failure = gateway.readiness { return try await repeated(submission, otherwise: failure) }
        wakeUp()
        return try await begin(submission)
    }

    private func begin(_ submission: Submission) async throws(TaskServiceError) -> Submitted {
        let now = clock.wallTime()
        let task = VideoTask(
            id: ids.next(at: now, from: random), request: submission.request, createdAt: now,
            idempotencyKey: submission.key, labels: submission.labels,
            delivery: place(submission.delivery),
            simulated: gateway.identity.simulated)
        let budget = options.budget
        let wasWatching = isWatching
        let isAlone = queue.isEmpty && creates == 0 && !line.hasTasks
        let ticket = arrivals.begin()
        let beginning: JournalBeginning
        do throws(TaskServiceError) {
            beginning = try await writeIntent(task, within: budget?.window(at: now))
        } catch {
            lineUp(arrivals.end(ticket, nil))
            throw error
        }
        accept(beginning, ticket, patience: submission.patience)
        if case .created = beginning {
            // What the others have found out is not heard of while there is nothing to look after.
            if !wasWatching { await learnPace() }
            tryAgain(atOnce: isAlone)
        }
        switch beginning {
        case .overBudget(let spent, let time):
            throw .budgetExceeded(budget ?? SpendBudget(), spent: spent, roomAfter: time?.since(now))
        case .created(let written, let earlier):
            return Submitted(report: await reports([written])[0], possibleDuplicateOf: earlier)
        case .existing(let bound), .conflict(let bound):
            return try await again(submission, bound)
        }
    }

    /// Where the videos of a new task go. Who delivers them may work in another directory.
    func place(_ asked: VideoTask.Delivery?) -> VideoTask.Delivery? {
        (asked ?? options.downloadDirectory.map { .directory($0) })?.absolute
    }

    /// What a caller gets whose key stands for a task already (GATEWAY §2.4).
    private func again(
        _ submission: Submission, _ bound: VideoTask
    ) async throws(TaskServiceError) -> Submitted {
        var bound = bound
        if beginning != .done {
            // Its create may have been that of a process which died.
            await oriented()
            bound = try await locate(bound.id.text)
        }
        if let task = live[bound.id] { expectAnswer(to: task, within: submission.patience) }
        tryAgain(atOnce: false)
        send()
        guard bound.request == submission.request else {
            throw .keyConflict(
                key: submission.key ?? "", task: newest(of: bound),
                differences: submission.request.differences(from: bound.request))
        }
        var ignored: Set<Submitted.Ignored> = []
        if let delivery = submission.delivery, delivery.absolute != bound.delivery?.absolute {
            ignored.insert(.delivery)
        }
        if !submission.labels.isEmpty, submission.labels != bound.labels { ignored.insert(.labels) }
        return Submitted(report: await reports([bound])[0], isDeduplicated: true, ignored: ignored)
    }

    /// Nothing can be sent, so nothing is written. Only a caller who repeats himself is told of the task he
    /// has, which may be paid for, instead of the failure.
    private func repeated(
        _ submission: Submission, otherwise failure: Failure
    ) async throws(TaskServiceError) -> Submitted {
        guard let key = submission.key else { throw .gateway(failure, nil) }
        wakeUp()
        let bound: VideoTask?
        do { bound = try await journal.bound(to: key) } catch { throw .journal(error) }
        guard let bound else { throw .gateway(failure, nil) }
        return try await again(submission, bound)
    }

    /// Writes the intent and tells of it.
    func writeIntent(
        _ task: VideoTask, within budget: SpendBudget.Window? = nil
    ) async throws(TaskServiceError) -> JournalBeginning {
        do { try await beginTelling() } catch { throw .journal(error) }
        let ticket = order.begin()
        do {
            let result = try await journal.begin(task, within: budget)
            if case .created(let written, _) = result {
                publish(order.finish(ticket, JournalEvent(seq: written.seq, kind: .change, task: written)))
            } else {
                publish(order.finish(ticket, nil))
            }
            return result
        } catch {
            publish(order.finish(ticket, nil))
            throw .journal(error)
        }
    }

    /// The caller waits for the answer to the create.
    private func expectAnswer(to task: LiveTask, within patience: Duration?) {
        guard let patience, task.state == .queued else { return }
        task.awaitedUntil = max(task.awaitedUntil ?? .zero, clock.elapsed() + patience)
        // Those before it that are sent, or not waited for any more, are let go of.
        if nextAwaited != task.id { awaited.append(task.id) }
    }

    /// Begins to look after a task that is new in the journal.
    private func accept(_ beginning: JournalBeginning, _ ticket: ArrivalOrder.Ticket, patience: Duration?) {
        guard case .created(let written, _) = beginning else { return lineUp(arrivals.end(ticket, nil)) }
        expectAnswer(to: load(written), within: patience)
        lineUp(arrivals.end(ticket, written.id))
    }
}
