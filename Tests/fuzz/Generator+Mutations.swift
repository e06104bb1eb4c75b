/// Changes of texts.
extension Generator {
    mutating func mutate(_ bytes: inout [UInt8]) {
        switch chance.below(14) {
        case 0, 1: flip(&bytes)
        case 2: changeToken(&bytes)
        case 3: changeToken(&bytes)
        case 4: cut(&bytes)
        case 5: bytes = doubled(bytes)
        case 6: bytes = withLineEnds(bytes)
        case 7: bytes = [0xEF, 0xBB, 0xBF] + bytes
        case 8: insert(chance.pick(Self.badText), &bytes)
        case 9: insert(chance.pick(seeds.words), &bytes)
        case 10: insert(Array(chance.pick(["/* c */", "// c\n", "//", "/*", ",", "\"", "'"]).utf8), &bytes)
        case 11: bytes = spliced(bytes, chance.pick(seeds.inputs).bytes)
        default: break
        }
    }

    /// Ill-formed UTF-8 of every kind (Unicode §3.9), half surrogates, and what only looks like JSON.
    private static let badText: [[UInt8]] =
        [
            [0x80], [0xC0, 0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x98],
            [0xF4, 0x90, 0x80, 0x80],
            [0xFF], [0xFE, 0xFF], [0x00], [0x1B], [0xE2, 0x80, 0xA8], [0xC2, 0x85], [0xEF, 0xBB, 0xBF]
        ]
        + [
            "\\ud83d", "\\udE00", "\\ud83d\\ude00", "\\u0000", "\\x41", "\u{201C}", "\u{FF1A}", "\u{FF0C}",
            "\u{FF1B}", "\u{FF5B}", "\u{FF5D}", "\u{3010}", "\u{3011}", "\u{A0}", "\u{3000}", "p = ", ";"
        ].map {
            Array($0.utf8)
        }

    mutating func flip(_ bytes: inout [UInt8], among limit: Int = .max) {
        for _ in 0..<(1 + chance.size(6)) where !bytes.isEmpty {
            let place = chance.below(min(bytes.count, limit))
            switch chance.below(3) {
            case 0: bytes[place] ^= 1 << UInt8(chance.below(8))
            case 1: bytes.remove(at: place)
            default:
                bytes.insert(chance.pick("{}[]:,\"\\'/0123456789.-eE<>@_ \n\r".utf8.map { $0 }), at: place)
            }
        }
    }

    private mutating func insert(_ piece: [UInt8], _ bytes: inout [UInt8]) {
        let place = chance.below(bytes.count + 1)
        bytes.insert(contentsOf: piece, at: place)
    }

    private mutating func cut(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let start = chance.below(bytes.count)
        let end = chance.one(in: 2) ? bytes.count : start + chance.below(bytes.count - start + 1)
        bytes.removeSubrange(start..<end)
    }

    /// One token removed, doubled, moved, or replaced by a word of the labelled set.
    private mutating func changeToken(_ bytes: inout [UInt8]) {
        let tokens = Self.tokens(bytes)
        guard !tokens.isEmpty else { return }
        let token = chance.pick(tokens)
        switch chance.below(5) {
        case 0: bytes.removeSubrange(token)
        case 1: bytes.insert(contentsOf: Array(bytes[token]), at: token.upperBound)
        case 2:
            let piece = Array(bytes[chance.pick(tokens)])
            bytes.replaceSubrange(token, with: piece)
        default: bytes.replaceSubrange(token, with: chance.pick(seeds.words))
        }
    }

    /// Strings, words and signs, roughly: the bytes may be anything.
    private static func tokens(_ bytes: [UInt8]) -> [Range<Int>] {
        var tokens: [Range<Int>] = []
        var at = 0
        while at < bytes.count, tokens.count < 4096 {
            let start = at
            at += 1
            switch bytes[start] {
            case UInt8(ascii: "\""):
                while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
                    at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
                }
                at = min(at + 1, bytes.count)
            case 0x20, 0x0A, 0x0D, 0x09: continue
            case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"),
                UInt8(ascii: ","),
                UInt8(ascii: ":"):
                break
            default:
                while at < bytes.count, !"{}[],:\" \n\r\t".utf8.contains(bytes[at]) { at += 1 }
            }
            tokens.append(start..<at)
        }
        return tokens
    }

    /// The beginning of one and the end of the other.
    mutating func spliced(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        Array(first.prefix(chance.below(first.count + 1)))
            + Array(second.suffix(chance.below(second.count + 1)))
    }

    private mutating func doubled(_ bytes: [UInt8]) -> [UInt8] {
        bytes.count > 1 << 16 ? bytes : bytes + Array(chance.pick(["", "\n", ",", " "]).utf8) + bytes
    }

    private mutating func withLineEnds(_ bytes: [UInt8]) -> [UInt8] {
        let end = Array(chance.pick(["\r\n", "\r", "\n\n", "\u{2028}"]).utf8)
        var result: [UInt8] = []
        for byte in bytes { if byte == 0x0A { result += end } else { result.append(byte) } }
        return result
    }

    /// A text of about so many bytes made of a small one: many of it, or one very long part.
    mutating func enlarged(_ bytes: [UInt8], _ size: Int) -> [UInt8] {
        let unit =
            chance.one(in: 3) || bytes.isEmpty
            ? Array(
                chance.pick([
                    "[", "{", "\"", "0,", "[],", "\n", "{\"a\":1,", "}", "1\n", "//", "<<<image_1>>>", "@a ",
                    "字", "\\u00e9", "😀"
                ]).utf8)
            : bytes
        let tokens = Self.tokens(bytes)
        let separator = Array(chance.pick(["", ",", "\n", " "]).utf8)
        var middle: [UInt8] = []
        middle.reserveCapacity(size + unit.count)
        while middle.count < size { middle += unit + separator }
        switch chance.below(4) {
        case 0: return middle
        case 1: return [UInt8(ascii: "[")] + middle.dropLast(separator.count) + [UInt8(ascii: "]")]
        case 2:
            guard let token = tokens.isEmpty ? nil : chance.pick(tokens) else { return middle }
            return bytes[..<token.lowerBound] + middle + bytes[token.upperBound...]
        default:
            // Inside a string of the request, where there is one.
            let strings = tokens.filter { bytes[$0.lowerBound] == UInt8(ascii: "\"") && $0.count > 1 }
            guard let token = strings.isEmpty ? nil : chance.pick(strings) else { return middle }
            return bytes[...token.lowerBound] + middle + bytes[(token.upperBound - 1)...]
        }
    }
}
