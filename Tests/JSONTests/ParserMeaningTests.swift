import JSON
import Testing

/// What broken text is taken for, and which mends are certain.
@Suite struct ParserMeaningTests {
    typealias Kind = SyntaxProblem.Kind

    /// The text with all certain mends, made again until none is left.
    private func mended(_ source: String, _ options: JSONOptions = .json) -> String {
        var bytes = Array(source.utf8)
        for _ in 0..<10 {
            let edits = JSONTree(bytes, options: options).problems.filter(\.isCertain).flatMap(\.edits)
            if edits.isEmpty { break }
            bytes = TextEdit.apply(edits, to: bytes)
        }
        return text(bytes)
    }

    @Test(arguments: [
        // Nothing else can be meant.
        (
            #"{"a": 1, /* c */ "b": True, 'c': None, "d": 'x', "e": [1,,2],}"#,
            #"{"a": 1,  "b": true, "c": null, "d": "x", "e": [1,2]}"#
        ),
        ("{\"a\": 1\n \"b\": [{} {}], c: .5", "{\"a\": 1,\n \"b\": [{}, {}], \"c\": 0.5}"),
        (#"{"a"=1,"b":"c\'d"}}"#, #"{"a":1,"b":"c'd"}"#), ("{\"a\":\"b\tc\"},", #"{"a":"b\tc"}"#)
    ])
    func `a mend is certain where nothing else can be meant`(source: String, expected: String) {
        #expect(mended(source) == expected)
    }

    @Test(arguments: [
        #"{"a":1} extra"#, #"{"a":1}]"#, #"{"a": NaN, "b": 1,}"#, #"{"a": undefined}"#, #"{"a": pro}"#,
        "{ # my model\n \"model\": \"kling-v3\",}", #"{"a": "b"#, "{\"a\": \"b\n}", #"{"a": [1}"#,
        #"{"a": [1"#,
        #"{"a" "b"}"#, #"{"a": 'don't', "b": True}"#, #"{"a": "b\x"}"#, #"{"a": 1 /* b}"#, #"{"a": "b""c"}"#,
        #"{"a": 'b\n'}"#, "\"a\", \"b\"", "[1 2]", #"{"a": 1, "b": }"#
    ])
    func `what else could be meant is left as it is`(source: String) {
        let tree = JSONTree(source)
        #expect(!tree.isValid)
        #expect(mended(source) == source)
    }

    @Test func `behind a guess nothing is certain, on the same line of JSON Lines`() {
        #expect(
            mended("{\"a\": pro, \"b\": True}\n{\"b\": True}", .lines)
                == "{\"a\": pro, \"b\": True}\n{\"b\": true}")
        let tree = JSONTree("{\"a\": pro}\n{\"b\": True}\n\n {\"c\": 1} x", options: .lines)
        var elements = tree.elements(tree.root)
        var doubts: [Bool] = []
        while let element = elements.next(in: tree) { doubts.append(tree.isInDoubt(element)) }
        #expect(doubts == [true, false, true])
    }

