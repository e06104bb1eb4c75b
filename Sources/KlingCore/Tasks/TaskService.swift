internal import Synchronization

/// Takes intents, and sees each of them to its end: the queue, the slots, the one create, the following, the
/// delivery.
///
/// The decisions are ``TaskMachine``'s; the actor performs its actions. The journal is written before the
/// world is changed and before anyone is told. Nothing is opened before the first call that needs it.
///
/// Order. The changes of one task are made under its lock (``LiveTask``); changes of all tasks are told in
/// the order of their numbers (``EventOrder``). Work that waits for the gateway, the disk or the clock runs
/// in tasks of its own, all begun in ``run(_:)`` or ``arm()``, and comes back through `apply`, which restores
/// the order.
public actor TaskService {
    let journal: any Journal
    public nonisolated let gateway: any Gateway
    let clock: any ServiceClock
    let random: any RandomSource
    let files: VideoDelivery
    private nonisolated let configuration: Mutex<TaskServiceOptions>
    /// Sees every change as it is told, and what else a log may want.
    let observer: @Sendable (TaskNotice) -> Void

    // Tasks that are not settled.
    var live: [TaskID: LiveTask] = [:]
    var byGatewayID: [String: TaskID] = [:]
    var active: Set<TaskID> = []

    // Sending.
    var arrivals = ArrivalOrder()
    var queue = TaskQueue()
    var slots = SlotLimit()
    /// One at a time, so that the creates go in the order of the queue.
    var isClaiming = false
    var creates = 0
    /// How many creates may be under way: few at first, one after a slot or a create was refused or an answer lost, and with each
    /// create that is taken twice as many.
    var sendingAtOnce = 4
    static let mostSendingAtOnce = 64
    /// Claims, one after the other, that only had to wait for the turn of another process.
    var timesBehind = 0
    /// So long after the gateway wanted no creates it is tried with one.
    static let caution = Duration.seconds(3600)
    /// No create before this moment.
    var pausedUntil = Duration.zero
    /// What was said when that began, if it was said here.
    var pausedFor: Failure?
    /// When the creates were sent that are under way.
    var sentSince: [TaskID: Duration] = [:]
    /// Why other processes send nothing of what stands before those who wait here, and when that was seen.
    var seenAhead: (obstacle: Failure, at: Duration)?
    /// When a create was last refused as the key is not accepted.
    var keyRefusedAt: Duration?
    /// Those who may wait for the answer to their create, in the order of their coming.
    var awaited: [TaskID] = []
    /// Why nothing is sent at the moment, by account.
    var holds: [String: LocalHold] = [:]
    /// Tasks, since the last that was taken, of whose creates it is not known whether they arrived.
    var doubts: Set<TaskID> = []
    /// What this process has last learnt that the gateway asked of all.
    var pace = GatewayPace()
    var ids = TaskIDs()
    /// Who is in line, over all processes.
    var line = WaitingLine()
    let lineTurn = Turn()

    // Following.
    var due = DueHeap<Due>()
    var timer: Task<Void, Never>?
    var armed: Duration?
    var alarm = 0
    var reads = 0
    var readBacklog: [TaskID] = []
    /// No read but a user's before this moment.
    var nextRead = Duration.zero
    /// The gateway has asked for no read before this moment.
    var readsPausedUntil = Duration.zero
    var estimator = DurationEstimator()

    /// Accounts whose tasks this process's key has been seen to find, though it is another key.
    var ownAccounts: Set<String> = []
    /// How often, in a row, it did not find tasks of another account.
    var denied: [String: [TaskID: Int]] = [:]
    /// Accounts whose tasks it does not find, until when that is taken for granted.
    var strangers: [String: Duration] = [:]

    // Telling.
    var order = EventOrder()
    /// The newest change that was told.
    var published: Int64 = 0
    /// The newest change of this process that is in the journal, though others before it may not be told yet.
    var newestOwn: Int64 = 0
    var isCatchingUp = false
    /// The journal could not be read when it was known to have more.
    var isBehind = false
    /// Changes are told without a gap from ``published`` on.
    var isTelling = false
    let tellingTurn = Turn()
    var waiters: [Int: Waiter] = [:]
    var waitersByTask: [TaskID: Set<Int>] = [:]
    var lastWaiter = 0
    var subscriptions: [SubscriptionID: SubscriptionState] = [:]
    var lastSubscription = 0

    /// Pieces of work begun by ``run(_:)`` and not ended.
    private var working = 0

    // Delivering.
    var deliveries: [TaskID: LatestProgress] = [:]
    var deliveryBacklog: [TaskID] = []

    // Beginning and end.
    var beginning = Beginning.none
    var beginningWaiters: [CheckedContinuation<Void, Never>] = []
    /// Tasks to let go of when the journal has said what is taken over.
    var lingering: Set<TaskID> = []
    var isTakingOver = false
    var isDraining = false
    var isClosed = false
    var drainWaiters: [CheckedContinuation<Void, Never>] = []

    /// By when this process has said that it will be heard of again; nil before it did.
    var staysUntil: Duration?
    /// When it last looked who is there.
    var lastStay: Timestamp?
    /// Until then the silence of others says nothing: the clock was set, or the machine slept.
    var pardonedUntil = Duration.zero

    /// How far the unfinished tasks of the journal are taken up.
    enum Beginning {
        case none, underWay
        /// What became of the creates of processes that died is settled, and it is known who is in line.
        case oriented
        /// All are followed.
        case done
    }

    /// What the scheduler wakes up for.
    enum Due: Hashable, Sendable {
        case read(TaskID)
        /// Begin the next of the reads that wait.
        case reads
        /// Look for what other processes have written.
        case tail
        /// Say that this process is there, and look for tasks that nobody looks after.
        case stay
        /// Write again what could not be written.
        case save(TaskID)
        /// Try to send the next task.
        case send
        /// Tell those who wait that creates are not answered.
        case unanswered
        /// Look what other processes wait for.
        case ahead
        /// Send a task again that may have been taken.
        case again(TaskID)
        case waiter(Int)
        case replay(SubscriptionID)
        /// Tell progress of a task that was held back.
        case progress(SubscriptionID, TaskID)
        /// Warn that a video will be lost.
        case expiry(TaskID)
        case downloads
        /// Try a delivery again.
        case delivery(TaskID)
        case drained
        /// Read the unfinished tasks from the journal again.
        case resume
    }

    /// - Parameters:
    ///   - clock: the gateway's too, if that is a simulator.
    ///   - observer: called for every change of every task, on the actor: must not block.
    public init(
        journal: any Journal, gateway: any Gateway, clock: any ServiceClock = SystemClock(),
        random: any RandomSource = SystemRandom(),
        options: TaskServiceOptions = TaskServiceOptions(),
        observer: @escaping @Sendable (TaskNotice) -> Void = { _ in }
    ) {
        self.journal = journal
        self.gateway = gateway
        self.clock = clock
        self.random = random
        self.observer = observer
        configuration = Mutex(options)
        files = VideoDelivery(gateway: gateway, clock: clock)
    }

    var options: TaskServiceOptions { configuration.withLock { $0 } }

    /// Changes options that may change at run time; what is submitted after the return finds them changed.
    public nonisolated func configure(_ change: (inout TaskServiceOptions) -> Void) {
        configuration.withLock { change(&$0) }
        // There may be room for more now.
        Task { await send() }
    }

    /// Only what was sent to this gateway, for whom it would be sent now, may be sent again with its key.
    func rules(for task: LiveTask) -> TaskMachine.Rules {
        let (identity, task) = (gateway.identity, task.machine.task)
        return TaskMachine.Rules(
            isIdempotent: identity.isIdempotent && !isElsewhere(task) && task.account == identity.account
                && gateway.readiness == nil,
            retryFor: options.retryCreatesFor, gateway: identity.url, account: identity.account)
    }

    /// Real time that passes while `duration` passes at the gateway.
    func real(_ duration: Duration) -> Duration { .seconds(duration.seconds / scale) }
    /// The gateway's time that passes in `duration`.
    func gatewayTime(_ duration: Duration) -> Duration { .seconds(duration.seconds * scale) }
    private var scale: Double { options.timeScale > 0 ? options.timeScale : 1 }

    /// Begins work that waits for something outside. The order of what it does here is restored by the lock
    /// of its task; between tasks no order is promised.
    func run(_ work: @escaping @Sendable (isolated TaskService) async -> Void) {
        working += 1
        Task {
            await work(self)
            working -= 1
        }
    }

    /// What is under way: pieces of work begun and not ended, and when the sleeper is to wake up. For tests
    /// on virtual time, which must not let it pass before everyone has done what there was to do.
    package var business: (working: Int, wakesAt: Duration?) { (working, armed) }
}
