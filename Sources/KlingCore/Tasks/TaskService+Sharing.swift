// Several processes on one journal: who looks after which task, and how each learns what the others do (GATEWAY §3).
extension TaskService {
    /// How often it is looked for changes of other processes: half a second after one was made it is told here.
    private static let tailInterval = Duration.milliseconds(300)
    /// How often it is looked for tasks that nobody looks after any more.
    private static let stayInterval = Duration.seconds(2)
    /// A process that is not heard of for so long is taken for stopped, though it may still be there.
    private static let silence = Duration.seconds(30)
    private static let pageSize = 200

    // MARK: Hearing of others

    /// Sees to it that changes of other processes are noticed, as long as anybody here may want to know.
    func watch() {
        guard !isDraining, !isWatching else { return }
        guard !live.isEmpty || !subscriptions.isEmpty || !waiters.isEmpty || line.hasTasks else {
            // What is not heard of does not keep it true.
            return line.forget()
        }
        schedule(.tail, after: Self.tailInterval)
    }

    var isWatching: Bool { due.contains(.tail) }

    func tail() async {
        guard !isDraining else { return }
        if isBehind || published < newestOwn {
            startCatchingUp()
        } else if (try? await journal.hasForeignChanges()) == true {
            await learnPace()
            startCatchingUp()
        }
        watch()
    }

    /// From now on changes are told without a gap. Those before are history. Nobody who comes later gets ahead of who waits here.
    func beginTelling() async throws(JournalFailure) {
        guard !isTelling || !tellingTurn.isFree else { return }
        await tellingTurn.take()
        defer { tellingTurn.give() }
        guard !isTelling else { return }
        published = try await journal.lastSeq()
        isTelling = true
    }

    /// Tells of changes that this process has written. One that stands in the journal behind another process's waits for that.
    func publish(_ events: [JournalEvent]) {
        for event in events {
            guard isTelling, event.seq != published + 1 || isCatchingUp else {
                tell(event)
                continue
            }
            guard event.seq > published else {
                // Told from the journal already.
                wake(event.task)
                continue
            }
            newestOwn = max(newestOwn, event.seq)
            startCatchingUp()
        }
    }

    private func startCatchingUp() {
        guard isTelling, !isCatchingUp else { return }
        isCatchingUp = true
        run { service in
            let isDone = await service.catchUp()
            service.isCatchingUp = false
            service.isBehind = !isDone
            // Own changes may have come in behind the last page.
            if isDone, service.published < service.newestOwn { service.startCatchingUp() }
            service.watch()
        }
    }

    /// Tells what the journal has beyond what was told, in order.
    private func catchUp() async -> Bool {
        while true {
            let newest = newestOwn
            guard let page = try? await journal.events(after: published, limit: 500).events else {
                return false
            }
            for event in page where event.seq > published {
                notice(event)
                tell(event)
            }
            guard page.count < 500 else { continue }
            // What is missing was superseded or trimmed.
            published = max(published, newest)
            return true
        }
    }

    /// A change that may be another process's.
    private func notice(_ event: JournalEvent) {
        // The line moves.
        if event.task.state == .submitting { timesBehind = 0 }
        if let task = live[event.task.id] {
            guard event.seq > task.told.seq else { return }
            let id = task.id
            // Before anybody is told of it, so that whoever asks then gets no older answer.
            guard task.turn.isFree else { return run { await $0.lookAgain(id) } }
            absorb(event.task, in: task)
            index(task)
            forget(task)
            send()
        } else if event.task.state.isTerminal {
            // A slot may have become free.
            send()
        }
    }

    // MARK: Looking after tasks

