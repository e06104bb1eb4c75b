internal import JSON
public import KlingCore
internal import Synchronization

/// The remote gateway over HTTP.
///
/// libcurl and its thread are had by the first call that needs the network. A create goes over a connection
/// of its own and is sent once; see ``Options`` for the times. Without a key nothing is sent.
public final class HTTPGateway: Gateway {
    /// Times, trust and network; the defaults are those of the server, but for ``environment``.
    public struct Options: Sendable {
        /// Of this program, for `User-Agent: kling-server/<version>`.
        public var version = "0"
        /// The language of the gateway's messages: `en` or `zh`; nil leaves it to the gateway.
        public var language: String?
        public var createTimeout: Duration = .seconds(60)
        public var readTimeout: Duration = .seconds(30)
        public var connectTimeout: Duration = .seconds(10)
        /// The gateway is known to honour `Idempotency-Key` (GATEWAY §1).
        public var isIdempotent = false
        /// PEM file of trusted certificates instead of the system's.
        public var certificateFile: String?
        /// The process's variables, for its proxies: `https_proxy`, `http_proxy`, `all_proxy`, `no_proxy`. The server gives its
        /// own; empty, as by default, no proxy is used.
        public var environment: [String: String] = [:]
        public var profile = GatewayProfile.kling
        /// The time of day, for `Retry-After` dates of replies without a date of their own.
        package var now: @Sendable () -> Timestamp = { SystemClock().wallTime() }

        public init() {}
    }

    let address: GatewayAddress
    let options: Options
    let loop = TransferLoop()
    let proxies: ProxyEnvironment
    private let keys: KeySource
    private let wire: GatewayWire
    /// A reply has said that it was given before for the same key.
    private let hasReplayed = Mutex(false)

    public convenience init(address: GatewayAddress, key: Secret?, options: Options = Options()) {
        self.init(address: address, keys: KeySource(key), options: options)
    }

    /// - Parameter keys: asked when a call needs the key.
    public init(address: GatewayAddress, keys: KeySource, options: Options = Options()) {
        self.address = address
        self.keys = keys
        self.options = options
        wire = GatewayWire(profile: options.profile)
        proxies = ProxyEnvironment(options.environment)
    }

    deinit { loop.end() }

    public var identity: GatewayIdentity {
        GatewayIdentity(
            url: address.url, simulated: false,
            isIdempotent: options.isIdempotent || hasReplayed.withLock { $0 }, account: keys.known?.account)
    }

    public var readiness: Failure? {
        do throws(KeyProblem) {
            return try keys.key() == nil ? .missingKey() : nil
        } catch {
            return .missingKey(error)
        }
    }

    public func prepare() async { _ = try? await keys.awaitedKey() }

    /// The key, waited for if it is on its way.
    private func secret() async throws(Failure) -> Secret {
        do throws(KeyProblem) {
            if let secret = try await keys.awaitedKey() { return secret }
        } catch {
            throw .missingKey(error)
        }
        throw .missingKey()
    }

    // MARK: Creates

