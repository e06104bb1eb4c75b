import JSON
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The one writer of standard output.
///
/// While the client reads, a frame is written from the thread that made it, in one system call. When the pipe
/// is full, frames wait in order and a thread of their own writes them as room comes; what may be dropped is
/// then kept only in its newest form. What waits is bounded: the reading of further requests pauses at
/// ``pauseBytes``, and a client that stays stuck ends the process.
package final class Outbox: Sendable {
    /// Names what a newer frame replaces while both wait: the progress of one task, the diagnostics of one
    /// document.
    package struct Key: Hashable, Sendable {
        let kind: String
        let subject: String

        package init(_ kind: StaticString, _ subject: String) {
            self.kind = kind.description
            self.subject = subject
        }
    }

    /// Why nothing can be written any more.
    package enum End: Sendable, Equatable {
        /// The reader of standard output is gone.
        case readerGone
        /// The system refused, such as a full disk behind a file.
        case failed(reason: String)
        /// The client took no byte for the time of the deadline.
        case stuck(seconds: Int)
        /// More than the limit waits that may not be dropped.
        case overflow(bytes: Int)
    }

    package struct Limits: Sendable {
        package var bytes = 32 << 20
        package var stuckSeconds = 60
        package init() {}
    }

    /// Frames waiting beyond this make the reader wait too.
    private static let pauseBytes = 4 << 20
    /// Answers gathered beyond this go out before more is read.
    private static let gatherBytes = 64 << 10

    private struct Waiting {
        var bytes: [UInt8]
        var key: Key?
    }

    private struct State {
        /// Frames made while the reader goes on reading; written when it has nothing more to read.
        var gathered: [UInt8] = []
        /// Frames for which the pipe had no room, oldest first, from `first`; a replaced one is empty.
        var waiting: [Waiting] = []
        var first = 0
        /// Bytes of the first waiting frame that are out already.
        var sent = 0
        /// Bytes that wait, and those among them that may not be dropped.
        var bytes = 0
        var undroppable = 0
        var places: [Key: Int] = [:]
        /// Empty frames among the waiting ones.
        var replaced = 0
        var isDraining = false
        var isEnded = false
        var usesHeaders = false
        var readerWaits = false
    }

    private let descriptor: Int32
    private let isNonBlocking: Bool
    private let limits: Limits
    private let onEnd: @Sendable (End) -> Void
    private let state: Mutex<State>
    /// Wakes a reader that pauses, and whoever waits for everything to be out.
    private let drained = Wakeup()

    package init(
        descriptor: Int32, framing: Framer.Framing, limits: Limits = Limits(),
        onEnd: @escaping @Sendable (End) -> Void
    ) {
        self.descriptor = descriptor
        isNonBlocking = Descriptors.isNonBlocking(descriptor)
        self.limits = limits
        self.onEnd = onEnd
        var state = State()
        state.usesHeaders = framing == .headers
        self.state = Mutex(state)
    }

    /// Set once, before the first frame, when the client's first byte has told.
    package func use(_ framing: Framer.Framing) { state.withLock { $0.usesHeaders = framing == .headers } }

    /// Sends one message, from any thread.
    /// - Parameter key: what this frame replaces if the client is behind; nil for what must arrive.
    package func send(_ message: [UInt8], replacing key: Key? = nil) {
        _ = message.withUnsafeBytes { gather($0, key: key) }
        flush()
    }

    /// Keeps one message until ``flush()``, so that the answers to what was read at once go out at once.
    /// - Returns: whether so much has come together that the reader should flush and wait for room.
    @discardableResult
    func gather(_ message: UnsafeRawBufferPointer, key: Key? = nil) -> Bool {
        let (isDue, end): (Bool, End?) = state.withLock { state in
            guard !state.isEnded else { return (false, nil) }
            guard state.isDraining else {
                Self.frame(message, headers: state.usesHeaders, onto: &state.gathered)
                return (state.gathered.count > Self.gatherBytes, nil)
            }
            var bytes: [UInt8] = []
            Self.frame(message, headers: state.usesHeaders, onto: &bytes)
            let end = enqueue(bytes, key: key, &state)
            return (state.bytes > Self.pauseBytes, end)
        }
        if let end { onEnd(end) }
        return isDue
    }

    /// Whether the client is so far behind that reading on, or replaying, would only pile up messages.
    package var isBehind: Bool { state.withLock { !$0.isEnded && $0.bytes > Self.pauseBytes } }

    /// Writes what has been gathered.
    package func flush() {
        let action: (start: Bool, end: End?) = state.withLock { state in
            guard !state.isEnded, !state.isDraining, !state.gathered.isEmpty else { return (false, nil) }
            var offset = 0
            while offset < state.gathered.count {
                let written = state.gathered.withUnsafeBytes {
                    Descriptors.write(
                        UnsafeRawBufferPointer(rebasing: $0[offset...]), to: descriptor,
                        isNonBlocking: isNonBlocking)
                }
                switch written {
                case .bytes(let count): offset += count
                case .full:
                    state.isDraining = true
                    let end = enqueue(Array(state.gathered[offset...]), key: nil, &state)
                    state.gathered = []
                    return (true, end)
                case .gone:
                    state.isEnded = true
                    return (false, .readerGone)
                case .failed(let code):
                    state.isEnded = true
                    return (false, .failed(reason: String(cString: strerror(code))))
                }
            }
            if state.gathered.capacity > 1 << 20 {
                state.gathered = []
            } else {
                state.gathered.removeAll(keepingCapacity: true)
            }
            return (false, nil)
        }
        if action.start { SystemThread.start { [self] in drain() } }
        if let end = action.end { onEnd(end) }
    }

    /// Waits while the client is so far behind that reading on would only pile up answers.
    func waitForRoom() {
        while true {
            let mustWait = state.withLock { state in
                state.readerWaits = !state.isEnded && state.bytes > Self.pauseBytes
                return state.readerWaits
            }
            guard mustWait else { return }
            drained.wait()
        }
    }

    /// Waits until everything is written, or nothing can be any more.
    package func finish() {
        flush()
        while true {
            let mustWait = state.withLock { state in
                state.readerWaits = !state.isEnded && state.isDraining
                return state.readerWaits
            }
            guard mustWait else { return }
            drained.wait()
        }
    }

    // MARK: A client that is behind

    private func enqueue(_ bytes: [UInt8], key: Key?, _ state: inout State) -> End? {
        if let key, let place = state.places[key] {
            state.bytes -= state.waiting[place].bytes.count
            state.waiting[place].bytes = []
            state.replaced += 1
            if state.replaced > 1024, state.replaced > state.waiting.count / 2 { removeReplaced(&state) }
        }
        let before = state.undroppable
        if let key { state.places[key] = state.waiting.count } else { state.undroppable += bytes.count }
        state.waiting.append(Waiting(bytes: bytes, key: key))
        state.bytes += bytes.count
        // One frame may be of any size: a large answer to a client that reads is no overflow.
        guard before > 0, state.undroppable > limits.bytes else { return nil }
        state.isEnded = true
        return .overflow(bytes: state.undroppable)
    }

    /// Writes what waits, on a thread of its own, until nothing does.
    private func drain() {
        while true {
            let step = state.withLock { state in writeWaiting(&state) }
            switch step {
            case .done: return drained.signal()
            case .end(let end):
                drained.signal()
                return onEnd(end)
            case .more: break
            case .full:
                let ready = Descriptors.poll(
                    descriptor, Int32(POLLOUT), milliseconds: Int32(clamping: limits.stuckSeconds * 1000))
                guard ready == 0 else { continue }
                state.withLock { $0.isEnded = true }
                drained.signal()
                return onEnd(.stuck(seconds: limits.stuckSeconds))
            }
        }
    }

    private enum Step {
        case done, more, full
        case end(End)
    }

    private func writeWaiting(_ state: inout State) -> Step {
        guard !state.isEnded else { return .done }
        while state.first < state.waiting.count, state.waiting[state.first].bytes.count == state.sent {
            // A frame that is out, or was replaced.
            let frame = state.waiting[state.first]
            if let key = frame.key, state.places[key] == state.first { state.places[key] = nil }
            state.waiting[state.first].bytes = []
            state.first += 1
            state.sent = 0
        }
        if state.first > 1024 || state.first == state.waiting.count { removeSent(&state) }
        guard state.first < state.waiting.count else {
            state.isDraining = false
            return .done
        }
        if state.sent == 0, let key = state.waiting[state.first].key { state.places[key] = nil }
        let written = state.waiting[state.first].bytes.withUnsafeBytes {
            Descriptors.write(
                UnsafeRawBufferPointer(rebasing: $0[state.sent...]), to: descriptor,
                isNonBlocking: isNonBlocking)
        }
        switch written {
        case .bytes(let count):
            state.sent += count
            state.bytes -= count
            if state.waiting[state.first].key == nil { state.undroppable -= count }
            if state.readerWaits, state.bytes <= Self.pauseBytes / 2 {
                state.readerWaits = false
                drained.signal()
            }
            return .more
        case .full: return .full
        case .gone:
            state.isEnded = true
            return .end(.readerGone)
        case .failed(let code):
            state.isEnded = true
            return .end(.failed(reason: String(cString: strerror(code))))
        }
    }

    /// Without this a client that never reads would grow the list by a dead entry for each update.
    private func removeReplaced(_ state: inout State) {
        let current = state.first < state.waiting.count ? state.waiting[state.first] : nil
        var kept: [Waiting] = []
        if let current, state.sent > 0 { kept.append(current) }
        for frame in state.waiting[(state.first + kept.count)...] where !frame.bytes.isEmpty {
            kept.append(frame)
        }
        state.waiting = kept
        state.first = 0
        state.replaced = 0
        state.places = [:]
        for (place, frame) in kept.enumerated() {
            if let key = frame.key, place > 0 || state.sent == 0 { state.places[key] = place }
        }
    }

    private func removeSent(_ state: inout State) {
        let removed = state.first
        state.waiting.removeFirst(removed)
        state.first = 0
        for key in state.places.keys { state.places[key]? -= removed }
    }

    private static func frame(_ message: UnsafeRawBufferPointer, headers: Bool, onto bytes: inout [UInt8]) {
        if headers {
            bytes.append(contentsOf: "Content-Length: ".utf8)
            bytes.append(contentsOf: String(message.count).utf8)
            bytes.append(contentsOf: "\r\n\r\n".utf8)
            bytes.append(contentsOf: message)
        } else {
            bytes.append(contentsOf: message)
            bytes.append(0x0A)
        }
    }
}
