/// What a gateway has asked of everyone who uses it, and what one who sends has found out for all: it holds for all processes
/// that share a journal, and outlives them.
///
/// Times are of the day, the only ones that processes share, and may be set: a wish that seems to come from long after now
/// holds no more, and a process that has learnt of one keeps it by its own clock.
public struct GatewayPace: Sendable, Hashable {
    /// What is asked for, or found out.
    public enum Wish: Sendable, Hashable {
        /// No create for so long (`Retry-After`); in real time.
        case noCreates(Duration)
        /// No read for so long.
        case noReads(Duration)
        /// There were too many tasks with this one (Kling 1303). Twice as many are tried each time that `recovery` has passed.
        case fewerTasks(without: TaskID, recovery: Duration)
        /// Creates for the account are in vain: no other for so long.
        case hold(Hold, account: String?, Duration)
        /// Somebody may have put it right: one is tried when so much has passed since the last, at the latest.
        case tryAgain(account: String?, within: Duration)
        /// What became of the one that was tried (at this place in line) nobody will say: another may be, after so much time.
        case untried(Int64, account: String?, Duration)
        /// They are not in vain any more.
        case lift(account: String?)

        /// For how long nothing is to be sent.
        package var length: Duration? {
            switch self {
            case .noCreates(let length), .noReads(let length), .hold(_, _, let length): length
            case .fewerTasks, .tryAgain, .untried, .lift: nil
            }
        }
    }

    /// Creates are in vain, whatever they ask for.
    public struct Hold: Sendable, Hashable {
        /// What the last of them came to.
        public var failure: Failure
        /// How many, one after the other, have shown it.
        public var attempts: Int

        public init(_ failure: Failure, attempts: Int = 1) {
            (self.failure, self.attempts) = (failure, attempts)
        }

        /// The gateway refuses them; else nobody knows what becomes of them.
        package var isRefusal: Bool { failure.concernsAll }
        /// One refusal may be for the sake of that task. The answers for three may be lost before it is gone slowly.
        private var bearable: Int { isRefusal ? 1 : 3 }
        /// Others are held back for it.
        package var isInForce: Bool { attempts > bearable }

        /// How long nothing is sent then: 1 s, 2 s, 4 s and so on, up to ten minutes.
        package func pause(unit: Double) -> Duration {
            guard isInForce else { return .zero }
            // What is not permitted may be so for some of the tasks only: the others are not to wait for long.
            let most = failure.kind == .permission ? 60.0 : 600
            return .seconds(min(most, Double(1 << min(attempts - bearable - 1, 10))) * (0.8 + 0.4 * unit))
        }

        /// Found out by somebody who does not know all that the other says.
        fileprivate func isOutdated(by other: Hold) -> Bool {
            isRefusal == other.isRefusal && attempts < other.attempts
        }
    }

    package struct Standstill: Sendable, Hashable {
        package var hold: Hold
        package var pause: Pause

        /// The place in line of the one that is under way to see whether it is over.
        package var tried: Int64?

        /// What was so yesterday need not be so today.
        fileprivate func isOver(at now: Timestamp) -> Bool {
            !pause.isRecent(at: now, within: .seconds(86_400))
        }
    }

