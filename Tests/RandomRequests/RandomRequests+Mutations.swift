package import JSON
import KlingCore

extension RandomRequests {
    /// The request with members dropped, doubled, renamed, or with values of other types; its text may hold a
    /// name twice, so it is no object any more.
    package func mutated(_ request: JSONObject) -> [UInt8] {
        var members = request.map { ($0.name, $0.value) }
        for _ in 0..<(1 + below(3)) where !members.isEmpty {
            let place = below(members.count)
            switch below(5) {
            case 0: members.remove(at: place)
            case 1: members.insert(members[place], at: below(members.count + 1))
            case 2:
                members[place].0 = pick(
                    Self.otherNames + Catalog.standard.models.flatMap { $0.parameters.map(\.name) })
            case 3: members[place].1 = otherValue()
            default: members[place].1 = inside(members[place].1)
            }
        }
        let parts = members.map { "\(JSONValue.string($0.0)):\($0.1)" }
        return Array("{\(parts.joined(separator: pick([",", " ,\n ", ",\t"])))}".utf8)
    }

    /// Bytes replaced, inserted, removed, or cut off.
    package func flipped(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<(1 + below(6)) {
            let place = below(bytes.count)
            switch below(4) {
            case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(below(8))
            case 1 where !bytes.isEmpty: bytes.remove(at: place)
            case 2 where chance(8): bytes.removeLast(below(bytes.count))
            default: bytes.insert(pick(Self.signs), at: min(place, bytes.count))
            }
        }
        return bytes
    }

    private static let signs =
        Array("{}[]:,\"\\'/0123456789.-eE<>@_ \n\u{FF1C}“ntf".utf8) + [0x00, 0x80, 0xED, 0xFF]
    private static let otherNames = [
        "size", "ratio", "sound", "seconds", "image", "last_frame", "image_tail", "image_with_roles",
        "imageUrls",
        "model_name", "promt", "cfg_scale", "", "提示词", "a/b~c"
    ]

    private func otherValue() -> JSONValue {
        pick([
            nil, true, false, 0, 5, -1, "", " ", "5", "x", "true", "16:9", "4k", "customize", "kling-o1", [],
            [[]], [nil], [5],
            ["a"], [[:]], [:], ["a": 1], .string(address("jpg")), [.string(address("gif"))],
            "<<<image_9>>> @x", "data:,",
            JSONValue(1e300), JSONValue(0.5)
        ])
    }

    /// Another value somewhere below, or the value where it has no inside.
    private func inside(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(var elements) where !elements.isEmpty:
            let place = below(elements.count)
            elements[place] = chance(2) ? otherValue() : inside(elements[place])
            if chance(4) { elements.append(elements[place]) }
            return .array(elements)
        case .object(var object) where !object.isEmpty:
            let name = pick(object.map(\.name))
            if chance(4) {
                object[name] = nil
            } else {
                object[name] = chance(2) ? otherValue() : inside(object[name] ?? nil)
            }
            if chance(6) { object[pick(["x", "url", "element_id", "text"])] = otherValue() }
            return .object(object)
        default: return otherValue()
        }
    }
}
