// When creates are in vain, whatever they ask for: what stands in line waits, instead of failing one after the other.
extension TaskService {
    /// Why nothing is sent to a gateway that could be asked.
    struct Hold {
        var failure: Failure
        /// Creates that were refused for it.
        var attempts = 0
        /// When the first in line is sent, to see whether it is over.
        var until = Duration.zero
    }

    private static let longestHold = 600.0
    /// The answers for so many may be lost before it is gone slowly.
    private static let bearableDoubts = 3

    /// What a create came to, for the task and for those behind it.
    /// - Parameter wasHeld: it was sent to see whether the hold is over. Then its task goes back in line.
    func weigh(_ outcome: CreateOutcome, of id: TaskID, wasHeld: Bool) -> CreateOutcome {
        switch outcome {
        case .accepted:
            sendingAtOnce = min(sendingAtOnce * 2, Self.mostSendingAtOnce)
            (hold, doubts) = (nil, [])
        case .notTaken:
            sendingAtOnce = 1
            doubts = []
        case .refused(let failure):
            doubts = []
            guard failure.concernsAll else {
                // That the others would be taken it does not say.
                tryAgain()
                break
            }
            guard wasHeld || queue.first != nil else { break }
            hold(because: failure)
            if wasHeld { return .notTaken(failure, after: nil) }
        case .unknown:
            doubts.insert(id)
            guard doubts.count > Self.bearableDoubts else { break }
            sendingAtOnce = 1
            let pause = Backoff(attempt: doubts.count - Self.bearableDoubts).pause(unit: random.unit())
            pausedUntil = max(pausedUntil, clock.elapsed() + real(pause))
        }
        return outcome
    }

    /// A process before this one has found out that nothing is taken.
    func inherit(_ failure: Failure) {
        sendingAtOnce = 1
        if hold == nil, failure.concernsAll { hold = Hold(failure: failure) }
    }

    private func hold(because failure: Failure) {
        let attempts = (hold?.attempts ?? 0) + 1
        let pause =
            min(Self.longestHold, 15 * Double(1 << min(attempts - 1, 6))) * (0.8 + 0.4 * random.unit())
        hold = Hold(failure: failure, attempts: attempts, until: clock.elapsed() + real(.seconds(pause)))
        sendingAtOnce = 1
    }

    /// A user who submits may have put it right.
    func tryAgain() { hold?.until = .zero }
}

extension Failure {
    /// It was said of the key, the funds or the gateway's own account: no other request would fare better.
    fileprivate var concernsAll: Bool {
        switch kind {
        case .authentication, .paymentRequired: true
        case .permission: klingCode != nil
        default: false
        }
    }
}
