/// One intent to have a video made.
public struct Submission: Sendable, Hashable {
    public var request: VideoRequest
    /// The user's idempotency key; nil makes every call an intent of its own (GATEWAY §2.4).
    public var key: String?
    public var labels: [String: String]
    /// Where the result goes by itself; nil for where the options say, if they do.
    public var delivery: VideoTask.Delivery?
    /// For so long the caller waits for the gateway's answer, nil for not at all. Should the gateway take nothing from this account
    /// meanwhile, the task ends, and the caller knows why; one that nobody waits for stays in line.
    public var patience: Duration?

    public init(
        request: VideoRequest, key: String? = nil, labels: [String: String] = [:],
        delivery: VideoTask.Delivery? = nil, patience: Duration? = .seconds(60)
    ) {
        self.patience = patience
        self.request = request
        self.key = key
        self.labels = labels
        self.delivery = delivery
    }
}

/// What came of a submission: its intent is durable.
public struct Submitted: Sendable, Hashable {
    public var report: TaskReport
    /// The key was bound already: the task is the one it was bound to.
    public var isDeduplicated: Bool
    /// An earlier task with the same request, less than two minutes old, when no key told them apart.
    public var possibleDuplicateOf: TaskID?
    /// What the call asked for beside the request, and the task that the key was bound to does not have.
    public var ignored: Set<Ignored>

    /// A part of a ``Submission`` that only counts when it makes a task.
    public enum Ignored: Sendable, Hashable {
        case labels, delivery
    }

    public init(
        report: TaskReport, isDeduplicated: Bool = false, possibleDuplicateOf: TaskID? = nil,
        ignored: Set<Ignored> = []
    ) {
        self.report = report
        self.isDeduplicated = isDeduplicated
        self.possibleDuplicateOf = possibleDuplicateOf
        self.ignored = ignored
    }
}

/// What a wait is for.
public enum WaitCondition: Sendable, Hashable {
    /// The answer to the create is known, or will never be.
    case submitted
    /// The task is at its end, and its result where it was asked to be.
    case terminal

    func isMet(by task: VideoTask) -> Bool {
        switch self {
        case .submitted: task.state != .queued && task.state != .submitting
        case .terminal: task.isSettled
        }
    }
}

/// The tasks waited for, as they are; `done` when all of them met the condition.
public struct Waited: Sendable, Hashable {
    public var tasks: [TaskReport]
    public var done: Bool

    public init(tasks: [TaskReport], done: Bool) {
        self.tasks = tasks
        self.done = done
    }
}

/// How far a delivery is.
public struct DownloadProgress: Sendable, Hashable {
    public var task: TaskID
    /// The file that will be there. In a folder its extension follows from what arrives; `.mp4` until then.
    public var path: String
    public var bytes: Int64
    public var total: Int64?

    public init(task: TaskID, path: String, bytes: Int64, total: Int64?) {
        self.task = task
        self.path = path
        self.bytes = bytes
        self.total = total
    }
}
