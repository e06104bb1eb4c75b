/// The settings of ``TaskService``.
public struct TaskServiceOptions: Sendable, Hashable {
    /// Tasks at the gateway at once, over all processes that share the journal (`--max-active`).
    public var maximumActive: Int
    /// What may be sent in 24 hours (`--budget`).
    public var budget: SpendBudget?
    /// Seconds of the gateway's time in one second: the simulator's `speed`. Estimates, pauses and the pace
    /// of reads are in the gateway's time; the limits of a `wait` are in real time.
    public var timeScale: Double
    /// Reads under way at once.
    public var maximumReads: Int
    /// Reads begun in a second, over all tasks; one that a user asks for comes on top.
    public var readsPerSecond: Double
    /// For so long a create that is not taken is sent again.
    public var retryCreatesFor: Duration
    /// Where results go whose task does not say where (`--download-dir`); nil leaves them at the gateway.
    public var downloadDirectory: String?

    public init(
        maximumActive: Int = 3, budget: SpendBudget? = nil, timeScale: Double = 1, maximumReads: Int = 8,
        readsPerSecond: Double = 20,
        retryCreatesFor: Duration = .seconds(86_400), downloadDirectory: String? = nil
    ) {
        self.maximumActive = maximumActive
        self.budget = budget
        self.timeScale = timeScale
        self.maximumReads = maximumReads
        self.readsPerSecond = readsPerSecond
        self.retryCreatesFor = retryCreatesFor
        self.downloadDirectory = downloadDirectory
    }
}

/// An amount of submissions and of seconds of video per 24 hours (GATEWAY §2.6).
public struct SpendBudget: Sendable, Hashable {
    /// Nil is without limit.
    public var submissions: Int?
    /// Nil is without limit.
    public var seconds: Int?

    public init(submissions: Int? = nil, seconds: Int? = nil) {
        self.submissions = submissions
        self.seconds = seconds
    }

    /// What it counts from: 24 hours before `now`.
    package func window(at now: Timestamp) -> Window {
        Window(budget: self, start: now.advanced(by: .zero - Self.period))
    }

    private static let period = Duration.seconds(86_400)

    /// A budget, and since when what is spent counts towards it.
    public struct Window: Sendable, Hashable {
        public var budget: SpendBudget
        public var start: Timestamp

        /// When there is room for a request, should nothing else be spent.
        /// - Parameter spent: what counts, the oldest first.
        package func room(for request: VideoRequest, after spent: [(created: Timestamp, seconds: Int)])
            -> Timestamp?
        {
            var sum = SpendBudget(submissions: spent.count, seconds: spent.reduce(0) { $0 + $1.seconds })
            for (created, seconds) in spent {
                sum = SpendBudget(
                    submissions: (sum.submissions ?? 0) - 1, seconds: (sum.seconds ?? 0) - seconds)
                // What was made at the start of the window is in it.
                if budget.allows(request, after: sum) {
                    return created.advanced(by: SpendBudget.period + .milliseconds(1))
                }
            }
            return nil
        }
    }

    /// Whether one more of `request` stays within it, after `spent`.
    package func allows(_ request: VideoRequest, after spent: SpendBudget) -> Bool {
        if let submissions, (spent.submissions ?? 0) >= submissions { return false }
        if let seconds, (spent.seconds ?? 0) + request.billableSeconds > seconds { return false }
        return true
    }
}
