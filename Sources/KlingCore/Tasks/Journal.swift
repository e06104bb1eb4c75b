/// The memory that outlives the process: every task and every change of it, durable before the world is
/// changed and before the caller is told.
///
/// Several processes may share one journal; each method is one transaction. A returned task carries its new
/// `seq`.
public protocol Journal: Sendable {
    /// Writes a new intent, which this process looks after, unless its idempotency key is bound already (GATEWAY §2.4) or the
    /// budget is spent: what all processes have submitted since the beginning of its window counts (GATEWAY §2.6). Calls of one
    /// actor are written in their order.
    nonisolated(nonsending) func begin(_ task: VideoTask, within budget: SpendBudget.Window?)
        async throws(JournalFailure)
        -> JournalBeginning

    /// The task that an idempotency key stands for.
    func bound(to key: String) async throws(JournalFailure) -> VideoTask?

    /// Moves a queued task to `submitting`, with `attempts` raised, if it still is queued, fewer than `maximumActive` tasks of the
    /// whole journal are active, but for those of the accounts `strangers`, nothing that the gateway has asked for forbids it, and
    /// it is the first in line, or creates are refused anyway. Exactly one process gets it.
    /// - Parameter isAwaited: somebody waits to hear what the gateway says to it, be it a refusal.
    func claim(
        _ id: TaskID, maximumActive: Int, for gateway: GatewayIdentity, besides strangers: Set<String>,
        isAwaited: Bool, at time: Timestamp
    ) async throws(JournalFailure) -> JournalClaim

    /// What is before this place in line, or at it, at other processes.
    /// - Returns: nil when tasks that are made have all `slots`.
    func ahead(
        of place: Int64, slots: Int, for gateway: GatewayIdentity, at now: Timestamp
    ) async throws(JournalFailure) -> TasksAhead?

    /// Notes what the gateway at `url` asks of all processes.
    /// - Returns: what holds now.
    func note(
        _ wish: GatewayPace.Wish, of url: String, at now: Timestamp
    ) async throws(JournalFailure) -> GatewayPace

    /// What the gateway at `url` has asked for.
    func pace(of url: String) async throws(JournalFailure) -> GatewayPace

    /// Writes a change of a task, made from the task as it was at `task.seq`; one that was changed since is left as it is.
    /// `kind` tells replay what to keep. A task that nobody looks after is this process's from now on, until it is settled.
    /// A foundling that has the gateway's id that the task has now gives way in the same transaction
    /// (``VideoTask/givingWay(to:)``).
    func record(_ task: VideoTask, _ kind: JournalEvent.Kind) async throws(JournalFailure) -> JournalRecord

    /// By our id or the gateway's.
    func find(_ id: String) async throws(JournalFailure) -> VideoTask?

    /// Newest first.
    func list(_ query: JournalQuery) async throws(JournalFailure) -> [VideoTask]

    /// Takes over at most `limit` of the tasks that are not settled and that nobody looks after, oldest first: each is given to
    /// exactly one process. A process looks after the tasks it began, recorded or took over, as long as it lives and is not
    /// silent for longer than it said in ``stay(until:at:)``. A task that was left in `submitting` comes as it was: its create
    /// may have arrived.
    /// What is at another gateway, or was sent there for one of `strangers`, is left to those who can ask. What a living process
    /// looks after is taken over when the gateway does not accept its key (``GatewayPace/Hold``), but for creates under way.
    func takeOver(
        _ choice: LeftTasks, limit: Int, for gateway: GatewayIdentity, besides strangers: Set<String>,
        at now: Timestamp
    ) async throws(JournalFailure) -> [VideoTask]

    /// Gives up what this process looks after and the gateway has for this account: nobody looks after it from then on.
    func leave(_ account: String) async throws(JournalFailure)

    /// Says that this process will be heard of again by then; nil when it looks after nothing. `gateway` is who it sends to.
    /// - Returns: whether it still looks after what it did: false when it was silent for too long, and others have taken over.
    func stay(until time: Timestamp?, at gateway: GatewayIdentity) async throws(JournalFailure) -> Bool

    /// The unsettled tasks that this process looks after.
    func lookedAfter() async throws(JournalFailure) -> Set<TaskID>

    /// Whether another process has written since this was last asked. Costs next to nothing.
    func hasForeignChanges() async throws(JournalFailure) -> Bool

    /// Who waits to be sent, whichever process is to do it.
    func queuedPlaces() async throws(JournalFailure) -> QueuedPlaces

    /// Changes after `seq`, in order, at most `limit`. `complete` is false when history that old is gone: then the changes
    /// begin with the last of each task that it has lost.
    func events(after seq: Int64, limit: Int) async throws(JournalFailure) -> (
        events: [JournalEvent], complete: Bool
    )

