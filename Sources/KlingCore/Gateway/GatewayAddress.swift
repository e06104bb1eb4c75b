/// Where a gateway is: its base URL in one normal form, without path separator or version at the end.
public struct GatewayAddress: Sendable, Hashable {
    /// Such as `https://xcompute.us`; scheme and host in lower case.
    public let url: String
    /// Without brackets, when it is an IPv6 address.
    public let host: String
    public let isSecure: Bool
    /// Only when it is written.
    let port: UInt16?

    /// Reads a base URL. A trailing `/` or `/v1` is cut; without a scheme it is `https`. Plain `http` is
    /// taken for this machine only: a key must not travel in the clear.
    public init(_ text: String) throws(GatewayAddressProblem) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .notAURL(text) }
        let named = bytes.firstRange(of: "://".utf8)
        let scheme = named.map { Self.lowercased(bytes[..<$0.lowerBound]) } ?? "https"
        let rest = bytes[(named?.upperBound ?? 0)...]
        guard !rest.contains(UInt8(ascii: "?")), !rest.contains(UInt8(ascii: "#")) else {
            throw .hasQuery(text)
        }
        let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.contains(UInt8(ascii: "@")) else { throw .hasCredentials }
        guard let (host, port) = Self.split(authority) else { throw .notAURL(text) }
        self.host = host
        isSecure = scheme == "https"
        let isHere = NetworkAddress.isLoopback(host: host)
        guard !scheme.isEmpty else { throw .notAURL(text) }
        guard scheme == "https" || scheme == "http" else { throw .notHTTP(text, scheme: scheme) }
        guard isSecure || isHere else { throw .notHTTPS(text) }
        self.port = port
        var path = rest[end...]
        while path.last == UInt8(ascii: "/") { path.removeLast() }
        if path.suffix(3).elementsEqual("/v1".utf8) { path.removeLast(3) }
        while path.last == UInt8(ascii: "/") { path.removeLast() }
        url =
            "\(scheme)://" + (host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host)
            + (port.map { ":\($0)" } ?? "") + String(decoding: path, as: UTF8.self)
    }

    /// The gateway is a process of this machine, as in tests.
    public var isLoopback: Bool { NetworkAddress.isLoopback(host: host) }

    /// What is odd about the address, though it may be used.
    public var warnings: [GatewayWarning] {
        if GatewayProfile.documentationHosts.contains(host) { return [.documentationHost(host)] }
        // Names of a local network have no dot either; whoever means one of those gives a port most often.
        let isBare = !host.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }
        return isBare && port == nil && !isLoopback ? [.bareHost(host)] : []
    }

    private static func lowercased(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// Host and port of `host`, `host:port`, `[v6]`, `[v6]:port` (RFC 3986 §3.2).
    private static func split(_ authority: ArraySlice<UInt8>) -> (host: String, port: UInt16?)? {
        var host = authority
        var digits: ArraySlice<UInt8>?
        if authority.first == UInt8(ascii: "[") {
            guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            host = authority[(authority.startIndex + 1)..<close]
            guard NetworkAddress(text: String(decoding: host, as: UTF8.self)) != nil else { return nil }
            let rest = authority[(close + 1)...]
            if !rest.isEmpty {
                guard rest.first == UInt8(ascii: ":") else { return nil }
                digits = rest.dropFirst()
            }
        } else {
            if let colon = authority.firstIndex(of: UInt8(ascii: ":")) {
                host = authority[..<colon]
                digits = authority[(colon + 1)...]
            }
            let isAllowed = { (byte: UInt8) in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
                    || "-._".utf8.contains(byte)
            }
            guard host.allSatisfy(isAllowed) else { return nil }
        }
        guard !host.isEmpty else { return nil }
        guard let digits, !digits.isEmpty else { return (lowercased(host), nil) }
        guard let port = UInt16(String(decoding: digits, as: UTF8.self)) else { return nil }
        return (lowercased(host), port)
    }
}

/// Why a text is no base URL of a gateway.
public enum GatewayAddressProblem: Error, Sendable, Hashable {
    case notAURL(String)
    /// `http`, and not this machine.
    case notHTTPS(String)
    /// Another scheme than `https` and `http`.
    case notHTTP(String, scheme: String)
    /// The text is not repeated here: it holds a password.
    case hasCredentials
    case hasQuery(String)
}

/// Something odd about a gateway that a person should see.
public enum GatewayWarning: Sendable, Hashable {
    /// The host serves the vendor's documentation, not its API (GATEWAY §1).
    case documentationHost(String)
    /// One word, without dot and port: more likely a slip than a host.
    case bareHost(String)
}
