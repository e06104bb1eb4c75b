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
    /// So many answers in a row may be lost before it is gone slowly.
    private static let bearableDoubts = 3

    /// What a create came to, for the task and for those behind it.
    /// - Parameter wasHeld: it was sent to see whether the hold is over. Then its task goes back in line.
    func weigh(_ outcome: CreateOutcome, wasHeld: Bool) -> CreateOutcome {
        switch outcome {
        case .accepted:
            sendingAtOnce = min(sendingAtOnce * 2, Self.mostSendingAtOnce)
            (hold, doubts) = (nil, 0)
        case .notTaken:
            sendingAtOnce = 1
            doubts = 0
        case .refused(let failure):
            doubts = 0
            guard failure.concernsAll, wasHeld || queue.first != nil else {
                hold = nil
                break
            }
            hold(because: failure)
            if wasHeld { return .notTaken(failure, after: nil) }
        case .unknown:
            sendingAtOnce = 1
            doubts += 1
            guard doubts > Self.bearableDoubts else { break }
            let pause = Backoff(attempt: doubts - Self.bearableDoubts).pause(unit: random.unit())
            pausedUntil = max(pausedUntil, clock.elapsed() + real(pause))
        }
        return outcome
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
