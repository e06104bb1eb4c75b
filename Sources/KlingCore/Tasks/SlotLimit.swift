/// How many tasks may be at the gateway: what the options say, and less for a while after the gateway said it
/// was too many (Kling 1303), as this process keeps it. All times are the gateway's.
struct SlotLimit: Sendable, Hashable {
    /// As many slots as there are come back after so long without another complaint. Should that be too many again, the first task too
    /// many shows it, which costs nothing.
    static let recovery = Duration.seconds(120)

    private var lowered: Int?
    private var since = Duration.zero

    mutating func lower(to limit: Int, at now: Duration) {
        lowered = max(1, limit)
        since = now
    }

    mutating func current(_ maximum: Int, at now: Duration) -> Int {
        guard var limit = lowered else { return max(1, maximum) }
        while now - since >= Self.recovery, limit < maximum {
            limit *= 2
            since += Self.recovery
        }
        lowered = limit < maximum ? limit : nil
        return max(1, min(limit, maximum))
    }

    /// When the next slots come back, while some are missing.
    var nextRecovery: Duration? { lowered == nil ? nil : since + Self.recovery }
}
