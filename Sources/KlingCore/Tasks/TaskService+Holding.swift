// When creates are in vain, whatever they ask for: what stands in line waits, instead of failing or being lost one after the other.
// All processes on the journal wait, and one of them tries (``GatewayPace/Hold``).
extension TaskService {
    /// Why nothing is sent to a gateway that could be asked.
    struct Hold {
        var found: GatewayPace.Hold
        /// When the first in line is sent, to see whether it is over; on this process's clock.
        var until: Duration
    }

    private static let longestHold = 600.0
    /// The answers for so many may be lost before it is gone slowly.
    private static let bearableDoubts = 3
    /// Who begins anew tries at once, unless somebody has done so within this time.
    private static let trialInterval = Duration.seconds(15)

    /// That of the account which is sent for.
    var hold: Hold? { holds[gateway.identity.account ?? ""] }

    /// What a create came to, for the task and for those behind it.
    /// - Parameter wasHeld: it was sent to see whether the hold is over. Then its task goes back in line.
    func weigh(_ outcome: CreateOutcome, of id: TaskID, wasHeld: Bool) -> CreateOutcome {
        let isRefused = hold?.found.isRefusal == true
        switch outcome {
        case .accepted:
            sendingAtOnce = min(sendingAtOnce * 2, Self.mostSendingAtOnce)
            lift()
        case .notTaken:
            sendingAtOnce = 1
            if isRefused { prolong() } else { lift() }
        case .refused(let failure) where failure.concernsAll:
            doubts = []
            let others = queue.first != nil || creates > 1
            guard wasHeld || isRefused || others else {
                lift()
                break
            }
            prolong(failure)
            if wasHeld || isRefused { return .notTaken(failure, after: nil) }
        case .refused:
            // That the others would be taken it does not say.
            if isRefused { tryAgain() } else { lift() }
        case .unknown(let failure):
            doubts.insert(id)
            if isRefused {
                prolong()
            } else if hold != nil || doubts.count > Self.bearableDoubts {
                prolong(failure)
            }
        }
        return outcome
    }

    /// Waits, from the first time on that it is in vain, and longer each time that one was sent to see.
    private func prolong(_ failure: Failure? = nil) {
        guard let failure = failure ?? hold?.found.failure else { return }
        sendingAtOnce = 1
        let now = clock.elapsed()
        var found = GatewayPace.Hold(failure)
        if let earlier = hold, earlier.found.isRefusal == found.isRefusal {
            // One that was under way when it began has not seen more.
            guard now >= earlier.until else { return }
            found.attempts = earlier.found.attempts + 1
        }
        let pause =
            found.isRefusal
            ? Duration.seconds(
                min(Self.longestHold, 15 * Double(1 << min(found.attempts - 1, 6)))
                    * (0.8 + 0.4 * random.unit()))
            : Backoff(attempt: found.attempts).pause(unit: random.unit())
        let account = gateway.identity.account
        holds[account ?? ""] = Hold(found: found, until: now + real(pause))
        note(.hold(found, account: account, real(pause)))
    }

    /// Somebody was taken, or heard.
    private func lift() {
        doubts = []
        let account = gateway.identity.account
        if holds.removeValue(forKey: account ?? "") != nil { note(.lift(account: account)) }
    }

    /// A user who submits may have put it right.
    func tryAgain() {
        guard let hold, hold.found.isRefusal, hold.until > clock.elapsed() else { return }
        note(.tryAgain(account: gateway.identity.account))
    }

    /// Who starts this program anew may have, too.
    func tryAnew() {
        let pause = pace.holds[gateway.identity.account ?? ""]?.pause
        guard let pause, clock.wallTime().since(pause.since) > Self.trialInterval else { return }
        tryAgain()
    }

    /// What another process has found out, or this one before it ended.
    func keepHolds(of found: GatewayPace) {
        let (now, time) = (clock.elapsed(), clock.wallTime())
        for account in Set(found.holds.keys).union(pace.holds.keys) {
            let standstill = found.holds[account]
            guard standstill != pace.holds[account] else { continue }
            holds[account] = standstill.map { Hold(found: $0.hold, until: now + $0.pause.left(at: time)) }
            if standstill != nil { sendingAtOnce = 1 } else { doubts = [] }
        }
    }
}
