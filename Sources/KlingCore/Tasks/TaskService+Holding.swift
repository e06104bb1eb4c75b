// When creates are in vain, whatever they ask for: what stands in line waits, instead of failing or being lost one after the other.
// All processes on the journal wait, and one of them tries (``GatewayPace/Hold``).
extension TaskService {
    /// Why nothing is sent to a gateway that could be asked.
    struct Hold {
        var found: GatewayPace.Hold
        /// When one is sent, to see whether it is over; on this process's clock.
        var until: Duration
    }

    /// Who submits or begins anew need not wait for the next try any longer than that.
    private static let trialInterval = Duration.seconds(15)
    /// A task that is refused as often while others are taken is refused for its own sake.
    private static let mostOvertaken = 2

    /// That of the account which is sent for.
    var hold: Hold? { holds[gateway.identity.account ?? ""].flatMap { $0.found.isInForce ? $0 : nil } }
    var isRefused: Bool { hold?.found.isRefusal ?? false }

    /// What a create came to, for the task and for those behind it.
    func weigh(_ outcome: CreateOutcome, of id: TaskID) -> CreateOutcome {
        switch outcome {
        case .accepted:
            acceptances += 1
            sendingAtOnce = min(sendingAtOnce * 2, Self.mostSendingAtOnce)
            lift()
        case .notTaken(let failure, _):
            sendingAtOnce = 1
            // Kling itself has looked at it.
            if isRefused, failure.klingCode == 1303 { lift() } else { goOn() }
        case .refused(let failure) where failure.concernsAll:
            guard let task = live[id], !task.isOvertaken(at: acceptances, Self.mostOvertaken) else {
                goOn()
                break
            }
            if isAwaited(task) {
                if isRefused || queue.first != nil || creates > 1 || line.hasTasks { prolong(failure) }
                break
            }
            prolong(failure)
            return .notTaken(failure, after: nil)
        case .refused:
            // That the others would be taken it does not say.
            if isRefused { note(.tryAgain(account: gateway.identity.account, within: .zero)) } else { lift() }
        case .unknown(let failure):
            if isRefused { prolong() } else if doubts.insert(id).inserted { prolong(failure) } else { goOn() }
        }
        return outcome
    }

    /// The caller waits for the answer to the create, and is told it: nothing is left to wait for.
    private func isAwaited(_ task: LiveTask) -> Bool {
        task.awaitedUntil.map { $0 > clock.elapsed() } ?? false
    }

    /// One more has shown that it is in vain.
    private func prolong(_ failure: Failure? = nil) {
        let earlier = holds[gateway.identity.account ?? ""]
        guard let failure = failure ?? earlier?.found.failure else { return }
        var found = GatewayPace.Hold(failure)
        if let earlier, earlier.found.isRefusal == found.isRefusal {
            // One that was under way when it began has not seen more.
            guard clock.elapsed() >= earlier.until else { return }
            found.attempts = earlier.found.attempts + 1
        }
        hold(found)
    }

    /// It is neither over nor worse.
    private func goOn() {
        if let hold, clock.elapsed() >= hold.until { self.hold(hold.found) }
    }

    private func hold(_ found: GatewayPace.Hold) {
        let account = gateway.identity.account
        let pause = real(found.pause(unit: random.unit()))
        holds[account ?? ""] = Hold(found: found, until: clock.elapsed() + pause)
        note(.hold(found, account: account, pause))
        guard found.isInForce else { return }
        sendingAtOnce = 1
        if found.isRefusal { releaseHeldBack() }
    }

    /// Who waits for the answer to a create that is not sent for a while is told so.
    private func releaseHeldBack() {
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
        guard isRefused, let hold, hold.until > clock.elapsed() else { return }
        note(.tryAgain(account: gateway.identity.account, within: atOnce ? .zero : Self.trialInterval))
    }

    /// What another process has found out, or this one before it ended.
    func keepHolds(of found: GatewayPace) {
        let (now, time) = (clock.elapsed(), clock.wallTime())
        for account in Set(found.holds.keys).union(pace.holds.keys) {
            let standstill = found.holds[account].flatMap { $0.isOver(at: time) ? nil : $0 }
            guard found.holds[account] != pace.holds[account] else { continue }
            holds[account] = standstill.map { Hold(found: $0.hold, until: now + $0.pause.left(at: time)) }
            guard let standstill else {
                doubts = []
                continue
            }
            if standstill.hold.isInForce { sendingAtOnce = 1 }
        }
    }
}

extension LiveTask {
    /// It is refused again, and others were taken meanwhile.
    /// - Parameter acceptances: how many were taken so far.
    fileprivate func isOvertaken(at acceptances: Int, _ limit: Int) -> Bool {
        if let refusedAt, acceptances > refusedAt { overtaken += 1 }
        refusedAt = acceptances
        return overtaken >= limit
    }
}
