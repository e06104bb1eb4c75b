import JSON
import KlingCore
import RandomRequests

/// Makes inputs: requests and JSON of all kinds, whole and broken.
struct Generator {
    let seeds: Seeds
    var chance: Chance

    init(_ seeds: Seeds, seed: UInt64) {
        self.seeds = seeds
        chance = Chance(seed)
    }

    /// - Parameter isLarge: tens of kilobytes to some megabytes.
    mutating func input(isLarge: Bool = false) -> Input {
        var input = Input(bytes: [], language: chance.pick([.json, .json, .jsonc, .jsonl]))
        switch chance.below(12) {
        case 0, 1, 2: input = chance.pick(seeds.inputs)
        case 3:
            input = chance.pick(seeds.inputs)
            input.bytes = spliced(input.bytes, chance.pick(seeds.inputs).bytes)
        case 4, 5: input.bytes = request()
        case 6: input.bytes = list(input.language)
        case 7, 8: input.bytes = Array(text(of: value(depth: 4), depth: 0, input.language).utf8)
        case 9: input.bytes = deep()
        case 10: input.bytes = soup()
        default: input.bytes = (0..<chance.size(200)).map { _ in UInt8(truncatingIfNeeded: chance.next()) }
        }
        if isLarge {
            input.bytes = enlarged(input.bytes, 1 << (15 + chance.below(8)))
            // What is broken at the front is doubted to the end.
            if chance.one(in: 2) { flip(&input.bytes, among: 300) }
        }
        for _ in 0..<chance.below(4) { mutate(&input.bytes) }
        if chance.one(in: 24) { input.language = chance.pick(Input.Language.allCases) }
        input.seed = chance.next()
        return input
    }

    // MARK: - Requests

    /// A request that its model page allows.
    mutating func allowed() -> Input {
        let random = RandomRequests(random: SeededRandom(seed: chance.next()))
        let request = random.request(for: random.pick(Catalog.standard.models))
        return Input(bytes: Array("\(JSONValue.object(request))".utf8), language: .json, isAllowed: true)
    }

    /// Members of the catalogue, some of them with values that fit.
    private mutating func request() -> [UInt8] {
        let model = chance.pick(Catalog.standard.models)
        var members: [[UInt8]] = [Array("\"model\":\"\(model.name)\"".utf8)]
        for parameter in model.parameters where chance.one(in: 2) {
            let value =
                chance.one(in: 3)
                ? chance.pick(seeds.words) : Array(self.value(parameter.type).description.utf8)
            members.append(Array("\"\(parameter.name)\":".utf8) + value)
        }
        for _ in 0..<chance.size(3) {
            members.append(chance.pick(seeds.words) + [0x3A] + chance.pick(seeds.words))
        }
        members.shuffle(using: &chance)
        let comma = chance.pick([",", ", ", ",\n  ", ",\r\n\t", " ,"])
        return Array("{".utf8) + members.joined(separator: Array(comma.utf8)) + Array("}".utf8)
    }

    private mutating func value(_ type: ParameterType) -> JSONValue {
        switch type {
        case .string: return .string(string())
        case .url:
            return .string(
                "https://a.com/\(chance.below(3)).\(chance.pick(["jpg", "png", "gif", "mp4", ""]))")
        case .choice(let choices): return .string(chance.pick(choices).value)
        case .integer(let range): return JSONValue(range.lowerBound - 1 + chance.below(range.count + 2))
        case .integers(let values): return JSONValue(chance.pick(values))
        case .boolean: return .bool(chance.one(in: 2))
        case .array(let element, let count):
            return .array((0..<chance.below(count.upperBound + 2)).map { _ in value(element) })
        case .object(let members):
            var object = JSONObject()
            for member in members where !chance.one(in: 6) { object[member.name] = value(member.type) }
            return .object(object)
        }
    }

    /// Several requests: an array, or a line for each.
    private mutating func list(_ language: Input.Language) -> [UInt8] {
        let isLines = language == .jsonl
        let separators = isLines ? ["\n", "\r\n", "\n\n", "\r", "\n \n"] : [",", ",\n", " , ", "\n"]
        var bytes = isLines ? [] : [UInt8(ascii: "[")]
        for number in 0..<chance.size(12) {
            if number > 0 { bytes += Array(chance.pick(separators).utf8) }
            bytes += chance.one(in: 3) ? request() : chance.pick(seeds.inputs).bytes
        }
        if !isLines, !chance.one(in: 8) { bytes.append(UInt8(ascii: "]")) }
        return bytes
    }

    // MARK: - JSON by its grammar

    static let names = [
        "a", "b", "model", "prompt", "duration", "你", "x y", "a/b", "~", "\"", "0", "", "e\u{301}"
    ]

