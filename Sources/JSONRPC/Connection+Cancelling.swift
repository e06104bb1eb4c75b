import JSON

/// Cancellations that overtake the requests they are about.
extension Connection {
    struct Cancellation {
        var requests: Int
        var isAnswered = false
    }

    mutating func lookAhead() {
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
    mutating func isCancelledAhead(_ id: JSONTree.Index, in tree: borrowing JSONTree) -> Bool {
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
    mutating func passCancelled(_ key: InFlight.Key) {
        guard var cancellation = cancelledAhead[key] else { return }
        cancellation.requests -= 1
        cancelledAhead[key] = cancellation.requests > 0 ? cancellation : nil
    }

    /// What a notification cancels.
    func cancelled(by message: Message, in tree: borrowing JSONTree) -> InFlight.Key? {
        guard tree.string(message.method, equals: Self.cancelMethod), let params = message.params,
            let id = tree.member("id", of: params)
        else { return nil }
        return InFlight.Key(id, in: tree)
    }
}
