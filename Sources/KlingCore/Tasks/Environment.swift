/// The clock and the randomness of the service, injected so that every run can be repeated and no test waits.
public protocol ServiceClock: Sendable {
    /// The time of day, for what is written down. May jump.
    func wallTime() -> Timestamp
    /// Time that only goes forward, since some fixed moment.
    func elapsed() -> Duration
    /// Returns when `elapsed()` has reached `deadline`, or throws `CancellationError`.
    func sleep(until deadline: Duration) async throws(CancellationError)
}

/// A source of random bits that may be shared.
public protocol RandomSource: Sendable {
    func next() -> UInt64
}

extension RandomSource {
    /// Evenly from 0 up to, not including, 1.
    public func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
}