    /// Says that this process is there, and takes over what nobody looks after.
    func stay() async {
        guard !isDraining else { return }
        let time = clock.wallTime()
        if let lastStay, time.since(lastStay) > Self.stayInterval + Self.silence / 3 {
            // Others may not have had the chance to be heard of either.
            pardonedUntil = clock.elapsed() + Self.silence
            // So that it is heard of at once.
            if staysUntil != nil { staysUntil = .zero }
        }
        lastStay = time
        try? await keepTasks()
        try? await takeOver(clock.elapsed() < pardonedUntil ? .ofTheDead : .everything)
        if !isDraining { schedule(.stay, after: Self.stayInterval) }
    }

    /// Well before the others would take over. One that was silent for too long finds out what is still its own.
    private func keepTasks() async throws(JournalFailure) {
        let now = clock.elapsed()
        guard live.values.contains(where: { !$0.isForeign }) else {
            guard staysUntil != nil, try await !takeUp(journal.lookedAfter()) else { return }
            if try await journal.stay(until: nil, at: gateway.identity) { staysUntil = nil }
            return
        }
        if let staysUntil, now < staysUntil - Self.silence / 2, !isKeyRefused { return }
        let isKept = try await journal.stay(
            until: clock.wallTime().advanced(by: Self.silence), at: gateway.identity)
        let wasHeard = staysUntil != nil
        staysUntil = now + Self.silence
        let own = try await journal.lookedAfter()
        // Others look after what one without a key has.
        if wasHeard, !isKept || isKeyRefused {
            for task in Array(live.values) where !own.contains(task.id) && !task.machine.task.isSettled {
                letGo(task)
            }
        }
        _ = try await takeUp(own)
    }

    /// Takes up what the journal says is this process's, and is not followed here. Whether there was any.
    private func takeUp(_ own: Set<TaskID>) async throws(JournalFailure) -> Bool {
        let missing = own.filter { live[$0]?.isForeign ?? true }
        for id in missing {
            guard let found = try await journal.find(id.text), !found.isSettled, found.state != .submitting,
                live[id]?.isForeign ?? true
            else { continue }
            let task = load(found)
            task.isForeign = false
            await apply(.resumed, to: task)
        }
        return !missing.isEmpty
    }

    /// Another process looks after it now. A create under way goes on here: its answer is worth more than who has the task.
    func letGo(_ task: LiveTask) {
        guard task.activity != .creating else { return }
        task.isForeign = true
        active.remove(task.id)
        due.remove(.read(task.id))
        due.remove(.delivery(task.id))
        due.remove(.again(task.id))
        queue.remove(task.machine.task)
        forget(task)
    }

    /// Takes over the tasks that nobody looks after. Who can send nothing leaves them to those who can; but that it is not known
    /// what became of a create, anybody can say.
    func takeOver(_ choice: LeftTasks) async throws(JournalFailure) {
        guard choice == .creates || gateway.readiness == nil else { return }
        // Until a page is here, nothing may be let go of that has changed since the journal made it.
        isTakingOver = true
        defer {
            isTakingOver = false
            for id in lingering { if let task = live[id] { forget(task) } }
            lingering = []
        }
        while !isDraining {
            let found = try await journal.takeOver(
                choice, limit: Self.pageSize, for: gateway.identity, besides: knownStrangers,
                at: clock.wallTime())
            for written in found { load(written).isForeign = false }
            for written in found where written.state == .submitting { await giveUpTrial(of: written) }
            if choice == .creates {
                // Each is a change: the journal writes them together.
                await withTaskGroup(of: Void.self) { group in
                    for id in found.map(\.id) { group.addTask { await self.resume(id) } }
                }
            } else {
                for task in found { await resume(task.id) }
            }
            guard found.count == Self.pageSize else { return }
        }
    }

    private func resume(_ id: TaskID) async {
        if let task = live[id] { await apply(.resumed, to: task) }
    }

    /// Finds out who is in line, unless that is known.
    func countLine() async throws(JournalFailure) {
        await lineTurn.take()
        defer { lineTurn.give() }
        guard !line.isKnown else { return }
        line.ask()
        do {
            line.learn(try await journal.queuedPlaces())
        } catch {
            line.forget()
            throw error
        }
        watch()
    }
}
