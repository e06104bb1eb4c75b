internal import JSON
internal import KlingCore

/// The requests of the last two minutes, of all processes, to warn of one that is sent twice by mistake (GATEWAY §2.4).
///
/// Kept beside the journal, where an index by content would be changed in a place of its own by each of a thousand submits. Each
/// row is read once.
struct RecentIntents {
    private struct Entry {
        var fingerprint: Int64
        var created: Int64
        var place: Int64
        /// The number of the one before with this fingerprint.
        var previous: Int?
    }

    /// In the order of arrival, numbered from the first that ever came.
    private var entries: [Entry] = []
    /// The number of the first that is in `entries`.
    private var start = 0
    /// The number of the first that counts.
    private var first = 0
    /// The number of the newest with a fingerprint.
    private var newest: [Int64: Int] = [:]
    /// The place of the newest row that was read; none as long as there was none young enough.
    private var place: Int64?

    /// The places of the tasks with this fingerprint made from `time` on, newest first.
    mutating func places(
        _ fingerprint: Int64, since time: Int64, in connection: SQLiteConnection
    ) throws(JournalFailure) -> [Int64] {
        // By time the first time, from the index alone, and sorted after that; then each new row.
        let condition =
            place == nil
            ? "INDEXED BY tasks_spent WHERE created >= ? ORDER BY +place" : "WHERE place > ? ORDER BY place"
        let rows = try connection.all(
            "SELECT fingerprint, created, place FROM tasks \(condition)", [.integer(place ?? time)]
        ) { (row) throws(JournalFailure) in
            Entry(fingerprint: row.integer(0), created: row.integer(1), place: row.integer(2))
        }
        for row in rows { append(row) }
        forget(before: time)
        var found: [Int64] = []
        var number = newest[fingerprint]
        while let current = number, current >= first {
            let entry = entries[current - start]
            if entry.created >= time { found.append(entry.place) }
            number = entry.previous
        }
        return found
    }

    private mutating func append(_ row: Entry) {
        place = row.place
        var entry = row
        entry.previous = newest.updateValue(start + entries.count, forKey: row.fingerprint)
        entries.append(entry)
    }

    /// A clock that was set back makes entries last longer, never for ever: they also go when there are too many.
    private mutating func forget(before time: Int64) {
        let end = start + entries.count
        while first < end, entries[first - start].created < time || end - first > 100_000 {
            let fingerprint = entries[first - start].fingerprint
            if newest[fingerprint] == first { newest[fingerprint] = nil }
            first += 1
        }
        if first - start > 1024, (first - start) * 2 > entries.count {
            entries.removeFirst(first - start)
            start = first
        }
    }

    /// Fills in the fingerprints of a journal that had none, as far as they may still be asked for.
    static func fill(_ connection: SQLiteConnection) throws(JournalFailure) {
        let rows = try connection.all(
            "SELECT place, request FROM tasks WHERE created >= (SELECT max(created) FROM tasks) - ?",
            [.integer(VideoRequest.repeatWindow.milliseconds)]
        ) { (row) throws(JournalFailure) in
            let tree = JSONTree(row.bytes(1))
            let request = VideoRequest(body: tree.value(tree.root).object ?? [:])
            return [SQLiteConnection.Value.integer(request.fingerprint), .integer(row.integer(0))]
        }
        for row in rows { try connection.run("UPDATE tasks SET fingerprint = ? WHERE place = ?", row) }
    }
}
