import JSON

/// SplitMix64: the same seed gives the same documents everywhere.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0xD134_2543_DE82_EF95 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
    mutating func chance(_ one: Int) -> Bool { below(one) == 0 }
    mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }
}

extension Seeded {
    static let names = ["a", "b", "c", "prompt", "你", "x y", "a/b", "~", "\"", "0"]

    mutating func value(depth: Int = 4) -> JSONValue {
        switch below(depth > 0 ? 9 : 6) {
        case 0: return pick([nil, true, false])
        case 1: return .number(JSONNumber(below(2000) - 1000))
        case 2: return JSONValue(Double.random(in: -1e6...1e6, using: &self))
        case 3, 4, 5: return .string(string())
        case 6: return .array((0..<below(5)).map { _ in value(depth: depth - 1) })
        default:
            return .object(
                JSONObject((0..<below(5)).map { _ in (pick(Self.names), value(depth: depth - 1)) }))
        }
    }

    mutating func string() -> String {
        var text = ""
        for _ in 0..<below(8) {
            text.unicodeScalars.append(
                pick([
                    "a", "z", " ", "\"", "\\", "/", "\n", "\u{0}", "\u{7F}", "é", "你", "\u{2028}", "\u{FFFD}",
                    "😀", "{", ","
                ]))
        }
        return text
    }

    /// The value as JSONC in a layout of chance: white space, comments, trailing commas, members named twice.
    mutating func source(of value: JSONValue, depth: Int = 0) -> String {
        switch value {
        case .array(let elements) where !elements.isEmpty:
            let parts = elements.map { gap() + source(of: $0, depth: depth + 1) + gap() }
            return "[" + parts.joined(separator: ",") + (chance(4) ? "," + gap() : "") + "]"
        case .object(let members) where !members.isEmpty:
            var parts: [String] = []
            for (name, value) in members {
                let key = JSONValue.string(name).description
                if chance(12) { parts.append(gap() + key + ":" + gap() + "0" + gap()) }
                parts.append(gap() + key + gap() + ":" + gap() + source(of: value, depth: depth + 1) + gap())
            }
            return "{" + parts.joined(separator: ",") + (chance(4) ? "," + gap() : "") + "}"
        default: return value.description
        }
    }

    private mutating func gap() -> String {
        var text = ""
        while chance(2) {
            text += pick([" ", "  ", "\n", "\n  ", "\r\n\t", "/* c, */", "// d }\n", " // \" \r\n", "/*\n*/"])
        }
        return text
    }

    /// Places in a value, containers more often than not.
    mutating func pointer(in value: JSONValue, isTarget: Bool) -> JSONPointer {
        var pointer = JSONPointer.root
        var current = value
        while !chance(4) {
            switch current {
            case .array(let elements):
                if isTarget, chance(4) { return pointer.appending(pick(["-", String(elements.count)])) }
                guard !elements.isEmpty else { return isTarget ? pointer.appending("-") : pointer }
                let index = below(elements.count)
                pointer = pointer.appending(index)
                current = elements[index]
            case .object(let members):
                if isTarget, chance(4) { return pointer.appending(pick(Self.names)) }
                guard !members.isEmpty else {
                    return isTarget ? pointer.appending(pick(Self.names)) : pointer
                }
                let member = members[below(members.count)]
                pointer = pointer.appending(member.name)
                current = member.value
            default: return pointer
            }
        }
        return pointer
    }

    mutating func operation(on value: JSONValue) -> JSONPatchOperation {
        let place = pointer(in: value, isTarget: false)
        switch below(7) {
        case 0, 1: return .add(pointer(in: value, isTarget: true), self.value(depth: 2))
        case 2, 3: return .remove(place)
        case 4: return .replace(place, self.value(depth: 2))
        case 5: return .copy(from: place, to: pointer(in: value, isTarget: true))
        default:
            guard let parent = place.parent, chance(2) else {
                return .move(from: place, to: pointer(in: value, isTarget: true))
            }
            return .move(from: place, to: parent.appending(pick(Self.names)))
        }
    }
}