    public func create(_ request: VideoRequest, key: String) async -> CreateOutcome {
        let secret: Secret
        do throws(Failure) { secret = try await self.secret() } catch { return .refused(error) }
        var writer = JSONWriter(capacity: 1024)
        writer.value(.object(request.body))
        var transfer = transfer(
            .post(writer.bytes), url: options.profile.createURL(address.url), timeout: options.createTimeout)
        transfer.isSolitary = true
        transfer.headers = headers(key: key, authorization: secret.bearer).map { "\($0.name): \($0.value)" }
        // Without this libcurl asks leave for long bodies (100-continue), and sends again when told 417.
        transfer.headers.append("Expect:")
        let end = await loop.perform(transfer)
        if let problem = end.problem {
            var failure = Self.failure(problem, status: end.reply.status)
            failure = failure.redacted(secret)
            guard end.mayHaveLeft else {
                failure.retry = .now
                return .notTaken(failure, after: nil)
            }
            failure.billed = .unknown
            failure.retry = identity.isIdempotent ? .sameKey : .never
            return .unknown(failure)
        }
        if end.reply.header(options.profile.replayHeader.name)?.lowercased()
            == options.profile.replayHeader.value
        {
            hasReplayed.withLock { $0 = true }
        }
        switch wire.decodeCreate(secret.redacted(in: end.reply), now: options.now()) {
        case .accepted(let taskId, let requestId): return .accepted(taskId: taskId, requestId: requestId)
        case .refused(let failure):
            let failure = failure.redacted(secret)
            let mayGoOn = failure.concernsAll && keys.isReplaced(secret)
            return mayGoOn ? .notTaken(failure, after: nil) : .refused(failure)
        case .notTaken(let failure, let after): return .notTaken(failure.redacted(secret), after: after)
        case .unknown(var failure):
            if failure.retry == .never, identity.isIdempotent { failure.retry = .sameKey }
            return .unknown(failure.redacted(secret))
        }
    }

    public func preview(_ request: VideoRequest, key: String) -> CreatePreview {
        // Without a key no header is shown: whoever looks wants to know what would be sent. One that is on its way
        // would be waited for.
        let problem = readiness
        let hasKey = problem == nil || problem?.keyProblem?.fault == .notWritten
        return CreatePreview(
            method: "POST", url: options.profile.createURL(address.url),
            headers: Dictionary(
                headers(key: key, authorization: hasKey ? "Bearer \(Secret.mask)" : nil)
                    + [("User-Agent", userAgent)],
                uniquingKeysWith: { $1 }))
    }

    private func headers(key: String, authorization: String?) -> [(name: String, value: String)] {
        (authorization.map { [("Authorization", $0)] } ?? []) + [
            ("Content-Type", "application/json"), ("Accept", "application/json"),
            ("Idempotency-Key", Self.headerKey(key))
        ]
    }

