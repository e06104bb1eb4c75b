internal import KlingCore

/// The requests of the last two minutes, of all processes, to warn of one that is sent twice by mistake (GATEWAY §2.4).
///
/// Kept beside the journal because a request has many spellings: the order of its members is none of its content. Each row is
/// read once.
struct RecentIntents {
    private struct Entry {
        var fingerprint: Int
        var id: String
        var created: Int64
    }

    /// In the order of arrival.
    private var entries: [Entry] = []
    private var first = 0
    private var byFingerprint: [Int: [Entry]] = [:]
    /// The place of the newest row that was read; none as long as there was none young enough.
    private var place: Int64?

    /// The tasks with this fingerprint made from `start` on, newest first.
    mutating func tasks(
        _ fingerprint: Int, since start: Int64, in connection: SQLiteConnection,
        request: (SQLiteConnection.Row) throws(JournalFailure) -> VideoRequest
    ) throws(JournalFailure) -> [String] {
        // By time the first time, and sorted after that: an order by place alone would be had by a walk through every task.
        let condition = place == nil ? "created >= ? ORDER BY +place" : "place > ? ORDER BY place"
        var found: [Entry] = []
        let rows = try connection.all(
            "SELECT request, id, created, place FROM tasks WHERE \(condition)",
            [.integer(place ?? start)]
        ) { (row) throws(JournalFailure) in
            found.append(
                Entry(fingerprint: try request(row).fingerprint, id: row.text(1), created: row.integer(2)))
            return row.integer(3)
        }
        place = rows.last ?? place
        for entry in found {
            entries.append(entry)
            byFingerprint[entry.fingerprint, default: []].append(entry)
        }
        forget(before: start)
        return (byFingerprint[fingerprint] ?? []).reversed().filter { $0.created >= start }.map(\.id)
    }

    /// A clock that was set back makes entries last longer, never for ever: they also go when there are too many.
    private mutating func forget(before start: Int64) {
        while first < entries.count, entries[first].created < start || entries.count - first > 100_000 {
            let entry = entries[first]
            byFingerprint[entry.fingerprint]?.removeFirst()
            if byFingerprint[entry.fingerprint]?.isEmpty == true { byFingerprint[entry.fingerprint] = nil }
            first += 1
        }
        if first > 1024, first * 2 > entries.count {
            entries.removeFirst(first)
            first = 0
        }
    }
}
