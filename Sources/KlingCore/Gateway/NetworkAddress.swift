/// An IP address, and whether it lies in the open Internet: a link that came from outside must not make this
/// process knock at doors inside the user's network.
public struct NetworkAddress: Sendable, Hashable {
    /// 4 or 16 bytes, in network order.
    let bytes: [UInt8]

    /// - Parameter bytes: 4 or 16 bytes in network order; nil for another count.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads `192.0.2.1` or `2001:db8::1` (RFC 4291 §2.2), without zone; nil for anything else.
    public init?(text: String) {
        if let four = Self.dotted(text[...]) {
            bytes = four
            return
        }
        let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard text.contains(":"), halves.count <= 2, let head = halves.first, let left = Self.groups(head)
        else {
            return nil
        }
        guard halves.count == 2 else {
            guard left.count == 16 else { return nil }
            bytes = left
            return
        }
        guard let right = Self.groups(halves[1]), left.count + right.count <= 14 else { return nil }
        bytes = left + [UInt8](repeating: 0, count: 16 - left.count - right.count) + right
    }

    /// This machine itself: 127.0.0.0/8, `::1`.
    public var isLoopback: Bool {
        if let four = embedded { return four[0] == 127 }
        return bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// Reachable by anyone, by the registries of special addresses (RFC 6890). 198.18.0.0/15, meant for
    /// benchmarks, counts as open: local proxies in wide use hand it out as stand-in for every name ("fake
    /// IP").
    public var isPublic: Bool {
        if let four = embedded {
            switch (four[0], four[1]) {
            case (0, _), (10, _), (127, _), (169, 254), (172, 16...31), (192, 168), (100, 64...127),
                (224..., _):
                return false
            case (192, 0): return four[2] != 0
            default: return true
            }
        }
        if bytes.allSatisfy({ $0 == 0 }) || isLoopback { return false }
        // fc00::/7 unique local, fe80::/9 link and site local, ff00::/8 multicast.
        return bytes[0] & 0xFE != 0xFC && !(bytes[0] == 0xFE && bytes[1] & 0x80 != 0) && bytes[0] != 0xFF
    }

    /// The IPv4 address that this is or carries: mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96), 6to4
    /// (2002::/16).
    private var embedded: [UInt8]? {
        if bytes.count == 4 { return bytes }
        if bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) { return Array(bytes[12...]) }
        if bytes.starts(with: [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) { return Array(bytes[12...]) }
        if bytes.starts(with: [0x20, 0x02]) { return Array(bytes[2..<6]) }
        return nil
    }

    /// Whether a host, as a URL names it, is this machine.
    static func isLoopback(host: String) -> Bool {
        host == "localhost" || host.hasSuffix(".localhost") || NetworkAddress(text: host)?.isLoopback == true
    }

    private static func dotted(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let byte = UInt8(part) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, let four = dotted(part) {
                bytes += four
                continue
            }
            guard (1...4).contains(part.utf8.count), part.utf8.first != UInt8(ascii: "+"),
                let group = UInt16(part, radix: 16)
            else { return nil }
            bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
        }
        return bytes.count <= 16 ? bytes : nil
    }
}