    /// The number of the newest change.
    func lastSeq() async throws(JournalFailure) -> Int64

    /// Writes what is pending and lets go of the files. Later calls fail.
    func close() async
}

/// Which of the tasks that nobody looks after are to be taken over.
public enum LeftTasks: Sendable, Hashable {
    /// Those of which a create was under way, at any gateway, or is to be sent again to this one: few, and they may look like
    /// something they are not.
    case creates
    /// Those whose process is no more.
    case ofTheDead
    /// And those whose process was silent for too long.
    case everything
}

/// The queued tasks of a whole journal as they were at one change.
public struct QueuedPlaces: Sendable, Hashable {
    /// Their places in the journal, rising.
    public var places: [Int64]
    /// The number of the newest change that is in it.
    public var seq: Int64

    public init(places: [Int64], seq: Int64) {
        self.places = places
        self.seq = seq
    }
}

/// What keeps those behind it waiting.
public struct TasksAhead: Sendable, Hashable {
    /// The oldest in line of another process that may go to the gateway.
    public var first: VideoTask?
    /// Creates under way of whatever process, some of the newest.
    public var sent: [VideoTask]
    /// How many tasks are made at the moment.
    public var made: Int

    public init(first: VideoTask?, sent: [VideoTask], made: Int) {
        self.first = first
        self.sent = sent
        self.made = made
    }
}

/// One change of one task, as it was after the change.
public struct JournalEvent: Sendable, Hashable {
    /// What replay must keep of a change.
    public enum Kind: Int, Sendable, Hashable {
        /// A change of state, an error, a result: never dropped.
        case change = 0
        /// Progress only: the newest is enough.
        case progress = 1
        /// A change that gives a task the gateway's id at a user's word: refused with ``JournalFailure/taskIdTaken(_:)`` when
        /// another task has it, which has an intent of its own. Kept like any other change.
        case adoption = 2
    }

    public var seq: Int64
    public var kind: Kind
    public var task: VideoTask

    public init(seq: Int64, kind: Kind, task: VideoTask) {
        self.seq = seq
        self.kind = kind
        self.task = task
    }
}

/// What came of asking for a slot.
public enum JournalClaim: Sendable, Hashable {
    /// - isTrial: to see whether a hold is over (``GatewayPace/Hold``).
    case claimed(VideoTask, isTrial: Bool)
    /// There is one, but another process has an older task in line.
    case behind
    /// There is none for it.
    case refused
}

/// What came of writing a change.
public enum JournalRecord: Sendable, Hashable {
    case written(VideoTask)
    /// The task was changed by another process since, and is this now.
    case outdated(VideoTask)
}

/// What came of writing an intent.
public enum JournalBeginning: Sendable, Hashable {
    /// The intent is durable. `earlier` is the newest of the tasks with the same request, made by whatever process in the last
    /// ``VideoRequest/repeatWindow``, that did not end unbilled; of an intent with a key nobody asks.
    case created(VideoTask, earlier: TaskID?)
    /// The key is bound to this task, whose request is the same, or the gateway's id is this task's.
    case existing(VideoTask)
    /// The key is bound to this task, whose request is another one.
    case conflict(VideoTask)
    /// Nothing is written: with the task, more would be spent than is allowed. From `roomAt` on it would not, should nothing else
    /// be spent; nil when it is more than is ever allowed.
    case overBudget(spent: SpendBudget, roomAt: Timestamp?)
}

/// Which tasks a list is about.
public struct JournalQuery: Sendable, Hashable {
    /// Empty means every state.
    public var states: Set<VideoTask.State>
    /// All of these must be there.
    public var labels: [String: String]
    public var model: String?
    public var limit: Int
    /// Only tasks made before the task with this id, in the order in which the journal has them: no clock has a say.
    public var before: TaskID?

    public init(
        states: Set<VideoTask.State> = [], labels: [String: String] = [:], model: String? = nil,
        limit: Int = 50,
        before: TaskID? = nil
    ) {
        self.states = states
        self.labels = labels
        self.model = model
        self.limit = limit
        self.before = before
    }
}

/// Why the journal cannot be used; nothing is sent without it.
public enum JournalFailure: Error, Sendable, Hashable {
    case cannotOpen(path: String, reason: String)
    case locked(path: String)
    case readOnly(path: String)
    case corrupt(path: String, reason: String)
    /// Written by a newer version of this program.
    case newer(path: String, version: Int)
    /// Holds tasks of the other kind (real or simulated).
    case wrongKind(path: String, simulated: Bool)
    case diskFull(path: String)
    /// The journal is well: what was to be written takes the gateway's id of this task.
    case taskIdTaken(VideoTask)
    case other(path: String, reason: String)
    case closed
}
