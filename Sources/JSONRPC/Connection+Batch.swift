import JSON

/// Several messages in one array (JSON-RPC 2.0 §6): answered together, when the last of them is.
extension Connection {
    /// What the answers of a small batch may come to; those of a large one to eight times its own size.
    private static var batchBytes: Int { 8 << 20 }

    mutating func answerBatch(_ count: Int, in tree: borrowing JSONTree) {
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
}
