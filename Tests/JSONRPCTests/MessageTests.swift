import JSON
import JSONRPC
import Testing

@Suite("Message: what a JSON value is on the wire")
struct MessageTests {
    /// One value and what it reads as, in short: `call id method params`, `response id`, `invalid id`.
    struct Row: CustomTestStringConvertible, Sendable {
        let text: String
        let expected: String
        var testDescription: String { text }
        init(_ text: String, _ expected: String) {
            self.text = text
            self.expected = expected
        }
    }

    static let rows: [Row] = [
        Row(#"{"jsonrpc":"2.0","id":1,"method":"a"}"#, "call 1 a -"),
        Row(#"{"jsonrpc":"2.0","id":1,"method":"a","params":[]}"#, "call 1 a []"),
        Row(#"{"method":"a","params":{"x":1},"id":"s","jsonrpc":"2.0"}"#, #"call "s" a {"x":1}"#),
        Row(#"{"jsonrpc":"2.0","method":"a"}"#, "call - a -"),
        Row(#"{"jsonrpc":"2.0","id":null,"method":"a"}"#, "call null a -"),
        Row(#"{"jsonrpc":"2.0","id":0,"method":""}"#, "call 0  -"),
        Row(#"{"jsonrpc":"2.0","id":1.0,"method":"a"}"#, "call 1.0 a -"),
        Row(#"{"jsonrpc":"2.0","id":-0,"method":"a"}"#, "call -0 a -"),
        Row(#"{"jsonrpc":"2.0","id":1e400,"method":"a"}"#, "call 1e400 a -"),
        Row(
            #"{"jsonrpc":"2.0","id":1234567890123456789012345678901234567890,"method":"a"}"#,
            "call 1234567890123456789012345678901234567890 a -"),
        Row(#"{"jsonrpc":"2.0","id":"A\n\"","method":"a"}"#, #"call "A\n\"" a -"#),
        Row(#"{"jsonrpc":"2.0","id":1,"method":"abc"}"#, "call 1 abc -"),
        Row(#"{"jsonrpc":"2.0","id":1,"method":"a","more":true}"#, "call 1 a -"),
        // Answers to requests of ours
        Row(#"{"jsonrpc":"2.0","id":7,"result":null}"#, "response 7"),
        Row(#"{"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"m"}}"#, #"response "x""#),
        // No JSON-RPC
        Row("1", "invalid -"),
        Row("null", "invalid -"),
        Row(#""text""#, "invalid -"),
        Row("{}", "invalid -"),
        Row(#"{"foo":"boo"}"#, "invalid -"),
        Row(#"{"jsonrpc":"1.0","id":5,"method":"a"}"#, "invalid 5"),
        Row(#"{"jsonrpc":2.0,"id":5,"method":"a"}"#, "invalid 5"),
        Row(#"{"id":5,"method":"a"}"#, "invalid 5"),
        Row(#"{"jsonrpc":"2.0","id":5}"#, "invalid 5"),
        Row(#"{"jsonrpc":"2.0","id":5,"method":1}"#, "invalid 5"),
        Row(#"{"jsonrpc":"2.0","id":5,"method":null}"#, "invalid 5"),
        Row(#"{"jsonrpc":"2.0","method":1,"params":"bar"}"#, "invalid -"),
        Row(#"{"jsonrpc":"2.0","id":5,"method":"a","params":"bar"}"#, "invalid 5"),
        Row(#"{"jsonrpc":"2.0","id":5,"method":"a","params":1}"#, "invalid 5"),
        Row(#"{"jsonrpc":"2.0","id":{},"method":"a"}"#, "invalid -"),
        Row(#"{"jsonrpc":"2.0","id":[1],"method":"a"}"#, "invalid -"),
        Row(#"{"jsonrpc":"2.0","id":true,"method":"a"}"#, "invalid -"),
        Row(#"{"jsonrpc":"2.0","result":1}"#, "invalid -")
    ]

    @Test("reads", arguments: rows)
    func reads(_ row: Row) {
        let tree = JSONTree(row.text)
        #expect(tree.isValid)
        func source(_ index: JSONTree.Index?) -> String {
            index.map { String(decoding: tree.source[tree.range($0)], as: UTF8.self) } ?? "-"
        }
        let found =
            switch Message.read(tree.root, in: tree) {
            case .call(let message):
                "call \(source(message.id)) \(tree.string(message.method) ?? "?") \(source(message.params))"
            case .response(let id, _): "response \(source(id))"
            case .invalid(let id, let reason): reason.isEmpty ? "no reason" : "invalid \(source(id))"
            }
        #expect(found == row.expected)
    }
}
