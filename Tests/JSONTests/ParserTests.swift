import JSON
import Testing

@Suite struct ParserTests {
    @Test(
        arguments: [
            ("null", JSONValue.null), (" true ", true), ("false", false), ("\"\"", ""), ("[]", []),
            ("{}", [:]),
            ("0", 0), ("-1", -1), ("[1,\t2,\r\n3]", [1, 2, 3]), (#"{"a":{"b":[null]}}"#, ["a": ["b": [nil]]]),
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\u4f60""#, "é你"),
            (#""\uD83D\uDE00""#, "😀"),
            ("\"你好 😀\"", "你好 😀"), (#"{"a":1,"b":2,"a":3}"#, ["a": 3, "b": 2]), ("\u{FEFF}[1]", [1]),
            ("\"\u{2028}\u{2029}\"", "\u{2028}\u{2029}"), ("\"\u{7F}\"", "\u{7F}")
        ] as [(String, JSONValue)])
    func `a valid text has its value and no problem`(source: String, expected: JSONValue) throws {
        #expect(try JSONTree.parsed(source) == expected)
    }

    @Test(arguments: [
        "1.0", "1e2", "1E+2", "-0", "-0.0", "1e400", "0.1000", "1234567890123456789012345678901234567890"
    ])
    func `a number keeps the way it is written`(literal: String) throws {
        #expect(try JSONTree.parsed("[\(literal)]").description == "[\(literal)]")
    }

    @Test(
        arguments: [
            ("5", 5), ("5.0", 5), ("50e-1", 5), ("5.5", nil), ("1e30", nil), ("-9223372036854775808", .min),
            ("9223372036854775808", nil), ("\"5\"", nil), ("000", nil)
        ] as [(String, Int?)])
    func `a number is an integer when it is whole and fits`(literal: String, expected: Int?) {
        let tree = JSONTree(literal)
        #expect(tree.int(tree.root) == expected)
    }

    @Test(
        arguments: [
            ("1", "1.0", true), ("1", "1e0", true), ("100", "1e2", true), ("1", "2", false),
            ("9007199254740993", "9007199254740992", false),
            ("1234567890123456789012345678901234567890", "1234567890123456789012345678901234567891", false)
        ] as [(String, String, Bool)])
    func `numbers are equal when they denote the same`(left: String, right: String, equal: Bool) throws {
        let (left, right) = (try JSONTree.parsed(left), try JSONTree.parsed(right))
        #expect((left == right) == equal)
        if equal { #expect(left.hashValue == right.hashValue) }
    }

    @Test(arguments: [
        ("", #"⟦{"a": [1, "é"], "b": null}⟧"#), ("/a", #"{"a": ⟦[1, "é"]⟧, "b": null}"#),
        ("/a/0", #"{"a": [⟦1⟧, "é"], "b": null}"#), ("/a/1", #"{"a": [1, ⟦"é"⟧], "b": null}"#),
        ("/b", #"{"a": [1, "é"], "b": ⟦null⟧}"#)
    ])
    func `every value has its source range, and its range leads back to it`(path: String, fixture: String)
        throws
    {
        let marked = Marked(fixture)
        let tree = JSONTree(marked.bytes)
        let pointer = try #require(JSONPointer(path))
        let index = try #require(tree.index(at: pointer))
        #expect(tree.range(index) == marked.ranges[0])
        #expect(tree.pointer(to: index) == pointer)
        #expect(tree.index(atOffset: marked.ranges[0].lowerBound).map { tree.pointer(to: $0) } == pointer)
    }

    @Test func `comments and trailing commas are fine in JSONC and problems in JSON`() {
        let source = "// a\n{ /* b */ \"x\": [1, 2,], // c\n}\n"
        let jsonc = JSONTree(source, options: .jsonc)
        #expect(jsonc.problems.isEmpty)
        #expect(jsonc.comments.map { text(jsonc.source[$0]) } == ["// a", "/* b */", "// c"])
        #expect(jsonc.value(jsonc.root) == ["x": [1, 2]])
        #expect(JSONTree(source).kinds.filter { $0 == .comment }.count == 3)
        #expect(JSONTree(source).kinds.filter { $0 == .trailingComma }.count >= 1)
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":"])
    func `a hundred thousand open brackets are one problem of depth`(opening: String) {
        let source = String(repeating: opening, count: 100_000)
        let tree = JSONTree(source)
        #expect(tree.kinds.contains(.depth))
        #expect(tree.problems.count < 10)
        let deep = JSONTree(source, options: JSONOptions(maximumDepth: .max))
        #expect(!deep.problems.isEmpty)
    }

    @Test func `a deep value is read, written and formatted without recursion`() {
        let depth = 100_000
        let source = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let tree = JSONTree(source, options: JSONOptions(maximumDepth: .max))
        #expect(tree.problems.isEmpty)
        #expect(tree.formatted(indent: "") != nil)
        #expect(tree.pointer(to: tree.root) == .root)
    }

    @Test func `of a message that need not be mended only the first problem is told`() {
        let tree = JSONTree("[tru, fals, nul", options: JSONOptions(recovers: false))
        #expect(tree.problems.count == 1)
    }

    @Test func `a tree can read another text in its place`() {
        var tree = JSONTree("[1, 2, 3]")
        tree.parse(Array("{\"a\":".utf8), options: .json)
        #expect(tree.kind(tree.root) == .object && !tree.isValid)
        tree.parse(Array("7".utf8), options: .json)
        #expect(tree.isValid && tree.int(tree.root) == 7)
    }

    @Test func `each line of JSON Lines is a text of its own`() {
        let tree = JSONTree("{\"a\":1}\n\n{\"a\":\n[2]\n", options: .lines)
        #expect(tree.count(tree.root) == 3)
        #expect(tree.value(tree.root) == [["a": 1], ["a": nil], [2]])
        #expect(!tree.isValid)
    }

    /// Whatever stands where in a word of eight bytes: what is UTF-8 is taken, what is not is not.
    @Test func `a string is well-formed exactly when its bytes are`() {
        let pieces: [[UInt8]] = [
            [0x61], [0x20], Array("金毛犬".utf8), Array("，".utf8), Array("é".utf8), Array("😀".utf8),
            [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBF],
            // Overlong, surrogates, cut short, too much, no lead.
            [0xE0, 0x9F, 0x80], [0xED, 0xA0, 0x80], [0xE4, 0xBD], [0xE4], [0x80], [0xE4, 0xBD, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xC0, 0x80], [0xFF]
        ]
        var random = Seeded(9)
        var refused = 0
        for round in 0..<20_000 {
            var content: [UInt8] = Array(repeating: 0x78, count: round % 9)
            for _ in 0..<Int.random(in: 0...9, using: &random) {
                // Mostly good ones, so that the bad ones stand in all places.
                let number =
                    Int.random(in: 0..<8, using: &random) > 0
                    ? Int.random(in: 0..<10, using: &random)
                    : Int.random(in: 10..<pieces.count, using: &random)
                content += pieces[number]
            }
            let isWellFormed = String(validating: content, as: UTF8.self) != nil
            refused += isWellFormed ? 0 : 1
            let tree = JSONTree([0x22] + content + Array("\", ".utf8).dropLast(2))
            #expect(tree.isValid == isWellFormed, "\(content)")
            #expect(tree.isASCII(tree.root) == content.allSatisfy { $0 < 0x80 })
            if isWellFormed {
                #expect(tree.contentRange(tree.root) == 1..<(content.count + 1))
            } else {
                #expect(tree.problems.allSatisfy { $0.kind == .invalidUTF8 })
            }
        }
        #expect(refused > 4000)
    }
}
