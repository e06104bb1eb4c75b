public import KlingCore
import Synchronization

/// The gateway inside the process (GATEWAY §5): no key, no network, nothing paid; the rules, replies and
/// timing of the real one, sped up.
///
/// It holds no tasks: each carries all about itself in its id (``SimulatedTask``), so a task goes on after a
/// restart.
public final class SimulatorGateway: Gateway {
    public let identity = GatewayIdentity(url: "https://simulator.invalid", simulated: true)
    public let spec: SimulatorSpec
    /// Of what it says when it refuses or fails.
    public let language: Locale

    let clock: any ServiceClock
    let dice: FaultDice
    private let wire = GatewayWire()
    let counts = Mutex(Counts())

    struct Counts: Sendable {
        var creates: UInt64 = 0
        var accepted = 0
        var reads: [UInt64: UInt64] = [:]
        var links: Set<UInt64> = []
        /// Files that were another one than before.
        private var versions = 0

        mutating func nextVersion() -> Int {
            versions += 1
            return versions
        }
    }

    /// - Parameter clock: the service's, whose options need `timeScale = spec.speed`.
    public init(
        spec: SimulatorSpec = SimulatorSpec(), language: Locale = .en, clock: any ServiceClock = SystemClock()
    ) {
        self.spec = spec
        self.language = language
        self.clock = clock
        dice = FaultDice(spec)
    }

    /// Creates that were taken: what would have been paid.
    package var accepted: Int { counts.withLock(\.accepted) }

    // The gateway's own times, before the speed.
    static let createLatency = 0.8
    static let readLatency = 0.15
    static let createTimeout = 60.0
    static let readTimeout = 30.0
    private static let linkLifetime = 86_400.0
    static let cutOff = "transfer closed with outstanding read data remaining"

    public func create(_ request: VideoRequest, key: String) async -> CreateOutcome {
        let number = counts.withLock { counts in
            counts.creates += 1
            return counts.creates
        }
        let faults = dice.draw(at: .create, subject: number)
        if faults.main?.name == .resetAtConnect {
            return .notTaken(Failure(.unreachable, reason: .init(.system, "connection refused")), after: nil)
        }
        await pause(Self.createLatency + faults.seconds(.delay) + faults.seconds(.slowBody))
        let now = clock.wallTime()
        switch faults.main?.name {
        case .resetBeforeAccept: return .unknown(lost("connection reset by peer"))
        case .timeout, .timeoutBeforeAccept:
            await pause(Self.createTimeout)
            return .unknown(late)
        case .resetAfterAccept:
            _ = take(request, number, at: now)
            return .unknown(lost("connection reset by peer"))
        case .timeoutAfterAccept:
            _ = take(request, number, at: now)
            await pause(Self.createTimeout)
            return .unknown(late)
        case .truncated:
            _ = take(request, number, at: now)
            return .unknown(
                Failure(.badGateway, reason: .init(.system, Self.cutOff), billed: .unknown, httpStatus: 200))
        case .garbage: _ = take(request, number, at: now)
        default: break
        }
        if let fault = faults.main, let reply = SimulatedReply.fault(fault, language) {
            return wire.decodeCreate(reply, now: now)
        }
        let id = take(request, number, at: now).id
        return wire.decodeCreate(SimulatedReply.accepted(id, faults), now: now)
    }