    mutating func value(depth: Int) -> JSONValue {
        switch chance.below(depth > 0 ? 9 : 6) {
        case 0: return chance.pick([nil, true, false])
        case 1: return JSONValue(chance.below(40) - 5)
        case 2: return number()
        case 3, 4, 5: return .string(string())
        case 6: return .array((0..<chance.size(8)).map { _ in value(depth: depth - 1) })
        default:
            return .object(
                JSONObject(
                    (0..<chance.size(8)).map { _ in (chance.pick(Self.names), value(depth: depth - 1)) }))
        }
    }

    private mutating func number() -> JSONValue {
        func digits(_ count: Int) -> String { String(repeating: "9", count: count) }
        let literal = chance.pick([
            "-0", "1.0", "50e-1", "1e400", "-1E+999999999999999999999", "1e-400", "0.1", digits(20),
            digits(400),
            "0." + digits(300), "9223372036854775808", "-9223372036854775809", "18446744073709551616", "5e0",
            "3.0000",
            "4.9406564584124654e-324", "0e0", "1e19"
        ])
        let tree = JSONTree(literal)
        return tree.value(tree.root)
    }

    private mutating func string() -> String {
        let pieces = [
            "a cat", " ", "\"", "\\", "/", "\n", "\r\n", "\u{0}", "\u{7F}", "é", "e\u{301}", "你好", "\u{2028}",
            "\u{FFFD}",
            "😀", "👨‍👩‍👧", "{", ",", "<<<image_1>>>", "<<image_2>>", "<<<video_1>>>", "＜＜＜image_1＞＞＞", "@dog ",
            "@", "<<<",
            "https://a.com/x.jpg", "data:image/png;base64,AA", "http://localhost/", "\u{FEFF}", "@dog@cat",
            "<<<image_01>>>"
        ]
        var text = ""
        for _ in 0..<chance.size(10) { text += chance.pick(pieces) }
        return text
    }

    /// The value in a layout of chance; outside JSONC now and then with comments and trailing commas too.
    private mutating func text(of value: JSONValue, depth: Int, _ language: Input.Language) -> String {
        let isLoose = language == .jsonc || chance.one(in: 40)
        func end(_ parts: [String], _ open: String, _ close: String, _ self: inout Generator) -> String {
            let trailing = isLoose && self.chance.one(in: 4) ? "," : ""
            return open + parts.joined(separator: ",") + trailing + self.gap(isLoose) + close
        }
        switch value {
        case .array(let elements) where !elements.isEmpty:
            let parts = elements.map {
                gap(isLoose) + text(of: $0, depth: depth + 1, language) + gap(isLoose)
            }
            return end(parts, "[", "]", &self)
        case .object(let members) where !members.isEmpty:
            var parts: [String] = []
            for (name, value) in members {
                let key = JSONValue.string(name).description
                if chance.one(in: 16) { parts.append("\(key):0") }
                parts.append(
                    gap(isLoose) + key + gap(isLoose) + ":" + gap(isLoose)
                        + text(of: value, depth: depth + 1, language))
            }
            return end(parts, "{", "}", &self)
        default: return value.description
        }
    }

    private mutating func gap(_ isLoose: Bool) -> String {
        var text = ""
        while chance.one(in: 3) {
            text += chance.pick(
                isLoose
                    ? [
                        " ", "\n  ", "\r\n\t", "/* c, */", "// d }\n", " // \" \r\n", "/*\n*/", "/**/",
                        "//\n", "\n\n\n"
                    ]
                    : [" ", "  ", "\n", "\n  ", "\r\n\t", "\r"])
        }
        return text
    }

    // MARK: - Other shapes

    /// Containers inside each other, with their ends, without, or with the wrong ones.
    private mutating func deep() -> [UInt8] {
        let count = chance.pick([8, 511, 512, 513, 600, 1 + chance.below(3000)])
        let opens = chance.pick(["[", "{\"a\":", "[{\"a\":", "[1,", "{\"image_urls\":["])
        let closes = chance.pick(["]", "}", "}]", "]}", ""])
        let core = chance.pick(["", "1", "{}", "\"x", "[]"])
        return Array(
            (String(repeating: opens, count: count) + core
                + String(repeating: closes, count: max(0, count - 1 + chance.below(3)))).utf8)
    }

    /// Tokens and words in any order.
    private mutating func soup() -> [UInt8] {
        let signs = [
            "{", "}", "[", "]", ":", ",", "\"", "'", "“", "\\", "\\u12", "\\ud800", "//", "/*", "*/", "-",
            ".", "e+", "tru", "null",
            " ", "\n", "\t", "\u{FEFF}", "NaN", "0x1F", "+1", ".5", "1.", "01"
        ]
        var bytes: [UInt8] = []
        for _ in 0..<chance.size(80) {
            bytes += chance.one(in: 4) ? chance.pick(seeds.words) : Array(chance.pick(signs).utf8)
        }
        return bytes
    }
}
