// Reads of tasks at the gateway (GATEWAY §3).
extension TaskService {
    /// Sets the time of the next read.
    func follow(_ task: LiveTask, _ pace: FollowSchedule.Pace) {
        guard !isDraining, !task.isForeign, !isElsewhere(task.machine.task) else { return }
        let (estimate, _) = estimator.estimate(
            task.machine.task.request, gatewaySays: task.machine.task.gatewayEstimate)
        let start = task.machine.task.submittedAt ?? task.machine.task.createdAt
        let age = gatewayTime(clock.wallTime().since(start))
        let delay = FollowSchedule.delay(pace, age: age, estimate: estimate, unit: random.unit())
        schedule(.read(task.id), after: real(delay))
    }

    /// Reads a task now or, when enough reads are under way, as soon as one of them has ended.
    func beginRead(_ id: TaskID, overtaking: Bool = false) {
        guard !isDraining, let task = live[id], task.activity == .none, !isElsewhere(task.machine.task),
            task.state == .submitted || task.state == .processing || overtaking && task.state == .completed,
            let taskId = task.machine.task.taskId
        else { return }
        guard overtaking || clock.elapsed() >= readsPausedUntil else {
            return schedule(.read(id), after: readsPausedUntil - clock.elapsed())
        }
        task.activity = .reading
        guard overtaking else {
            readBacklog.append(id)
            return sendReads()
        }
        sendRead(task, taskId)
    }

    /// Begins the reads that wait, as many at once and in a second as the options allow; a few may come close together.
    func sendReads() {
        let interval = real(.seconds(1 / max(options.readsPerSecond, 0.01)))
        let now = clock.elapsed()
        while reads < max(1, options.maximumReads), let id = readBacklog.first {
            guard now >= nextRead else { return schedule(.reads, after: nextRead - now) }
            readBacklog.removeFirst()
            guard let task = live[id], task.activity == .reading, let taskId = task.machine.task.taskId else {
                continue
            }
            nextRead = max(nextRead, now - interval * Double(options.maximumReads)) + interval
            sendRead(task, taskId)
        }
    }

    private func sendRead(_ task: LiveTask, _ taskId: String) {
        reads += 1
        task.lastRead = clock.elapsed()
        let id = task.id
        run { service in
            let start = service.clock.elapsed()
            let result = await service.gateway.read(taskId)
            service.weigh(result, sentAt: start)
            await service.endRead(id, result)
        }
    }

    private func endRead(_ id: TaskID, _ result: Result<TaskReading, Failure>) async {
        reads -= 1
        if case .failure(let failure) = result, case .after(let wish) = failure.retry {
            let pause = real(Backoff(attempt: 1, atLeast: wish).pause(unit: random.unit()))
            holdReads(until: clock.elapsed() + pause)
            note(.noReads(pause))
        }
        sendReads()
        guard let task = live[id] else { return }
        task.activity = .none
        let wasAtEnd = task.state.isTerminal
        await apply(.read(result), to: task)
        attend(task)
        task.endRead()
        await judge(result, of: task.machine.task)
        if !wasAtEnd { learn(from: task) }
        forget(task)
    }

    /// Asks the gateway now, at most once a second per task, and returns when it has answered.
    func refresh(_ task: LiveTask) async {
        guard task.state == .submitted || task.state == .processing || task.state == .completed else {
            return
        }
        if task.activity == .none {
            if let last = task.lastRead, clock.elapsed() - last < .seconds(1) { return }
            due.remove(.read(task.id))
            beginRead(task.id, overtaking: true)
        }
        guard task.activity == .reading else { return }
        await withCheckedContinuation { task.readWaiters.append($0) }
    }

    private func learn(from task: LiveTask) {
        let task = task.machine.task
        guard task.state == .completed, !task.endIsGuessed, let submittedAt = task.submittedAt,
            let completedAt = task.completedAt
        else { return }
        estimator.learn(
            gatewayTime(completedAt.since(submittedAt)).seconds, for: DurationEstimator.Kind(task.request))
    }

    /// When it is expected to be there, for a task that is not at its end.
    func estimate(_ task: VideoTask, position: Int) -> TaskEstimate? {
        guard !task.state.isTerminal else { return nil }
        let (whole, basis) = estimator.estimate(task.request, gatewaySays: task.gatewayEstimate)
        guard let submittedAt = task.submittedAt else {
            // Those before it need the slots first, each for about as long.
            let rounds = 1 + max(0, position - 1) / max(1, options.maximumActive)
            let pause = max(.zero, pausedUntil - clock.elapsed())
            return TaskEstimate(
                secondsLeft: pause.seconds + real(whole).seconds * Double(rounds), basis: basis)
        }
        let left = min(max(.zero, real(whole) - clock.wallTime().since(submittedAt)), real(whole))
        // Its end is not seen before it may be asked for.
        let pause = readsPausedUntil - clock.elapsed()
        return TaskEstimate(secondsLeft: max(left, pause).seconds, basis: basis)
    }
}
