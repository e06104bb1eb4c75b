/// Why a text is not the public address of a file.
enum URLFault: Sendable, Hashable {
    case notString, empty, whiteSpace, backslash, data, base64, localPath, scheme, host, credentials
}

/// What can be seen from an address without asking anyone (RFC 3986, http and https only).
struct URLExamination {
    var fault: URLFault?
    /// The host is known to be unreachable from outside.
    var isPrivate = false
    var host: Range<Int> = 0..<0
    /// The letters after the last dot of the path's last segment, without query and fragment; empty when
    /// there is none.
    var fileExtension: Range<Int> = 0..<0

    /// - Parameter bytes: the text, escapes resolved; ranges are into it.
    init(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else {
            fault = .empty
            return
        }
        guard let start = Self.schemeEnd(bytes) else {
            fault = Self.classify(bytes)
            return
        }
        // The authority ends at the first of "/?#"; user information ends at its last "@".
        var end = start
        var at: Int?
        while end < bytes.count {
            let byte = bytes[end]
            if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") { break }
            if byte <= 0x20 { break }
            if byte == UInt8(ascii: "@") { at = end }
            end += 1
        }
        var slash = end
        var dot: Int?
        var pathEnd = bytes.count
        var position = end
        while position < bytes.count {
            let byte = bytes[position]
            if byte <= 0x20 || byte == 0x7F || byte >= 0x80 && Self.isWideSpace(bytes, at: position) {
                fault = .whiteSpace
                return
            }
            if byte == UInt8(ascii: "\\") {
                fault = .backslash
                return
            }
            if position < pathEnd {
                switch byte {
                case UInt8(ascii: "?"), UInt8(ascii: "#"): pathEnd = position
                case UInt8(ascii: "/"):
                    slash = position
                    dot = nil
                case UInt8(ascii: "."): dot = position
                default: break
                }
            }
            position += 1
        }
        if at != nil {
            fault = .credentials
            return
        }
        host = Self.host(bytes, start..<end)
        guard Self.isHost(bytes, host), Self.isPort(bytes, host.upperBound..<end) else {
            let isSpaced = (start..<end).contains { Self.isWideSpace(bytes, at: $0) }
            fault = isSpaced ? .whiteSpace : bytes[start..<end].contains(0x5C) ? .backslash : .host
            return
        }
        isPrivate = PrivateHost.contains(UnsafeRawBufferPointer(rebasing: bytes[host]))
        if let dot, dot > slash, (2...6).contains(pathEnd - dot), Self.isWord(bytes, (dot + 1)..<pathEnd) {
            fileExtension = (dot + 1)..<pathEnd
        }
    }

    /// Behind `http://` or `https://`.
    private static func schemeEnd(_ bytes: UnsafeRawBufferPointer) -> Int? {
        func begins(_ text: StaticString) -> Bool {
            text.withUTF8Buffer { wanted in
                guard bytes.count >= wanted.count else { return false }
                for offset in 0..<wanted.count {
                    let byte = bytes[offset]
                    let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
                    if lower != wanted[offset] { return false }
                }
                return true
            }
        }
        if begins("https://") { return 8 }
        return begins("http://") ? 7 : nil
    }

