import Foundation
import JSON
import KlingCore
import RandomRequests
import Testing

/// Requests of chance. `KLING_FUZZ_COUNT` sets how many (2,000 otherwise), `KLING_FUZZ_SEED` where they begin:
/// the seed of a failure is in its message.
@Suite struct ValidationRandomTests {
    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
    static let count = setting("KLING_FUZZ_COUNT") ?? 2000
    static let first = setting("KLING_FUZZ_SEED") ?? 1

    /// One seed for each request, so that a failure is found again by its number.
    private static func forEachSeed(_ body: (UInt64, RandomRequests) -> Void) {
        for number in 0..<count {
            let seed = UInt64(bitPattern: Int64(first &+ number))
            body(seed, RandomRequests(random: SeededRandom(seed: SeededRandom.mixed(seed))))
        }
    }

    @Test("what the pages allow has no error, and is sent and summed up as it says")
    func valid() {
        Self.forEachSeed { seed, random in
            let request = random.request(for: random.pick(Catalog.standard.models))
            let broken = RandomRequests.broken(of: Validator.standard.validate(request), request)
            #expect(broken == nil, "seed \(seed): \(request)")
        }
    }

    @Test("every parameter of every model comes up")
    func coverage() {
        var seen: [String: Set<String>] = [:]
        let random = RandomRequests(random: SeededRandom(seed: 7))
        for model in Catalog.standard.models {
            for _ in 0..<200 {
                seen[model.name, default: []].formUnion(random.request(for: model).map(\.name))
            }
            #expect(seen[model.name]?.isSuperset(of: model.parameters.map(\.name)) == true)
        }
    }

    @Test("whatever is done to a request, the answer is JSON and every preferred fix can be made")
    func mutations() {
        Self.forEachSeed { seed, random in
            let request = random.request(for: random.pick(Catalog.standard.models))
            var bytes = random.mutated(request)
            if random.chance(2) { bytes = random.flipped(bytes) }
            Self.check(bytes, random.pick([.json, .jsonc, .lines]), "seed \(seed)")
        }
    }

    /// The result is JSON in both languages, every range is in the text, and the preferred fixes do what they
    /// say: as edits, and as a patch where there is one.
    private static func check(_ bytes: [UInt8], _ json: JSONOptions, _ name: String) {
        func text() -> Comment { "\(name): \(String(decoding: bytes, as: UTF8.self))" }
        let tree = JSONTree(bytes, options: json)
        let validation = Validator.standard.validate(document: tree, options: ValidationOptions(edits: true))
        let lines = LineIndex(bytes)
        for locale in KlingCore.Locale.allCases {
            var writer = JSONWriter()
            validation.writeResult(locale: locale, lines: lines, into: &writer)
            #expect(JSONTree(writer.bytes).isValid, text())
        }
        let value: JSONValue? = tree.isValid ? .some(tree.value(tree.root)) : .none
        for diagnostic in validation.diagnostics {
            #expect(diagnostic.range.upperBound <= bytes.count, text())
            for fix in diagnostic.fixes where fix.isPreferred {
                let edited = TextEdit.apply(fix.edits, to: bytes)
                // In broken text there may be no place to add a member; the patch alone is offered then.
                let changes = edited != bytes || !tree.isValid
                #expect(changes, "\(diagnostic.code): \(text())")
                guard let value, let patch = fix.patch else { continue }
                let other = JSONTree(edited, options: json)
                #expect(other.isValid, "\(diagnostic.code): \(text())")
                #expect(
                    (try? value.applying(patch)) == other.value(other.root), "\(diagnostic.code): \(text())")
            }
        }
    }
}
