/// Why ``TaskService`` did not do what it was asked, as facts. ``failure`` is the row of the wire's error
/// table.
public enum TaskServiceError: Error, Sendable, Hashable {
    case noSuchTask(String)
    /// The key is bound to `task`, whose request differs at these JSON Pointers.
    case keyConflict(key: String, task: VideoTask, differences: [String])
    /// The gateway has it, or may have it, and `abandon` was not asked for.
    case cannotCancel(VideoTask)
    case alreadyEnded(VideoTask)
    /// The task named is not waiting to be told which one it is.
    case cannotAdopt(VideoTask)
    /// The gateway's id is another task's.
    case taskIdTaken(taskId: String, VideoTask)
    /// Nothing to download: it is not completed, or came without a link.
    case noResult(VideoTask)
    /// There is room for it after so long, should nothing else be submitted; nil: it is more than the budget.
    case budgetExceeded(SpendBudget, spent: SpendBudget, roomAfter: Duration?)
    /// What the gateway answered to what was asked.
    case gateway(Failure, VideoTask?)
    /// The result could not be put in a file.
    case delivery(Failure, VideoTask)
    /// Nothing was sent.
    case journal(JournalFailure)
    case shuttingDown

    public var failure: Failure {
        switch self {
        case .noSuchTask: Failure(.taskNotFound)
        case .keyConflict: Failure(.conflict)
        // What it comes to is not known before the answer.
        case .cannotCancel(let task) where task.state == .submitting: Failure(.conflict, billed: .unknown)
        case .cannotCancel(let task), .alreadyEnded(let task), .cannotAdopt(let task), .noResult(let task),
            .taskIdTaken(_, let task):
            Failure(.conflict, billed: task.billed.atAnError)
        case .budgetExceeded(_, _, let roomAfter):
            Failure(.budgetExceeded, retry: roomAfter.map { .after($0) } ?? .never)
        // What was asked costs nothing, nor does the file; what a caller asks is whether the task is paid.
        case .gateway(let failure, let task?), .delivery(let failure, let task): failure.about(task)
        case .gateway(let failure, nil): failure
        case .journal(let failure):
            Failure(.journalUnavailable, message: failure.reason, retry: failure.mayPass ? .now : .never)
        case .shuttingDown: Failure(.unreachable, retry: .now)
        }
    }

    public var task: VideoTask? {
        switch self {
        case .keyConflict(_, let task, _), .cannotCancel(let task), .alreadyEnded(let task),
            .cannotAdopt(let task), .taskIdTaken(_, let task), .noResult(let task), .delivery(_, let task):
            task
        case .gateway(_, let task): task
        case .noSuchTask, .budgetExceeded, .journal, .shuttingDown: nil
        }
    }
}

extension Failure {
    /// The same, with what is known of the money of the task it is about.
    fileprivate func about(_ task: VideoTask) -> Failure {
        var failure = self
        failure.billed = task.billed.atAnError
        return failure
    }
}

extension VideoTask.Billed {
    /// An error says `no`, `yes` or `unknown`: what is settled at the end is not known yet.
    package var atAnError: Self { self == .pending ? .unknown : self }
}

extension JournalFailure {
    /// Whether it may be over by itself. Nothing was sent, so that asking again costs nothing.
    var mayPass: Bool {
        switch self {
        case .locked, .diskFull, .closed: true
        case .cannotOpen, .readOnly, .corrupt, .newer, .wrongKind, .taskIdTaken, .other: false
        }
    }

    /// The system's own words, where it had any.
    public var reason: String? {
        switch self {
        case .cannotOpen(_, let reason), .corrupt(_, let reason), .other(_, let reason): reason
        case .locked, .readOnly, .newer, .wrongKind, .diskFull, .taskIdTaken, .closed: nil
        }
    }
}
