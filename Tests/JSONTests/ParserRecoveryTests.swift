import JSON
import Testing

@Suite struct ParserRecoveryTests {
    typealias Kind = SyntaxProblem.Kind

    @Test(
        arguments: [
            ("", [.empty], ""), (" \n", [.empty], " \n"),
            ("{\"a\": 1⟦,⟧}", [.trailingComma], "{\"a\": 1}"),
            ("[1⟦⟧ 2]", [.missingComma], "[1, 2]"),
            ("{\"a\": 1⟦⟧\n \"b\": 2}", [.missingComma], "{\"a\": 1,\n \"b\": 2}"),
            ("{⟦a⟧: 1}", [.unquotedName], "{\"a\": 1}"),
            ("{\"a\"⟦⟧ 1}", [.missingColon], "{\"a\": 1}"), ("{\"a\" ⟦=⟧ 1}", [.missingColon], "{\"a\" : 1}"),
            ("[⟦True⟧, ⟦None⟧]", [.badLiteral, .badLiteral], "[true, null]"),
            ("[⟦.5⟧, ⟦01⟧, ⟦+1⟧, ⟦2.⟧]", [.badNumber, .badNumber, .badNumber, .badNumber], "[0.5, 1, 1, 2]"),
            ("[⟦000⟧, ⟦00.5⟧, ⟦+007⟧]", [.badNumber, .badNumber, .badNumber], "[0, 0.5, 7]"),
            ("[⟦'a'⟧]", [.wrongQuote], "[\"a\"]"), ("[⟦“a”⟧]", [.wrongQuote], "[\"a\"]"),
            ("[⟦\"a⟧\n]", [.missingQuote], "[\"a\"\n]"), ("[⟦'a⟧]", [.wrongQuote], "[\"a\"]"),
            ("⟦[⟧1", [.missingBracket], "[1]"), ("{\"a\": ⟦[⟧1}", [.missingBracket], "{\"a\": [1]}"),
            ("[1]⟦]⟧", [.strayBracket], "[1]"), ("[1] ⟦2 3⟧", [.strayText], "[1] "),
            ("[1⟦,⟧]", [.trailingComma], "[1]"), ("[⟦,⟧ 1]", [.extraComma], "[ 1]"),
            ("[1, ⟦// c⟧\n2]", [.comment], "[1, \n2]"),
            ("[\"a⟦\t⟧b\"]", [.controlCharacter], "[\"a\\tb\"]"),
            ("[\"a⟦\\x⟧\"]", [.badEscape], "[\"a\\\\x\"]")
        ] as [(String, [Kind], String)])
    func `a problem is told where it is and can be mended`(
        fixture: String, kinds: [Kind], mended: String
    ) {
        let marked = Marked(fixture)
        let tree = JSONTree(marked.bytes)
        #expect(tree.kinds == kinds)
        if !marked.ranges.isEmpty { #expect(tree.problems.map(\.range) == marked.ranges) }
        #expect(text(tree.mended) == mended)
        if kinds != [.empty] { #expect(JSONTree(tree.mended).problems.isEmpty) }
    }

    @Test func `one broken document tells all its problems`() {
        let marked = Marked(
            """
            {
              ⟦model⟧: ⟦'kling-v3'⟧,
              "prompt": ⟦"a cat⟧,
              "duration": ⟦05⟧⟦⟧
              "sound": ⟦True⟧,
              "shots": [1, 2⟦,⟧]
            }
            """)
        let tree = JSONTree(marked.bytes)
        #expect(
            tree.kinds == [
                .unquotedName, .wrongQuote, .missingQuote, .badNumber, .missingComma, .badLiteral,
                .trailingComma
            ])
        #expect(tree.problems.map(\.range) == marked.ranges)
        #expect(JSONTree(tree.mended).problems.isEmpty)
        #expect(
            JSONTree(tree.mended).value(tree.root) == [
                "model": "kling-v3", "prompt": "a cat", "duration": 5, "sound": true, "shots": [1, 2]
            ])
    }

