internal import CCurl
internal import KlingCore

/// One transfer while libcurl works on it. Lives on the network's thread only; libcurl holds its address, so
/// it stays where it is from `init` until ``finish(code:)``.
final class RunningTransfer {
    let easy: UnsafeMutableRawPointer
    private let transfer: Transfer
    private let resume: @Sendable (TransferEnd) -> Void
    private var lines: UnsafeMutableRawPointer?
    private let body: UnsafeMutableBufferPointer<UInt8>
    private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(KCURL_ERROR_SIZE))
    private let addressCheck = UnsafeMutablePointer<kcurl_address_check>.allocate(capacity: 1)
    private var reply = GatewayReply(status: 0)
    private var headerBytes = 0
    private var hasSentHead = false
    /// Kept by the loop, behind what has come: libcurl would rather end a transfer in time than read an answer that is there,
    /// when the process stood still meanwhile. Time that the machine sleeps does not count.
    let deadline: SuspendingClock.Instant?
    /// Why a callback ended the transfer.
    private var ownProblem: TransferEnd.Problem?

    /// Nil when memory is short.
    init?(_ transfer: Transfer, resume: @escaping @Sendable (TransferEnd) -> Void) {
        guard let easy = kcurl_easy_new() else { return nil }
        self.easy = easy
        self.transfer = transfer
        self.resume = resume
        deadline = transfer.timeout.map { .now + $0 }
        if case .post(let bytes) = transfer.method {
            body = .allocate(capacity: bytes.count)
            _ = body.initialize(from: bytes)
        } else {
            body = UnsafeMutableBufferPointer(start: nil, count: 0)
        }
        message.initialize(repeating: 0, count: Int(KCURL_ERROR_SIZE))
        addressCheck.initialize(to: kcurl_address_check())
    }

    deinit {
        kcurl_easy_free(easy)
        kcurl_list_free(lines)
        body.deallocate()
        message.deallocate()
        addressCheck.deallocate()
    }

    // MARK: Set-up

    /// Sets every option; false when libcurl refuses one that must not be missing.
    func configure() -> Bool {
        let context = Unmanaged.passUnretained(self).toOpaque()
        var codes: [Int32] = []
        func set(_ option: Int, _ value: Int) { codes.append(kcurl_set_long(easy, Int32(option), value)) }
        func set(_ option: Int, _ text: String) { codes.append(kcurl_set_pointer(easy, Int32(option), text)) }

        set(KCURL_OPT_URL, transfer.url)
        set(KCURL_OPT_USERAGENT, transfer.userAgent)
        // Without it libcurl would interrupt the process by signals while it waits for a name.
        set(KCURL_OPT_NOSIGNAL, 1)
        set(
            KCURL_OPT_PROTOCOLS,
            transfer.allowsHTTP ? KCURL_PROTOCOL_HTTP | KCURL_PROTOCOL_HTTPS : KCURL_PROTOCOL_HTTPS)
        // Redirects of API calls are answers to be judged; those of downloads are checked and followed by
        // HTTPGateway.
        set(KCURL_OPT_FOLLOWLOCATION, 0)
        set(KCURL_OPT_SSL_VERIFYPEER, 1)
        set(KCURL_OPT_SSL_VERIFYHOST, 2)
        if let file = transfer.certificateFile { set(KCURL_OPT_CAINFO, file) }
        // Both are set always, so that libcurl does not ask the environment by itself.
        set(KCURL_OPT_PROXY, transfer.proxy)
        set(KCURL_OPT_NOPROXY, "")
        set(KCURL_OPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(KCURL_OPT_TCP_KEEPALIVE, 1)
        set(KCURL_OPT_CONNECTTIMEOUT_MS, Int(transfer.connectTimeout.milliseconds))
        if transfer.timeout == nil {
            set(KCURL_OPT_LOW_SPEED_LIMIT, 1)
            set(KCURL_OPT_LOW_SPEED_TIME, max(1, Int(transfer.stallTimeout.milliseconds / 1000)))
            set(KCURL_OPT_BUFFERSIZE, 128 << 10)
        }
        if transfer.isSolitary {
            // libcurl sends a request again, without a word, when a connection from its cache turns out dead
            // before anything came back (curl.se, "Connection reuse"; lib/transfer.c). The server may have
            // acted on the first sending, so a create must never go over a connection that was used before,
            // nor leave one behind for another. HTTP/2 has a second such case (REFUSED_STREAM), hence 1.1.
            set(KCURL_OPT_FRESH_CONNECT, 1)
            set(KCURL_OPT_FORBID_REUSE, 1)
            set(KCURL_OPT_HTTP_VERSION, KCURL_HTTP_1_1)
        }
        if case .post = transfer.method {
            set(KCURL_OPT_POST, 1)
            codes.append(kcurl_set_offset(easy, Int32(KCURL_OPT_POSTFIELDSIZE_LARGE), Int64(body.count)))
            codes.append(kcurl_set_pointer(easy, Int32(KCURL_OPT_POSTFIELDS), body.baseAddress))
        }
        for line in transfer.headers {
            guard let longer = kcurl_list_append(lines, line) else { return false }
            lines = longer
        }
        codes.append(kcurl_set_pointer(easy, Int32(KCURL_OPT_HTTPHEADER), lines))
        codes.append(kcurl_set_pointer(easy, Int32(KCURL_OPT_ERRORBUFFER), message))
        codes.append(
            kcurl_set_callback(
                easy, Int32(KCURL_OPT_HEADERFUNCTION),
                { RunningTransfer.at($3).header(UnsafeRawBufferPointer(start: $0, count: $1 &* $2)) },
                Int32(KCURL_OPT_HEADERDATA), context))
        codes.append(
            kcurl_set_callback(
                easy, Int32(KCURL_OPT_WRITEFUNCTION),
                { RunningTransfer.at($3).data(UnsafeRawBufferPointer(start: $0, count: $1 &* $2)) },
                Int32(KCURL_OPT_WRITEDATA), context))
        // A proxy connects in our place, and stands inside the network often enough: there is nothing to
        // check then.
        if transfer.isPublicOnly, transfer.proxy.isEmpty {
            addressCheck.pointee.context = context
            addressCheck.pointee.allows = { context, bytes, count in
                RunningTransfer.at(context).allows(
                    Array(UnsafeBufferPointer(start: bytes, count: Int(count)))) ? 1 : 0
            }
            codes.append(kcurl_set_address_check(easy, addressCheck))
        }
        return codes.allSatisfy { $0 == KCURL_E_OK.code }
    }

    // MARK: Callbacks

    /// - Precondition: libcurl calls back with the context it was given, while the transfer lives.
    private static func at(_ context: UnsafeMutableRawPointer?) -> RunningTransfer {
        guard let context else { preconditionFailure("libcurl lost the context of a transfer") }
        return Unmanaged<RunningTransfer>.fromOpaque(context).takeUnretainedValue()
    }

    /// One line of the head, or of a trailer. Returns what libcurl expects: the count, or less to end the
    /// transfer.
    private func header(_ bytes: UnsafeRawBufferPointer) -> Int {
        headerBytes += bytes.count
        guard headerBytes <= 256 << 10 else {
            ownProblem = .tooLarge
            return 0
        }
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // An interim answer (1xx) comes before the real one.
            let status = line.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap {
                Int($0.prefix(3))
            }
            reply = GatewayReply(status: status ?? 0)
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop { $0.isWhitespace }
            let end = value.lastIndex { !$0.isWhitespace }.map { value.index(after: $0) } ?? value.startIndex
            reply.headers.append((String(line[..<colon]), String(value[..<end])))
        }
        return bytes.count
    }

    private func data(_ bytes: UnsafeRawBufferPointer) -> Int {
        if let receive = transfer.receive, reply.status == 200 || reply.status == 206 {
            guard sendHead(), receive(.bytes(Array(bytes))) else {
                ownProblem = .receiver
                return 0
            }
            return bytes.count
        }
        guard reply.body.count + bytes.count <= transfer.bodyLimit else {
            ownProblem = .tooLarge
            return 0
        }
        reply.body.append(contentsOf: bytes)
        return bytes.count
    }

    private func sendHead() -> Bool {
        guard let receive = transfer.receive, !hasSentHead else { return true }
        hasSentHead = true
        return receive(.head(status: reply.status, headers: reply.headers))
    }

    private func allows(_ bytes: [UInt8]) -> Bool {
        if NetworkAddress(bytes: bytes)?.isPublic == true { return true }
        ownProblem = .forbiddenAddress
        return false
    }

    // MARK: End

    /// Hands the outcome of a transfer over that has lasted too long.
    func expire() { finish(code: KCURL_E_OPERATION_TIMEDOUT.code) }

    /// Hands the outcome over.
    /// - Parameter code: libcurl's, or nil when the caller has cancelled.
    func finish(code: Int32?) {
        var problem = code.map { self.problem($0) } ?? .cancelled
        if problem == nil, reply.status == 200 || reply.status == 206, !sendHead() { problem = .receiver }
        // Two witnesses, for a create rests on them: the moment of "about to send" was never reached, and not
        // one byte of the request was written. The request to a proxy for a tunnel is counted in those bytes
        // too; there the witness is that the gateway itself has not ended its TLS handshake, without which
        // nothing can be sent through. -1 (libcurl does not say) counts as sent.
        let hasTunnel = !transfer.proxy.isEmpty && !transfer.allowsHTTP
        let mayHaveLeft =
            kcurl_info_offset(easy, Int32(KCURL_INFO_PRETRANSFER_TIME_T)) != 0
            || kcurl_info_long(easy, Int32(KCURL_INFO_REQUEST_SIZE)) != 0
                && !(hasTunnel && kcurl_info_offset(easy, Int32(KCURL_INFO_APPCONNECT_TIME_T)) == 0)
        let redirect = kcurl_info_string(easy, Int32(KCURL_INFO_REDIRECT_URL)).map { String(cString: $0) }
        resume(TransferEnd(problem: problem, reply: reply, mayHaveLeft: mayHaveLeft, redirect: redirect))
    }

    private func problem(_ code: Int32) -> TransferEnd.Problem? {
        if code == KCURL_E_OK.code {
            return reply.status == 0 ? .broken(.init(.system, "no HTTP answer")) : nil
        }
        if let ownProblem { return ownProblem }
        let words = String(cString: message)
        let text = words.isEmpty ? "libcurl error \(code)" : words
        switch code {
        case KCURL_E_OPERATION_TIMEDOUT.code: return .timeout
        case KCURL_E_PARTIAL_FILE.code: return .broken(.init(.system, text))
        case _ where reply.status != 0: return .broken(.init(.system, text))
        default: return .unreachable(.init(kind(code, text), text))
        }
    }

    /// What is to be mended, as far as libcurl's code tells it. That of a proxy which wants a password is told in words only,
    /// as its answer to `CONNECT` is none of the gateway's.
    private func kind(_ code: Int32, _ words: String) -> Failure.Reason.Kind {
        switch code {
        case KCURL_E_COULDNT_RESOLVE_HOST.code: .unknownHost
        case KCURL_E_COULDNT_RESOLVE_PROXY.code: .unknownProxy
        case KCURL_E_PEER_FAILED_VERIFICATION.code, KCURL_E_SSL_CACERT_BADFILE.code: .certificate
        case _ where !transfer.proxy.isEmpty && words.contains(" 407"): .proxyCredentials
        default: .system
        }
    }
}

// Swift imports the constants of an unnamed C enum as Int.
extension Int { fileprivate var code: Int32 { Int32(self) } }
