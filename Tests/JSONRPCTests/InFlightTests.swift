import JSON
import Synchronization
import Testing

@testable import JSONRPC

/// Keeps what is delivered.
final class Inbox: ReplyDestination {
    private let kept = Mutex<[String?]>([])

    func deliver(_ response: [UInt8]?) {
        kept.withLock { $0.append(response.map { String(decoding: $0, as: UTF8.self) }) }
    }

    var responses: [String?] { kept.withLock { $0 } }
}

extension InFlight {
    /// Returns when nothing is in flight any more.
    func idle() async {
        await withCheckedContinuation { continuation in whenIdle { continuation.resume() } }
    }
}

func key(_ id: String) -> InFlight.Key {
    let tree = JSONTree(id)
    return InFlight.Key(tree.root, in: tree)
}

/// Holds work until it is opened.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func open() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

@Suite("Reply, InFlight and Batch: exactly one answer", .timeLimit(.minutes(5)))
struct InFlightTests {
    @Test(
        "A reply goes out once, with the id as it came", arguments: ["1", "1.0", "\"\\u0041\"", "null", "-0"])
    func replyOnce(_ id: String) {
        let inbox = Inbox()
        Reply(id: Array(id.utf8), to: inbox).send(.success(["ok": true]))
        #expect(inbox.responses == ["{\"jsonrpc\":\"2.0\",\"id\":\(id),\"result\":{\"ok\":true}}"])
    }

    @Test("A reply that is dropped answers with an internal error")
    func dropped() {
        let inbox = Inbox()
        do { _ = Reply(id: [0x37], to: inbox) }
        #expect(inbox.responses.count == 1)
        #expect(inbox.responses[0]?.contains("\"id\":7,\"error\":{\"code\":-32603,") == true)
    }

    @Test("A notification delivers that there is nothing to deliver")
    func notification() {
        let inbox = Inbox()
        Reply(id: nil, to: inbox).send(.failure(.internalError))
        do { _ = Reply(id: nil, to: inbox) }
        #expect(inbox.responses == [nil, nil])
    }

    @Test("Ids are compared by content as strings, as written as numbers, never across types")
    func keys() {
        #expect(key("\"A\"") == key("\"\\u0041\""))
        #expect(key("1") != key("1.0"))
        #expect(key("1") != key("\"1\""))
        #expect(key("null") != key("\"null\""))
    }

    @Test("Work in flight is known by its id until it is answered")
    func known() async {
        let (inFlight, inbox, gate) = (InFlight(), Inbox(), Gate())
        inFlight.start(
            key("1"), Reply(id: [0x31], to: inbox),
            DeferredWork {
                await gate.pass()
                return .success(2)
            })
        #expect(inFlight.contains(key("1")))
        #expect(!inFlight.isIdle)
        gate.open()
        await inFlight.idle()
        #expect(!inFlight.contains(key("1")))
        #expect(inbox.responses == [#"{"jsonrpc":"2.0","id":1,"result":2}"#])
    }

