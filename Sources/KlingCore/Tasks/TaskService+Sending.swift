// From the queue to the gateway: slots, order, pauses, the one create (GATEWAY §2).
extension TaskService {
    /// Puts a task in its place, and stops all creates for the length of `backoff`: what kept this one from
    /// being taken would keep the next one too.
    func enqueue(_ task: LiveTask, after backoff: Backoff?) {
        insert(task)
        let (now, error) = (clock.elapsed(), task.machine.task.error)
        if backoff != nil, error?.concernsAll == true {
            // The same at once would come to the same; how others fare is found out.
            if !isRefused, !queue.hasReady(at: now) {
                pausedUntil = max(pausedUntil, now + real(.seconds(1)))
            }
            return
        }
        // A hold has a pause of its own.
        let isHeld = hold.map { $0.until > now } ?? false
        guard let backoff, backoff.atLeast != nil || !isHeld else { return }
        let pause = real(backoff.pause(unit: random.unit()))
        if now + pause > pausedUntil { (pausedUntil, pausedFor) = (now + pause, error) }
        // A busy gateway is so for all, and for the next process; one that is not reached from here may be from elsewhere.
        if backoff.atLeast != nil || error?.kind == .rateLimit { note(.noCreates(pause)) }
    }

    private func insert(_ task: LiveTask) {
        let passed = task.machine.task.refusedAt.map { clock.wallTime().since($0) } ?? VideoTask.timeAside
        let isAside = passed >= .zero && passed < VideoTask.timeAside
        queue.insert(
            task.machine.task, asideUntil: isAside ? clock.elapsed() + VideoTask.timeAside - passed : nil)
    }

    /// Tasks that are new in line, or whose own pause is over.
    func lineUp(_ ids: [TaskID]) {
        for id in ids {
            guard let task = live[id], task.state == .queued, !task.isForeign else { continue }
            insert(task)
        }
        send()
    }

    /// Who is sent next. To see whether creates are still refused it is anyone: some may be refused for their own sake.
    private func next() -> TaskID? {
        isRefused ? queue.any(random.unit(), at: clock.elapsed()) : queue.first(at: clock.elapsed())
    }

    /// Sends the first of the queue if there is a slot. Called whenever that may have become possible.
    func send() {
        guard beginning == .done, !isDraining, !isClaiming, creates < mostCreates else { return }
        let now = clock.elapsed()
        let awaited = isRefused ? nextAwaited : nil
        let start = awaited == nil ? max(pausedUntil, hold?.until ?? .zero) : pausedUntil
        // The reason that holds now replaces an earlier one.
        guard now >= start else { return queue.isEmpty ? () : schedule(.send, after: start - now) }
        guard let id = awaited ?? next() else { return }
        guard let task = live[id] else {
            queue.remove(id)
            return send()
        }
        guard gateway.readiness == nil else { return }
        let limit = slots.current(options.maximumActive, at: gatewayTime(now))
        guard active.count < limit else {
            if let recovery = slots.nextRecovery {
                schedule(.send, after: max(real(recovery) - now, .milliseconds(1)))
            }
            return
        }
        isClaiming = true
        task.activity = .creating
        run { await $0.claim(id, limit: limit) }
    }

    /// Takes a slot in the journal, where it counts for all processes.
    private func claim(_ id: TaskID, limit: Int) async {
        defer { endDrain() }
        guard let task = live[id] else {
            isClaiming = false
            return
        }
        if task.machine.task.isDoubtful, !rules(for: task).isIdempotent {
            // It was to be sent again for an account that this process no longer has.
            task.activity = .none
            isClaiming = false
            await apply(.resumed, to: task)
            return send()
        }
        let claim = try? await claim(task, limit: limit)
        isClaiming = false
        timesBehind = claim == .behind ? timesBehind + 1 : 0
        if case .claimed = claim { return send() }
        task.activity = .none
        // Other processes have the slots, or this task; or the journal could not be asked. None of them tells when
        // that ends, so it is tried again, but not at once: soon while it is only their turn.
        let pause = timesBehind == 0 ? 1 : min(0.01 * Double(1 << min(timesBehind, 7)), 1)
        pausedUntil = max(pausedUntil, clock.elapsed() + .seconds(pause * (0.5 + 0.5 * random.unit())))
        if claim == .refused { await lookAgain(id) }
        forget(task)
        send()
    }

