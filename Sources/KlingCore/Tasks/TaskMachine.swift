/// Everything that can happen to one task, as a value: an event gives the new state and what is to be done.
///
/// It does no I/O, asks no clock and never traps: an event that does not fit the state changes nothing.
/// Invariants, for any order of events: `progress` never falls; a state that is terminal is left only by
/// ``Event/adopted(taskId:)`` (`unconfirmed`, `abandoned`) and by giving up an `unconfirmed` task; a create
/// is asked for only in `submitting`.
public struct TaskMachine: Sendable, Hashable {
    public internal(set) var task: VideoTask

    /// When the first create was that was not taken, since the last one that was.
    var refusedSince: Timestamp?
    /// When the last of those was.
    var lastRefusal: Timestamp?
    /// Reads that failed, since the last one that did not.
    var readFailures = 0
    /// Deliveries that failed, one after the other.
    var deliveryFailures = 0
    /// Readings that said `completed` and had no link.
    var emptyResults = 0
    /// Readings, one after the other, that said there is no such task.
    var unknownReadings = 0

    public init(_ task: VideoTask) { self.task = task }

    /// How the journal now has the task: the same, with its number.
    public mutating func journaled(_ task: VideoTask) { self.task = task }
}

extension TaskMachine {
    /// What can happen to a task.
    public enum Event: Sendable, Hashable {
        /// The journal gave it a slot, and has it like this now.
        case claimed(VideoTask)
        /// The create that was asked for has not been sent, and will not be by this process.
        case unsent
        /// The one create that was asked for has ended.
        case created(CreateOutcome)
        /// A read has ended.
        case read(Result<TaskReading, Failure>)
        /// The user wants it no more; `abandon` even though it may be billed.
        case cancelled(abandon: Bool)
        /// The user says which task at the gateway it is.
        case adopted(taskId: String)
        /// This process has found it unfinished in the journal. A create under way belonged to a process that
        /// is dead.
        case resumed
        /// The results are in files, in the order of the videos; nil leaves one as it was.
        case delivered([VideoTask.Video?])
        case deliveryFailed(Failure)
    }

    /// What the service has to do, in this order.
    public enum Action: Sendable, Hashable {
        /// Write the task to the journal; comes before every other action.
        case record(JournalEvent.Kind)
        /// Put it in its place in the queue. `backoff`: no create before that, for none of the tasks.
        case enqueue(Backoff?)
        /// The same after a pause of its own, which holds up no other.
        case enqueueLater(Backoff)
        /// Send the create, once.
        case create
        /// Read it, at this pace.
        case follow(FollowSchedule.Pace)
        /// Put the results where the task says.
        case deliver
        /// The same after a pause.
        case deliverAgain(Backoff)
        /// The gateway has too many tasks: use fewer slots for a while (Kling 1303).
        case narrow
        /// The event was a wish that cannot be granted.
        case decline(Refusal)
    }

    /// Why a wish is not granted.
    public enum Refusal: Sendable, Hashable {
        /// The gateway has it, or may have it, and cannot be told to stop.
        case sentAlready
        case alreadyEnded
        /// Only a task that may have been sent, and is not known to be, can be told which one it is.
        case notUnconfirmed
    }

    /// What does not depend on the task.
    public struct Rules: Sendable, Hashable {
        /// ``GatewayIdentity/isIdempotent``.
        public var isIdempotent: Bool
        /// For so long a create that is not taken is sent again.
        public var retryFor: Duration
        /// ``GatewayIdentity/url``, of which a task is adopted.
        public var gateway: String?
        /// ``GatewayIdentity/account``, for which it is.
        public var account: String?

        public init(
            isIdempotent: Bool = false, retryFor: Duration = .seconds(86_400), gateway: String? = nil,
            account: String? = nil
        ) {
            self.isIdempotent = isIdempotent
            self.retryFor = retryFor
            self.gateway = gateway
            self.account = account
        }
    }

    /// Readings with `completed` and no link before the task is taken as completed without one (GATEWAY §1).
    static let maximumEmptyResults = 3
    /// Readings in a row that know nothing of an id, of which only a user has said that it exists, before it is no longer followed.
    static let maximumUnknownReadings = 5
    /// How long a link lives when the gateway does not say (GATEWAY §1).
    static let linkLifetime = Duration.seconds(86_400)

    public mutating func handle(_ event: Event, at now: Timestamp, under rules: Rules) -> [Action] {
        switch event {
        case .claimed(let written): claim(written)
        case .unsent: unsent(at: now)
        case .created(let outcome): created(outcome, at: now, under: rules)
        case .read(.success(let reading)): read(reading, at: now)
        case .read(.failure(let failure)): readFailed(failure, at: now)
        case .cancelled(let abandon): cancel(abandon: abandon, at: now)
        case .adopted(let taskId): adopt(taskId, of: rules.gateway, for: rules.account, at: now, .adoption)
        case .resumed: resume(at: now, under: rules)
        case .delivered(let videos): delivered(videos, at: now)
        case .deliveryFailed(let failure): deliveryFailed(failure, at: now)
        }
    }

    /// The end of the task; the time of it is the gateway's, unless it cannot be right.
    mutating func end(_ state: VideoTask.State, at now: Timestamp, saidAt: Timestamp? = nil) {
        task.state = state
        task.updatedAt = now
        let earliest = task.submittedAt ?? task.createdAt
        task.completedAt = saidAt.map { min(max($0, earliest), max(now, earliest)) } ?? now
        task.degraded = false
    }
}

extension VideoTask {
    /// Completed, and to be put in a file that is not there yet. An error says that it could not be and, while the task is
    /// degraded, that it is tried again.
    public var awaitsDelivery: Bool {
        state == .completed && delivery != nil && (error == nil || degraded)
            && videos.contains { $0.path == nil }
    }

    /// At its end, with its result where it was asked to be. What waiting for the end waits for.
    public var isSettled: Bool { state.isTerminal && !awaitsDelivery }

    /// Why the create was not taken, when that was the end of it: nothing was made, nothing is billed.
    public var refusal: Failure? { state == .failed && taskId == nil ? error : nil }
}
