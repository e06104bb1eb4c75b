// When creates are in vain, whatever they ask for: what stands in line waits, instead of failing or being lost one after the other.
// All processes on the journal wait, and one of them tries (``GatewayPace/Hold``).
extension TaskService {
    /// Why nothing is sent to a gateway that could be asked, as this process keeps it.
    struct LocalHold {
        var found: GatewayPace.Hold
        /// When one is sent, to see whether it is over; on this process's clock.
        var until: Duration
    }

    /// Who submits or begins anew need not wait for the next try any longer than that, of what costs nothing and of what may.
    private static let trialInterval = (free: Duration.seconds(15), doubtful: Duration.seconds(60))
    /// When nothing is sent for so long, nobody is to wait for an answer.
    private static let noticeablePause = Duration.seconds(3)
    /// A task that is refused as often while others are taken is refused for its own sake.
    private static let mostOvertaken = 2

    /// That of the account which is sent for.
    var hold: LocalHold? { holds[gateway.identity.account ?? ""].flatMap { $0.found.isInForce ? $0 : nil } }
    var isRefused: Bool { hold?.found.isRefusal ?? false }

    /// What a create came to, for the task and for those behind it.
    /// - Parameter isTrial: it was sent to see whether a hold is over.
    func weigh(_ outcome: CreateOutcome, of id: TaskID, isTrial: Bool) -> CreateOutcome {
        switch outcome {
        case .accepted:
            sendingAtOnce = min(sendingAtOnce * 2, Self.mostSendingAtOnce)
            lift()
        case .notTaken(let failure, _):
            sendingAtOnce = 1
            // Kling itself has looked at it.
            if isRefused, failure.klingCode == 1303 { lift() } else if isTrial { goOn() }
        case .refused(let failure) where failure.concernsAll:
            return weigh(refusalOfAll: failure, of: id, isTrial)
        case .refused:
            // That the others would be taken it does not say.
            if isRefused, let hold { self.hold(hold.found, for: .zero) } else { lift() }
        case .unknown(let failure):
            sendingAtOnce = 1
            if isRefused, let hold {
                // Not what it was before, but no better.
                if isTrial { prolong(hold.found.failure, of: hold.found.tried, isTrial) }
            } else if doubts.insert(id).inserted {
                prolong(failure, isTrial)
            } else if isTrial {
                goOn()
            }
        }
        return outcome
    }

    /// Only who waits for the answer is refused; the others are back in line.
    private func weigh(refusalOfAll failure: Failure, of id: TaskID, _ isTrial: Bool) -> CreateOutcome {
        guard let task = live[id], !isOvertaken(task) else {
            if isTrial { goOn() }
            return .refused(failure)
        }
        let isAwaited = task.awaitedUntil.map { $0 > clock.elapsed() } ?? false
        let concernsOthers = isRefused || queue.first != nil || creates > 1 || line.hasTasks
        if !isAwaited || concernsOthers { prolong(failure, of: task.machine.task.place, isTrial) }
        return isAwaited ? .refused(failure) : .notTaken(failure, after: nil)
    }

    /// It is refused again, and others were taken meanwhile, by whatever process.
    private func isOvertaken(_ task: LiveTask) -> Bool {
        let lifts = pace.lifts[gateway.identity.account ?? "", default: 0]
        if let before = task.machine.task.liftsAtRefusal, lifts > before {
            task.machine.task.timesOvertaken += 1
        }
        task.machine.task.liftsAtRefusal = lifts
        return task.machine.task.timesOvertaken >= Self.mostOvertaken
    }

    /// One more has shown that it is in vain. One that was under way when a hold began has not seen more than that.
    private func prolong(_ failure: Failure, of place: Int64? = nil, _ isTrial: Bool) {
        var found = GatewayPace.Hold(failure, tried: place ?? 0)
        if let earlier = holds[gateway.identity.account ?? ""], earlier.found.isRefusal == found.isRefusal {
            guard isTrial || clock.elapsed() >= earlier.until else { return }
            found.attempts = earlier.found.attempts + 1
        }
        hold(found)
    }

    /// A try has made it neither over nor worse.
    private func goOn() {
        if let hold { self.hold(hold.found) }
    }

    private func hold(_ found: GatewayPace.Hold, for length: Duration? = nil) {
        let account = gateway.identity.account
        let pause = length ?? real(found.pause(unit: random.unit()))
        holds[account ?? ""] = LocalHold(found: found, until: clock.elapsed() + pause)
        note(.hold(found, account: account, pause))
        if found.isInForce { sendingAtOnce = 1 }
    }

    /// Who waits for the answer to a create that is not sent for a while is told so.
    func releaseHeldBack() {
        guard let hold, hold.until > clock.elapsed() + real(Self.noticeablePause) else { return }
        for (number, waiter) in waiters where waiter.condition == .submitted {
            if waiter.remaining.allSatisfy({ live[$0]?.state == .queued }) { release(number) }
        }
    }

    /// Somebody was taken.
    private func lift() {
        doubts = []
        let account = gateway.identity.account
        if holds.removeValue(forKey: account ?? "") != nil { note(.lift(account: account)) }
    }

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
        if pace.holds[account ?? ""]?.isTried != true { await learnPace() }
        guard let found = pace.holds[account ?? ""], found.isTried, found.hold.tried == task.place else {
            return
        }
        let pause = found.hold.isRefusal ? .zero : real(found.hold.pause(unit: random.unit()))
        await write(.untried(task.place, account: account, pause))
    }

    /// What another process has found out, or this one before it ended.
    func keepHolds(of found: GatewayPace) {
        let (now, time) = (clock.elapsed(), clock.wallTime())
        for account in Set(found.holds.keys).union(pace.holds.keys) {
            let (standstill, known) = (found.holds[account], pace.holds[account])
            guard standstill != known else { continue }
            holds[account] = standstill.map {
                LocalHold(found: $0.hold, until: now + $0.pause.left(at: time))
            }
            guard let standstill else {
                doubts = []
                continue
            }
            if standstill.hold.isInForce { sendingAtOnce = 1 }
            // A try of another process was in vain.
            if !standstill.isTried, standstill.pause.since != known?.pause.since {
                releaseHeldBack()
            }
        }
    }
}