    @Test(arguments: [
        ("{\"a\": \"A wide⟦\n⟧   shot\",\n \"b\": 5}", #"{"a": "A wide\n   shot","# + "\n \"b\": 5}"),
        ("{\"a\": \"A⟦\r\n⟧cat\"}", #"{"a": "A\ncat"}"#), ("[\"A⟦\n⟧cat\", \"b\"]", #"["A\ncat", "b"]"#),
        ("{\"a\": \"A⟦\n⟧\n\tcat\n\",}", #"{"a": "A\n\n\tcat\n"}"#),
        ("{\"a\": \"Scene⟦\n⟧Camera: slow\", \"b\": 1}", #"{"a": "Scene\nCamera: slow", "b": 1}"#),
        ("{\"a\": \"A⟦\n⟧cat\"\n \"b\": 1}", #"{"a": "A\ncat","# + "\n \"b\": 1}")
    ])
    func `a line break inside a string is one problem`(fixture: String, expected: String) {
        let marked = Marked(fixture)
        let tree = JSONTree(marked.bytes)
        let breaks = tree.problems.filter { $0.kind == .controlCharacter }
        #expect(breaks.map(\.range) == marked.ranges, "\(tree.kinds)")
        #expect(tree.problems.allSatisfy { $0.isCertain })
        #expect(mended(text(marked.bytes)) == expected)
        #expect(
            JSONTree(expected).value(JSONTree(expected).root)
                == JSONTree(mended(text(marked.bytes))).value(tree.root))
    }

    @Test(arguments: [
        "{\"a\": \"A cat\n \"b\": 5}", "{\"a\": \"A cat\n}", "{\"a\": \"A cat,\n b: \"c\"\n}",
        "[\"a\n, \"b\"]", "[\"a\n\"b\"]",
        "{\"a\": \"x\n \"b\": \"y\", \"c\": \"z\"}", "{\"a\n b\": 1}"
    ])
    func `a quote that is missing is no line break inside a string`(source: String) {
        let kinds = JSONTree(source).kinds
        #expect(kinds.contains(.missingQuote) && !kinds.contains(.controlCharacter), "\(kinds)")
        #expect(mended(source) == source)
    }

    @Test(arguments: [
        (
            #"{"a": "He says ⟦"stop"⟧, then runs", "b": 1}"#,
            #"{"a": "He says \"stop\", then runs", "b": 1}"#, true
        ),
        (#"{"a": "⟦"Stop" and "go"⟧"}"#, #"{"a": "\"Stop\" and \"go\""}"#, true),
        (#"{"a": "A 6⟦"⟧ tall man"}"#, #"{"a": "A 6\" tall man"}"#, false),
        (
            "{\"a\": \"He says ⟦\"stop\",\n then \"go\"⟧.\"}", #"{"a": "He says \"stop\",\n then \"go\"."}"#,
            false
        )
    ])
    func `quotes inside a text are one problem`(fixture: String, expected: String, isCertain: Bool) {
        let marked = Marked(fixture)
        let tree = JSONTree(marked.bytes)
        #expect(tree.kinds == [.innerQuote])
        #expect(tree.problems.map(\.range) == marked.ranges)
        #expect(tree.problems.allSatisfy { $0.isCertain == isCertain })
        #expect(text(tree.mended) == expected)
        let value = tree.value(tree.root)
        #expect(value == JSONTree(expected).value(JSONTree(expected).root))
    }

    @Test(arguments: [
        (#"{"a": "b" "c": 1}"#, [Kind.missingComma]), (#"{"a": "b" c: 1}"#, [.missingComma, .unquotedName]),
        (#"{"a": "b"c": 1}"#, [.missingComma, .unquotedName, .missingColon, .missingColon]),
        (#"["a" "b"]"#, [.missingComma])
    ])
    func `a comma that is missing is no quote inside a text`(source: String, kinds: [Kind]) {
        #expect(!JSONTree(source).kinds.contains(.innerQuote))
        if kinds.count < 3 { #expect(JSONTree(source).kinds == kinds) }
    }

    @Test(arguments: [
        ("```json\n{\"a\": 1}\n```\n", [Kind.codeFence], "{\"a\": 1}\n\n"),
        ("```\n{\"a\": 1,}```", [.codeFence, .trailingComma], "{\"a\": 1}"),
        ("\"a\": 1, \"b\": 2\n", [.missingBraces], "{\"a\": 1, \"b\": 2}\n"),
        ("\"a\": 1}", [.missingBraces], "{\"a\": 1}"),
        ("a: 1", [.unquotedName, .missingBraces], "{\"a\": 1}"),
        ("{\"a\": 1}\n{\"a\": 2}", [.severalValues], "[{\"a\": 1},\n{\"a\": 2}]"),
        ("{\"a\": 1}, {\"a\": 2} {\"a\": 3}\n", [.severalValues], "[{\"a\": 1}, {\"a\": 2}, {\"a\": 3}]\n"),
        (
            "```jsonl\n{\"a\": 1}\n{\"a\": 2,}\n```", [.codeFence, .severalValues, .trailingComma],
            "[{\"a\": 1},\n{\"a\": 2}]\n"
        )
    ])
    func `what surrounds a request is one problem`(source: String, kinds: [Kind], expected: String) {
        #expect(JSONTree(source).kinds == kinds)
        #expect(mended(source) == expected)
        #expect(JSONTree(mended(source)).isValid)
    }

    @Test(arguments: [
        "```json\n{\"a\": pro}\n```", "```\n{\"a\": 1}\n``` Enjoy!", "model: kling-v3\nprompt: A cat",
        "{\"a\": 1}\n{\"b\": pro}", "{\"a\": 1} {\"b\": 2} and more", "```json\n{\"a\": \"b\n```"
    ])
    func `what surrounds a request stays where the inside is in doubt`(source: String) {
        let around: Set<Kind> = [.codeFence, .missingBraces, .severalValues]
        let problems = JSONTree(source).problems.filter { around.contains($0.kind) }
        #expect(problems.count == 1)
        #expect(problems.allSatisfy { !$0.isCertain && !$0.edits.isEmpty })
    }

    @Test func `a code block that ends in the middle of a request keeps its end`() {
        let tree = JSONTree("```\n{\"a\": [1\n```\nbye")
        #expect(tree.kinds == [.codeFence, .missingBracket, .missingBracket, .strayText])
        #expect(tree.problems.first { $0.kind == .missingBracket }?.edits.first?.range == 12..<12)
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            #"{"a":"x"y "#, "{\"a\":\"x\n", "\"a\n", "{\"a\":\"b\"c\n", "{\"a\":\"\\\n\"", "\"\",\n",
            "{\"a\": \"x\" y, ", "{}\n",
            "```\n", "a:", "{\"a\":\"b\n\n\n\n\n\n\n\",", "\"\\\"\\\"x\n"
        ])
    func `a long text of strings that go on is looked at once`(piece: String) {
        for prefix in ["", "{", "[", "{\"a\":"] {
            let source = prefix + String(repeating: piece, count: 200_000 / piece.utf8.count)
            #expect(!JSONTree(source).isValid)
        }
    }
}
