import JSON
import Testing

/// Signs and spaces of another keyboard, pasted programs, quotes missing on a line that goes on.
@Suite struct ParserForeignSignTests {
    typealias Kind = SyntaxProblem.Kind

    @Test(arguments: [
        (#"{"a"⟦：⟧1⟦，⟧"b"⟦：⟧"，："}"#, #"{"a":1,"b":"，："}"#),
        (#"⟦｛⟧"a":⟦【⟧1⟦、⟧2⟦】⟧⟦；⟧"b":⟦［⟧⟦］⟧⟦｝⟧"#, #"{"a":[1,2],"b":[]}"#),
        (#"{a⟦：⟧true⟦，⟧b⟦：⟧null⟦，⟧"c"⟦：⟧-1.5⟦｝⟧"#, #"{"a":true,"b":null,"c":-1.5}"#),
        (#"{"a"⟦：⟧“b，c”⟦，⟧'d'⟦：⟧‘：’}"#, #"{"a":"b，c","d":"："}"#),
        ("[1⟦，⟧ // ，：\n2]", "[1, \n2]"), (#"["a;"⟦;⟧ "b"]"#, #"["a;", "b"]"#)
    ])
    func `a sign of another keyboard is read as the one that is meant`(fixture: String, expected: String) {
        let marked = Marked(fixture)
        let tree = JSONTree(marked.bytes)
        let signs = tree.problems.filter { $0.kind == .wrongSign }
        #expect(signs.map(\.range) == marked.ranges)
        #expect(tree.problems.allSatisfy { $0.isCertain }, "\(tree.problems)")
        #expect(text(tree.mended) == expected)
        #expect(JSONTree(expected).isValid)
        #expect(tree.value(tree.root) == JSONTree(expected).value(JSONTree(expected).root))
    }

    @Test(arguments: [
        ("{\u{A0}\"a\":\u{3000}1}", "{ \"a\": 1}", 2), ("\u{200B}[1,\u{FEFF}2]\u{2060}", "[1,2]", 3),
        ("[\u{A0} \u{A0}\u{A0}1]", "[    1]", 1), ("[1,\u{2028}2]", "[1,\n2]", 1),
        ("[1\u{A0}]", "[1 ]", 1)
    ])
    func `white space that JSON does not know is one problem for each place`(
        source: String, expected: String, count: Int
    ) {
        let tree = JSONTree(source)
        #expect(tree.kinds == Array(repeating: .otherSpace, count: count))
        #expect(text(tree.mended) == expected)
        #expect(JSONTree(expected).isValid)
    }

    @Test(arguments: [
        #"["：，；｛｝【】［］"]"#, "[\"\u{A0}\u{3000}\u{200B}\u{FEFF}\"]", "{\"，\": \"\u{A0}\"}"
    ])
    func `inside a string they are content`(source: String) {
        #expect(JSONTree(source).isValid)
        for broken in [source + ",", source.replacing(":", with: " ")] where broken != source {
            #expect(!JSONTree(broken).kinds.contains { $0 == .wrongSign || $0 == .otherSpace })
        }
        let foreign = JSONTree("{\"a\"：\(source)}")
        #expect(foreign.kinds == [.wrongSign])
        #expect(
            foreign.member("a", of: foreign.root).map { foreign.value($0) }
                == JSONTree(source).value(JSONTree(source).root))
    }

    @Test func `what is removed anyway needs no other sign first`() {
        #expect(JSONTree("[1，，2，]").kinds == [.wrongSign, .extraComma, .trailingComma])
        #expect(text(JSONTree("[1，，2，]").mended) == "[1,2]")
        #expect(JSONTree("[1]，").kinds == [.strayText])
        #expect(text(JSONTree("{\"a\"：}").mended) == "{\"a\":}")
    }

    @Test func `behind a guess a sign is offered, not made`() {
        let tree = JSONTree(#"{"a"：pro，"b"：1}"#)
        #expect(tree.problems.map(\.isCertain) == [true, false, false, false])
        let lines = JSONTree("{\"a\"：pro}\n{\"b\"：1}", options: .lines)
        #expect(lines.problems.map(\.isCertain) == [false, false, true])
    }

    @Test(arguments: [
        ("payload = {\"a\": 1}", "{\"a\": 1}", true), ("const p = {a: 1};\n", "{\"a\": 1}", true),
        ("curl -d '{\"a\": 1}' https://a.com", "{\"a\": 1}", false),
        ("p = [{\"a\": 1}]", "[{\"a\": 1}]", true),
        ("p = {\"a\": 1}\nq = {\"b\": 2}\n", "{\"a\": 1}\n", false), ("'{\"a\": 1}'", "{\"a\": 1}", false)
    ])
    func `a program around the value is one problem`(source: String, expected: String, isCertain: Bool) {
        let tree = JSONTree(source)
        #expect(tree.kinds.filter { $0 != .unquotedName } == [.surroundingText])
        #expect(tree.problems.first?.isCertain == isCertain)
        #expect(text(tree.mended) == expected)
        #expect(JSONTree(expected).isValid)
        #expect(tree.value(tree.root) == JSONTree(expected).value(JSONTree(expected).root))
    }

    @Test(arguments: [
        (#"{"a": ⟦"b⟧, "c": "d"}"#, Kind.missingQuote, #"{"a": "b", "c": "d"}"#),
        (#"{"a": ⟦"b⟧ , "c": 1}"#, .missingQuote, #"{"a": "b" , "c": 1}"#),
        (#"{⟦"a⟧: "b"}"#, .missingQuote, #"{"a": "b"}"#),
        (#"{⟦"a⟧: 1, "b": 2}"#, .missingQuote, #"{"a": 1, "b": 2}"#),
        (#"{"b": 2, ⟦"a⟧: 1}"#, .missingQuote, #"{"b": 2, "a": 1}"#),
        (#"[⟦"a⟧, "b"]"#, .missingQuote, #"["a", "b"]"#),
        (#"{"a": ⟦b"⟧, "c": 1}"#, .missingOpeningQuote, #"{"a": "b", "c": 1}"#),
        (#"{⟦a"⟧: 1}"#, .missingOpeningQuote, #"{"a": 1}"#)
    ])
    func `one quote that is missing is one problem, offered`(fixture: String, kind: Kind, expected: String) {
        let marked = Marked(fixture)
        let tree = JSONTree(marked.bytes)
        #expect(tree.kinds == [kind])
        #expect(tree.problems.map(\.range) == marked.ranges)
        #expect(tree.problems.allSatisfy { !$0.isCertain })
        #expect(text(tree.mended) == expected)
        #expect(JSONTree(expected).isValid)
        #expect(tree.value(tree.root) == JSONTree(expected).value(JSONTree(expected).root))
    }

    @Test func `a quote may be missing between signs of another keyboard`() {
        let tree = JSONTree(#"{"a"："b，"c"：1}"#)
        #expect(tree.kinds == [.wrongSign, .missingQuote, .wrongSign, .wrongSign])
        #expect(text(tree.mended) == #"{"a":"b","c":1}"#)
    }

    @Test func `they may follow a string of several lines`() {
        let tree = JSONTree("{\"a\"：\"b，\nc\"，\"d\"：1}")
        #expect(tree.kinds == [.wrongSign, .controlCharacter, .wrongSign, .wrongSign])
        #expect(text(tree.mended) == "{\"a\":\"b，\\nc\",\"d\":1}")
        #expect(JSONTree("{\"a\"：\"b\n \"c\"：1}").kinds.filter { $0 == .wrongSign }.count == 2)
    }

    @Test(arguments: [
        (#"{"a", "b": 1}"#, [Kind.loneName]), (#"{"a"}"#, [.loneName]), ("{a", [.missingBracket, .loneName]),
        (#"{"a": 1, b}"#, [.loneName]), (#"{"a": 1, ...}"#, [.straySign]), (#"{..., "a": 1}"#, [.straySign]),
        (#"{"a":: 1}"#, [.extraColon]), (#"{"a": 1;}"#, [.straySign]), (#"{"a":}"#, [.missingValue])
    ])
    func `a problem is called what it is`(source: String, kinds: [Kind]) {
        #expect(JSONTree(source).kinds == kinds)
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "，", "：", "\u{A0}", "\"，\"：", "\"a，\"b\"：", "\"a, \"b\": ", "\"a: \"", "a\", ", "；;", "｛", "【｝",
            "...，", "a, ",
            "'，", "一，", "\"a\n，", "\"\n a", "p = {", "{ \" "
        ])
    func `a long text of them is looked at a few times at the most`(piece: String) {
        for prefix in ["", "{", "[", "{\"a\":", "x "] {
            let source = prefix + String(repeating: piece, count: 60_000 / piece.utf8.count)
            let tree = JSONTree(source)
            #expect(!tree.isValid)
            #expect(tree.problems.count <= 1000)
        }
    }
}
