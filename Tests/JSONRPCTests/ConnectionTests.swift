import JSON
import Synchronization
import Testing

@testable import JSONRPC

/// The methods of the examples in JSON-RPC 2.0 §7, and some that take their time.
final class Examples: MessageHandler {
    private(set) var exitCode: Int32?
    private(set) var notified: [String] = []

    func handle(_ message: Message, in tree: borrowing JSONTree, writer: inout JSONWriter) -> Outcome {
        let name = tree.string(message.method) ?? ""
        guard message.id != nil || name == "quit" else {
            notified.append(name)
            return .none
        }
        switch name {
        case "subtract": writer.int(subtract(message.params, tree))
        case "sum": writer.int(numbers(message.params, tree).reduce(0, +))
        case "get_data": writer.value(["hello", 5])
        case "half":
            // Begins an answer and then fails.
            writer.beginArray()
            writer.string("never seen")
            return .failure(RPCError(code: 1, message: "half"))
        case "silent": return .none
        case "later": return .deferred(DeferredWork { .success("late") })
        case "never":
            return .deferred(
                DeferredWork {
                    while !Task.isCancelled { await Task.yield() }
                    return .failure(RPCError(code: 2, message: "never"))
                })
        case "quit":
            exitCode = 3
            writer.null()
        default: return .failure(.methodNotFound(name))
        }
        return .written
    }

    private func numbers(_ params: JSONTree.Index?, _ tree: borrowing JSONTree) -> [Int] {
        guard let params else { return [] }
        return tree.value(params).array?.compactMap(\.int) ?? []
    }

    private func subtract(_ params: JSONTree.Index?, _ tree: borrowing JSONTree) -> Int {
        guard let params else { return 0 }
        let value = tree.value(params)
        if value.object != nil { return (value["minuend"]?.int ?? 0) - (value["subtrahend"]?.int ?? 0) }
        let given = numbers(params, tree)
        return given.count == 2 ? given[0] - given[1] : 0
    }
}

/// What one connection made of an input.
struct Talk {
    let answers: [String]
    let end: Connection.End
    let notified: [String]
}

/// Runs a whole connection over pipes: the messages in, what came out.
func talk(_ input: String, limits: Connection.Limits = .init(), framing: Framer.Framing? = nil) async -> Talk
{
    await onThread {
        let (incoming, outgoing) = (TestPipe(nonBlocking: false), TestPipe(nonBlocking: true))
        let outbox = Outbox(descriptor: outgoing.writing, framing: framing ?? .lines) { _ in }
        let inFlight = InFlight()
        let handler = Examples()
        var connection = Connection(
            input: incoming.reading, outbox: outbox, inFlight: inFlight, handler: handler, framing: framing,
            limits: limits)
        SystemThread.start {
            incoming.write(input)
            incoming.closeWriting()
        }
        let output = Mutex<[UInt8]>([])
        let hasRead = Wakeup()
        SystemThread.start {
            output.withLock { $0 = outgoing.read { _ in false } }
            hasRead.signal()
        }
        let end = connection.run()
        let idle = Wakeup()
        inFlight.whenIdle { idle.signal() }
        idle.wait()
        outbox.finish()
        outgoing.closeWriting()
        hasRead.wait()
        return Talk(answers: cuts([output.withLock { $0 }]).map(\.text), end: end, notified: handler.notified)
    }
}

extension Cut {
    var text: String { if case .message(let text) = self { text } else { description } }
}

@Suite("Connection: a whole client on two pipes", .timeLimit(.minutes(5)))
struct ConnectionTests {
    struct Example: CustomTestStringConvertible, Sendable {
        let name: String
        let request: String
        /// Nil: no answer. `{code}` stands for the error's object.
        let response: String?
        var testDescription: String { name }
        init(_ name: String, _ request: String, _ response: String?) {
            self.name = name
            self.request = request
            self.response = response
        }
    }

