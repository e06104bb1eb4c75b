import JSON

extension VideoRequest {
    /// An equal request so soon after another may be one sent twice by mistake (GATEWAY §2.4).
    package static let repeatWindow = Duration.seconds(120)

    /// A number for the whole content: the same for equal requests in every process, whatever the order of members and the
    /// spelling of numbers; of text it is that of the bytes. Journals hold it.
    package var fingerprint: Int64 {
        var digest = ContentDigest()
        digest.add(.object(body))
        return Int64(bitPattern: digest.bits)
    }

    /// JSON Pointers of what is not the same in both, outermost first, at most 20.
    func differences(from other: VideoRequest) -> [String] {
        var found: [String] = []
        Self.compare(.object(body), .object(other.body), at: "", into: &found)
        return found
    }

    private static func compare(
        _ left: JSONValue, _ right: JSONValue, at path: String, into found: inout [String]
    ) {
        guard left != right, found.count < 20 else { return }
        switch (left, right) {
        case (.object(let left), .object(let right)):
            let names = left.map(\.name) + right.map(\.name).filter { left[$0] == nil }
            for name in names {
                compareMember(left[name], right[name], at: path + "/" + escaped(name), into: &found)
            }
        case (.array(let left), .array(let right)):
            for index in 0..<max(left.count, right.count) {
                compareMember(
                    left.indices.contains(index) ? left[index] : nil,
                    right.indices.contains(index) ? right[index] : nil, at: "\(path)/\(index)", into: &found)
            }
        default: found.append(path)
        }
    }

    private static func compareMember(
        _ left: JSONValue?, _ right: JSONValue?, at path: String, into found: inout [String]
    ) {
        if let left, let right { return compare(left, right, at: path, into: &found) }
        if found.count < 20 { found.append(path) }
    }

    /// RFC 6901 §3.
    private static func escaped(_ name: String) -> String {
        var text = ""
        for character in name.unicodeScalars {
            switch character {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}

/// Boils JSON down to 64 bits. Not against someone who looks for two that give the same.
private struct ContentDigest {
    private(set) var bits: UInt64 = 0

    mutating func add(_ value: JSONValue) {
        switch value {
        case .null: mix(0)
        case .bool(let value): mix(value ? 2 : 1)
        case .number(let number):
            mix(3)
            // Zero has two forms.
            mix(number.double == 0 ? 0 : number.double.bitPattern)
        case .string(let text):
            mix(4)
            add(text)
        case .array(let elements):
            mix(5)
            mix(UInt64(elements.count))
            for element in elements { add(element) }
        case .object(let object):
            mix(6)
            mix(UInt64(object.count))
            for member in object.sorted(by: { $0.name < $1.name }) {
                add(member.name)
                add(member.value)
            }
        }
    }

    private mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            mix(UInt64(bytes.count))
            let raw = UnsafeRawBufferPointer(bytes)
            let whole = raw.count & ~7
            for start in stride(from: 0, to: whole, by: 8) {
                mix(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: start, as: UInt64.self)))
            }
            if whole < raw.count { mix(raw[whole...].reduce(0) { $0 << 8 | UInt64($1) }) }
        }
    }

    private mutating func mix(_ word: UInt64) {
        // Otherwise zeros would leave it as it is.
        bits = SeededRandom.mixed((bits ^ word) &+ 0x9E37_79B9_7F4A_7C15)
    }
}