    @Test("What may only begin behind the answer begins behind it")
    func afterwards() async {
        let (inFlight, inbox) = (InFlight(), Inbox())
        let seen = Mutex(-1)
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            inFlight.start(
                key("1"), Reply(id: [0x31], to: inbox),
                DeferredWork {
                    .success(true) {
                        seen.withLock { $0 = inbox.responses.count }
                        done.resume()
                    }
                })
        }
        #expect(seen.withLock { $0 } == 1)
    }

    @Test("A cancelled request is answered at once with -32800, and its work is told")
    func cancelled() async {
        let (inFlight, inbox, gate) = (InFlight(), Inbox(), Gate())
        let wasCancelled = Mutex(false)
        let (running, started) = AsyncStream.makeStream(of: Void.self)
        inFlight.start(
            key("1"), Reply(id: [0x31], to: inbox),
            DeferredWork {
                started.finish()
                await withTaskCancellationHandler {
                    await gate.pass()
                } onCancel: {
                    wasCancelled.withLock { $0 = true }
                    gate.open()
                }
                return .success(true)
            })
        for await _ in running {}
        #expect(inFlight.cancel(key("1"), answering: .cancelled))
        #expect(inbox.responses.count == 1)
        #expect(inbox.responses[0]?.contains("\"code\":-32800") == true)
        await inFlight.idle()
        await gate.pass()
        #expect(wasCancelled.withLock { $0 })
        #expect(inbox.responses.count == 1)
    }

    @Test("Nothing is in flight only when the last answer is out")
    func idleBehindTheAnswer() async {
        /// Asks on its way out.
        struct Asking: ReplyDestination {
            let inFlight: InFlight
            let inbox: Inbox
            let onIdle: @Sendable () -> Void

            func deliver(_ response: [UInt8]?) {
                inFlight.whenIdle(onIdle)
                inbox.deliver(response)
            }
        }
        let (inFlight, inbox) = (InFlight(), Inbox())
        let answers = await withCheckedContinuation { (told: CheckedContinuation<Int, Never>) in
            let asking = Asking(inFlight: inFlight, inbox: inbox) {
                told.resume(returning: inbox.responses.count)
            }
            inFlight.start(key("1"), Reply(id: [0x31], to: asking), DeferredWork { .success(true) })
        }
        #expect(answers == 1)
    }

    @Test("Cancelling what is not in flight does nothing")
    func cancelNothing() {
        #expect(!InFlight().cancel(key("1"), answering: .cancelled))
    }

    @Test("Between a cancellation and an answer the first wins, and there is one of them, 10,000 times")
    func race() async {
        let (inFlight, batches) = (InFlight(), 100)
        var answered = 0
        var cancelled = 0
        for _ in 0..<batches {
            let inboxes = (0..<100).map { _ in Inbox() }
            await withTaskGroup(of: Void.self) { group in
                for (number, inbox) in inboxes.enumerated() {
                    let id = key("\(number)")
                    inFlight.start(
                        id, Reply(id: Array("\(number)".utf8), to: inbox),
                        DeferredWork {
                            if number % 3 == 0 { await Task.yield() }
                            return .success(true)
                        })
                    group.addTask { inFlight.cancel(id, answering: .cancelled) }
                }
            }
            await inFlight.idle()
            for inbox in inboxes {
                #expect(inbox.responses.count == 1)
                if inbox.responses.first??.contains("-32800") == true {
                    cancelled += 1
                } else {
                    answered += 1
                }
            }
        }
        #expect(answered + cancelled == batches * 100)
    }

    @Test("A batch is answered once, when its last answer is in")
    func batch() {
        let sent = Mutex<[String]>([])
        let batch = Batch(count: 3) { bytes in
            sent.withLock { $0.append(String(decoding: bytes ?? [], as: UTF8.self)) }
        }
        batch.deliver(Array("1".utf8))
        batch.deliver(nil)
        #expect(sent.withLock { $0 }.isEmpty)
        batch.deliver(Array("2".utf8))
        #expect(sent.withLock { $0 } == ["[1,2]"])
    }

    @Test("A batch of notifications gets no answer")
    func silentBatch() {
        let sent = Mutex<[[UInt8]?]>([])
        let batch = Batch(count: 2) { answers in sent.withLock { $0.append(answers) } }
        batch.deliver(nil)
        batch.deliver(nil)
        #expect(sent.withLock { $0 } == [nil])
    }

    @Test("A batch answered from many threads holds every answer once")
    func concurrentBatch() async {
        let sent = Mutex<[String]>([])
        let batch = Batch(count: 500) { bytes in
            sent.withLock { $0.append(String(decoding: bytes ?? [], as: UTF8.self)) }
        }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<500 { group.addTask { batch.deliver(Array("\(number)".utf8)) } }
        }
        let texts = sent.withLock { $0 }
        #expect(texts.count == 1)
        let tree = JSONTree(texts.first ?? "")
        #expect(Set(tree.value(tree.root).array?.compactMap(\.int) ?? []) == Set(0..<500))
    }
}
