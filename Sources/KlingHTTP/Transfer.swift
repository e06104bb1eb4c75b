internal import KlingCore

/// One HTTP exchange to be made.
struct Transfer: Sendable {
    enum Method: Sendable {
        case get
        case post([UInt8])
    }

    var method: Method
    var url: String
    /// Whole lines, `Name: value`; a name and a colon alone takes away a header that libcurl would add.
    var headers: [String]
    var userAgent: String
    var connectTimeout: Duration
    /// For the whole exchange; nil only ends one that stands still (``stallTimeout``).
    var timeout: Duration?
    var stallTimeout: Duration = .seconds(30)
    /// A connection of its own, over HTTP/1.1, closed afterwards.
    var isSolitary = false
    /// The most bytes of a body that are collected; more ends the exchange.
    var bodyLimit = 4 << 20
    /// Empty for none. What the environment says is settled before (``ProxyEnvironment``).
    var proxy = ""
    /// Trusted certificates instead of the system's.
    var certificateFile: String?
    var allowsHTTP = false
    /// Connections are made to addresses in the open Internet only.
    var isPublicOnly = false
    /// Takes the body of a 200 or 206 instead of its being collected. Called on the network's thread.
    var receive: (@Sendable (TransferPiece) -> Bool)?
}

enum TransferPiece: Sendable {
    /// Comes once, before the first byte or, for an empty body, at the end.
    case head(status: Int, headers: [(name: String, value: String)])
    case bytes([UInt8])
}

/// How an exchange ended.
struct TransferEnd: Sendable {
    /// Nil when there was an answer, whole.
    var problem: Problem?
    /// The answer, as far as it came; status 0 when none did.
    var reply: GatewayReply
    /// The request may have left, in part at least. False is a proof that it has not.
    var mayHaveLeft: Bool
    /// Where a redirect points, as an absolute URL.
    var redirect: String?

    enum Problem: Sendable, Hashable {
        case cancelled
        /// libcurl cannot be used.
        case unavailable(String)
        case timeout
        case unreachable(Failure.Reason)
        /// The answer broke off, or was none.
        case broken(Failure.Reason)
        case tooLarge
        /// An address inside the network, and only the open Internet is allowed.
        case forbiddenAddress
        /// The receiver wanted no more.
        case receiver
    }
}
