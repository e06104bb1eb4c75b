import JSON
import Synchronization

/// The requests whose answers are being worked on, by id; the place where a cancellation and an answer meet,
/// of which the first wins.
package final class InFlight: Sendable {
    /// The id as far as ids are compared: a string by its content, a number as it is written.
    struct Key: Hashable, Sendable {
        let text: String
        let isString: Bool

        init(_ id: JSONTree.Index, in tree: borrowing JSONTree) {
            isString = tree.kind(id) == .string
            text = tree.string(id) ?? tree.literal(id)
        }
    }

    /// Notifications whose handler takes time have no id; they are counted all the same.
    private enum Entry: Hashable {
        case request(Key)
        case notification(Int)
    }

    private final class Work: Sendable {
        let reply: Mutex<Reply?>
        let task = Mutex<Task<Void, Never>?>(nil)
        let kind: DeferredWork

        init(_ reply: consuming sending Reply, _ kind: DeferredWork) {
            self.reply = Mutex(reply)
            self.kind = kind
        }
    }

    private struct State {
        var works: [Entry: Work] = [:]
        /// Ids whose answers are made but not out: of the batches that wait for another of their answers.
        var held: Set<Key> = []
        var notifications = 0
        /// Works that are over, whose answers are on their way out.
        var finishing = 0
        var brief = 0
        var readerWaits = false
        var onIdle: (@Sendable () -> Void)?

        var isIdle: Bool { works.isEmpty && finishing == 0 }
    }

    private let state = Mutex(State())
    /// Wakes a reader that waits for its turn.
    private let ended = Wakeup()

    /// Brief works under way at once, and works of any kind: more make the reader wait.
    private static let briefAtOnce = 4
    private static let atOnce = 4096

    package init() {}

    /// Waits until another work may begin.
    func waitForTurn() {
        while true {
            let mustWait = state.withLock { state in
                state.readerWaits = state.brief >= Self.briefAtOnce || state.works.count >= Self.atOnce
                return state.readerWaits
            }
            guard mustWait else { return }
            ended.wait()
        }
    }

    func contains(_ key: Key) -> Bool {
        state.withLock { $0.works[.request(key)] != nil || $0.held.contains(key) }
    }

    /// Keeps an id taken until ``release(_:)``; false when it is taken.
    func hold(_ key: Key) -> Bool {
        state.withLock { $0.works[.request(key)] == nil && $0.held.insert(key).inserted }
    }

    func release(_ keys: [Key]) { state.withLock { $0.held.subtract(keys) } }

    /// Starts the work of a request. It runs here up to where it first waits, so that works ask in the order of their requests;
    /// nothing orders their ends.
    func start(_ key: Key?, _ reply: consuming sending Reply, _ kind: DeferredWork) {
        let work = Work(reply, kind)
        let entry: Entry = state.withLock { state in
            state.notifications += 1
            if kind.isBrief { state.brief += 1 }
            let entry = key.map(Entry.request) ?? .notification(state.notifications)
            state.works[entry] = work
            return entry
        }
        let task = Task.immediate { [self] in
            let answer = await kind.operation()
            finish(entry, answer)
        }
        work.task.withLock { $0 = task }
    }

    /// Answers the request with `error` now, unless its work does so itself, and stops its work; false when it is not in flight.
    @discardableResult
    func cancel(_ key: Key, answering error: RPCError?) -> Bool {
        guard let work = state.withLock({ $0.works[.request(key)] }) else { return false }
        if !work.kind.answersCancellation { finish(.request(key), .failure(error ?? .cancelled)) }
        work.task.withLock { $0 }?.cancel()
        return true
    }

    private func finish(_ entry: Entry, _ answer: Answer) {
        let removed = state.withLock { state in
            let work = state.works.removeValue(forKey: entry)
            if work != nil { state.finishing += 1 }
            return work
        }
        guard let work = removed else { return }
        if let reply = work.reply.withLock({ $0.take() }) { reply.send(answer) }
        answer.afterwards?()
        let onIdle = state.withLock { state -> (@Sendable () -> Void)? in
            state.finishing -= 1
            if work.kind.isBrief { state.brief -= 1 }
            if state.readerWaits {
                state.readerWaits = false
                ended.signal()
            }
            guard state.isIdle else { return nil }
            defer { state.onIdle = nil }
            return state.onIdle
        }
        onIdle?()
    }

    /// No id is taken.
    package var isIdle: Bool { state.withLock { $0.works.isEmpty && $0.held.isEmpty } }

    /// Calls once, as soon as nothing is in flight and every answer is out; at once when that is so.
    package func whenIdle(_ body: @escaping @Sendable () -> Void) {
        let isIdle = state.withLock { state in
            if !state.isIdle { state.onIdle = body }
            return state.isIdle
        }
        if isIdle { body() }
    }
}
