package import JSON

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Answers messages. Called on the reading thread, one message at a time, in the order they came.
package protocol MessageHandler: AnyObject {
    /// Handles a request or notification. For ``Outcome/written`` the result stands in `writer`, behind what
    /// was there.
    func handle(_ message: Message, in tree: borrowing JSONTree, writer: inout JSONWriter) -> Outcome

    /// Set by a method that ends the process: the loop stops behind the message that set it.
    var exitCode: Int32? { get }
}

/// One client on a pair of descriptors: reads, cuts, parses, dispatches, replies.
///
/// Confined to the thread that calls ``run()``; a value, so that the compiler proves that nobody else looks at it meanwhile. What is pure is answered inline, in order; what takes time is
/// put in flight and answered when it is done. Exactly one reply goes out for each request id.
package struct Connection: ~Copyable {
    package struct Limits: Sendable {
        package var framer = Framer.Limits()
        package var depth = 512
        package var batch = 10_000
        /// Values and names in one message.
        package var values = 1_000_000
        package init() {}
    }

    package enum End: Sendable, Equatable {
        /// The input ended.
        case endOfInput
        /// The input cannot be cut into messages any more; said to the client with a last -32700.
        case broken(String)
        /// A method asked for it.
        case exit(Int32)
    }

    private let input: Int32
    let outbox: Outbox
    let inFlight: InFlight
    let handler: any MessageHandler
    private let limits: Limits
    private let afterFirstReply: () -> Void
    var framer: Framer
    private var isFramingTold = false
    /// The storage of the last message's tree, for the next. While a message is handled it is out on loan, as a local value:
    /// handing a stored property on would count references to each of its arrays.
    private var spare: JSONTree?
    private var scratch = JSONWriter(capacity: 4096)
    let options: JSONOptions
    /// Held here, because a look at a static property costs a call each time.
    let names = Message.names
    /// Requests that have been read and are cancelled by a message further on: they are not begun.
    /// How many have the id: the first is cancelled, the others are duplicates of it.
    var cancelledAhead: [InFlight.Key: Cancellation] = [:]

    /// So much output has come together that it goes out before the next message.
    var isOutputDue = false
    static let largeMessage = 1 << 20
    static let cancelMethod: StaticString = "$/cancelRequest"

    /// - Parameter afterFirstReply: what need not be there before the first reply.
    package init(
        input: Int32, outbox: Outbox, inFlight: InFlight, handler: any MessageHandler,
        framing: Framer.Framing?,
        limits: Limits = Limits(), afterFirstReply: @escaping () -> Void = {}
    ) {
        self.input = input
        self.outbox = outbox
        self.inFlight = inFlight
        self.handler = handler
        self.limits = limits
        self.afterFirstReply = afterFirstReply
        framer = Framer(framing: framing, limits: limits.framer)
        options = JSONOptions(
            comments: false, maximumDepth: limits.depth, maximumCount: limits.values, recovers: false)
    }

    /// Reads until the input ends. Answers that are still in flight then, and output that waits, are the
    /// caller's.
    package mutating func run() -> End {
        var isFirst = true
        while true {
            let count = fill()
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN {
                    _ = Descriptors.poll(input, Int32(POLLIN), milliseconds: -1)
                    continue
                }
            }
            if count <= 0 { break }
            if let end = drain() { return end }
            if isFirst {
                isFirst = false
                afterFirstReply()
            }
        }
        var end = End.endOfInput
        let last = framer.finish()
        answerInFraming()
        if let last, let ended = take(last) { end = ended }
        outbox.flush()
        return end
    }

    /// Reads what is there, and looks for cancellations in it: they overtake the requests that still wait.
    private mutating func fill() -> Int {
        let input = input
        let count = framer.fill { free in read(input, free.baseAddress, free.count) }
        if count > 0, framer.holds(Self.cancelMethod, inLast: count) { lookAhead() }
        return count
    }

    /// Handles all messages that are whole.
    private mutating func drain() -> End? {
        defer { outbox.flush() }
        while let event = framer.next() {
            if !isFramingTold { answerInFraming() }
            if let end = take(event) { return end }
            if isOutputDue {
                isOutputDue = false
                outbox.flush()
                outbox.waitForRoom()
            }
        }
        cancelledAhead.removeAll()
        return nil
    }

    /// Answers go out in the framing that the client speaks, told by its first byte.
    private mutating func answerInFraming() {
        guard !isFramingTold, let framing = framer.framing else { return }
        isFramingTold = true
        outbox.use(framing)
    }

    private mutating func take(_ event: Framer.Event) -> End? {
        switch event {
        case .message(let range):
            var tree = spare.take() ?? JSONTree()
            guard range.count > Self.largeMessage else {
                framer.buffer.withUnsafeBytes { bytes in
                    tree.parse(UnsafeRawBufferPointer(rebasing: bytes[range]), options: options)
                }
                answer(tree)
                spare = tree
                return handler.exitCode.map(End.exit)
            }
            tree.parse(framer.takeBuffer(), in: range, options: options)
            answer(tree)
            // What one large message needed is not kept for the small ones behind it.
            scratch = JSONWriter(capacity: 4096)
            // It took its time, in which a cancellation of what is behind it may have come.
            if Descriptors.poll(input, Int32(POLLIN), milliseconds: 0) != 0 { _ = fill() }
            return handler.exitCode.map(End.exit)
        case .oversized:
            refuse(.invalidRequest("the message is over the limit of \(limits.framer.messageBytes) bytes"))
            return nil
        case .broken(let reason):
            refuse(.parseError("\(reason); the stream cannot be followed any further"))
            return .broken(reason)
        }
    }

    // MARK: One message

    private mutating func answer(_ tree: borrowing JSONTree) {
        if !tree.isValid, let problem = tree.problems.first {
            if problem.kind == .count {
                return refuse(.invalidRequest("the message has more than \(limits.values) values"))
            }
            return refuse(
                .parseError(
                    problem.kind == .depth
                        ? "more than \(limits.depth) arrays and objects inside each other"
                        : "\(problem.kind.words) at byte \(problem.range.lowerBound)"))
        }
        guard tree.kind(tree.root) == .array else {
            switch Message.read(tree.root, in: tree, names: names) {
            case .call(let message): call(message, in: tree)
            case .response: break
            case .invalid(let id, let reason): refuse(.invalidRequest(reason), id: idBytes(id, in: tree))
            }
            return
        }
        let count = tree.count(tree.root)
        guard count > 0 else { return refuse(.invalidRequest("the batch is empty")) }
        guard count <= limits.batch else {
            return refuse(
                .invalidRequest("the batch has \(count) messages, over the limit of \(limits.batch)"))
        }
        answerBatch(count, in: tree)
    }

    /// The way of nearly every message: the reply is made in one buffer that is kept, and nothing is
    /// allocated.
    private mutating func call(_ message: Message, in tree: borrowing JSONTree) {
        guard let id = message.id else {
            notified(message, in: tree)
            return
        }
        if let key = duplicate(of: id, in: tree) {
            passCancelled(key)
            return refuse(duplicateError(key))
        }
        if !cancelledAhead.isEmpty, isCancelledAhead(id, in: tree) { return }
        scratch.removeAll()
        Reply.begin(id: id, of: tree, into: &scratch)
        let mark = scratch.count
        scratch.name("result")
        switch handler.handle(message, in: tree, writer: &scratch) {
        case .written: break
        case .failure(let error):
            scratch.truncate(to: mark, follows: true)
            scratch.name("error")
            error.write(into: &scratch)
        case .none: return
        case .deferred(let work):
            start(id, in: tree, to: Direct(outbox: outbox), work)
            return
        }
        scratch.endObject()
        if scratch.withBytes({ outbox.gather($0) }) { isOutputDue = true }
    }

    mutating func notified(_ message: Message, in tree: borrowing JSONTree) {
        if tree.string(message.method, equals: Self.cancelMethod) {
            if let key = cancelled(by: message, in: tree) { inFlight.cancel(key, answering: .cancelled) }
            return
        }
        scratch.removeAll()
        switch handler.handle(message, in: tree, writer: &scratch) {
        case .deferred(let work): inFlight.start(nil, Reply(id: nil, to: Direct(outbox: outbox)), work)
        case .written, .failure, .none: break
        }
    }

    mutating func start(
        _ id: JSONTree.Index, in tree: borrowing JSONTree, to destination: any ReplyDestination,
        _ work: DeferredWork
    ) {
        // What waits to be written must not hold up the work that would be waited for.
        outbox.flush()
        inFlight.start(InFlight.Key(id, in: tree), Reply(id: idBytes(id, in: tree), to: destination), work)
        inFlight.waitForTurn()
        if outbox.isBehind { isOutputDue = true }
    }

    // MARK: Refusals

    private func duplicate(of id: JSONTree.Index, in tree: borrowing JSONTree) -> InFlight.Key? {
        guard !inFlight.isIdle else { return nil }
        let key = InFlight.Key(id, in: tree)
        return inFlight.contains(key) ? key : nil
    }

    func duplicateError(_ key: InFlight.Key) -> RPCError {
        .invalidRequest("a request with the id \(key.text) is still being answered")
    }

    private static let null = Array("null".utf8)

    func idBytes(_ id: JSONTree.Index?, in tree: borrowing JSONTree) -> [UInt8] {
        guard let id else { return Self.null }
        return Array(tree.source[tree.range(id)])
    }

    /// Answers without a handler; the id is null where none could be told (JSON-RPC 2.0 §5).
    mutating func refuse(_ error: RPCError, id: [UInt8] = Connection.null) {
        scratch.removeAll()
        Reply.write(id: id, .failure(error), into: &scratch)
        if scratch.withBytes({ outbox.gather($0) }) { isOutputDue = true }
    }

    private struct Direct: ReplyDestination {
        let outbox: Outbox
        func deliver(_ response: [UInt8]?) { if let response { outbox.send(response) } }
    }
}