    @Test(arguments: [
        ("{\"a\": 1 // one\n \"b\": 2}", "{\"a\": 1, // one\n \"b\": 2}"),
        ("[1 /* one */ 2]", "[1, /* one */ 2]"),
        ("{\"a\": [1 // one\n}", "{\"a\": [1] // one\n}"),
        ("{\"a\": 1 // one\n", "{\"a\": 1} // one\n")
    ])
    func `what is missing before a comment is not put into the comment`(source: String, mended: String) {
        let tree = JSONTree(source, options: .jsonc)
        #expect(!tree.problems.isEmpty)
        #expect(JSONTree(tree.mended, options: .jsonc).problems.isEmpty, "\(text(tree.mended))")
    }

    @Test func `a trailing comma is not looked for in a comment`() {
        let tree = JSONTree("[1, // a, b\n]")
        #expect(tree.problems.first { $0.kind == .trailingComma }?.range == 2..<3)
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xE4, 0xBD, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0xFF], [0x5B, 0xFF, 0x5D], [0x7B, 0xE4, 0x3A, 0x31, 0x7D]
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are a problem`(bytes: [UInt8]) {
        let tree = JSONTree(bytes)
        #expect(tree.kinds.contains(.invalidUTF8), "\(tree.kinds)")
        _ = tree.value(tree.root)
    }

    @Test(arguments: [#""⟦\uD800⟧""#, #""⟦\uDC00⟧""#, #""⟦\uD800⟧\u0041""#, #""⟦\uDC00⟧⟦\uD800⟧""#])
    func `half a surrogate pair is a problem and reads as U+FFFD`(fixture: String) {
        let marked = Marked(fixture)
        let tree = JSONTree(marked.bytes)
        #expect(Set(tree.kinds) == [.loneSurrogate])
        #expect(tree.problems.map(\.range) == marked.ranges)
        #expect(tree.string(tree.root)?.unicodeScalars.first == "\u{FFFD}")
    }

    @Test func `a megabyte of broken text has a bounded number of problems`() {
        let tree = JSONTree(String(repeating: "[tru,}", count: 200_000))
        #expect(tree.problems.count <= 1000)
    }

    @Test(arguments: ["['", "{“", "{\"\"'x", "{// ", "[1 /* c", "[\"a"])
    func `what is missing at the end is mended once`(source: String) {
        var bytes = Array(source.utf8)
        for _ in 0..<6 {
            // One at a time, the first first: the way of a person.
            guard let edits = JSONTree(bytes).problems.first(where: { !$0.edits.isEmpty })?.edits else {
                break
            }
            bytes = TextEdit.apply(edits, to: bytes)
        }
        #expect(JSONTree(bytes).problems.allSatisfy { $0.edits.isEmpty }, "\(text(bytes))")
        #expect(bytes.count <= source.utf8.count + 4, "\(text(bytes))")
    }

    @Test func `problems come by position, those found at the end too`() {
        let problems = JSONTree("{\"a\": [True").problems
        #expect(problems.map(\.kind) == [.missingBracket, .missingBracket, .badLiteral])
    }

    @Test func `a megabyte of comments is passed over once`() {
        let source = "{\"a\"" + String(repeating: "//\n", count: 300_000)
        let tree = JSONTree(source)
        #expect(tree.kinds.count == 1000)
        let bracket = JSONTree(source, options: .jsonc).problems.first { $0.kind == .missingBracket }
        #expect(bracket?.edits.first?.range == 4..<4)
        let lines = JSONTree(String(repeating: "//\n", count: 300_000), options: .lines)
        #expect(lines.kinds.count == 1000 && lines.count(lines.root) == 300_000)
    }

    @Test func `in JSON Lines what is missing is missing on its line`() {
        let problems = JSONTree("[1\n//\n{\n", options: .lines).problems
        #expect(
            problems.compactMap { $0.kind == .missingBracket ? $0.edits.first?.range : nil } == [2..<2, 7..<7]
        )
    }
}
