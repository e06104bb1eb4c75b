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
    /// For so long a create that is not taken is sent again.
    public var retryCreatesFor: Duration
    /// Where results go whose task does not say where (`--download-dir`); nil leaves them at the gateway.
    public var downloadDirectory: String?

    public init(
        maximumActive: Int = 3, budget: SpendBudget? = nil, timeScale: Double = 1, maximumReads: Int = 8,
        retryCreatesFor: Duration = .seconds(86_400), downloadDirectory: String? = nil
    ) {
        self.maximumActive = maximumActive
        self.budget = budget
        self.timeScale = timeScale
        self.maximumReads = maximumReads
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

    static let period = Duration.seconds(86_400)

    /// Whether one more of `request` stays within it, after `spent`.
    func allows(_ request: VideoRequest, after spent: SpendBudget) -> Bool {
        if let submissions, (spent.submissions ?? 0) >= submissions { return false }
        if let seconds, (spent.seconds ?? 0) + request.duration > seconds { return false }
        return true
    }
}
