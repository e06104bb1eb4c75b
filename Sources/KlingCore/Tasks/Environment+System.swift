import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The clocks of this machine. `elapsed()` goes on while the machine sleeps, so that a task is read soon
/// after it wakes up.
public struct SystemClock: ServiceClock {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    public init() { start = clock.now }

    public func wallTime() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    public func elapsed() -> Duration { start.duration(to: clock.now) }

    /// Sleeps at most a minute at a time: a timer of the system may stand still while the machine sleeps, and
    /// would then be late by as much as was left of it.
    public func sleep(until deadline: Duration) async throws(CancellationError) {
        while true {
            let left = deadline - elapsed()
            guard left > .zero else { return }
            do {
                try await clock.sleep(for: min(left, .seconds(60)), tolerance: nil)
            } catch {
                throw CancellationError()
            }
        }
    }
}

/// The randomness of this machine.
public struct SystemRandom: RandomSource {
    public init() {}

    public func next() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }
}

/// The same bits every time from the same seed: SplitMix64 (Steele, Lea, Flood 2014).
public final class SeededRandom: RandomSource {
    private let state: Mutex<UInt64>

    public init(seed: UInt64) { state = Mutex(seed) }

    public func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            return Self.mixed(state)
        }
    }

    /// Spreads the bits of a number over all 64; a different result for every number.
    package static func mixed(_ value: UInt64) -> UInt64 {
        var bits = value
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}

/// Names that rise in the order they are given out, within a millisecond too and when the clock is set back (ULID
/// specification, "Monotonicity"): lists and the queue go by them.
struct TaskIDs: Sendable {
    private var time = Timestamp(milliseconds: .min)
    private var randomness: (UInt16, UInt64) = (0, 0)

    mutating func next(at now: Timestamp, from random: any RandomSource) -> TaskID {
        let (low, overflow) = randomness.1.addingReportingOverflow(1)
        if now > time || overflow {
            time = max(now, time)
            randomness = (UInt16(truncatingIfNeeded: random.next()), random.next())
        } else {
            randomness.1 = low
        }
        return TaskID(at: time, randomness: randomness)
    }
}
