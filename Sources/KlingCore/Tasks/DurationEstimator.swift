/// How long tasks take at the gateway, by model, mode and length: the median of the newest ones seen, or a
/// table of what is generally reported (GATEWAY §1, "Timing"). All times are the gateway's.
public struct DurationEstimator: Sendable {
    /// Requests that take about the same time.
    public struct Kind: Sendable, Hashable {
        public var model: String
        public var mode: String
        public var duration: Int

        public init(_ request: VideoRequest) {
            model = request.model
            mode = request.mode
            duration = request.duration
        }
    }

    private static let window = 21
    private static let enough = 3
    private var seen: [Kind: [Double]] = [:]

    public init() {}

    /// Learns from a completed task.
    public mutating func learn(_ seconds: Double, for kind: Kind) {
        guard seconds.isFinite, seconds > 0, seconds < 86_400 else { return }
        seen[kind, default: []].append(seconds)
        if seen[kind, default: []].count > Self.window { seen[kind]?.removeFirst() }
    }

    /// What a task of this kind takes in all, and how that is known.
    public func estimate(_ request: VideoRequest, gatewaySays: Double? = nil) -> (
        Duration, TaskEstimate.Basis
    ) {
        let kind = Kind(request)
        if let times = seen[kind], times.count >= Self.enough {
            return (.seconds(times.sorted()[times.count / 2]), .history)
        }
        if let gatewaySays, gatewaySays.isFinite, gatewaySays > 0, gatewaySays < 86_400 {
            return (.seconds(gatewaySays), .gateway)
        }
        return (.seconds(Self.table(kind)), .default)
    }

    /// 5 s std is reported at 45–180 s, longer or pro at 3–7 min, o1 at 1–10 min; for 4k nothing is known.
    static func table(_ kind: Kind) -> Double {
        let length = Double(min(max(kind.duration, 1), 60))
        let base = kind.model == "kling-video-o1" ? 150 + (length - 5) * 18 : 90 + (length - 5) * 15
        switch kind.mode {
        case "pro": return max(base, 60) * 1.8
        case "4k": return max(base, 60) * 3
        default: return max(base, 60)
        }
    }
}

/// When a task is expected to be there.
public struct TaskEstimate: Sendable, Hashable {
    /// Raw values are the wire's.
    public enum Basis: String, Sendable, Hashable, CaseIterable { case history, gateway, `default` }

    public var secondsLeft: Double
    public var basis: Basis

    public init(secondsLeft: Double, basis: Basis) {
        self.secondsLeft = secondsLeft
        self.basis = basis
    }
}
