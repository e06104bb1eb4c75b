/// The remote service that makes videos, or the simulator of it. The only place from which anything is paid.
///
/// An implementation never re-sends a create by itself: it says what is known about the one attempt, and
/// ``TaskMachine`` decides. All methods may be called at once, and return early, as a failure, when their
/// task is cancelled.
public protocol Gateway: Sendable {
    var identity: GatewayIdentity { get }

    /// Why nothing can be created, as far as that is known without asking the gateway: there is no key. Nil
    /// when it can. Nothing is journaled as an intent, and nothing taken from the queue, for as long.
    var readiness: Failure? { get }

    /// Returns when it is clear whether anything can be created: waits, for a limited time, for a key that is on
    /// its way. ``readiness`` says what came of it.
    func prepare() async

    /// Sends one create. `key` goes along as `Idempotency-Key`.
    func create(_ request: VideoRequest, key: String) async -> CreateOutcome

    /// Asks how a task is, by the gateway's id.
    func read(_ taskId: String) async -> Result<TaskReading, Failure>

    /// Fetches a result. `receive` is called in order, for each piece, on any thread, and says whether to go
    /// on.
    /// - Parameter resume: begin at this byte, if the server still has the same file (`Range`, `If-Range`).
    func fetch(
        _ url: String, resume: FetchResumption?,
        receive: @escaping @Sendable (FetchPiece) -> Bool
    ) async -> Result<FetchSummary, Failure>

    /// The create as it would be sent, the secret redacted.
    func preview(_ request: VideoRequest, key: String) -> CreatePreview
}

extension Gateway {
    public var readiness: Failure? { nil }
    public func prepare() async {}
}

/// Which gateway it is, and what may be relied on there.
public struct GatewayIdentity: Sendable, Hashable {
    public var url: String
    public var simulated: Bool
    /// A create sent again with the same key is known not to be billed again (GATEWAY §1).
    public var isIdempotent: Bool
    /// Whose tasks are seen there, as far as the key tells; nil where there is none. Two keys may be of one account.
    public var account: String?

    public init(url: String, simulated: Bool, isIdempotent: Bool = false, account: String? = nil) {
        self.url = url
        self.simulated = simulated
        self.isIdempotent = isIdempotent
        self.account = account
    }
}

/// What is known after one attempt to create (GATEWAY §2).
public enum CreateOutcome: Sendable, Hashable {
    /// The gateway has it, under this id.
    case accepted(taskId: String, requestId: String?)
    /// The gateway answered that it did not and will not take it.
    case refused(Failure)
    /// Provably nothing arrived, or the gateway said it did not take it now; it may be sent again. `after` is
    /// the gateway's own wish (`Retry-After`).
    case notTaken(Failure, after: Duration?)
    /// Bytes may have arrived, and the answer is not known.
    case unknown(Failure)
}

/// How the gateway says a task is.
public struct TaskReading: Sendable, Hashable {
    /// The gateway's word for the state, understood.
    public enum Status: Sendable, Hashable {
        case submitted, processing, completed, failed, cancelled
        /// A word we do not know, verbatim.
        case other(String)
    }

    public var status: Status
    public var progress: Int?
    public var videos: [VideoTask.Video]
    /// The reason of `failed`.
    public var error: Failure?
    /// Seconds the gateway expects in all.
    public var estimatedSeconds: Double?
    public var completedAt: Timestamp?

    public init(
        status: Status, progress: Int? = nil, videos: [VideoTask.Video] = [], error: Failure? = nil,
        estimatedSeconds: Double? = nil, completedAt: Timestamp? = nil
    ) {
        self.status = status
        self.progress = progress
        self.videos = videos
        self.error = error
        self.estimatedSeconds = estimatedSeconds
        self.completedAt = completedAt
    }
}

/// Where a download that was broken off goes on.
public struct FetchResumption: Sendable, Hashable {
    public var offset: Int64
    /// A strong ETag or a date, sent as `If-Range` (RFC 9110 §13.1.5).
    public var validator: String

    public init(offset: Int64, validator: String) {
        self.offset = offset
        self.validator = validator
    }
}

/// What comes of a download, in order.
public enum FetchPiece: Sendable {
    /// Comes once, first: where the bytes begin (0 when the server did not resume) and how many there are in
    /// all. What goes on without a validator is of the version that was asked for.
    case head(offset: Int64, total: Int64?, contentType: String?, validator: String?)
    case bytes([UInt8])
}

/// A download that came to its end.
public struct FetchSummary: Sendable, Hashable {
    /// Bytes received in this fetch.
    public var bytes: Int64

    public init(bytes: Int64) { self.bytes = bytes }
}

/// A create as it would be sent, without the key.
public struct CreatePreview: Sendable, Hashable {
    public var method: String
    public var url: String
    public var headers: [String: String]

    public init(method: String, url: String, headers: [String: String]) {
        self.method = method
        self.url = url
        self.headers = headers
    }
}
