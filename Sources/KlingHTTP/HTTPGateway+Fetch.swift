public import KlingCore
internal import Synchronization

extension HTTPGateway {
    /// Redirects are followed here, one transfer each, so that every step passes the same checks; libcurl
    /// would check the scheme only.
    public func fetch(
        _ url: String, resume: FetchResumption?, receive: @escaping @Sendable (FetchPiece) -> Bool
    ) async -> Result<FetchSummary, Failure> {
        var resume = resume
        var next = url
        var redirects = 0
        while true {
            guard let link = DownloadLink(next, allowsLoopback: address.isLoopback) else {
                return .failure(
                    Failure(.badGateway, reason: .init(.forbiddenLink, Self.origin(of: next))))
            }
            let count = Mutex<Int64>(0)
            let isMisplaced = Mutex(false)
            let wanted = resume
            let end = await loop.perform(
                transfer(link, resume) { piece in
                    switch piece {
                    case .head(let status, let headers):
                        let head = DownloadHead(status: status, headers: headers)
                        guard head.offset == 0 || wanted.map(head.goesOn) ?? false else {
                            isMisplaced.withLock { $0 = true }
                            return false
                        }
                        return receive(
                            .head(
                                offset: head.offset, total: head.total, contentType: head.contentType,
                                validator: head.validator))
                    case .bytes(let bytes):
                        count.withLock { $0 += Int64(bytes.count) }
                        return receive(.bytes(bytes))
                    }
                })
            let received = count.withLock { $0 }
            if isMisplaced.withLock({ $0 }) {
                // Another part than the one asked for, or nobody knows which or of what: the whole, then.
                guard resume != nil else { return .failure(Failure(.badGateway, reason: .init(.wrongPart))) }
                resume = nil
                continue
            }
            if let problem = end.problem { return .failure(Self.fetchFailure(problem, end.reply.status)) }
            switch end.reply.status {
            case 200, 206: return .success(FetchSummary(bytes: received))
            case 301, 302, 303, 307, 308:
                guard let redirect = end.redirect, redirects < 5 else {
                    let reason = end.redirect == nil ? Failure.Reason.Kind.redirectNowhere : .tooManyRedirects
                    return .failure(
                        Failure(.badGateway, reason: .init(reason), httpStatus: end.reply.status))
                }
                redirects += 1
                next = redirect
            // The part asked for does not exist (any more): the whole, then.
            case 416 where resume != nil: resume = nil
            case let status: return .failure(Self.fetchFailure(status))
            }
        }
    }

    private func transfer(
        _ link: DownloadLink, _ resume: FetchResumption?, receive: @escaping @Sendable (TransferPiece) -> Bool
    ) -> Transfer {
        // No key here: the link is signed by itself, and its host is not the gateway's.
        var headers = ["Accept: */*"]
        if let resume, resume.offset > 0, resume.validator.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
            headers += ["Range: bytes=\(resume.offset)-", "If-Range: \(resume.validator)"]
        }
        return Transfer(
            method: .get, url: link.url, headers: headers, userAgent: userAgent,
            connectTimeout: options.connectTimeout, timeout: nil, stallTimeout: options.readTimeout,
            bodyLimit: 64 << 10, proxy: proxies.proxy(scheme: link.scheme, host: link.host),
            certificateFile: options.certificateFile, allowsHTTP: link.scheme == "http",
            isPublicOnly: !address.isLoopback, receive: receive)
    }

    private static func fetchFailure(_ problem: TransferEnd.Problem, _ status: Int) -> Failure {
        var failure = failure(problem, status: status)
        // What broke off may be resumed.
        switch problem {
        case .broken, .timeout, .unreachable: failure.retry = .now
        default: break
        }
        if case .broken = problem { failure.kind = .unreachable }
        return failure
    }

    private static func fetchFailure(_ status: Int) -> Failure {
        switch status {
        case 403, 404, 410: Failure(.resultExpired, httpStatus: status)
        case 408, 425, 429, 500...: Failure(Failure.kind(status: status), retry: .now, httpStatus: status)
        default: Failure(.badGateway, httpStatus: status)
        }
    }

    /// Scheme and host, for a message: what follows is a signature as good as a password, and a user's name may stand before.
    private static func origin(of link: String) -> String {
        let parts = link.prefix(300).split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count > 2, let at = parts[2].lastIndex(of: "@") else {
            return parts.prefix(3).joined(separator: "/")
        }
        return parts.prefix(2).joined(separator: "/") + "/" + parts[2][parts[2].index(after: at)...]
    }
}

/// What the head of a download says.
private struct DownloadHead {
    var offset: Int64 = 0
    var total: Int64?
    var contentType: String?
    var validator: String?

    init(status: Int, headers: [(name: String, value: String)]) {
        let reply = GatewayReply(status: status, headers: headers)
        contentType = reply.header("content-type")
        // If-Range takes a strong tag or a date (RFC 9110 §13.1.5).
        if let tag = reply.header("etag"), !tag.hasPrefix("W/") {
            validator = tag
        } else {
            validator = reply.header("last-modified")
        }
        if status == 206 {
            let range = reply.header("content-range").flatMap(Self.range)
            (offset, total) = (range?.start ?? -1, range?.total)
        } else {
            total = reply.header("content-length").flatMap { Int64($0) }
        }
    }

    /// Whether it is the part that was asked for, of the same version: a tag comes back, and a date need not
    /// (RFC 9110 §15.3.7).
    func goesOn(_ part: FetchResumption) -> Bool {
        offset == part.offset
            && (validator == part.validator || validator == nil && part.validator.hasSuffix(" GMT"))
    }

    /// `bytes 100-199/200`; the total may be `*` (RFC 9110 §14.4).
    private static func range(_ text: String) -> (start: Int64, total: Int64?)? {
        let parts = text.split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "bytes" else { return nil }
        let numbers = parts[1].split(omittingEmptySubsequences: false) { "-/".contains($0) }
        guard numbers.count == 3, let start = Int64(numbers[0]), let end = Int64(numbers[1]), start <= end
        else {
            return nil
        }
        if numbers[2] == "*" { return (start, nil) }
        guard let total = Int64(numbers[2]), end < total else { return nil }
        return (start, total)
    }
}
