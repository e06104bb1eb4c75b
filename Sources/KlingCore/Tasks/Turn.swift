/// Lets one caller at a time through, in the order of asking. For use within one actor, which it never
/// leaves: a lock that is held across suspensions.
final class Turn {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    var isFree: Bool { !isTaken }

    func take(isolation: isolated (any Actor)? = #isolation) async {
        if isTaken {
            await withCheckedContinuation { waiting.append($0) }
        } else {
            isTaken = true
        }
    }

    /// Hands it on; the next in line has it without another having a chance in between.
    func give() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
