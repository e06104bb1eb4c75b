import JSON
import Testing

@Suite struct FormatterTests {
    @Test(arguments: [
        ("1", "1\n"), ("[]", "[]\n"), (" { \n } ", "{}\n"), ("[1,2,3]", "[1, 2, 3]\n"),
        ("[\n1,2]", "[\n  1,\n  2\n]\n"),
        (#"{"a":1,"b":[true,null]}"#, "{\n  \"a\": 1,\n  \"b\": [true, null]\n}\n"),
        (#"{"a":1.0,"b":"\u00e9"}"#, "{\"a\": 1.0, \"b\": \"\\u00e9\"}\n"),
        ("[[1],[]]", "[\n  [1],\n  []\n]\n"),
        ("{\"a\": [{\"x\":1},{\"y\":2}]}", "{\n  \"a\": [\n    {\"x\": 1},\n    {\"y\": 2}\n  ]\n}\n"),
        (
            "// top\n\n\n{ // open\n\"a\":1,// one\n\n\n/* two */\"b\":2\n// end\n}// last",
            "// top\n\n{ // open\n  \"a\": 1, // one\n\n  /* two */ \"b\": 2\n  // end\n} // last\n"
        ),
        ("[1 /* one */, 2\n]", "[\n  1, /* one */\n  2\n]\n"),
        ("[1 // one\n, 2]", "[\n  1, // one\n  2\n]\n"),
        ("[1 // one\n, // two\n2]", "[\n  1, // one\n  // two\n  2\n]\n"),
        ("[1, /* two */ 2]", "[1, /* two */ 2]\n"), ("[1, 2,]", "[1, 2,]\n"),
        ("[1,\n2,]", "[\n  1,\n  2,\n]\n"),
        ("{\"a\": // why\n1}", "{\n  \"a\": // why\n    1\n}\n"), ("{\n// none\n}", "{\n  // none\n}\n"),
        ("{\"a\"/* x */:/* y */1,\n\"b\":2}", "{\n  \"a\" /* x */: /* y */ 1,\n  \"b\": 2\n}\n"),
        ("[1]\r\n", "[1]\r\n"), ("{\r\n\"a\":1}", "{\r\n  \"a\": 1\r\n}\r\n"),
        ("/* a\n b */ [1]", "/* a\n b */ [1]\n"), ("\r3/*\n*/", "3 /*\n*/\r"),
        ("/*\r\n*/[\n1]", "/*\r\n*/ [\n  1\n]\n")
    ])
    func `a document is printed for people with its comments`(source: String, expected: String) throws {
        let tree = JSONTree(source, options: .jsonc)
        let formatted = try #require(tree.formatted())
        #expect(formatted == expected)
        #expect(JSONTree(formatted, options: .jsonc).formatted() == formatted)
    }

    @Test(arguments: [(70, 1), (71, 5)])
    func `a container stays on its line up to 80 columns`(length: Int, lines: Int) throws {
        let source = "[\"" + String(repeating: "é", count: length) + "\", 2, 3]"
        let formatted = try #require(JSONTree(source).formatted())
        #expect(formatted.split(separator: "\n").count == lines)
    }

    @Test func `text with problems is not printed`() { #expect(JSONTree("[1,]").formatted() == nil) }

    @Test(arguments: [
        ("{}", "{}"),
        (
            #"{"a":{"b":[1,2]},"c":[{}],"d":[[1]]}"#,
            "{\n  \"a\": {\n    \"b\": [1, 2]\n  },\n  \"c\": [{}],\n  \"d\": [\n    [1]\n  ]\n}"
        )
    ])
    func `a value is printed for people`(source: String, expected: String) throws {
        let value = try JSONTree.parsed(source)
        #expect(value.pretty() == expected)
        #expect(JSONTree(expected).formatted() == expected + "\n")
    }
}
