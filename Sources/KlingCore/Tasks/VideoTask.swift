/// A video being made, as every client sees it (wire contract, "Task").
public struct VideoTask: Sendable, Hashable {
    public let id: TaskID
    /// The gateway's id, as soon as the gateway has said it.
    public var taskId: String?
    /// The gateway it was sent to or adopted from, by its address: no other knows the id. Nil while any may take it.
    public var gateway: String?
    /// For whom it was sent there (``GatewayIdentity/account``).
    package var account: String?
    /// The normalised request: exactly what is, was or would be sent.
    public let request: VideoRequest
    public var state: State
    /// Percent, as the gateway said it; never goes back, nil until it says one.
    public var progress: Int?
    public let createdAt: Timestamp
    public var submittedAt: Timestamp?
    public var updatedAt: Timestamp
    public var completedAt: Timestamp?
    /// `completedAt` is when it was seen: nobody had looked for a while, and the gateway did not say.
    package var endIsGuessed = false
    /// When the gateway last answered a read of this task.
    public var lastContactAt: Timestamp?
    /// Reads fail at the moment, or the delivery of what is completed; it goes on by itself.
    public var degraded: Bool
    /// The gateway's own word for the state, when we do not know it.
    public var gatewayStatus: String?
    /// The seconds the gateway expects the task to take in all, when it says so.
    public var gatewayEstimate: Double?
    public var videos: [Video]
    public var error: Failure?
    public var billed: Billed
    public let idempotencyKey: String?
    public let labels: [String: String]
    /// Where the result goes by itself when the task is completed; nil leaves it at the gateway.
    public var delivery: Delivery?
    /// Creates sent so far, the one being sent included.
    public var attempts: Int
    /// When the first create was sent of which it is not known whether it arrived.
    package var doubtfulSince: Timestamp?
    /// When it was last refused for what concerns all: for a while others go first.
    package var refusedAt: Timestamp?
    package static let timeAside = Duration.seconds(300)
    /// The earlier task of the same key that ended unbilled.
    public var previous: TaskID?
    /// The task that this one, taken in by the gateway's id, turned out to be.
    public var replacedBy: TaskID?
    public let simulated: Bool
    /// Its place among all tasks of a journal, in the order of their making; 0 before it is in one.
    public var place: Int64
    /// The number of the last change, rising over all tasks of a journal; 0 before the first.
    public var seq: Int64

    public init(
        id: TaskID, request: VideoRequest, createdAt: Timestamp, idempotencyKey: String? = nil,
        labels: [String: String] = [:], delivery: Delivery? = nil, simulated: Bool = false
    ) {
        self.id = id
        self.request = request
        self.createdAt = createdAt
        self.updatedAt = createdAt
        self.idempotencyKey = idempotencyKey
        self.labels = labels
        self.delivery = delivery
        self.simulated = simulated
        state = .queued
        degraded = false
        videos = []
        billed = .no
        attempts = 0
        place = 0
        seq = 0
    }
}

extension VideoTask {
    /// Wire spelling is the raw value.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// In the local queue; nothing has been sent, nothing is billed.
        case queued
        /// The create is being sent.
        case submitting
        /// The gateway has it.
        case submitted
        case processing
        case completed, failed, cancelled
        /// The create's answer was lost: the task may exist and be billed. Never sent again silently.
        case unconfirmed
        /// Given up by the user; it may still be made and billed.
        case abandoned

        /// Nothing happens to the task any more by itself. `unconfirmed` waits for the user: it is not
        /// followed, and a subscription to it alone ends.
        public var isTerminal: Bool {
            switch self {
            case .completed, .failed, .cancelled, .abandoned, .unconfirmed: true
            case .queued, .submitting, .submitted, .processing: false
            }
        }

        /// Takes one of the places at the gateway (`--max-active`).
        public var isActive: Bool { self == .submitting || self == .submitted || self == .processing }
    }

    /// Whether the gateway charges for it. `pending`: it has accepted the task and settles at its end.
    public enum Billed: String, Sendable, Hashable, CaseIterable { case yes, no, unknown, pending }

    /// One result of a task.
    public struct Video: Sendable, Hashable {
        public var url: String
        /// When the link dies; 24 h after completion where the gateway does not say.
        public var expiresAt: Timestamp?
        /// The file it was delivered to.
        public var path: String?

        public init(url: String, expiresAt: Timestamp? = nil, path: String? = nil) {
            self.url = url
            self.expiresAt = expiresAt
            self.path = path
        }
    }

    /// Where a result is to be put: a directory (the file is named by the task's id) or one exact path.
    public enum Delivery: Sendable, Hashable {
        case directory(String)
        case path(String)

        /// The same place for every process.
        package var absolute: Delivery {
            switch self {
            case .directory(let path): .directory(FileSystem.absolute(path))
            case .path(let path): .path(FileSystem.absolute(path))
            }
        }
    }
}
