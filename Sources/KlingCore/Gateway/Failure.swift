/// Why something did not work, as a fact: one row of the wire contract's error table, with the gateway's own
/// words. The sentence a person reads is made in ``Messages``.
public struct Failure: Error, Sendable, Hashable {
    public var kind: Kind
    /// The gateway's own words; shown, never interpreted.
    public var message: String?
    /// What is known beside them.
    public var reason: Reason?
    /// The gateway's id of the exchange, for its support.
    public var requestId: String?
    public var billed: VideoTask.Billed
    public var retry: Retry
    /// The HTTP status, when there was an answer.
    public var httpStatus: Int?
    /// Kling's own code found in the answer, such as 1303 (GATEWAY §1).
    public var klingCode: Int?
    /// Where the answer was a redirect to, without query: it is not followed with a request that is paid.
    public var redirect: String?
    /// The id of a task that the answer to a create named although it did not say that it was taken.
    public var named: String?
    /// What stands in the way of a file, when it is not the file itself.
    public var obstacle: Obstacle?
    /// Why there is no key, when one was to come from somewhere. Known in this process only, and not journaled.
    public var keyProblem: KeyProblem?

    public init(
        _ kind: Kind, message: String? = nil, reason: Reason? = nil, requestId: String? = nil,
        billed: VideoTask.Billed = .no, retry: Retry = .never, httpStatus: Int? = nil, klingCode: Int? = nil
    ) {
        self.kind = kind
        self.message = message
        self.reason = reason
        self.requestId = requestId
        self.billed = billed
        self.retry = retry
        self.httpStatus = httpStatus
        self.klingCode = klingCode
    }

    /// What else than the file itself stands in its way.
    public enum Obstacle: String, Sendable, Hashable {
        /// Another delivery writes the file at this moment.
        case delivery
        /// A file that is not this service's has a name that is needed.
        case foreign
        /// The file that was to be replaced is none, or no video.
        case noVideo
    }

    /// Nothing can be sent, as there is no key.
    package static func missingKey(_ problem: KeyProblem? = nil) -> Failure {
        var failure = Failure(.authentication)
        failure.keyProblem = problem
        return failure
    }

    /// - Parameter obstacle: nil for a file that is there already.
    static func inTheWay(_ path: String, _ obstacle: Obstacle? = .foreign) -> Failure {
        var failure = Failure(.conflict, reason: Reason(.file, path))
        failure.obstacle = obstacle
        return failure
    }

    static func beingWritten(_ path: String) -> Failure {
        var failure = inTheWay(path, .delivery)
        failure.retry = .after(.seconds(5))
        return failure
    }

    /// It was said of the key, the funds, the gateway's own account or its address: no other create would fare better.
    package var concernsAll: Bool {
        switch kind {
        case .authentication, .paymentRequired: true
        // 1103 is of one model or function.
        case .permission: klingCode != 1103
        // A redirect, or a page of another server: it is not the request that is to blame.
        case .badGateway: billed == .no
        default: false
        }
    }

    /// The video is at its link, and will never be fetched from there by this one.
    package var isForAnotherProgram: Bool {
        switch reason?.kind {
        case .tooLarge, .forbiddenLink, .localNetwork: true
        default: false
        }
    }

    /// Raw values are the wire's `data.type`.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case validation = "validation_error"
        case invalidRequest = "invalid_request_error"
        case authentication = "authentication_error"
        case permission = "permission_error"
        case paymentRequired = "payment_required"
        case taskNotFound = "task_not_found"
        case conflict
        case resultExpired = "result_expired"
        case rateLimit = "rate_limit_error"
        case budgetExceeded = "budget_exceeded"
        case serverError = "server_error"
        case badGateway = "bad_gateway"
        case unreachable
        case timeout
        case journalUnavailable = "journal_unavailable"
        /// Kling itself refused or failed the content of a task (its codes 1300, 1301).
        case contentPolicy = "content_policy"
        /// The file of a result could not be written.
        case fileSystem = "file_system_error"

        /// The number an HTTP engineer would guess.
        public var code: Int {
            switch self {
            case .validation: 422
            case .invalidRequest, .contentPolicy: 400
            case .authentication: 401
            case .permission: 403
            case .paymentRequired: 402
            case .taskNotFound: 404
            case .conflict: 409
            case .resultExpired: 410
            case .rateLimit, .budgetExceeded: 429
            case .serverError: 500
            case .badGateway: 502
            case .unreachable: 503
            case .timeout: 504
            case .journalUnavailable, .fileSystem: 507
            }
        }
    }

    /// What a caller may do without risk of paying twice.
    public enum Retry: Sendable, Hashable {
        case never
        case now
        case after(Duration)
        /// Again with the same idempotency key, and only so.
        case sameKey
    }
}
