/// The requests of the last two minutes, to warn of one that is sent twice by mistake (GATEWAY §2.4).
struct RecentRequests: Sendable {
    static let window = Duration.seconds(120)

    private struct Entry: Sendable {
        var fingerprint: Int
        var id: TaskID
        var time: Timestamp
    }

    private var newest: [Int: Entry] = [:]
    private var order: [Entry] = []
    private var first = 0

    /// The newest task with the same request within the window.
    mutating func earlier(_ fingerprint: Int, at now: Timestamp) -> TaskID? {
        expire(at: now)
        return newest[fingerprint]?.id
    }

    mutating func add(_ fingerprint: Int, _ id: TaskID, at time: Timestamp) {
        let entry = Entry(fingerprint: fingerprint, id: id, time: time)
        newest[fingerprint] = entry
        order.append(entry)
    }

    /// Takes back a task that turned out to cost nothing.
    mutating func forget(_ fingerprint: Int, _ id: TaskID) {
        guard newest[fingerprint]?.id == id else { return }
        newest[fingerprint] = order[first...].last { $0.fingerprint == fingerprint && $0.id != id }
    }

    /// A clock that was set back makes entries last longer, never for ever: they also go when there are too
    /// many.
    private mutating func expire(at now: Timestamp) {
        while first < order.count,
            now.since(order[first].time) > Self.window || order.count - first > 100_000
        {
            let entry = order[first]
            if newest[entry.fingerprint]?.id == entry.id { newest[entry.fingerprint] = nil }
            first += 1
        }
        if first > 1024, first * 2 > order.count {
            order.removeFirst(first)
            first = 0
        }
    }
}
