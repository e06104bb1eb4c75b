import JSON
import KlingCore
import Testing

@Suite struct ValidationFixTests {
    /// The errors by code and path; of what a fix moves or puts into a list, by the path it has then as well.
    private static func errors(_ validation: Validation, moved fix: Fix? = nil) -> Set<String> {
        var moves: [JSONPointer: JSONPointer] = [:]
        for case .move(let from, let to) in fix?.patch ?? [] { moves[from] = to }
        var errors: Set<String> = []
        for found in validation.diagnostics where found.severity == .error {
            errors.insert("\(found.code) \(moves[found.path] ?? found.path)")
            // What a lone object had wrong, the only entry of the list has wrong.
            for case .replace(let list, .array) in fix?.patch ?? [] where list.contains(found.path) {
                let rest = found.path.tokens.dropFirst(list.tokens.count)
                errors.insert("\(found.code) \(JSONPointer(tokens: list.tokens + ["0"] + rest))")
            }
        }
        return errors
    }

    /// How often the very same thing is said: two shadowed members have one path.
    private static func count(of diagnostic: Diagnostic, in validation: Validation) -> Int {
        validation.diagnostics.count {
            $0.code == diagnostic.code && $0.path == diagnostic.path
                && $0.message(.en) == diagnostic.message(.en)
        }
    }

    @Test(
        "a fix removes its problem and adds no error, and its patch and its edits agree",
        arguments: labelledSet)
    func fixes(_ label: Labelled) throws {
        let before = label.validate()
        for diagnostic in before.diagnostics {
            for fix in diagnostic.fixes {
                let edited = TextEdit.apply(fix.edits, to: label.bytes)
                let text = String(decoding: edited, as: UTF8.self)
                #expect(edited != label.bytes, "\(fix.title(.en)) changes nothing")
                let after = label.validate(edited)
                #expect(
                    Self.count(of: diagnostic, in: after) < Self.count(of: diagnostic, in: before),
                    "\(diagnostic.code): \(fix.title(.en)) → \(text)")
                let more = Self.errors(after).subtracting(Self.errors(before, moved: fix))
                #expect(more.isEmpty, "\(diagnostic.code): \(fix.title(.en)) adds \(more): \(text)")
                guard let patch = fix.patch, label.tree.isValid else { continue }
                let tree = label.tree
                let patched = try tree.value(tree.root).applying(patch)
                let other = JSONTree(edited, options: label.json)
                #expect(patched == other.value(other.root), "patch and edits differ: \(text)")
            }
        }
    }

    @Test("the preferred fixes come to an end, and made again they change nothing", arguments: labelledSet)
    func idempotent(_ label: Labelled) {
        var bytes = label.bytes
        var rounds = 0
        while rounds < 40 {
            let edits = label.validate(bytes).fixesAtOnce.flatMap(\.edits)
            if edits.isEmpty { break }
            bytes = TextEdit.apply(edits, to: bytes)
            rounds += 1
        }
        #expect(rounds < 40, "\(String(decoding: bytes, as: UTF8.self))")
        let codes = Set(label.validate(bytes).diagnostics.filter { $0.severity == .error }.map(\.code))
        #expect(codes.isSubset(of: label.validate().diagnostics.map(\.code)))
        #expect(!label.validate(bytes).diagnostics.contains { $0.fixes.contains(where: \.isPreferred) })
    }

    @Test("in broken text a fix says how the text is to be changed, or is not offered")
    func broken() {
        for text in [#"{"prompt":"a","duration":5,"#, #"[{"im":1"#, "{", #"{"prompt" "a" {}"#] {
            for diagnostic in Validator.standard.validate(text: text).diagnostics {
                #expect(diagnostic.fixes.allSatisfy { !$0.edits.isEmpty }, "\(text) \(diagnostic.code)")
            }
        }
    }

    @Test("a list of one blank text is not made a text that is missing")
    func blank() {
        for (value, isMended) in [("[\"\"]", false), ("[\" \"]", false), ("[\"a\"]", true)] {
            let validation = Validator.standard.validate(text: #"{"model":"kling-v3","prompt":\#(value)}"#)
            #expect(validation.diagnostics.contains { !$0.fixes.isEmpty } == isMended, "\(value)")
        }
    }

    @Test("a name is found behind bytes that are no UTF-8")
    func undecodable() {
        let text =
            #"{"model":"kling-v3","image_urls":["https://a.com/1.jpg"],"element_list":[{"name":"dog","description":"d","element_input_urls":["https://a.com/1.png","https://a.com/2.png"]}],"prompt":"#
        let bytes = Array(text.utf8) + [0x22, 0xC3] + Array("@dog\"}".utf8)
        let codes = Validator.standard.validate(document: JSONTree(bytes)).diagnostics.map(\.code)
        #expect(!codes.contains("element.undefined") && !codes.contains("element.unused"), "\(codes)")
    }

    @Test(
        "a great many frames under names of their own are looked at once each", .timeLimit(.minutes(1)),
        arguments: [#""image":"https://a.com/1.jpg""#, #""image_with_roles":[]"#])
    func manyFrames(_ member: String) {
        let members = Array(repeating: member, count: 30_000).joined(separator: ",")
        let validation = Validator.standard.validate(text: #"{"model":"kling-v3","prompt":"a",\#(members)}"#)
        #expect(!validation.isValid)
    }
}
