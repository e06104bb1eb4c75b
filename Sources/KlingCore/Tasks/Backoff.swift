/// How long to stay away after something did not work: exponential with full jitter, 1 s to 60 s, and never
/// less than the other side asked for (GATEWAY §2.2): who asks for no time at all, each time anew, does not get a
/// create each second. In the gateway's time.
public struct Backoff: Sendable, Hashable {
    /// Failures in a row, this one included.
    public var attempt: Int
    /// The other side's wish (`Retry-After`), up to a day.
    public var atLeast: Duration?

    public init(attempt: Int, atLeast: Duration? = nil) {
        self.attempt = attempt
        self.atLeast = atLeast
    }

    static let ceiling = 60.0
    static let longestWish = Duration.seconds(86_400)

    /// - Parameter unit: evenly from 0 to 1; spreads the callers that failed together.
    public func pause(unit: Double) -> Duration {
        let exponent = min(max(attempt - 1, 0), 6)
        let own = Duration.seconds(min(Self.ceiling, Double(1 << exponent)) * unit)
        guard let atLeast, atLeast > .zero else { return own }
        // The wish is kept whole, and what is added to it keeps its jitter.
        return max(own, min(atLeast, Self.longestWish) + .seconds(min(own.seconds, 1)))
    }
}
