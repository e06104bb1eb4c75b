/// When a task at the gateway is read next (GATEWAY §3). Pure; all times are the gateway's.
///
/// Early on every 5 s, so that a task that fails at once is seen to; then less often, up to 15 s or, for a
/// long one, a tenth of what it is expected to take; every 5 s again around the expected end, where a late
/// look is felt.
public enum FollowSchedule {
    /// How soon the next read is wanted.
    public enum Pace: Sendable, Hashable {
        /// The gateway has just taken it.
        case first
        case usual
        /// It says a word we do not know.
        case slow
        /// Something is about to be there: the link of a completed task, the state of an adopted one.
        case soon
        /// Read once, soon, but not all at once: it was in the journal when this process started.
        case resumed
        case failing(Backoff)
    }

    /// - Parameters:
    ///   - age: since the gateway took it.
    ///   - estimate: what it is expected to take in all.
    ///   - unit: evenly from 0 to 1.
    public static func delay(_ pace: Pace, age: Duration, estimate: Duration, unit: Double) -> Duration {
        switch pace {
        case .first: jittered(min(estimate.seconds / 2, 10), unit)
        case .usual: jittered(interval(age: age.seconds, estimate: max(estimate.seconds, 1)), unit)
        case .slow: jittered(30, unit)
        case .soon: jittered(2, unit)
        case .resumed: .seconds(unit)
        case .failing(let backoff): max(backoff.pause(unit: unit), .seconds(1))
        }
    }

    /// After a pause (sleep of the machine, a stopped process, a start) many are due at once: over how long
    /// to spread their single reads.
    public static func spread(of count: Int) -> Duration { .seconds(min(30, Double(max(0, count)) * 0.05)) }

    private static let dense = 5.0

    static func interval(age: Double, estimate: Double) -> Double {
        let age = max(0, age)
        if age < 20 { return dense }
        let widest = max(15, estimate / 10)
        let (expected, late) = (estimate * 0.92, estimate * 1.15)
        if age < expected {
            // Half of what is left, so that the steps shrink towards the expected end and none goes past it.
            return min(max((expected - age) / 2, dense), widest, max(age / 2, dense))
        }
        if age < late { return dense }
        return min(max((age - late) / 4, dense), age < estimate * 3 ? 15 : 30)
    }

    private static func jittered(_ seconds: Double, _ unit: Double) -> Duration {
        .seconds(seconds * (0.8 + 0.4 * unit))
    }
}
