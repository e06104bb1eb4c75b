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
    private let outbox: Outbox
    private let inFlight: InFlight
    private let handler: any MessageHandler
    private let limits: Limits
    private let afterFirstReply: () -> Void
    private var framer: Framer
    private var isFramingTold = false
    /// The storage of the last message's tree, for the next. While a message is handled it is out on loan, as a local value:
    /// handing a stored property on would count references to each of its arrays.
    private var spare: JSONTree?
    private var scratch = JSONWriter(capacity: 4096)
    private let options: JSONOptions
    /// Held here, because a look at a static property costs a call each time.
    private let names = Message.names
    /// Requests that have been read and are cancelled by a message further on: they are not begun.
    /// How many have the id: the first is cancelled, the others are duplicates of it.
    private var cancelledAhead: [InFlight.Key: Cancellation] = [:]

    private struct Cancellation {
        var requests: Int
        var isAnswered = false
    }

    /// So much output has come together that it goes out before the next message.
    private var isOutputDue = false
    private static let largeMessage = 1 << 20
    /// What the answers of a small batch may come to; those of a large one to eight times its own size.
    private static let batchBytes = 8 << 20
    private static let cancelMethod: StaticString = "$/cancelRequest"

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

    private mutating func lookAhead() {
        var ahead = framer
        var tree = JSONTree()
        var waiting: [InFlight.Key: Int] = [:]
        while let event = ahead.next() {
            guard case .message(let range) = event, range.count <= Self.largeMessage else { continue }
            ahead.buffer.withUnsafeBytes { bytes in
                tree.parse(UnsafeRawBufferPointer(rebasing: bytes[range]), options: options)
            }
            guard tree.isValid, case .call(let message) = Message.read(tree.root, in: tree, names: names)
            else { continue }
            if let id = message.id {
                let key = InFlight.Key(id, in: tree)
                // One with an id that is taken is refused; the cancellation is about the one that has it.
                if !inFlight.contains(key) { waiting[key, default: 0] += 1 }
            } else if let key = cancelled(by: message, in: tree),
                let requests = waiting.removeValue(forKey: key)
            {
                cancelledAhead[key, default: Cancellation(requests: 0)].requests += requests
            }
        }
    }

    /// Answers a request that a message further on cancels; false when none does.
    private mutating func isCancelledAhead(_ id: JSONTree.Index, in tree: borrowing JSONTree) -> Bool {
        let key = InFlight.Key(id, in: tree)
        guard var cancellation = cancelledAhead[key] else { return false }
        if cancellation.isAnswered {
            refuse(duplicateError(key))
        } else {
            refuse(.cancelledUnbegun, id: idBytes(id, in: tree))
        }
        cancellation.isAnswered = true
        cancelledAhead[key] = cancellation
        passCancelled(key)
        return true
    }

    /// One fewer of the requests that a cancellation further on may be about.
    private mutating func passCancelled(_ key: InFlight.Key) {
        guard var cancellation = cancelledAhead[key] else { return }
        cancellation.requests -= 1
        cancelledAhead[key] = cancellation.requests > 0 ? cancellation : nil
    }

    /// What a notification cancels.
    private func cancelled(by message: Message, in tree: borrowing JSONTree) -> InFlight.Key? {
        guard tree.string(message.method, equals: Self.cancelMethod), let params = message.params,
            let id = tree.member("id", of: params)
        else { return nil }
        return InFlight.Key(id, in: tree)
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

    private mutating func notified(_ message: Message, in tree: borrowing JSONTree) {
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

    private mutating func answerBatch(_ count: Int, in tree: borrowing JSONTree) {
        let held = heldKeys(in: tree)
        let room = min(max(Self.batchBytes, 8 * tree.source.count), 32 << 20)
        let batch = Batch(count: count, room: room) { [outbox, inFlight] answers in
            // Before the client can have the answer: it may use the ids again at once.
            inFlight.release(held.keys)
            if let answers { outbox.send(answers) }
        }
        defer { if outbox.isBehind { isOutputDue = true } }
        var number = -1
        var elements = tree.elements(tree.root)
        while let element = elements.next(in: tree) {
            number += 1
            switch Message.read(element, in: tree, names: names) {
            case .response: batch.deliver(nil)
            case .invalid(let id, let reason):
                Reply(id: idBytes(id, in: tree), to: batch).send(.failure(.invalidRequest(reason)))
            case .call(let message):
                guard let id = message.id else {
                    notified(message, in: tree)
                    batch.deliver(nil)
                    continue
                }
                if held.duplicates.contains(number) {
                    let error = duplicateError(InFlight.Key(id, in: tree))
                    Reply(id: Array("null".utf8), to: batch).send(.failure(error))
                    continue
                }
                guard !batch.isFull else {
                    Reply(id: idBytes(id, in: tree), to: batch).send(
                        .failure(
                            .invalidRequest(
                                "the answers of this batch are over \(room) bytes; this one was not begun: send fewer at once"
                            )))
                    continue
                }
                var writer = JSONWriter()
                Reply.begin(id: id, of: tree, into: &writer)
                let mark = writer.count
                writer.name("result")
                switch handler.handle(message, in: tree, writer: &writer) {
                case .written:
                    writer.endObject()
                    batch.deliver(writer.bytes)
                case .failure(let error):
                    writer.truncate(to: mark, follows: true)
                    writer.name("error")
                    error.write(into: &writer)
                    writer.endObject()
                    batch.deliver(writer.bytes)
                case .none: batch.deliver(nil)
                case .deferred(let work): start(id, in: tree, to: batch, work)
                }
            }
        }
    }

    /// Takes the ids of a batch until it is answered; which of its messages have an id that is taken.
    private func heldKeys(in tree: borrowing JSONTree) -> (keys: [InFlight.Key], duplicates: Set<Int>) {
        var keys: [InFlight.Key] = []
        var duplicates: Set<Int> = []
        var number = -1
        var elements = tree.elements(tree.root)
        while let element = elements.next(in: tree) {
            number += 1
            guard case .call(let message) = Message.read(element, in: tree, names: names), let id = message.id
            else { continue }
            let key = InFlight.Key(id, in: tree)
            if inFlight.hold(key) { keys.append(key) } else { duplicates.insert(number) }
        }
        return (keys, duplicates)
    }

    private mutating func start(
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

    private func duplicateError(_ key: InFlight.Key) -> RPCError {
        .invalidRequest("a request with the id \(key.text) is still being answered")
    }

    private static let null = Array("null".utf8)

    private func idBytes(_ id: JSONTree.Index?, in tree: borrowing JSONTree) -> [UInt8] {
        guard let id else { return Self.null }
        return Array(tree.source[tree.range(id)])
    }

    /// Answers without a handler; the id is null where none could be told (JSON-RPC 2.0 §5).
    private mutating func refuse(_ error: RPCError, id: [UInt8] = Connection.null) {
        scratch.removeAll()
        Reply.write(id: id, .failure(error), into: &scratch)
        if scratch.withBytes({ outbox.gather($0) }) { isOutputDue = true }
    }

    private struct Direct: ReplyDestination {
        let outbox: Outbox
        func deliver(_ response: [UInt8]?) { if let response { outbox.send(response) } }
    }
}

extension SyntaxProblem.Kind {
    /// For whoever debugs a client; documents get full sentences from the validator.
    fileprivate var words: String {
        switch self {
        case .empty: "nothing"
        case .strayText: "something behind the end"
        case .strayBracket: "a bracket that closes nothing"
        case .missingBracket: "no closing bracket for the one"
        case .missingComma: "no comma"
        case .trailingComma: "a comma with nothing behind it"
        case .extraComma: "a comma with nothing before it"
        case .missingColon: "no colon"
        case .missingValue: "no value"
        case .unquotedName: "a name without double quotes"
        case .badLiteral: "no JSON value"
        case .badNumber: "no JSON number"
        case .missingQuote: "no closing quote for the string"
        case .wrongQuote: "the wrong kind of quote"
        case .badEscape: "an unknown escape"
        case .loneSurrogate: "half a surrogate pair"
        case .controlCharacter: "a raw control character"
        case .invalidUTF8: "bytes that are not UTF-8"
        case .depth: "too deep"
        case .count: "too many values"
        case .comment: "a comment"
        }
    }
}
