import JSON
import Testing

@Suite struct PointerTests {
    /// One member for each kind of name that RFC 6901 §5 is about.
    static let document = #"""
        {"list": ["x", "y"], "": 10, "p/q": 11, "r%s": 12, "t^u": 13, "v|w": 14, "b\\c": 15, "d\"e": 16, " ": 17,
         "f~g": 18, "01": 19, "你": {"好": 20}}
        """#

    @Test(
        arguments: [
            ("/list", ["x", "y"]), ("/list/0", "x"), ("/list/1", "y"), ("/", 10), ("/p~1q", 11), ("/r%s", 12),
            ("/t^u", 13), ("/v|w", 14), ("/b\\c", 15), ("/d\"e", 16), ("/ ", 17), ("/f~0g", 18), ("/01", 19),
            ("/你/好", 20)
        ] as [(String, JSONValue)])
    func `a pointer leads to a value, in the value and in the tree`(path: String, expected: JSONValue) throws
    {
        let tree = JSONTree(Self.document)
        let pointer = try #require(JSONPointer(path))
        #expect(pointer.description == path)
        #expect(tree.value(tree.root).value(at: pointer) == expected)
        #expect(tree.index(at: pointer).map { tree.value($0) } == expected)
    }

    @Test(arguments: [
        "/list/2", "/list/-", "/list/01", "/list/+1", "/list/x", "/list/0/a", "/no", "/list/", "/ /a"
    ])
    func `a pointer to nothing finds nothing`(path: String) throws {
        let tree = JSONTree(Self.document)
        let pointer = try #require(JSONPointer(path))
        #expect(tree.value(tree.root).value(at: pointer) == nil)
        #expect(tree.index(at: pointer) == nil)
    }

    @Test(arguments: ["a", "a/b", "/~", "/~2", "/a~", "#/a"])
    func `text that is no pointer is none`(text: String) { #expect(JSONPointer(text) == nil) }

    @Test func `a place contains itself and what lies inside`() {
        #expect(("/a" as JSONPointer).contains("/a") && ("/a" as JSONPointer).contains("/a/0"))
        #expect(!("/a" as JSONPointer).contains("/ab") && !("/a/0" as JSONPointer).contains("/a"))
        #expect(JSONPointer.root.contains("/a") && JSONPointer.root.parent == nil)
    }
}
