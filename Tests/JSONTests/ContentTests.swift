import JSON
import Testing

/// The content of strings, read at once and piece by piece.
@Suite struct ContentTests {
    private static let pieces = [
        #"\n"#, #"\""#, #"\\"#, #"\/"#, #"\b\f\r\t"#, #"\u0041"#, #"\u4f60"#, #"\ud83d\ude00"#, #"\ud83d"#,
        "你", "é", "😀",
        "a", "12345678", #"\u12"#, #"\q"#, #"\u"#
    ]

    /// Escapes stand at every distance from the words that are read at once; some are none.
    @Test func `a string says at once what it says piece by piece`() {
        var random = Seeded(3)
        for _ in 0..<5000 {
            var text = "\""
            for _ in 0..<random.below(14) { text += Self.pieces[random.below(Self.pieces.count)] }
            text += "\""
            let tree = JSONTree(text)
            var decoder = EscapeDecoder(
                position: tree.contentRange(tree.root).lowerBound,
                end: tree.contentRange(tree.root).upperBound)
            var expected = ""
            while let piece = decoder.next(in: tree.source) { expected.unicodeScalars.append(piece.scalar) }
            #expect(tree.content(tree.root) == Array(expected.utf8), "\(text)")
        }
    }

    @Test(arguments: [
        (#""""#, ""), (#""a\nb""#, "a\nb"), (#""\u0000\u001f""#, "\0\u{1F}"), (#""\ud83d\ude00!""#, "😀!"),
        (#""a\u""#, "a\u{FFFD}"), (#""\ud800x""#, "\u{FFFD}x"), (#""12345678\t""#, "12345678\t")
    ])
    func `escapes are what the specification says`(source: String, text: String) {
        let tree = JSONTree(source)
        #expect(tree.content(tree.root) == Array(text.utf8))
    }

    @Test func `of a great many members each name is held once, code point by code point`() {
        let names = (0..<100).map { "k\($0)" } + ["é", "e\u{301}", "k7", "k99"]
        let members = names.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",")
        let tree = JSONTree("{\(members)}")
        let expected = JSONObject(names.enumerated().map { ($1, JSONValue($0)) })
        #expect(tree.value(tree.root) == .object(expected))
        #expect(expected.count == 102 && expected["k7"] == 102 && expected.first?.name == "k0")
    }
}
