/// Kling's own codes, as they surface through a gateway (GATEWAY §1).
enum KlingCode {
    /// What a code means; nil for one that is not Kling's.
    static func kind(_ code: Int) -> Failure.Kind? {
        switch code {
        case 1000...1004: .authentication
        case 1100...1102: .paymentRequired
        case 1103, 1304: .permission
        case 1200...1203: .invalidRequest
        case 1300, 1301: .contentPolicy
        case 1302, 1303: .rateLimit
        case 5000...5002: .serverError
        default: nil
        }
    }

    /// Too many at once or too fast: the same request will be taken later.
    static func isPassing(_ code: Int) -> Bool { code == 1302 || code == 1303 }

    /// The code that a message names: `… (code: 1303)`, `[1301] …`, `错误码 1201`, or one of Kling's own
    /// phrases. A number in passing, as in "after 1300 ms", is none.
    static func find(in message: String) -> Int? {
        let bytes = Array(message.utf8)
        var position = 0
        while position < bytes.count {
            guard isDigit(bytes[position]) else {
                position += 1
                continue
            }
            let start = position
            while position < bytes.count, isDigit(bytes[position]) { position += 1 }
            guard position - start == 4,
                let code = Int(String(decoding: bytes[start..<position], as: UTF8.self)),
                kind(code) != nil, isNamed(bytes, start: start, end: position)
            else { continue }
            return code
        }
        let lowered = message.lowercased()
        return phrases.first { lowered.contains($0.text) }?.code
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Whether the digits stand where a code stands: after a word for "code", in brackets, or as the first
    /// word with a colon behind it.
    private static func isNamed(_ bytes: [UInt8], start: Int, end: Int) -> Bool {
        let next = end < bytes.count ? bytes[end] : 0
        var before = bytes[..<start]
        if before.isEmpty { return next == UInt8(ascii: ":") || next == 0 }
        switch (before.last, next) {
        case (UInt8(ascii: "("), UInt8(ascii: ")")), (UInt8(ascii: "["), UInt8(ascii: "]")): return true
        default: break
        }
        while let byte = before.last, " :=\"'#".utf8.contains(byte) { before.removeLast() }
        for colon in ["：", "（", "【"] where before.suffix(3).elementsEqual(colon.utf8) { before.removeLast(3) }
        let tail = String(decoding: before.suffix(12), as: UTF8.self).lowercased()
        return tail.hasSuffix("code") || tail.hasSuffix("错误码") || tail.hasSuffix("错误代码")
            || tail.hasSuffix("错误")
            || tail.hasSuffix("errno")
    }

    /// From Kling's table of codes, in lower case, for gateways that pass on only the words.
    private static let phrases: [(text: String, code: Int)] = [
        ("parallel task over resource pack limit", 1303),
        ("exceeding the rate limit", 1302),
        ("account in arrears", 1101),
        ("resource pack depleted", 1102),
        ("failure to pass the risk control", 1301),
        ("trigger strategy of the platform", 1300),
        ("ip whitelisting policy", 1304)
    ]
}
