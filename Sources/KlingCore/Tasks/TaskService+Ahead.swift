// What other processes wait for: whoever stands in line behind their tasks waits for it too, and is to know.
extension TaskService {
    /// The creates before have had no answer for long.
    static let withoutAnswers = Failure(.timeout, reason: Failure.Reason(.unanswered))

    /// Looks again so soon, as long as somebody waits.
    private static let lookPause = Duration.seconds(1)

    /// Why nothing of what stands before those who wait is sent; of a while ago it says nothing.
    var obstacleAhead: Failure? {
        seenAhead.flatMap { clock.elapsed() - $0.at <= Self.noticeablePause ? $0.obstacle : nil }
    }

    /// Somebody begins to wait.
    func lookAheadLater() {
        if !due.contains(.ahead) { schedule(.ahead, after: Self.noticeablePause) }
    }

    func lookAhead() async {
        let waiting = waiters.values.filter { $0.condition == .submitted && $0.continuation != nil }
        guard !waiting.isEmpty else {
            seenAhead = nil
            return
        }
        let place = waiting.filter(\.isInLine).flatMap(\.inLine.values).min()
        let obstacle = if let place { try? await obstacle(before: place) } else { Failure?.none }
        seenAhead = obstacle.map { ($0, clock.elapsed()) }
        if obstacle != nil { releaseHeldBack() }
        schedule(.ahead, after: Self.lookPause)
    }

    private func obstacle(before place: Int64) async throws(JournalFailure) -> Failure? {
        let (now, url) = (clock.wallTime(), gateway.identity.url)
        let limit = slots.current(options.maximumActive, at: gatewayTime(clock.elapsed()))
        // All slots taken is no obstacle but the order of things.
        let found = try await journal.ahead(of: place, slots: limit, for: gateway.identity, at: now)
        guard let found else { return nil }
        if let first = found.first, let error = first.error, !error.concernsAll,
            now.since(first.updatedAt) >= Self.noticeablePause
        {
            return error
        }
        // Creates that this process may send meanwhile are answered in their own time.
        let sent = found.sent.filter { $0.gateway == url }
        guard let newest = sent.map(\.updatedAt).max(), found.first != nil || found.made + sent.count >= limit
        else { return nil }
        return now.since(newest) >= real(Self.longestAnswer) ? Self.withoutAnswers : nil
    }
}
