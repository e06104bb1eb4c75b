// What the gateway has asked of all processes (``GatewayPace``): noted in the journal, kept here by this process's own clock.
extension TaskService {
    /// A wish for longer is worth a word: a user who sees nothing happen should know why.
    private static let longest = Duration.seconds(60)

    /// Tells the others, and the next process. What is known here holds here whether that works or not.
    func note(_ wish: GatewayPace.Wish) {
        if isWorthAWord(wish) { observer(.asked(wish)) }
        run { await $0.write(wish) }
    }

    func write(_ wish: GatewayPace.Wish) async {
        let noted = try? await journal.note(wish, of: gateway.identity.url, at: clock.wallTime())
        if let noted { keep(to: noted) }
    }

    private func isWorthAWord(_ wish: GatewayPace.Wish) -> Bool {
        switch wish {
        case .hold(let hold, let account, _):
            hold.isInForce && pace.holds[account ?? ""]?.hold.isInForce != true
        case .lift(let account): pace.holds[account ?? ""]?.hold.isInForce == true
        case .noCreates(let length), .noReads(let length): length > Self.longest
        case .fewerTasks, .tryAgain, .untried: false
        }
    }

    /// Finds out what was asked of others.
    func learnPace() async {
        guard let found = try? await journal.pace(of: gateway.identity.url) else { return }
        keep(to: found)
    }

    private func keep(to noted: GatewayPace) {
        var found = noted
        found.forgetHolds(at: clock.wallTime())
        guard found != pace else { return }
        let (now, time) = (clock.elapsed(), clock.wallTime())
        if let creates = found.creates, creates != pace.creates {
            let end = now + creates.left(at: time)
            if end > pausedUntil + .seconds(1) { pausedFor = nil }
            pausedUntil = max(pausedUntil, end)
            if creates.isRecent(at: time, within: Self.caution) { sendingAtOnce = 1 }
        }
        if let reads = found.reads, reads != pace.reads { holdReads(until: now + reads.left(at: time)) }
        if let narrowing = found.slots, narrowing != pace.slots, let limit = narrowing.limit(at: time) {
            slots.lower(to: limit, at: gatewayTime(now))
        }
        keepHolds(of: found)
        pace = found
        send()
    }

    /// The gateway said there are too many tasks.
    func narrow(without task: LiveTask) {
        let others = active.subtracting([task.id]).count
        let now = gatewayTime(clock.elapsed())
        slots.lower(to: min(others, slots.current(options.maximumActive, at: now)), at: now)
        note(.fewerTasks(without: task.id, recovery: real(SlotLimit.recovery)))
    }

    /// The gateway wants to be left alone. Who was to be read next is read afterwards, unless a user waits for it.
    func holdReads(until time: Duration) {
        guard time > readsPausedUntil else { return }
        readsPausedUntil = time
        let waiting = readBacklog
        readBacklog = []
        for id in waiting {
            guard let task = live[id], task.readWaiters.isEmpty else {
                readBacklog.append(id)
                continue
            }
            task.activity = .none
            schedule(.read(id), after: time - clock.elapsed())
        }
    }
}
