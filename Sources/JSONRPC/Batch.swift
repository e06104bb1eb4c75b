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
    private let finish: @Sendable ([UInt8]) -> Void

    /// - Parameter count: the responses that will be delivered, nil ones included.
    init(count: Int, finish: @escaping @Sendable ([UInt8]) -> Void) {
        state = Mutex(State(outstanding: count))
        self.finish = finish
    }

    func deliver(_ response: [UInt8]?) {
        let complete: [UInt8]? = state.withLock { state in
            if let response {
                state.responses.append(UInt8(ascii: state.responses.isEmpty ? "[" : ","))
                state.responses += response
            }
            state.outstanding -= 1
            guard state.outstanding == 0, !state.responses.isEmpty else { return nil }
            return state.responses + [UInt8(ascii: "]")]
        }
        if let complete { finish(complete) }
    }
}
