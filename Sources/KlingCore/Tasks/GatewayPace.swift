/// What a gateway has asked of everyone who uses it: it holds for all processes that share a journal, and outlives them.
///
/// Times are of the day, the only ones that processes share, and may be set: a wish that seems to come from long after now
/// holds no more, and a process that has learnt of one keeps it by its own clock.
public struct GatewayPace: Sendable, Hashable {
    /// What is asked for.
    public enum Wish: Sendable, Hashable {
        /// No create for so long (`Retry-After`); in real time.
        case noCreates(Duration)
        /// No read for so long.
        case noReads(Duration)
        /// There were too many tasks with this one (Kling 1303). One more is tried each time that `recovery` has passed.
        case fewerTasks(without: TaskID, recovery: Duration)

        /// For how long nothing is to be sent.
        package var length: Duration? {
            switch self {
            case .noCreates(let length), .noReads(let length): length
            case .fewerTasks: nil
            }
        }
    }

    package struct Pause: Sendable, Hashable {
        package var since: Timestamp
        package var length: Duration

        package func left(at now: Timestamp) -> Duration {
            let passed = now.since(since)
            return passed <= .zero - length ? .zero : max(.zero, length - max(.zero, passed))
        }

        /// Whether it lasts, or ended less than `time` ago.
        package func isRecent(at now: Timestamp, within time: Duration) -> Bool {
            left(at: now) > .zero || (.zero..<time).contains(now.since(since) - length)
        }
    }

    package struct Narrowing: Sendable, Hashable {
        package var limit: Int
        package var since: Timestamp
        package var recovery: Duration

        /// How many tasks may be at the gateway now; nil for as many as the options say.
        package func limit(at now: Timestamp) -> Int? {
            let passed = now.since(since)
            guard passed > .zero - recovery, recovery > .zero else { return nil }
            return limit + Int(max(0, min(passed / recovery, 1e6)))
        }
    }

    package var creates: Pause?
    package var reads: Pause?
    package var slots: Narrowing?

    package init() {}

    /// - Parameter active: the tasks of the whole journal that are at the gateway, the one complained of left out.
    package mutating func note(_ wish: Wish, active: Int, at now: Timestamp) {
        switch wish {
        case .noCreates(let length): creates = Self.longer(creates, length, at: now)
        case .noReads(let length): reads = Self.longer(reads, length, at: now)
        case .fewerTasks(_, let recovery):
            let limit = min(active, slots?.limit(at: now) ?? .max)
            slots = Narrowing(limit: max(1, limit), since: now, recovery: recovery)
        }
    }

    /// Whether one more may be sent while so many are at the gateway.
    package func allowsCreate(active: Int, at now: Timestamp) -> Bool {
        (creates?.left(at: now) ?? .zero) == .zero && active < slots?.limit(at: now) ?? .max
    }

    private static func longer(_ pause: Pause?, _ length: Duration, at now: Timestamp) -> Pause {
        guard let pause, pause.left(at: now) >= length else { return Pause(since: now, length: length) }
        return pause
    }
}
