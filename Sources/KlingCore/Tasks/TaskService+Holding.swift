// When creates are in vain, whatever they ask for: what stands in line waits, instead of failing or being lost one after the other.
// All processes on the journal wait, and one of them tries (``GatewayPace/Hold``).
extension TaskService {
    /// Why nothing is sent to a gateway that could be asked, as this process keeps it.
    struct LocalHold {
        var found: GatewayPace.Hold
        /// Since when it is as it is; moments of this process's clock.
        var since: Duration
        /// When one is sent, to see whether it is over.
        var until: Duration
    }

    /// Who submits or begins anew need not wait for the next try any longer than that, of what costs nothing and of what may.
    private static let trialInterval = (free: Duration.seconds(15), doubtful: Duration.seconds(60))
    /// When nothing is sent for so long, nobody is to wait for an answer.
    static let noticeablePause = Duration.seconds(3)
    /// Nor when all creates that may be under way are without an answer for so long.
    static let longestAnswer = Duration.seconds(10)

    /// That of the account which is sent for.
    var hold: LocalHold? { holds[gateway.identity.account ?? ""].flatMap { $0.found.isInForce ? $0 : nil } }
    var isRefused: Bool { hold?.found.isRefusal ?? false }
    var isKeyRefused: Bool { hold?.found.failure.kind == .authentication }

    // MARK: What a create came to

    /// What it means for the task and for those behind it.
    /// - Parameters:
    ///   - isTrial: it was sent to see whether a hold is over.
    ///   - start: when it was sent.
    func weigh(_ outcome: CreateOutcome, of id: TaskID, isTrial: Bool, sentAt start: Duration)
        -> CreateOutcome
    {
        switch outcome {
        case .accepted:
            sendingAtOnce = min(sendingAtOnce * 2, Self.mostSendingAtOnce)
            lift()
        case .notTaken(let failure, _):
            sendingAtOnce = 1
            // Kling itself has looked at it.
            if isRefused, failure.klingCode == 1303 { lift() } else if isTrial { goOn() }
        case .refused(let failure) where failure.concernsAll:
            sendingAtOnce = 1
            return weigh(refusalOfAll: failure, of: id, isTrial, sentAt: start)
        case .refused:
            // That the others would be taken it does not say.
            if isRefused, let hold { self.hold(hold.found, for: .zero) } else { lift() }
        case .unknown(let failure):
            sendingAtOnce = 1
            if isRefused, let hold {
                // Not what it was before, but no better.
                if isTrial { prolong(hold.found.failure) }
            } else if doubts.insert(id).inserted {
                if isTrial || clock.elapsed() >= earlierHold?.until ?? .zero { prolong(failure) }
            } else if isTrial {
                goOn()
            }
        }
        return outcome
    }

    /// Only who waits for the answer is refused; the others are back in line.
    private func weigh(
        refusalOfAll failure: Failure, of id: TaskID, _ isTrial: Bool, sentAt start: Duration
    ) -> CreateOutcome {
        guard let task = live[id] else {
            if isTrial { goOn() }
            return .refused(failure)
        }
        task.machine.task.refusedAt = clock.wallTime()
        if failure.kind == .authentication { keyRefusedAt = clock.elapsed() }
        let isAwaited = isAwaited(task)
        // What is sent for the sake of its answer makes nobody wait longer; what was sent before the last refusal shows no more than that.
        let isNews = start >= earlierHold?.since ?? .zero
        let concernsOthers = !isAwaited || !queue.isEmpty || creates > 1 || line.hasTasks
        if isTrial || isNews && concernsOthers && !(isAwaited && isRefused) { prolong(failure) }
        return isAwaited ? .refused(failure) : .notTaken(failure, after: nil)
    }

    /// A read shows whether the key is accepted, too.
    func weigh(_ reading: Result<TaskReading, Failure>, sentAt start: Duration) {
        switch reading {
        case .failure(let failure) where failure.kind == .authentication && !isRefused:
            if start >= earlierHold?.since ?? .zero { prolong(failure) }
        case .success where isKeyRefused:
            // Where creates are refused nevertheless that says nothing.
            if let keyRefusedAt, clock.elapsed() - keyRefusedAt < real(Self.trialInterval.doubtful) { break }
            lift()
        case .success, .failure: break
        }
    }

    private var earlierHold: LocalHold? { holds[gateway.identity.account ?? ""] }

    /// One more has shown that it is in vain.
    private func prolong(_ failure: Failure) {
        var found = GatewayPace.Hold(failure)
        if let earlier = earlierHold?.found, earlier.isRefusal == found.isRefusal {
            found.attempts = earlier.attempts + 1
        }
        hold(found)
    }

    /// A try has made it neither over nor worse.
    private func goOn() {
        if let hold { self.hold(hold.found) }
    }

    private func hold(_ found: GatewayPace.Hold, for length: Duration? = nil) {
        let (account, now) = (gateway.identity.account, clock.elapsed())
        let pause = length ?? real(found.pause(unit: random.unit()))
        holds[account ?? ""] = LocalHold(found: found, since: now, until: now + pause)
        note(.hold(found, account: account, pause))
        if found.isInForce { sendingAtOnce = 1 }
    }

    /// Somebody was taken.
    private func lift() {
        doubts = []
        let account = gateway.identity.account
        if holds.removeValue(forKey: account ?? "") != nil { note(.lift(account: account)) }
    }

    // MARK: When one is tried