    package struct Pause: Sendable, Hashable {
        package let since: Timestamp
        /// Whole milliseconds, as times of the day have no others.
        package let length: Duration

        package init(since: Timestamp, length: Duration) {
            (self.since, self.length) = (since, .milliseconds(length.milliseconds))
        }

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
            return limit << Int(max(0, min(passed / recovery, 20)))
        }
    }

    package var creates: Pause?
    package var reads: Pause?
    package var slots: Narrowing?
    /// By account; "" is that of a gateway that knows none.
    package var holds: [String: Standstill] = [:]

    package init() {}

    /// - Parameter active: the tasks of the whole journal that are at the gateway, the one complained of left out.
    package mutating func note(_ wish: Wish, active: Int, at now: Timestamp) {
        switch wish {
        case .noCreates(let length): creates = Self.longer(creates, length, at: now)
        case .noReads(let length): reads = Self.longer(reads, length, at: now)
        case .fewerTasks(_, let recovery):
            let limit = min(active, slots?.limit(at: now) ?? .max)
            slots = Narrowing(limit: max(1, limit), since: now, recovery: recovery)
        case .hold(let hold, let account, let length):
            forgetHolds(at: now)
            if let known = holds[account ?? ""]?.hold, hold.isOutdated(by: known) { return }
            holds[account ?? ""] = Standstill(hold: hold, pause: Pause(since: now, length: length))
        case .tryAgain(let account, let length):
            // What is found out at the moment is waited for.
            guard var standstill = holds[account ?? ""], standstill.tried == nil,
                standstill.pause.length > length
            else { return }
            standstill.pause = Pause(since: standstill.pause.since, length: length)
            // A refusal costs nothing: what is tried for its own sake makes nobody wait longer.
            if standstill.hold.isRefusal { standstill.hold.attempts = max(0, standstill.hold.attempts - 1) }
            holds[account ?? ""] = standstill
        case .untried(let place, let account, let length):
            guard let standstill = holds[account ?? ""], standstill.tried == place else { return }
            holds[account ?? ""] = Standstill(hold: standstill.hold, pause: Pause(since: now, length: length))
        case .lift(let account):
            holds[account ?? ""] = nil
        }
    }

    /// Leaves out what is long past.
    package mutating func forgetHolds(at now: Timestamp) {
        holds = holds.filter { !$0.value.isOver(at: now) }
    }

    /// Whether one more may be sent for the account while so many are at the gateway.
    /// - Parameter isAwaited: somebody waits to hear what the gateway says to it, be it a refusal.
    package func allowsCreate(for account: String?, isAwaited: Bool = false, active: Int, at now: Timestamp)
        -> Bool
    {
        let standstill = holds[account ?? ""].flatMap { isAwaited && $0.hold.isRefusal ? nil : $0 }
        let pauses = [creates, standstill?.pause]
        return pauses.allSatisfy { ($0?.left(at: now) ?? .zero) == .zero }
            && active < slots?.limit(at: now) ?? .max
    }

    /// Accounts whose key the gateway does not accept.
    package var accountsWithoutKey: [String] {
        holds.filter { $0.value.hold.isInForce && $0.value.hold.failure.kind == .authentication }.keys
            .sorted()
    }

    /// Accounts for which nothing is sent at the moment, which says nothing of this one.
    package func idleAccounts(but account: String?) -> [String] {
        holds.filter { $0.key != account ?? "" && $0.value.hold.isInForce }.keys.sorted()
    }

    /// Whether creates for the account are refused, whoever's turn it is.
    package func refuses(_ account: String?) -> Bool {
        holds[account ?? ""].map { $0.hold.isRefusal && $0.hold.isInForce } ?? false
    }

    /// So long an attempt may take before another is made: of what costs nothing, and of what may.
    private static let trial = (free: Duration.seconds(15), doubtful: Duration.seconds(90))

    /// One is sent to see whether a hold is over: until that is known, no other.
    /// - Returns: whether there is a hold.
    package mutating func beginTrial(of place: Int64, for account: String?, at now: Timestamp) -> Bool {
        guard let hold = holds[account ?? ""]?.hold, hold.isInForce else { return false }
        let length = hold.isRefusal ? Self.trial.free : Self.trial.doubtful
        holds[account ?? ""] = Standstill(hold: hold, pause: Pause(since: now, length: length), tried: place)
        return true
    }

    private static func longer(_ pause: Pause?, _ length: Duration, at now: Timestamp) -> Pause {
        guard let pause, pause.left(at: now) >= length else { return Pause(since: now, length: length) }
        return pause
    }
}
