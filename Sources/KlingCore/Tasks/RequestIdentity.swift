import JSON

extension VideoRequest {
    /// An equal request so soon after another may be one sent twice by mistake (GATEWAY §2.4).
    package static let repeatWindow = Duration.seconds(120)

    /// A hash of the whole content, the same for equal requests within this process. `hashValue` looks at the
    /// names only, which all requests have in common.
    package var fingerprint: Int {
        var hasher = Hasher()
        Self.combine(.object(body), into: &hasher)
        return hasher.finalize()
    }

    private static func combine(_ value: JSONValue, into hasher: inout Hasher) {
        switch value {
        case .object(let object):
            hasher.combine(object.count)
            for member in object.sorted(by: { $0.name < $1.name }) {
                hasher.combine(member.name)
                combine(member.value, into: &hasher)
            }
        case .array(let elements):
            hasher.combine(elements.count)
            for element in elements { combine(element, into: &hasher) }
        case .null, .bool, .number, .string: hasher.combine(value)
        }
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
