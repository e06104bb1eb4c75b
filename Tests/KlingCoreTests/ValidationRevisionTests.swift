import JSON
import KlingCore
import RandomRequests
import Testing

/// What is known of the last version of a list is used for the next one: it must come to the same.
@Suite struct ValidationRevisionTests {
    private static func validate(_ bytes: [UInt8], _ options: ValidationOptions) -> [Diagnostic] {
        Validator.standard.validate(document: JSONTree(bytes), options: options).diagnostics
    }

    private static let options = [
        ValidationOptions(edits: true), ValidationOptions(strict: true, edits: true),
        ValidationOptions(severities: ["mode.value": .hint], edits: true)
    ]

    @Test("a version validated after another has the same problems as by itself", arguments: 0..<60)
    func same(seed: Int) {
        let random = RandomRequests(random: SeededRandom(seed: UInt64(seed)))
        var items = (0..<random.below(12)).map { _ in
            random.mutated(random.request(for: random.pick(Catalog.standard.models)))
        }
        var last: CheckedList?
        var options = Self.options[0]
        var bytes: [UInt8] = []
        for step in 0..<40 {
            switch random.below(12) {
            case 0: items.insert(random.mutated([:]), at: random.below(items.count + 1))
            case 1 where !items.isEmpty: items.remove(at: random.below(items.count))
            case 2: options = random.pick(Self.options)
            case 3, 4: break
            default:
                guard !items.isEmpty else { break }
                let number = random.below(items.count)
                items[number] = random.mutated(random.request(for: random.pick(Catalog.standard.models)))
            }
            bytes = Array("[".utf8) + items.joined(separator: Array(",\n".utf8)) + Array("]".utf8)
            // Typing: anything may stand anywhere, JSON or not.
            if random.chance(3) {
                let place = random.below(bytes.count)
                bytes.insert(contentsOf: Array(random.pick(["a", "\"", "1", ",", "你", "\n"]).utf8), at: place)
            }
            let tree = JSONTree(bytes)
            let found = Validator.standard.validate(document: tree, options: options, after: &last)
                .diagnostics
            #expect(found == Self.validate(bytes, options), "seed \(seed), step \(step)")
        }
    }

    @Test("only a list that is JSON and whose problems are all listed is kept")
    func kept() {
        func isKept(_ text: String) -> Bool {
            var last: CheckedList?
            _ = Validator.standard.validate(
                document: JSONTree(text), options: ValidationOptions(edits: true), after: &last)
            return last != nil
        }
        #expect(isKept("[]") && isKept(#"[{"model":"kling-v3","prompt":"a"},{},3]"#))
        #expect(!isKept(#"{"model":"kling-v3","prompt":"a"}"#) && !isKept("[{]") && !isKept(""))
        #expect(!isKept("[" + Array(repeating: "3", count: 1001).joined(separator: ",") + "]"))
    }
}