    /// The key as the header can carry it (GATEWAY §1: 1–191 visible ASCII); any other is replaced by its
    /// digest.
    static func headerKey(_ key: String) -> String {
        if (1...191).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            return key
        }
        var digest = SHA256()
        digest.update(Array(key.utf8))
        return "sha256-" + SHA256.hexadecimal(digest.finish())
    }

    // MARK: Reads

    public func read(_ taskId: String) async -> Result<TaskReading, Failure> {
        await readWithForm(taskId).reading
    }

    /// The same, and how the answer looked; nil without one.
    package func readWithForm(_ taskId: String) async -> (
        reading: Result<TaskReading, Failure>, form: GatewayReply.Form?
    ) {
        let secret: Secret
        do throws(Failure) { secret = try await self.secret() } catch { return (.failure(error), nil) }
        var transfer = transfer(
            .get, url: options.profile.taskURL(address.url, taskId, language: options.language),
            timeout: options.readTimeout)
        transfer.headers = ["Authorization: \(secret.bearer)", "Accept: application/json"]
        let end = await loop.perform(transfer)
        if let problem = end.problem {
            var failure = Self.failure(problem, status: end.reply.status)
            failure.retry = .now
            return (.failure(failure.redacted(secret)), nil)
        }
        if end.reply.status == 401 { _ = keys.isReplaced(secret) }
        let reading = wire.decodeReading(secret.redacted(in: end.reply), now: options.now())
            .map { $0.redacted(secret) }.mapError { $0.redacted(secret) }
        return (reading, end.reply.form)
    }

    /// Asks the gateway for its front page, without the key: whether it answers, and what time it has.
    public func probe() async -> Result<HTTPProbe, HTTPSilence> {
        let end = await loop.perform(transfer(.get, url: address.url + "/", timeout: options.readTimeout))
        if let problem = end.problem, end.reply.status == 0 {
            return .failure(
                HTTPSilence(failure: Self.failure(problem, status: 0), wasAsked: end.mayHaveLeft))
        }
        return .success(
            HTTPProbe(
                status: end.reply.status, date: end.reply.header("date").flatMap { Timestamp(httpDate: $0) }))
    }

    /// Whether libcurl can be had, and which (`libcurl/8.5.0 OpenSSL/3.0.13 …`). Opens it.
    public static func libraryVersion() -> Result<String, CurlUnavailable> { CurlLibrary.load() }

    /// The proxy through which the gateway is asked, as the environment has it, without user and password;
    /// nil when it is asked directly.
    public var proxy: String? {
        let proxy = proxies.proxy(scheme: address.isSecure ? "https" : "http", host: address.host)
        guard !proxy.isEmpty else { return nil }
        let mark = proxy.firstRange(of: "://")
        let scheme = mark.map { proxy[..<$0.upperBound] } ?? ""
        let rest = proxy[(mark?.upperBound ?? proxy.startIndex)...]
        return String(scheme) + String(rest.lastIndex(of: "@").map { rest[rest.index(after: $0)...] } ?? rest)
    }

    // MARK: Parts

    var userAgent: String { "kling-server/\(options.version)" }

    private func transfer(_ method: Transfer.Method, url: String, timeout: Duration) -> Transfer {
        Transfer(
            method: method, url: url, headers: [], userAgent: userAgent,
            connectTimeout: options.connectTimeout,
            timeout: timeout,
            proxy: proxies.proxy(scheme: address.isSecure ? "https" : "http", host: address.host),
            certificateFile: options.certificateFile, allowsHTTP: !address.isSecure)
    }

    /// What the end of an exchange without a whole answer means.
    static func failure(_ problem: TransferEnd.Problem, status: Int) -> Failure {
        let httpStatus = status == 0 ? nil : status
        return switch problem {
        case .cancelled: Failure(.unreachable, reason: .init(.cancelled), httpStatus: httpStatus)
        case .unavailable(let reason): Failure(.unreachable, reason: .init(.system, "libcurl: \(reason)"))
        case .timeout: Failure(.timeout, httpStatus: httpStatus)
        case .unreachable(let reason):
            Failure(.unreachable, reason: reason.withoutPassword)
        case .broken(let reason):
            Failure(.badGateway, reason: reason.withoutPassword, httpStatus: httpStatus)
        case .tooLarge: Failure(.badGateway, reason: .init(.answerTooLarge), httpStatus: httpStatus)
        case .forbiddenAddress: Failure(.badGateway, reason: .init(.localNetwork))
        case .receiver: Failure(.fileSystem)
        }
    }
}

/// What a gateway's front page says of it.
public struct HTTPProbe: Sendable, Hashable {
    public var status: Int
    /// The gateway's clock, to the second.
    public var date: Timestamp?
}

/// A gateway has said nothing of itself.
public struct HTTPSilence: Error, Hashable {
    public var failure: Failure
    /// The question has left, in part at least: there is somebody who took it, or a proxy in its place.
    public var wasAsked: Bool
}

// The same without the key, which a gateway may quote, in whatever spelling.
extension Failure {
    fileprivate func redacted(_ secret: Secret) -> Failure {
        var failure = self
        failure.message = message.map(secret.redacted(in:))
        failure.reason = reason.map { Reason($0.kind, secret.redacted(in: $0.detail)) }
        failure.redirect = redirect.map(secret.redacted(in:))
        failure.requestId = requestId.map(secret.redacted(in:))
        return failure
    }
}

extension Failure.Reason {
    fileprivate var withoutPassword: Self { Self(kind, ProxyEnvironment.withoutPassword(detail)) }
}

extension TaskReading {
    fileprivate func redacted(_ secret: Secret) -> TaskReading {
        var reading = self
        reading.error = error?.redacted(secret)
        if case .other(let word) = status { reading.status = .other(secret.redacted(in: word)) }
        return reading
    }
}