    private func claim(_ task: LiveTask, limit: Int) async throws(JournalFailure) -> JournalClaim {
        await task.turn.take()
        defer { finish(task) }
        guard task.state == .queued, !isDraining else { return .refused }
        let time = clock.wallTime()
        let (own, identity, strangers) = (rules(for: task), gateway.identity, knownStrangers)
        let isAwaited = isAwaited(task)
        var claim = JournalClaim.refused
        var actions: [TaskMachine.Action] = []
        try await write(task, .change) { (journal, task) throws(JournalFailure) in
            claim = try await journal.claim(
                task.id, maximumActive: limit, for: identity, besides: strangers, isAwaited: isAwaited,
                at: time)
            guard case .claimed(let written, _) = claim else { return nil }
            return written
        } then: { machine, written in
            actions = machine.handle(.claimed(written), at: time, under: own)
        }
        let isTrial = if case .claimed(_, let isTrial) = claim { isTrial } else { false }
        // Another process may have found out what this one does not know yet.
        if isTrial { await learnPace() }
        guard actions.contains(.create) else {
            guard actions.contains(.record(.change)) else { return claim }
            if isTrial { await giveUpTrial(of: task.machine.task) }
            // It is not to be sent after all.
            task.activity = .none
            if (try? await record(task, .change, else: task.machine)) == nil { keep(task) }
            return claim
        }
        guard !isDraining else {
            // The end came while the journal was written. Nothing was sent, and nothing may look as if it was.
            if isTrial { await giveUpTrial(of: task.machine.task) }
            _ = task.machine.handle(.unsent, at: time, under: rules(for: task))
            if (try? await record(task, .change, else: task.machine)) == nil { keep(task) }
            return .refused
        }
        create(task, isTrial: isTrial)
        return claim
    }

    /// Sends the one create of this claim.
    func create(_ task: LiveTask, isTrial: Bool) {
        creates += 1
        task.activity = .creating
        let (id, request) = (task.id, task.machine.task.request)
        let start = clock.elapsed()
        sentSince[id] = start
        expectAnswer(toTrial: isTrial)
        run { service in
            let outcome = await service.gateway.create(request, key: id.text)
            service.sentSince[id] = nil
            await service.endCreate(id, service.weigh(outcome, of: id, isTrial: isTrial, sentAt: start))
        }
    }

    private func endCreate(_ id: TaskID, _ outcome: CreateOutcome) async {
        if let task = live[id] {
            task.activity = .none
            await apply(.created(outcome), to: task)
            releaseHeldBack()
            forget(task)
        }
        creates -= 1
        endDrain()
        send()
    }

    /// Reads from the journal what another process has made of a task.
    func lookAgain(_ id: TaskID) async {
        guard let task = live[id] else { return }
        await task.turn.take()
        defer { finish(task) }
        guard let found = try? await journal.find(task.id.text) else { return }
        absorb(found, in: task)
    }

    /// A change of another process becomes this one's knowledge.
    func absorb(_ found: VideoTask, in task: LiveTask) {
        guard found.seq > task.told.seq else { return }
        task.machine.journaled(found)
        task.told = found
        wake(found)
        attend(task)
    }

    /// What another process has learnt of a task may leave work to the one that looks after it.
    func attend(_ task: LiveTask) {
        guard task.activity == .none, task.machine.task.awaitsDelivery, !due.contains(.delivery(task.id))
        else {
            return
        }
        deliver(task)
    }
}
