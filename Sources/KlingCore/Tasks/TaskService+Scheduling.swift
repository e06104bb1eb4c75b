// One heap of due times, one sleeper.
extension TaskService {
    func schedule(_ item: Due, after delay: Duration) {
        due.schedule(item, at: clock.elapsed() + delay)
        arm()
    }

    /// Makes the sleeper wake up for what is due first. Replaces it only when something is due earlier.
    func arm() {
        guard !isClosed, let earliest = due.earliest else { return }
        if let armed, armed <= earliest { return }
        timer?.cancel()
        alarm += 1
        armed = earliest
        timer = Task { [clock, alarm, weak self] in
            guard (try? await clock.sleep(until: earliest)) != nil else { return }
            await self?.ring(alarm)
        }
    }

    private func ring(_ number: Int) {
        guard number == alarm, !isClosed else { return }
        armed = nil
        let now = clock.elapsed()
        var readable: [TaskID] = []
        while let item = due.pop(dueBy: now) {
            switch item {
            case .read(let id): readable.append(id)
            case .reads: sendReads()
            case .tail: run { await $0.tail() }
            case .stay: run { await $0.stay() }
            case .save(let id): run { await $0.save(id) }
            case .send: send()
            case .unanswered: releaseHeldBack()
            case .ahead: run { await $0.lookAhead() }
            case .again(let id): lineUp([id])
            case .waiter(let number): release(number)
            case .replay(let id): run { await $0.start(id) }
            case .progress(let id, let task): tellHeldBack(task, to: id)
            case .expiry(let id): run { await $0.warnOfExpiry(id) }
            case .downloads: tellDownloads()
            case .delivery(let id): if let task = live[id] { attend(task) }
            case .drained: endDrain(orLater: true)
            case .resume: wakeUp()
            }
        }
        read(readable, at: now)
        arm()
    }

    /// Many at once means that time has jumped, or that the process stood still: each is read once, over a
    /// while.
    private func read(_ tasks: [TaskID], at now: Duration) {
        let atOnce = max(1, options.maximumReads) * 2
        let window = FollowSchedule.spread(of: tasks.count)
        for (index, id) in tasks.enumerated() {
            if index < atOnce {
                beginRead(id)
            } else {
                due.schedule(.read(id), at: now + real(.seconds(window.seconds * random.unit())))
            }
        }
    }
}
