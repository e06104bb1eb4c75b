/// What `--simulate` says: `speed=20,seed=7,fault=429:0.2,fault=stuck`.
public struct SimulatorSpec: Sendable, Hashable {
    /// Seconds of the gateway's time in one second, above 0 and up to 10,000.
    public var speed: Double
    /// Equal seeds give equal runs.
    public var seed: UInt64
    public var faults: [Fault]

    public init(speed: Double = 20, seed: UInt64 = 1, faults: [Fault] = []) {
        self.speed = speed
        self.seed = seed
        self.faults = faults
    }

    /// Something that goes wrong, now and then or always. Names are the ones of the test gateway under
    /// `Tests/gateway`.
    public struct Fault: Sendable, Hashable {
        public var name: Name
        /// From 0 to 1.
        public var probability: Double
        /// Only there; nil for everywhere the fault can happen.
        public var place: Place?

        public init(_ name: Name, probability: Double = 1, at place: Place? = nil) {
            self.name = name
            self.probability = probability
            self.place = place
        }
    }

    public enum Place: String, Sendable, Hashable, CaseIterable { case create, read, file }

    /// Raw values are the spellings in a spec.
    public enum Name: String, Sendable, Hashable, CaseIterable {
        // One exchange.
        case resetAtConnect = "reset-at-connect"
        case resetBeforeAccept = "reset-before-accept"
        case resetAfterAccept = "reset-after-accept"
        case timeoutBeforeAccept = "timeout-before-accept"
        case timeoutAfterAccept = "timeout-after-accept"
        case reset, timeout
        case badRequest = "400"
        case unauthorized = "401"
        case outOfFunds = "402"
        case forbidden = "403"
        case notFound = "404"
        case tooManyRequests = "429"
        case tooManyTasks = "429-1303"
        case serverError = "500"
        case badGateway = "502"
        case unavailable = "503"
        case unavailableForNow = "503-retry-after"
        case gatewayTimeout = "504"
        case garbage = "garbage-200"
        case html = "html-error"
        case errorInside = "error-in-200"
        case flat
        // What becomes of a task, drawn when it is taken.
        case stuck, failed, cancelled, backwards
        case contentPolicy = "content-policy"
        case unknownStatus = "unknown-status"
        case noURL = "no-url"
        case noProgress = "no-progress"
        case expiredLink = "expired-link"

        /// Where it can happen; none for what becomes of a task.
        var places: [Place] {
            switch self {
            case .resetBeforeAccept, .resetAfterAccept, .timeoutBeforeAccept, .timeoutAfterAccept,
                .badRequest,
                .outOfFunds, .tooManyTasks:
                [.create]
            case .notFound, .flat: [.read]
            case .reset, .timeout: [.read, .file]
            case .resetAtConnect: [.create, .read, .file]
            case .unauthorized, .forbidden, .tooManyRequests, .serverError, .badGateway, .unavailable,
                .unavailableForNow, .gatewayTimeout, .garbage, .html, .errorInside:
                [.create, .read]
            case .stuck, .failed, .cancelled, .backwards, .contentPolicy, .unknownStatus, .noURL, .noProgress,
                .expiredLink:
                []
            }
        }

        /// Those that are a fate of the task, each with its bit in a ``SimulatedTask``.
        static let fates: [Name] = [
            .stuck, .failed, .cancelled, .backwards, .contentPolicy, .unknownStatus, .noURL, .noProgress,
            .expiredLink
        ]
    }
}