    /// JSON-RPC 2.0 §7, each on one line.
    static let examples: [Example] = [
        Example(
            "call with positional parameters",
            #"{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}"#,
            #"{"jsonrpc":"2.0","id":1,"result":19}"#),
        Example(
            "call with positional parameters, turned",
            #"{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}"#,
            #"{"jsonrpc":"2.0","id":2,"result":-19}"#),
        Example(
            "call with named parameters",
            #"{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}"#,
            #"{"jsonrpc":"2.0","id":3,"result":19}"#),
        Example(
            "call with named parameters, turned",
            #"{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}"#,
            #"{"jsonrpc":"2.0","id":4,"result":19}"#),
        Example("notification", #"{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}"#, nil),
        Example("notification without parameters", #"{"jsonrpc": "2.0", "method": "foobar"}"#, nil),
        Example(
            "call of a method that does not exist", #"{"jsonrpc": "2.0", "method": "foobar", "id": "1"}"#,
            #"{"jsonrpc":"2.0","id":"1","error":{-32601}}"#),
        Example(
            "invalid JSON", #"{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]"#,
            #"{"jsonrpc":"2.0","id":null,"error":{-32700}}"#),
        Example(
            "invalid request", #"{"jsonrpc": "2.0", "method": 1, "params": "bar"}"#,
            #"{"jsonrpc":"2.0","id":null,"error":{-32600}}"#),
        Example(
            "batch, invalid JSON",
            #"[ {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}, {"jsonrpc": "2.0", "method" ]"#,
            #"{"jsonrpc":"2.0","id":null,"error":{-32700}}"#),
        Example("an empty array", "[]", #"{"jsonrpc":"2.0","id":null,"error":{-32600}}"#),
        Example(
            "an invalid batch that is not empty", "[1]", #"[{"jsonrpc":"2.0","id":null,"error":{-32600}}]"#),
        Example(
            "an invalid batch", "[1,2,3]",
            #"[{"jsonrpc":"2.0","id":null,"error":{-32600}},{"jsonrpc":"2.0","id":null,"error":{-32600}},"#
                + #"{"jsonrpc":"2.0","id":null,"error":{-32600}}]"#),
        Example(
            "batch",
            #"[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}, "#
                + #"{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}, "#
                + #"{"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"}, {"foo": "boo"}, "#
                + #"{"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"}, "#
                + #"{"jsonrpc": "2.0", "method": "get_data", "id": "9"}]"#,
            #"[{"jsonrpc":"2.0","id":"1","result":7},{"jsonrpc":"2.0","id":"2","result":19},"#
                + #"{"jsonrpc":"2.0","id":null,"error":{-32600}},{"jsonrpc":"2.0","id":"5","error":{-32601}},"#
                + #"{"jsonrpc":"2.0","id":"9","result":["hello",5]}]"#),
        Example(
            "batch of notifications",
            #"[{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]}, "#
                + #"{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]"#, nil)
    ]

    /// `{"code":-32600,"message":"…"}` → `{-32600}`
    static func short(_ answer: String) -> String {
        answer.replacing(/\{"code":(-?\d+),"message":"(?:[^"\\]|\\.)+"\}/) { "{\($0.output.1)}" }
    }

    @Test("answers the examples of the specification", arguments: examples, [Framer.Framing.lines, .headers])
    func specification(_ example: Example, _ framing: Framer.Framing) async {
        let fence = #"{"jsonrpc":"2.0","id":"fence","method":"get_data"}"#
        let input =
            framing == .lines ? "\(example.request)\n\(fence)\n" : framed(example.request) + framed(fence)
        let found = await talk(input)
        let expected =
            (example.response.map { [$0] } ?? []) + [#"{"jsonrpc":"2.0","id":"fence","result":["hello",5]}"#]
        #expect(found.answers.map(Self.short) == expected)
        #expect(found.end == .endOfInput)
    }

    @Test(
        "echoes ids exactly",
        arguments: [
            "0", "-0", "1.0", "1e2", "-1.5E-3", "null", #""""#, #""\u0041\n\"\\\/é""#,
            "1234567890123456789012345678901234567890", "0.1000"
        ])
    func ids(_ id: String) async {
        let found = await talk("{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"sum\",\"params\":[1]}\n")
        #expect(found.answers == ["{\"jsonrpc\":\"2.0\",\"id\":\(id),\"result\":1}"])
    }

    @Test("never answers a notification, not even with an error")
    func notifications() async {
        let found = await talk(
            """
            {"jsonrpc":"2.0","method":"nothing of ours"}
            {"jsonrpc":"2.0","method":"subtract","params":[1]}
            {"jsonrpc":"2.0","method":"half"}
            {"jsonrpc":"2.0","id":1,"method":"sum"}

            """)
        #expect(found.answers == [#"{"jsonrpc":"2.0","id":1,"result":0}"#])
        #expect(found.notified == ["nothing of ours", "subtract", "half"])
    }

    @Test("drops what a failing handler had begun to write")
    func failing() async {
        let call = #"{"jsonrpc":"2.0","id":1,"method":"half"}"#
        let answer = #"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"half"}}"#
        #expect(await talk("\(call)\n[\(call)]\n").answers == [answer, "[\(answer)]"])
    }

    @Test("answers in the order of the requests what needs no time, and all that was read before the end")
    func deferred() async {
        let found = await talk(
            """
            {"jsonrpc":"2.0","id":1,"method":"later"}
            [{"jsonrpc":"2.0","id":2,"method":"later"},{"jsonrpc":"2.0","method":"x"},{"jsonrpc":"2.0","id":3,"method":"sum"}]
            {"jsonrpc":"2.0","id":4,"method":"sum"}
            {"jsonrpc":"2.0","id":5,"method":"sum"}
            """)
        #expect(found.answers.count == 4)
        #expect(found.answers.contains(#"{"jsonrpc":"2.0","id":1,"result":"late"}"#))
        #expect(
            found.answers.contains(
                #"[{"jsonrpc":"2.0","id":3,"result":0},{"jsonrpc":"2.0","id":2,"result":"late"}]"#)
                || found.answers.contains(
                    #"[{"jsonrpc":"2.0","id":2,"result":"late"},{"jsonrpc":"2.0","id":3,"result":0}]"#)
        )
        let inOrder = found.answers.filter { $0.contains(#""id":4"#) || $0.contains(#""id":5"#) }
        #expect(inOrder.first?.contains(#""id":4"#) == true)
    }

    @Test("refuses an id that is in flight, and leaves the first request alone")
    func duplicates() async {
        let found = await talk(
            """
            [{"jsonrpc":"2.0","id":"A","method":"never"}]
            {"jsonrpc":"2.0","id":"\\u0041","method":"sum"}
            [{"jsonrpc":"2.0","id":"A","method":"sum"}]
            {"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"A"}}
            {"jsonrpc":"2.0","id":"A","method":"sum"}

            """)
        #expect(
            found.answers.map(Self.short) == [
                #"{"jsonrpc":"2.0","id":null,"error":{-32600}}"#,
                #"[{"jsonrpc":"2.0","id":null,"error":{-32600}}]"#,
                #"[{"jsonrpc":"2.0","id":"A","error":{-32800}}]"#,
                #"{"jsonrpc":"2.0","id":"A","result":0}"#
            ])
    }

    @Test(
        "takes a cancellation of nothing, of anything and of everything without a word",
        arguments: [
            "", #","params":{}"#, #","params":{"id":1}"#, #","params":{"id":{}}"#, #","params":[1]"#,
            #","params":{"id":null}"#
        ])
    func cancellations(_ params: String) async {
        let found = await talk(
            "{\"jsonrpc\":\"2.0\",\"method\":\"$/cancelRequest\"\(params)}\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sum\"}\n"
        )
        #expect(found.answers == [#"{"jsonrpc":"2.0","id":1,"result":0}"#])
    }

    @Test("says no to what is over a limit, and goes on", arguments: [Framer.Framing.lines, .headers])
    func limits(_ framing: Framer.Framing) async {
        var limits = Connection.Limits()
        limits.framer.messageBytes = 100
        limits.depth = 5
        limits.batch = 3
        let messages = [
            String(repeating: " ", count: 40) + "\"" + String(repeating: "x", count: 100) + "\"",
            "[[[[[[]]]]]]", "[1,2,3,4]", "[1,2,3]", "[[[[[]]]]]"
        ]
        let input = messages.map { framing == .lines ? $0 + "\n" : framed($0) }.joined()
        let found = await talk(input, limits: limits)
        let refusal = #"{"jsonrpc":"2.0","id":null,"error":{-32600}}"#
        #expect(
            found.answers.map(Self.short) == [
                refusal, #"{"jsonrpc":"2.0","id":null,"error":{-32700}}"#, refusal,
                "[\(refusal),\(refusal),\(refusal)]", "[\(refusal)]"
            ])
    }

    @Test("answers a broken header block once, and ends")
    func broken() async {
        let found = await talk(
            "Content-Length: x\r\n\r\n" + framed(#"{"jsonrpc":"2.0","id":1,"method":"sum"}"#))
        #expect(found.answers.map(Self.short) == [#"{"jsonrpc":"2.0","id":null,"error":{-32700}}"#])
        guard case .broken = found.end else {
            Issue.record("\(found.end)")
            return
        }
    }

    @Test("reads nothing behind the method that ends the process")
    func exit() async {
        let found = await talk(
            """
            {"jsonrpc":"2.0","id":1,"method":"quit"}
            {"jsonrpc":"2.0","id":2,"method":"sum"}

            """)
        #expect(found.answers == [#"{"jsonrpc":"2.0","id":1,"result":null}"#])
        #expect(found.end == .exit(3))
    }

    @Test("takes answers to nothing in silence")
    func strayAnswers() async {
        let found = await talk(
            """
            {"jsonrpc":"2.0","id":1,"result":1}
            [{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}}]
            """)
        #expect(found.answers.isEmpty)
    }

    @Test("answers ten thousand messages of one batch")
    func largeBatch() async {
        let call = #"{"jsonrpc":"2.0","id":1,"method":"later"}"#
        let found = await talk(
            "["
                + Array(repeating: #"{"jsonrpc":"2.0","id":7,"method":"sum"}"#, count: 9_999)
                .joined(separator: ",") + "," + call + "]\n")
        #expect(found.answers.count == 1)
        let tree = JSONTree(found.answers.first ?? "")
        #expect(tree.count(tree.root) == 10_000)
    }
}
