internal import KlingCore

/// The address of a result, taken apart as far as its safety needs: it comes from outside.
struct DownloadLink: Sendable {
    let url: String
    let scheme: String
    let host: String

    /// - Parameter allowsLoopback: the gateway itself is on this machine, so its results may be, over plain
    ///   HTTP too.
    /// - Returns: nil for a link that must not be followed: neither `https` nor such an exception, with a
    ///   user's name in it, or to an address inside the network.
    init?(_ text: String, allowsLoopback: Bool) {
        guard let mark = text.firstRange(of: "://"), text.utf8.count <= 16_384,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") })
        else { return nil }
        scheme = text[..<mark.lowerBound].lowercased()
        let rest = text[mark.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@"), authority.utf8.allSatisfy({ $0 < 0x80 }),
            let address = try? GatewayAddress("https://\(authority)")
        else { return nil }
        host = address.host
        let isHere = address.isLoopback
        guard scheme == "https" || scheme == "http" && isHere && allowsLoopback else { return nil }
        if isHere {
            guard allowsLoopback else { return nil }
        } else if let literal = NetworkAddress(text: host), !literal.isPublic {
            return nil
        }
        url = text.utf8.allSatisfy { $0 < 0x80 } ? text : Self.escaped(text)
    }

    /// Bytes beyond ASCII percent-encoded (RFC 3987 §3.1): some stores put a title into the name of the file.
    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if byte < 0x80 {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
