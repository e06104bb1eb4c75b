package import JSON

/// What a handler makes of a request. One value comes back from one call, so a request has exactly one reply.
package enum Outcome {
    /// The result has been written to the writer that the handler was given.
    case written
    case failure(RPCError)
    /// The answer takes time: the work goes on beside the loop, which reads on.
    case deferred(DeferredWork)
    /// No answer at all, for methods that only exist as notifications.
    case none
}

/// Work beside the loop.
package struct DeferredWork: Sendable {
    /// It ends soon, so that the loop may wait for it: few are under way at once, and their answers, which may be large, do not
    /// pile up before a client that is slow to read.
    let isBrief: Bool
    /// It has something to say when it is cancelled: it is told (`Task.isCancelled`) and answers itself, instead of being
    /// answered for at once.
    let answersCancellation: Bool
    let operation: @Sendable () async -> Answer

    package init(
        isBrief: Bool = false, answersCancellation: Bool = false,
        _ operation: @escaping @Sendable () async -> Answer
    ) {
        self.isBrief = isBrief
        self.answersCancellation = answersCancellation
        self.operation = operation
    }
}

/// The answer of deferred work.
package struct Answer: Sendable {
    /// A result as JSON, written already, or an error.
    let content: Result<[UInt8], RPCError>
    /// What may only begin when the client has the answer, such as the notifications of a subscription.
    let afterwards: (@Sendable () -> Void)?

    /// - Parameters:
    ///   - capacity: bytes that the result hardly exceeds.
    ///   - write: writes the result, which is one value.
    package static func success(
        capacity: Int = 2048, then afterwards: (@Sendable () -> Void)? = nil,
        _ write: (inout JSONWriter) -> Void
    ) -> Answer {
        var writer = JSONWriter(capacity: capacity)
        write(&writer)
        return Answer(content: .success(writer.bytes), afterwards: afterwards)
    }

    package static func success(_ result: JSONValue, then afterwards: (@Sendable () -> Void)? = nil) -> Answer
    {
        success(then: afterwards) { $0.value(result) }
    }

    package static func failure(_ error: RPCError) -> Answer {
        Answer(content: .failure(error), afterwards: nil)
    }
}

/// The duty to answer one request, held while its work goes on.
///
/// It cannot be copied, and answering consumes it: there is no way to answer twice. Dropping it without an
/// answer answers with an internal error, so there is none to leave a request unanswered either.
struct Reply: ~Copyable, Sendable {
    /// Taken by the answer, so that the end of the value knows whether there was one.
    private var open: (id: [UInt8]?, destination: any ReplyDestination)?

    /// - Parameter id: exactly as it came, or nil when no answer is wanted.
    init(id: [UInt8]?, to destination: any ReplyDestination) { open = (id, destination) }

    consuming func send(_ answer: Answer) { deliver(answer) }

    deinit {
        guard let open else { return }
        Reply.deliver(.failure(.internalError), id: open.id, to: open.destination)
    }

    private mutating func deliver(_ answer: Answer) {
        guard let open else { return }
        self.open = nil
        Reply.deliver(answer, id: open.id, to: open.destination)
    }

    private static func deliver(_ answer: Answer, id: [UInt8]?, to destination: any ReplyDestination) {
        guard let id else { return destination.deliver(nil) }
        let result = (try? answer.content.get())?.count ?? 1024
        var writer = JSONWriter(capacity: result + id.count + 64)
        write(id: id, answer, into: &writer)
        destination.deliver(writer.bytes)
    }

    static func write(id: [UInt8], _ answer: Answer, into writer: inout JSONWriter) {
        writer.literal(opening)
        writer.append(id)
        switch answer.content {
        case .success(let result):
            writer.name("result")
            writer.append(result)
        case .failure(let error):
            writer.name("error")
            error.write(into: &writer)
        }
        writer.endObject()
    }

    /// Begins a reply with the id exactly as it came.
    static func begin(id: JSONTree.Index, of tree: borrowing JSONTree, into writer: inout JSONWriter) {
        writer.literal(opening)
        writer.append(tree.range(id), of: tree)
    }

    /// The caller appends the id; a comma follows it.
    private static let opening: StaticString = "{\"jsonrpc\":\"2.0\",\"id\":"
}

/// Where the bytes of an answer go: to the client at once, or into the array of the batch it belongs to.
protocol ReplyDestination: Sendable {
    /// One response object, or nil where there is none to send.
    func deliver(_ response: [UInt8]?)
}