    /// What a text is that does not begin like an address.
    private static func classify(_ bytes: UnsafeRawBufferPointer) -> URLFault {
        let text = String(decoding: bytes.prefix(200), as: UTF8.self)
        let lower = text.lowercased()
        if bytes.allSatisfy({ $0 <= 0x20 }) { return .empty }
        if lower.first?.isWhitespace == true || lower.last?.isWhitespace == true && bytes.count <= 200 {
            return .whiteSpace
        }
        if lower.hasPrefix("data:") { return .data }
        if lower.hasPrefix("http:\\") || lower.hasPrefix("https:\\") { return .backslash }
        let isPath =
            lower.hasPrefix("/") && !lower.hasPrefix("//") && !lower.hasPrefix("/9j/")
            || lower.hasPrefix("./")
            || lower.hasPrefix("../") || lower.hasPrefix("~") || lower.hasPrefix("file:")
            || lower.contains("\\")
        if isPath { return .localPath }
        // The usual beginnings of JPEG, PNG, GIF, WebP; or anything long of that alphabet.
        let isBase64 =
            ["/9j/", "iVBORw0KGgo", "R0lGOD", "UklGR"].contains { text.hasPrefix($0) }
            || bytes.count >= 100
                && bytes.allSatisfy { byte in
                    isWordByte(byte) || byte == 0x2B || byte == 0x2F || byte == 0x3D || byte == 0x0A
                        || byte == 0x0D
                }
        if isBase64 { return .base64 }
        if text.contains(where: \.isWhitespace) { return .whiteSpace }
        let suffixes = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".mp4", ".mov"]
        let isFile = !lower.contains("/") && suffixes.contains { lower.hasSuffix($0) }
        return isFile ? .localPath : .scheme
    }

    /// The host without its port.
    private static func host(_ bytes: UnsafeRawBufferPointer, _ authority: Range<Int>) -> Range<Int> {
        if let first = authority.first, bytes[first] == UInt8(ascii: "["),
            let close = authority.first(where: { bytes[$0] == UInt8(ascii: "]") })
        {
            return authority.lowerBound..<(close + 1)
        }
        let colon = authority.first { bytes[$0] == UInt8(ascii: ":") }
        return authority.lowerBound..<(colon ?? authority.upperBound)
    }

    private static func isHost(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        guard let first = range.first else { return false }
        if bytes[first] == UInt8(ascii: "[") { return range.count > 3 }
        var label = 0
        for offset in range {
            let byte = bytes[offset]
            if byte == UInt8(ascii: ".") {
                if label == 0 { return false }
                label = 0
            } else {
                // Names beyond ASCII are left to the gateway.
                guard
                    isWordByte(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                        || byte >= 0x80 && !isWideSpace(bytes, at: offset)
                else {
                    return false
                }
                label += 1
            }
        }
        return true
    }

    /// What stands behind the host: nothing, or a colon and a number of at most 16 bits (RFC 3986 §3.2.3).
    private static func isPort(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        guard let colon = range.first else { return true }
        guard bytes[colon] == UInt8(ascii: ":"), range.count <= 6 else { return false }
        var number = 0
        for offset in range.dropFirst() {
            guard (0x30...0x39).contains(bytes[offset]) else { return false }
            number = number * 10 + Int(bytes[offset] - 0x30)
        }
        return number <= 65_535
    }

    /// White space beyond ASCII, such as U+00A0 or the wide space of Chinese text, U+3000.
    private static func isWideSpace(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard offset + 1 < bytes.count else { return false }
        let second = bytes[offset + 1]
        if bytes[offset] == 0xC2 { return second == 0x85 || second == 0xA0 }
        guard offset + 2 < bytes.count else { return false }
        switch (bytes[offset], second, bytes[offset + 2]) {
        case (0xE1, 0x9A, 0x80), (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80): return true
        case (0xE2, 0x80, let third):
            return (0x80...0x8A).contains(third) || [0xA8, 0xA9, 0xAF].contains(third)
        default: return false
        }
    }

    private static func isWord(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        for offset in range where !isWordByte(bytes[offset]) { return false }
        return !range.isEmpty
    }

    @inline(__always) static func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }
}

/// Hosts that cannot be reached from outside: localhost, `.local` and the like, and the address blocks of RFC
/// 1918, RFC 3927, RFC 4193 and RFC 5735.
enum PrivateHost {
    static func contains(_ host: UnsafeRawBufferPointer) -> Bool {
        guard let last = host.last else { return false }
        if last == UInt8(ascii: "]") {
            return isPrivateV6(String(decoding: host, as: UTF8.self).lowercased())
        }
        if (0x30...0x39).contains(last), let address = v4(host) { return isPrivateV4(address) }
        // Only a few last letters can end a private name; the rest need no text.
        switch last | 0x20 {
        case UInt8(ascii: "t"), UInt8(ascii: "l"), UInt8(ascii: "n"), UInt8(ascii: "a"), UInt8(ascii: "."):
            break
        default: return !host.contains(UInt8(ascii: "."))
        }
        var name = String(decoding: host, as: UTF8.self).lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        return !name.contains(".")
            || [".localhost", ".local", ".internal", ".lan", ".home.arpa"].contains { name.hasSuffix($0) }
    }

    private static func v4(_ host: UnsafeRawBufferPointer) -> (UInt8, UInt8)? {
        var parts: [UInt8] = []
        var value = 0
        var digits = 0
        for byte in host {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, parts.count < 3 else { return nil }
                parts.append(UInt8(truncatingIfNeeded: value))
                value = 0
                digits = 0
            } else {
                guard (0x30...0x39).contains(byte), digits < 3 else { return nil }
                value = value * 10 + Int(byte - 0x30)
                digits += 1
                guard value < 256 else { return nil }
            }
        }
        return parts.count == 3 && digits > 0 ? (parts[0], parts[1]) : nil
    }

    private static func isPrivateV4(_ address: (UInt8, UInt8)) -> Bool {
        switch address {
        case (0, _), (10, _), (127, _), (169, 254), (172, 16...31), (192, 168), (100, 64...127), (224..., _):
            true
        default: false
        }
    }

    private static func isPrivateV6(_ host: String) -> Bool {
        let address = host.dropFirst().dropLast()
        if address == "::1" || address == "::" { return true }
        if address.hasPrefix("::ffff:") {
            var text = String(address.dropFirst(7))
            return text.withUTF8 { PrivateHost.contains(UnsafeRawBufferPointer($0)) }
        }
        return ["fc", "fd", "fe8", "fe9", "fea", "feb"].contains { address.hasPrefix($0) }
    }
}
