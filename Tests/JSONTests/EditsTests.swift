import JSON
import Testing

@Suite struct EditsTests {
    private func check(
        _ source: String, _ patch: [JSONPatchOperation], _ expected: String, at base: JSONPointer = .root,
        options: JSONOptions = .jsonc
    ) throws {
        let tree = JSONTree(source, options: options)
        let index = try #require(tree.index(at: base))
        let edits = try #require(tree.edits(for: patch, at: index))
        #expect(text(TextEdit.apply(edits, to: tree.source)) == expected)
    }

    @Test(
        arguments: [
            (#"{"a": 1, "b": 2}"#, [.replace("/a", 5)], #"{"a": 5, "b": 2}"#),
            (#"{"a": 5.0}"#, [.replace("/a", 5)], #"{"a": 5}"#),
            (#"{"a": /* one */ 1 /* two */}"#, [.replace("/a", "x")], #"{"a": /* one */ "x" /* two */}"#),
            (#"{"a": 1}"#, [.replace("/a", ["x": [1, 2]])], #"{"a": {"x": [1, 2]}}"#),
            (#"{"a":1,"b":{}}"#, [.replace("/a", ["x": [1, 2]])], #"{"a":{"x":[1,2]},"b":{}}"#),
            ("{\n  \"a\": 1\n}", [.replace("/a", ["x": 1])], "{\n  \"a\": {\n    \"x\": 1\n  }\n}"),
            (
                "{\r\n\t\"a\": 1\r\n}", [.replace("/a", ["x": 1])],
                "{\r\n\t\"a\": {\r\n\t\t\"x\": 1\r\n\t}\r\n}"
            ),
            ("[1, [2, 3]]", [.replace("/1/0", nil)], "[1, [null, 3]]"), ("[1]", [.replace("", [:])], "{}"),
            (#"{"a": 1, "a": 2}"#, [.replace("/a", 3)], #"{"a": 1, "a": 3}"#),
            (#"{"a": 1}"#, [.test("/a", 1)], #"{"a": 1}"#)
        ] as [(String, [JSONPatchOperation], String)])
    func `a value is replaced in its place`(source: String, patch: [JSONPatchOperation], expected: String)
        throws
    {
        try check(source, patch, expected)
    }

    @Test(
        arguments: [
            (#"{"a": 1, "c": 3}"#, [.move(from: "/a", to: "/b")], #"{"b": 1, "c": 3}"#),
            ("{\n  \"a\": [ 1 ], // note\n}", [.move(from: "/a", to: "/b")], "{\n  \"b\": [ 1 ], // note\n}"),
            (#"{"a": 1}"#, [.move(from: "/a", to: "/\"")], #"{"\"": 1}"#),
            (#"{"a": 1, "a": 2}"#, [.move(from: "/a", to: "/b")], #"{"b": 2}"#),
            (#"{"a": 1, "b": 2}"#, [.move(from: "/a", to: "/b")], #"{"b": 1}"#),
            (#"{"x": {"a": 1}}"#, [.move(from: "/x/a", to: "/x/b"), .replace("/x/b", 2)], #"{"x": {"b": 2}}"#)
        ] as [(String, [JSONPatchOperation], String)])
    func `a member gets another name by an edit of its name`(
        source: String, patch: [JSONPatchOperation], expected: String
    ) throws {
        try check(source, patch, expected)
    }

    @Test(
        arguments: [
            (#"{"a": 1, "b": 2}"#, [.remove("/a")], #"{"b": 2}"#),
            (#"{"a": 1, "b": 2}"#, [.remove("/b")], #"{"a": 1}"#),
            (#"{ "a": 1, "b": 2 }"#, [.remove("/b")], #"{ "a": 1 }"#),
            (#"{ "a": 1 }"#, [.remove("/a")], "{}"),
            ("[1, 2, 3]", [.remove("/1")], "[1, 3]"), ("[1, 2,]", [.remove("/1")], "[1,]"),
            ("[1,]", [.remove("/0")], "[]"),
            ("[1,2,3]", [.remove("/2"), .remove("/0")], "[2]"),
            ("{\n  \"a\": 1\n}", [.remove("/a")], "{}"),
            ("{\n  \"a\": 1 // one\n}", [.remove("/a")], "{\n  // one\n}"),
            (
                "{\n  \"a\": 1, // one\n  \"b\": 2 // two\n}", [.remove("/a")],
                "{\n  // one\n  \"b\": 2 // two\n}"
            ),
            (
                "{\n  \"a\": 1, // one\n  \"b\": 2 // two\n}", [.remove("/b")],
                "{\n  \"a\": 1 // one\n  // two\n}"
            ),
            (
                "{\n  // a\n  \"a\": 1,\n  // b\n  \"b\": [\n    2\n  ],\n  // c\n  \"c\": 3\n}",
                [.remove("/b")],
                "{\n  // a\n  \"a\": 1,\n  // b\n  // c\n  \"c\": 3\n}"
            ),
            (
                "{\n  \"a\": 1, \"b\": 2, // both\n  \"c\": 3\n}", [.remove("/b")],
                "{\n  \"a\": 1, // both\n  \"c\": 3\n}"
            ),
            ("{\n  \"a\": 1, \"b\": 2,\n  \"c\": 3\n}", [.remove("/a")], "{\n  \"b\": 2,\n  \"c\": 3\n}"),
            ("{\n  \"a\": 1,\n  \"b\": 2 }", [.remove("/b")], "{\n  \"a\": 1 }"),
            ("{ \"a\": 1\n, \"b\": 2\n, \"c\": 3\n}", [.remove("/b")], "{ \"a\": 1\n, \"c\": 3\n}"),
            ("{ \"a\": 1\n, \"b\": 2\n}", [.remove("/b")], "{ \"a\": 1\n}"),
            ("{\r\n  \"a\": 1,\r\n  \"b\": 2\r\n}\r\n", [.remove("/b")], "{\r\n  \"a\": 1\r\n}\r\n"),
            ("{\n  /* a */ \"a\": 1,\n  \"b\": 2\n}", [.remove("/a")], "{\n  /* a */\n  \"b\": 2\n}"),
            ("{\n  // only\n  \"a\": 1\n}", [.remove("/a")], "{\n  // only\n}"),
            (#"{"a": 1 /* a */, "b": 2}"#, [.remove("/a")], #"{/* a */ "b": 2}"#),
            (
                "{\n  \"a\": 1 /* a */,\n  \"b\": 2\n}", [.remove("/a")],
                "{\n  /* a */\n  \"b\": 2\n}"
            ),
            (
                "{\n  \"a\": 1\n  // a\n  ,\n  \"b\": 2\n}", [.remove("/a")],
                "{\n  // a\n  \"b\": 2\n}"
            ),
            (#"{"a": 1, /* b */ "b": 2}"#, [.remove("/a")], #"{/* b */ "b": 2}"#),
            (#"{"a": 1, "b": 2, "a": 3}"#, [.remove("/a")], #"{"b": 2}"#)
        ] as [(String, [JSONPatchOperation], String)])
    func `a removal takes its comma and its line and leaves comments`(
        source: String, patch: [JSONPatchOperation], expected: String
    ) throws {
        try check(source, patch, expected)
    }

    @Test(arguments: [
        ("{\"a\": 1 /* a */, \"b\": 2}", true), ("{\"a\": /* a */ 1, \"b\": 2}", true),
        ("{\"a\": 1, // a\n \"b\": 2}", true), ("{\"b\": 2, \"a\": 1 // a\n}", true),
        ("{\n  // a\n  \"a\": 1,\n  \"b\": 2\n}", true), ("{/* a */ \"a\": 1, \"b\": 2}", true),
        ("{\r\n  // a\r\n  \"a\": 1,\r\n  \"b\": 2\r\n}", true),
        ("{\n  \"a\": 1,\n  // b\n  \"b\": 2\n}", false), ("{\n  // b\n\n  \"a\": 1,\n  \"b\": 2\n}", false),
        ("{\n  \"b\": 2, // b\n  \"a\": 1\n}", false), ("{\"a\": 1, \"b\": 2 // b\n}", false),
        ("{\"a\": 1, \"b\": 2}", false)
    ])
    func `what a comment is about is known`(source: String, expected: Bool) throws {
        let tree = JSONTree(source, options: .jsonc)
        #expect(tree.isValid)
        #expect(tree.isRemarkedOn(try #require(tree.edits(for: [.remove("/a")]))) == expected)
    }

    @Test(arguments: [
        (
            "{\n  /* pics */ \"image\": 1, \"last\": 2 // end\n}",
            "{\n  /* pics */ \"all\": [1, 2] // end\n}"
        ),
        (
            "{\n  \"image\": 1, // first\n  \"last\": 2 // last\n}",
            "{\n  // first\n  // last\n  \"all\": [1, 2]\n}"
        )
    ])
    func `what is put elsewhere leaves its comments`(source: String, expected: String) throws {
        let tree = JSONTree(source, options: .jsonc)
        let edits = tree.edits(for: [.add("/all", [1, 2]), .remove("/image"), .remove("/last")])
        let edited = text(TextEdit.apply(try #require(edits), to: tree.source))
        #expect(edited == expected)
        #expect(
            JSONTree(edited, options: .jsonc).value(JSONTree(edited, options: .jsonc).root) == ["all": [1, 2]]
        )
    }

    @Test(arguments: [
        ("{\"a\": [1 /* one */] // end\n}", "{\"a\": 2 /* one */ // end\n}"),
        ("{\"a\": [ // one\n 1, /* two */ 3]}", "{\"a\": 2 /* one */ /* two */}"),
        ("{\"a\": [1 // a */ b\n]}", "{\"a\": 2 /* a * / b */}")
    ])
    func `a value that is replaced leaves its comments`(source: String, expected: String) throws {
        let tree = JSONTree(source, options: .jsonc)
        let edits = try #require(tree.edits(for: [.replace("/a", 2)]))
        #expect(text(TextEdit.apply(edits, to: tree.source)) == expected)
        #expect(JSONTree(expected, options: .jsonc).isValid)
    }

    @Test(
        arguments: [
            ("{}", [.add("/a", 1)], #"{"a": 1}"#), ("{ }", [.add("/a", 1)], #"{ "a": 1 }"#),
            ("[]", [.add("/-", "x")], #"["x"]"#), ("{\n}", [.add("/a", 1)], "{\n  \"a\": 1\n}"),
            ("{ /* none */ }", [.add("/a", 1)], "{ /* none */ \"a\": 1 }"),
            ("{\n  // none\n}", [.add("/a", 1)], "{\n  // none\n  \"a\": 1\n}"),
            (#"{"a": 1}"#, [.add("/b", 2)], #"{"a": 1, "b": 2}"#),
            (#"{"a":1}"#, [.add("/b", [2, 3])], #"{"a":1,"b":[2,3]}"#),
            ("[1, 2]", [.add("/0", 0)], "[0, 1, 2]"), ("[1, 2]", [.add("/1", 0)], "[1, 0, 2]"),
            ("[1, 2]", [.add("/2", 0)], "[1, 2, 0]"), ("[1,]", [.add("/-", 2)], "[1, 2,]"),
            ("[1 /* one */]", [.add("/-", 2)], "[1 /* one */, 2]"),
            ("[1 // one\n]", [.add("/-", 2)], "[1, 2 // one\n]"),
            (
                "{\n    \"a\": 1 // one\n}", [.add("/b", ["x": 2])],
                "{\n    \"a\": 1, // one\n    \"b\": {\n        \"x\": 2\n    }\n}"
            ),
            ("{\n  \"a\": 1, // one\n}", [.add("/b", 2)], "{\n  \"a\": 1, // one\n  \"b\": 2,\n}"),
            ("{\n  \"a\": 1 }", [.add("/b", 2)], "{\n  \"a\": 1,\n  \"b\": 2 }"),
            (
                "[\n  // first\n  1, // one\n  // second\n  2\n]", [.add("/1", 9)],
                "[\n  // first\n  1, // one\n  9,\n  // second\n  2\n]"
            ),
            ("[\n  // first\n  1\n]", [.add("/0", 9)], "[\n  9,\n  // first\n  1\n]"),
            (
                "{\n\t\"a\": {\n\t\t\"x\": 1\n\t}\n}", [.add("/a/y", 2), .add("/b", 3)],
                "{\n\t\"a\": {\n\t\t\"x\": 1,\n\t\t\"y\": 2\n\t},\n\t\"b\": 3\n}"
            ),
            ("{\n  \"a\": 1\n}\n", [.add("/b", ["p", "q"])], "{\n  \"a\": 1,\n  \"b\": [\"p\", \"q\"]\n}\n"),
            (
                "{\n  \"a\": {\n    \"x\": [\n      1 // one\n    ]\n  }\n}", [.move(from: "/a/x", to: "/x")],
                "{\n  \"a\": {},\n  \"x\": [\n    1 // one\n  ]\n}"
            ),
            ("[{\"a\": 1}, {}]", [.copy(from: "/0/a", to: "/1/a")], "[{\"a\": 1}, {\"a\": 1}]")
        ] as [(String, [JSONPatchOperation], String)])
    func `an addition looks like its neighbours`(
        source: String, patch: [JSONPatchOperation], expected: String
    ) throws {
        try check(source, patch, expected)
    }

    @Test(
        arguments: [
            ("{a: 1, \"b\": 2}", [.replace("/b", 3)], "{a: 1, \"b\": 3}"),
            ("{\"a\": }", [.replace("/a", 3)], "{\"a\": 3 }"),
            ("{\"a\"}", [.add("/a", 3)], "{\"a\": 3}"),
            ("{\"a\": 'x'}", [.replace("/a", "y")], "{\"a\": \"y\"}"),
            ("{'a': 1}", [.move(from: "/a", to: "/b")], "{\"b\": 1}"),
            ("{\"a\": 1", [.add("/b", 2)], "{\"a\": 1, \"b\": 2"),
            ("{\"a\": tru, \"b\": 2}", [.remove("/b")], "{\"a\": tru}"), ("", [.add("", 1)], "1")
        ] as [(String, [JSONPatchOperation], String)])
    func `text with problems is edited where that is safe`(
        source: String, patch: [JSONPatchOperation], expected: String
    ) throws {
        try check(source, patch, expected, options: .json)
    }

    @Test(
        arguments: [
            (#"{"a": 1}"#, [.remove("/b")]), (#"{"a": 1}"#, [.replace("/b", 1)]),
            (#"{"a": 1}"#, [.test("/a", 2)]),
            (#"{"a": 1}"#, [.add("/a/b", 1)]), ("[1]", [.add("/2", 1)]), ("[1]", [.remove("/-")]),
            ("{}", [.remove("")]),
            (#"{"a": {}}"#, [.move(from: "/a", to: "/a/b")])
        ] as [(String, [JSONPatchOperation])])
    func `a patch that does not apply has no edits`(source: String, patch: [JSONPatchOperation]) {
        #expect(JSONTree(source).edits(for: patch) == nil)
    }

    @Test func `one request of several is edited by pointers of its own`() throws {
        try check(
            "[\n  {\"a\": 1},\n  {\"a\": 1}\n]", [.replace("/a", 2)], "[\n  {\"a\": 1},\n  {\"a\": 2}\n]",
            at: "/1")
        try check(
            "{\"a\":1}\n{\"a\":1}\n", [.add("/b", [2])], "{\"a\":1}\n{\"a\":1,\"b\":[2]}\n", at: "/1",
            options: .lines)
        try check("[1]\n[1]\n", [.add("/-", ["x": 2])], "[1]\n[1, {\"x\": 2}]\n", at: "/1", options: .lines)
    }

    @Test func `of two members with one name either can be removed`() throws {
        let tree = JSONTree(#"{"a": 1, "a": 2}"#)
        var members = tree.elements(tree.root)
        let next = members.next(in: tree)
        let first = try #require(next)
        let edits = try #require(tree.edits(removing: first, from: tree.root))
        #expect(text(TextEdit.apply(edits, to: tree.source)) == #"{"a": 2}"#)
    }

    @Test func `edits of a long document touch only what changes`() throws {
        let tree = JSONTree("{\n  \"a\": 1, // one\n  \"b\": 2\n}")
        let jsonc = JSONTree(tree.source, options: .jsonc)
        let edits = try #require(jsonc.edits(for: [.replace("/b", 3), .move(from: "/a", to: "/c")]))
        #expect(edits == [TextEdit(range: 4..<7, newText: "\"c\""), TextEdit(range: 26..<27, newText: "3")])
    }

    @Test func `removing one of several members of a broken text never goes beyond those that are left`() {
        // Without the second member the quote reads as the start of a name that takes the first with it.
        let tree = JSONTree("{\"\",'\n\"\"[")
        _ = tree.edits(for: [.remove("/")])
    }

    @Test func `in JSON Lines a value of several lines is no edit`() {
        let tree = JSONTree("{\"a\":1}\n{\"b\":{}}\n", options: .lines)
        #expect(tree.edits(for: [.copy(from: "", to: "/0/c")]) == nil)
        #expect(tree.edits(for: [.replace("/0/a", 2)]) == [TextEdit(range: 5..<6, newText: "2")])
    }

    @Test func `a name that stands there very often is not removed as text`() {
        let eight = JSONTree("{" + Array(repeating: "\"a\":1", count: 8).joined(separator: ",") + "}")
        #expect(eight.edits(for: [.remove("/a")]) != nil)
        let many = JSONTree("{" + Array(repeating: "\"a\":1", count: 9).joined(separator: ",") + "}")
        #expect(many.edits(for: [.remove("/a")]) == nil)
    }
}

@Suite struct EditOriginsTests {
    @Test func `a place of an edited text is found where it came from`() {
        let source = Array("abcdefghij".utf8)
        let edits = [
            TextEdit(range: 8..<9, newText: ""), TextEdit(range: 2..<4, newText: "XYZ"),
            TextEdit(range: 6..<6, newText: "--")
        ]
        let edited = TextEdit.apply(edits, to: source)
        #expect(String(decoding: edited, as: UTF8.self) == "abXYZef--ghj")
        let origins = EditOrigins(edits)
        #expect((0...edited.count).map(origins.origin(of:)) == [0, 1, 2, 3, 4, 4, 5, 6, 6, 6, 7, 9, 10])
    }
}
