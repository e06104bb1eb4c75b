import JSON
import Testing

@Suite struct WriterTests {
    @Test(arguments: [
        ("", "\"\""), ("a\"b\\c", #""a\"b\\c""#), ("\u{0}\u{1F}\n\r\t\u{8}", #""\u0000\u001f\n\r\t\u0008""#),
        ("é你😀", "\"é你😀\""), ("\u{2028}\u{2029}\u{2027}", "\"\\u2028\\u2029\u{2027}\""),
        ("\u{7F}/", "\"\u{7F}/\"")
    ])
    func `a string is escaped where it must be`(value: String, expected: String) throws {
        #expect(JSONValue.string(value).description == expected)
        #expect(try JSONTree.parsed(expected) == .string(value))
    }

    /// Eight bytes are looked at together where there are as many.
    @Test(
        arguments: [
            ("\"", #"\""#), ("\\", #"\\"#), ("\u{0}", #"\u0000"#), ("\u{1F}", #"\u001f"#), ("\n", #"\n"#),
            ("\u{2028}", #"\u2028"#), ("\u{2029}", #"\u2029"#), ("\u{7F}", "\u{7F}"), (" ", " "), ("猫", "猫"),
            ("\u{2027}", "\u{2027}")
        ]) func `a character is escaped wherever it stands`(character: String, expected: String)
    {
        for before in 0..<20 {
            for after in 0..<20 {
                let (front, back) = (
                    String(repeating: "a", count: before), String(repeating: "é", count: after)
                )
                #expect(
                    JSONValue.string(front + character + back).description == "\"\(front)\(expected)\(back)\""
                )
            }
        }
    }

    @Test func `commas come by themselves`() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("a")
        writer.beginArray()
        writer.int(1)
        writer.int(.min)
        writer.null()
        writer.endArray()
        writer.name("b" as String)
        writer.string(nil as String?)
        writer.name("c")
        writer.value(["x": [true, JSONValue(1.5)]])
        writer.endObject()
        #expect(text(writer.bytes) == #"{"a":[1,-9223372036854775808,null],"b":null,"c":{"x":[true,1.5]}}"#)
        writer.removeAll()
        writer.double(.nan)
        #expect(text(writer.bytes) == "null")
    }

    @Test func `the source of a value can be copied`() {
        let tree = JSONTree("[1.0, \"\\u00e9\"]")
        var writer = JSONWriter()
        writer.beginArray()
        writer.source(tree.root, of: tree)
        writer.bool(false)
        writer.endArray()
        #expect(text(writer.bytes) == "[[1.0, \"\\u00e9\"],false]")
    }

    @Test(
        arguments: [(0.1, "0.1"), (1, "1"), (-0.5, "-0.5"), (1e300, "1e+300"), (.infinity, "null")]
            as [(Double, String)])
    func `a double is written the shortest way`(value: Double, expected: String) {
        #expect(JSONValue(value).description == expected)
    }
}
