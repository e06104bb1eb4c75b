// Start-up and the end of the process.
extension TaskService {
    /// Takes up what is unfinished in the journal, in the background; returns at once, and does nothing the
    /// second time. Every call that is about tasks does it too.
    public nonisolated func resume() {
        Task { await self.wakeUp() }
    }

    func wakeUp() {
        if beginning == .none { run { await $0.takeUp() } }
    }

    /// Returns when a task can be told of as it is, though not all are followed yet; or when the journal could not be read.
    func oriented() async {
        wakeUp()
        guard beginning == .none || beginning == .underWay else { return }
        await withCheckedContinuation { beginningWaiters.append($0) }
    }

    private func takeUp() async {
        guard beginning == .none, !isDraining else { return isDraining ? endBeginning() : () }
        beginning = .underWay
        do {
            try await beginTelling()
            await learnPace()
            try await takeOver(.creates)
            tryAgain(atOnce: false)
            try await countLine()
            beginning = .oriented
            endBeginning()
            try await takeOver(.everything)
            beginning = .done
            schedule(.stay, after: .zero)
        } catch {
            beginning = .none
            // The next call tries again, and so does the clock.
            schedule(.resume, after: .seconds(5))
        }
        endBeginning()
        send()
        if beginning == .done { await recall() }
    }

    private func endBeginning() {
        let waiting = beginningWaiters
        beginningWaiters = []
        for waiter in waiting { waiter.resume() }
    }

    /// Learns from the newest tasks.
    private func recall() async {
        guard let ended = try? await journal.list(JournalQuery(states: [.completed], limit: 200)) else {
            return
        }
        for task in ended.reversed() {
            watchExpiry(of: task)
            // Simulated durations mean something only at the speed they were made with.
            if options.timeScale == 1, !task.simulated, !task.endIsGuessed, let submitted = task.submittedAt,
                let end = task.completedAt
            {
                estimator.learn(end.since(submitted).seconds, for: DurationEstimator.Kind(task.request))
            }
        }
    }

    /// Ends the service: sends nothing more, waits for the creates that are under way, at most for `timeout`,
    /// keeps what has come of videos, and closes the journal. Whoever waits for a task gets it as it is. What is unfinished is taken up at
    /// the next start.
    public func drain(timeout: Duration = .seconds(5)) async {
        guard !isDraining else { return }
        isDraining = true
        let end = clock.elapsed() + timeout
        for number in waiters.keys { release(number) }
        // A claim under way ends with the task back in line, or with its create.
        if isClaiming || creates > 0 {
            schedule(.drained, after: timeout)
            await withCheckedContinuation { drainWaiters.append($0) }
        }
        await saveAll(until: end)
        files.keepParts()
        isClosed = true
        timer?.cancel()
        armed = nil
        subscriptions = [:]
        for task in live.values { task.endRead() }
        // A journal that was never used is not opened for this.
        if beginning != .none || published > 0 { await journal.close() }
    }

    /// What was not written yet is tried once more; what cannot be written is told, so that nothing that is paid for is forgotten.
    private func saveAll(until end: Duration) async {
        while live.values.contains(where: \.isUnsaved) {
            for task in Array(live.values) where task.isUnsaved { await save(task.id) }
            guard live.values.contains(where: \.isUnsaved), clock.elapsed() < end else { break }
            try? await clock.sleep(until: clock.elapsed() + .milliseconds(200))
        }
        for task in live.values where task.isUnsaved { observer(.unwritten(task.machine.task)) }
    }

    /// Nothing is under way any more that the end waits for, or it has waited long enough.
    func endDrain(orLater isLate: Bool = false) {
        guard isDraining, isLate || !isClaiming && creates == 0 else { return }
        let waiting = drainWaiters
        drainWaiters = []
        for waiter in waiting { waiter.resume() }
    }
}