    public func read(_ taskId: String) async -> Result<TaskReading, Failure> {
        guard let task = SimulatedTask(id: taskId) else {
            await pause(Self.readLatency)
            return wire.decodeReading(SimulatedReply.unknownTask(language), now: clock.wallTime())
        }
        let faults = dice.draw(at: .read, subject: UInt64(task.seed))
        switch faults.main?.name {
        case .resetAtConnect, .reset:
            return .failure(
                Failure(
                    .unreachable, reason: .init(.system, "connection reset by peer"), billed: .pending,
                    retry: .now
                ))
        case .timeout:
            await pause(Self.readTimeout)
            return .failure(Failure(.timeout, billed: .pending, retry: .now))
        case .truncated:
            await pause(Self.readLatency)
            return .failure(
                Failure(
                    .badGateway, reason: .init(.system, Self.cutOff), billed: .pending, retry: .now,
                    httpStatus: 200))
        default: await pause(Self.readLatency + faults.seconds(.delay) + faults.seconds(.slowBody))
        }
        let now = clock.wallTime()
        if let fault = faults.main, let reply = SimulatedReply.fault(fault, language) {
            return wire.decodeReading(reply, now: now)
        }
        let reads = counts.withLock { counts in
            // A run of weeks must not fill the memory.
            if counts.reads.count > 100_000 { (counts.reads, counts.links) = ([:], []) }
            defer { counts.reads[UInt64(task.seed), default: 0] += 1 }
            return counts.reads[UInt64(task.seed), default: 0]
        }
        let isFirstLink =
            task.fraction(at: now) >= 1 && counts.withLock { $0.links.insert(UInt64(task.seed)).inserted }
        let answer = task.answer(
            id: taskId, at: now, previousReads: reads, isFirstLink: isFirstLink, language: language)
        return wire.decodeReading(SimulatedReply.task(answer, isFlat: faults.has(.flat)), now: now)
    }

    public func preview(_ request: VideoRequest, key: String) -> CreatePreview {
        CreatePreview(
            method: "POST", url: identity.url + "/v1/videos/generations",
            headers: [
                "Authorization": "Bearer ‹redacted›", "Content-Type": "application/json",
                "Idempotency-Key": key
            ])
    }

    /// At high speed a latency may be shorter than what it takes to sleep, and is none.
    func pause(_ seconds: Double) async {
        let real = seconds / spec.speed
        guard real > 0.0001 else { return }
        try? await clock.sleep(until: clock.elapsed() + .seconds(real))
    }

    private func lost(_ message: String) -> Failure {
        Failure(.unreachable, reason: .init(.system, message), billed: .unknown)
    }
    private var late: Failure { Failure(.timeout, billed: .unknown) }

    /// Takes a task: from here on it would be paid.
    private func take(_ request: VideoRequest, _ number: UInt64, at now: Timestamp) -> SimulatedTask {
        counts.withLock { $0.accepted += 1 }
        let (low, high) = SimulatedTiming.range(request)
        let unit = (dice.unit(1, subject: number) + dice.unit(2, subject: number)) / 2
        let seconds = low + (high - low) * unit
        let seed = SeededRandom.mixed(
            spec.seed ^ SeededRandom.mixed(number) &+ UInt64(bitPattern: now.milliseconds))
        var task = SimulatedTask(
            start: now, milliseconds: milliseconds(seconds),
            linkMilliseconds: milliseconds(Self.linkLifetime),
            seed: UInt32(truncatingIfNeeded: seed), seconds: UInt8(clamping: request.duration),
            shape: SimulatedVideo.Shape(aspectRatio: request.aspectRatio), fates: 0,
            estimate: UInt16(clamping: Int((low + high) / 2)))
        for fate in dice.fates(of: number) { task.add(fate) }
        return task
    }

    private func milliseconds(_ seconds: Double) -> UInt32 {
        UInt32(min(max(seconds * 1000 / spec.speed, 1), 4_294_967_295))
    }
}

/// How long the real gateway takes, in seconds (GATEWAY §1, "Timing").
enum SimulatedTiming {
    static func range(_ request: VideoRequest) -> (Double, Double) {
        if request.model == "kling-video-o1" {
            return request.duration > 5 || request.mode == "pro" ? (120, 600) : (60, 360)
        }
        switch request.mode {
        case "4k": return (300, 900)
        case "pro": return (180, 420)
        default: return request.duration > 7 ? (180, 420) : (45, 180)
        }
    }
}
