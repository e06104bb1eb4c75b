import JSON
import Synchronization

/// Collects the responses of one batch and sends them as one array when the last is in (JSON-RPC 2.0 §6). A
/// batch of notifications gets no answer.
final class Batch: ReplyDestination {
    private struct State {
        var outstanding: Int
        var responses: [UInt8] = []
    }

    private let state: Mutex<State>
    private let room: Int
    private let finish: @Sendable ([UInt8]?) -> Void

    /// - Parameters:
    ///   - count: the responses that will be delivered, nil ones included.
    ///   - room: bytes of answers beyond which no further request should be begun.
    ///   - finish: gets the array when the last is in, nil when none was an answer.
    init(count: Int, room: Int = .max, finish: @escaping @Sendable ([UInt8]?) -> Void) {
        state = Mutex(State(outstanding: count))
        self.finish = finish
        self.room = room
    }

    var isFull: Bool { state.withLock { $0.responses.count > room } }

    func deliver(_ response: [UInt8]?) {
        let isLast = state.withLock { state in
            if let response {
                state.responses.append(UInt8(ascii: state.responses.isEmpty ? "[" : ","))
                state.responses += response
            }
            state.outstanding -= 1
            return state.outstanding == 0
        }
        guard isLast else { return }
        let responses = state.withLock { state in
            var responses: [UInt8] = []
            swap(&responses, &state.responses)
            if !responses.isEmpty { responses.append(UInt8(ascii: "]")) }
            return responses
        }
        finish(responses.isEmpty ? nil : responses)
    }
}
