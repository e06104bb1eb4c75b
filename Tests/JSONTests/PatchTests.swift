import JSON
import Testing

/// The cases of RFC 6902 appendix A, each with other values, and the errors of its §4.
@Suite struct PatchTests {
    @Test(arguments: [
        // A member, an element in the midst, at the end, into a nested place; a null; an array as an element.
        (#"{"a":1}"#, #"[{"op":"add","path":"/b","value":2}]"#, #"{"a":1,"b":2}"#),
        (#"{"a":[1,3]}"#, #"[{"op":"add","path":"/a/1","value":2}]"#, #"{"a":[1,2,3]}"#),
        (#"{"a":[1]}"#, #"[{"op":"add","path":"/a/1","value":2}]"#, #"{"a":[1,2]}"#),
        (#"{"a":[1]}"#, #"[{"op":"add","path":"/a/-","value":[2,3]}]"#, #"{"a":[1,[2,3]]}"#),
        (#"{"a":1}"#, #"[{"op":"add","path":"/b","value":{"c":{}}}]"#, #"{"a":1,"b":{"c":{}}}"#),
        (#"{"a":1}"#, #"[{"op":"add","path":"/a","value":null}]"#, #"{"a":null}"#),
        (#"{"a":1}"#, #"[{"op":"add","path":"","value":[1]}]"#, "[1]"),
        (#"{"a":1}"#, #"[{"op":"add","path":"/b","value":2,"note":"ignored"}]"#, #"{"a":1,"b":2}"#),
        (#"{"a":1,"b":2}"#, #"[{"op":"remove","path":"/a"}]"#, #"{"b":2}"#),
        ("[1,2,3]", #"[{"op":"remove","path":"/1"}]"#, "[1,3]"),
        (#"{"a":1,"b":2}"#, #"[{"op":"replace","path":"/a","value":"x"}]"#, #"{"a":"x","b":2}"#),
        ("[1,2]", #"[{"op":"replace","path":"/0","value":[]}]"#, "[[],2]"),
        ("[1,2]", #"[{"op":"replace","path":"","value":{}}]"#, "{}"),
        (#"{"a":{"x":1},"b":{}}"#, #"[{"op":"move","from":"/a/x","path":"/b/y"}]"#, #"{"a":{},"b":{"y":1}}"#),
        ("[1,2,3,4]", #"[{"op":"move","from":"/1","path":"/3"}]"#, "[1,3,4,2]"),
        ("[1,2]", #"[{"op":"move","from":"/1","path":"/1"}]"#, "[1,2]"),
        (#"{"a":{"b":7}}"#, #"[{"op":"move","from":"/a/b","path":""}]"#, "7"),
        (#"{"a":[1]}"#, #"[{"op":"copy","from":"/a","path":"/a/-"}]"#, #"{"a":[1,[1]]}"#),
        (#"{"a":1}"#, #"[{"op":"copy","from":"","path":"/b"}]"#, #"{"a":1,"b":{"a":1}}"#),
        (
            #"{"~1":1,"/":2}"#,
            #"[{"op":"test","path":"/~01","value":1},{"op":"test","path":"/~1","value":2.0}]"#,
            #"{"~1":1,"/":2}"#
        ),
        (
            #"{"a":{"x":1,"y":2}}"#, #"[{"op":"test","path":"/a","value":{"y":2,"x":1}}]"#,
            #"{"a":{"x":1,"y":2}}"#
        ),
        ("[]", "[]", "[]")
    ])
    func `a patch changes a value`(document: String, patch: String, expected: String) throws {
        let operations = try JSONPatchOperation.patch(from: JSONTree.parsed(patch))
        #expect(try JSONTree.parsed(document).applying(operations) == JSONTree.parsed(expected))
        var writer = JSONWriter()
        writer.patch(operations)
        #expect(try JSONPatchOperation.patch(from: JSONTree.parsed(writer.text)) == operations)
    }

    @Test(
        arguments: [
            (#"{"a":1}"#, [.add("/b/c", 1)], .noContainer("/b/c")),
            (#"{"a":1}"#, [.add("/a/c", 1)], .noContainer("/a/c")),
            ("[1]", [.add("/2", 1)], .badIndex("/2")), ("[1]", [.add("/01", 1)], .badIndex("/01")),
            ("[1]", [.add("/x", 1)], .badIndex("/x")), ("[1]", [.add("/-1", 1)], .badIndex("/-1")),
            ("[1]", [.add("/99999999999999999999", 1)], .badIndex("/99999999999999999999")),
            ("[1]", [.remove("/1")], .noValue("/1")), ("[1]", [.remove("/-")], .badIndex("/-")),
            ("{}", [.remove("/a")], .noValue("/a")), ("{}", [.remove("")], .removesDocument),
            ("{}", [.replace("/a", 1)], .noValue("/a")), ("[1]", [.replace("/-", 1)], .badIndex("/-")),
            (#"{"a":{"b":1}}"#, [.move(from: "/a", to: "/a/b")], .intoItself(from: "/a", to: "/a/b")),
            (#"{"a":1}"#, [.move(from: "", to: "/a")], .intoItself(from: "", to: "/a")),
            (#"{"a":1}"#, [.move(from: "/x", to: "/y")], .noValue("/x")),
            (#"{"a":1}"#, [.copy(from: "/x", to: "/y")], .noValue("/x")),
            (#"{"a":1}"#, [.test("/a", 2)], .testFailed("/a")),
            (#"{"a":1}"#, [.test("/a", "1")], .testFailed("/a")),
            (#"{"a":1}"#, [.test("/b", nil)], .noValue("/b")),
            ("{}", Array(repeating: .copy(from: "", to: "/a"), count: 2000), .tooLarge),
            ("[1]", Array(repeating: .copy(from: "", to: "/-"), count: 64), .tooLarge)
        ] as [(String, [JSONPatchOperation], JSONPatchError.Reason)])
    func `a patch that does not apply says why`(
        document: String, patch: [JSONPatchOperation], reason: JSONPatchError.Reason
    ) throws {
        let value = try JSONTree.parsed(document)
        let error = #expect(throws: JSONPatchError.self) { try value.applying(patch) }
        #expect(error?.reason == reason)
    }

    @Test func `the operation that failed is told, and nothing is changed by half`() throws {
        let value: JSONValue = ["a": 1]
        let error = #expect(throws: JSONPatchError.self) {
            try value.applying([.add("/b", 2), .remove("/c")])
        }
        #expect(error?.operation == 1)
        #expect(value == ["a": 1])
    }

    @Test(
        arguments: [
            ("{}", .shape), ("[1]", .shape), (#"[{"path":"/a"}]"#, .unknownOperation(nil)),
            (#"[{"op":"spin","path":"/a"}]"#, .unknownOperation("spin")),
            (#"[{"op":"remove"}]"#, .missingMember("path")),
            (#"[{"op":"add","path":"/a"}]"#, .missingMember("value")),
            (#"[{"op":"move","path":"/a"}]"#, .missingMember("from")),
            (#"[{"op":"remove","path":"a"}]"#, .badPointer("path")),
            (#"[{"op":"remove","path":1}]"#, .badPointer("path"))
        ] as [(String, JSONPatchError.Reason)])
    func `a document that is no patch says why`(patch: String, reason: JSONPatchError.Reason) throws {
        let json = try JSONTree.parsed(patch)
        let error = #expect(throws: JSONPatchError.self) { try JSONPatchOperation.patch(from: json) }
        #expect(error?.reason == reason)
    }

    @Test func `a patch for a part of a document can be led there`() {
        #expect(
            JSONPatchOperation.move(from: "/a", to: "/b").prefixed(by: "/0")
                == .move(from: "/0/a", to: "/0/b"))
    }
}