    /// A user who submits, or begins anew, may have put it right.
    /// - Parameter atOnce: nobody else is in line.
    func tryAgain(atOnce: Bool) {
        guard let hold, hold.until > clock.elapsed() else { return }
        let (free, doubtful) = Self.trialInterval
        let length = hold.found.isRefusal ? (atOnce ? .zero : free) : doubtful
        note(.tryAgain(account: gateway.identity.account, within: real(length)))
    }

    /// Nobody will say what came of it, should this be the one that is tried: it was not sent after all, or its process is no more.
    func giveUpTrial(of task: VideoTask) async {
        let account = task.account
        if pace.holds[account ?? ""]?.tried != task.place { await learnPace() }
        guard let found = pace.holds[account ?? ""], found.tried == task.place else { return }
        let pause = found.hold.isRefusal ? .zero : real(found.hold.pause(unit: random.unit()))
        await write(.untried(task.place, account: account, pause))
    }

    /// What another process has found out, or this one before it ended.
    func keepHolds(of found: GatewayPace) {
        let (now, time) = (clock.elapsed(), clock.wallTime())
        for account in Set(found.holds.keys).union(pace.holds.keys) {
            let standstill = found.holds[account]
            guard standstill != pace.holds[account] else { continue }
            holds[account] = standstill.map {
                LocalHold(found: $0.hold, since: now, until: now + $0.pause.left(at: time))
            }
            if standstill == nil { doubts = [] }
            if standstill?.hold.isInForce == true { sendingAtOnce = 1 }
        }
        releaseHeldBack()
    }

    // MARK: Those who wait for an answer

    /// Somebody waits to hear what the gateway says to its create.
    func isAwaited(_ task: LiveTask) -> Bool { task.awaitedUntil.map { $0 > clock.elapsed() } ?? false }

    /// Its create is sent by this process at once, be it to be refused.
    func isSentForItself(_ id: TaskID) -> Bool {
        live[id].map { !$0.isForeign && isAwaited($0) } ?? false
    }

    /// The first of those in line whose caller waits: a refusal is told to it, and so is not to be waited for.
    var nextAwaited: TaskID? {
        while let id = awaited.first {
            if let task = live[id], task.state == .queued, isAwaited(task) {
                // Whether one that is being claimed gets its slot is not known yet.
                return task.activity == .none ? id : nil
            }
            awaited.removeFirst()
        }
        return nil
    }

    /// Who waits for the answer to a create that is not sent for a while is told so.
    func releaseHeldBack() {
        for number in waiters.keys where isHeldBack(number) { release(number) }
    }

    /// Whether nothing that it waits for is sent for a while, for whatever reason but that all slots are taken.
    func isHeldBack(_ number: Int) -> Bool {
        guard let waiter = waiters[number], waiter.isInLine else { return false }
        if isWithoutAnswers || isWithoutKeyAndSlot { return true }
        // What is refused anyway takes nobody's turn.
        if obstacleAhead != nil, !isRefused { return true }
        guard pauseBeforeCreates > Self.noticeablePause, !isBeingTried else { return false }
        return waiter.remaining.allSatisfy { id in
            !(isRefused && pausedUntil <= clock.elapsed() && isSentForItself(id))
        }
    }

    /// How long nothing is sent by itself.
    private var pauseBeforeCreates: Duration {
        max(.zero, max(pausedUntil, hold?.until ?? .zero) - clock.elapsed())
    }

    /// How many creates may be under way. While they are refused, one is tried now and then by whoever comes first, and what is sent
    /// for its own sake waits for no other.
    var mostCreates: Int { isRefused ? Self.mostSendingAtOnce : sendingAtOnce }

    /// No more creates may be under way, and the gateway does not answer those that are.
    private var isWithoutAnswers: Bool {
        let limit = min(mostCreates, slots.current(options.maximumActive, at: gatewayTime(clock.elapsed())))
        guard creates >= limit, let oldest = sentSince.values.min() else { return false }
        return clock.elapsed() - oldest >= real(Self.longestAnswer)
    }

    /// Those at the gateway have all slots, and with a key that is not accepted nobody learns when they end.
    private var isWithoutKeyAndSlot: Bool {
        // What comes of a create under way is soon known.
        isKeyRefused && creates == 0
            && active.count >= slots.current(options.maximumActive, at: gatewayTime(clock.elapsed()))
    }

    /// One is just being tried, and may end the hold.
    private var isBeingTried: Bool {
        let standstill = pace.holds[gateway.identity.account ?? ""]
        guard standstill?.tried != nil, let newest = sentSince.values.max() else { return false }
        return clock.elapsed() - newest < Self.noticeablePause
    }

    /// Looks, when the create of a task should have been answered, whether anybody waits in vain.
    func expectAnswer(toTrial isTrial: Bool) {
        schedule(.unanswered, after: isTrial ? Self.noticeablePause : real(Self.longestAnswer))
    }

    /// Why nothing that stands in line is sent.
    var heldBack: Failure? {
        if let found = hold?.found {
            guard !found.isRefusal else { return found.failure }
            // What became of another task's create says nothing of one that was not sent.
            let kind = found.failure.kind == .badGateway ? .serverError : found.failure.kind
            return Failure(kind, reason: Failure.Reason(.answersLost))
        }
        if isWithoutAnswers { return Self.withoutAnswers }
        guard pauseBeforeCreates > Self.noticeablePause else { return obstacleAhead }
        return pausedFor ?? Failure(.rateLimit)
    }
}
