internal import KlingCore

/// What tasks are listed by.
enum Facet: Hashable {
    case state(VideoTask.State)
    case model(String)
    case label(String, String)

    fileprivate var columns: [SQLiteConnection.Value] {
        switch self {
        case .state(let state): [.integer(0), .text(""), .text(state.rawValue)]
        case .model(let model): [.integer(1), .text(""), .text(model)]
        case .label(let name, let value): [.integer(2), .text(name), .text(value)]
        }
    }
}

/// Which tasks have which facet, by their places: a row for each facet and 4096 places (``PlaceChunk``).
///
/// Sets of places can be cut with one another 4096 tasks at a time, so that a list with several filters costs the same whatever
/// of the tasks passes each of them: with an index for each filter, tasks that pass one and not the others are looked at in vain.
struct FacetIndex {
    let connection: SQLiteConnection

    static let table = """
        CREATE TABLE facets (
            kind INTEGER NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            chunk INTEGER NOT NULL,
            places BLOB NOT NULL,
            PRIMARY KEY (kind, name, value, chunk)
        ) WITHOUT ROWID
        """

    func insert(_ place: Int64, _ facet: Facet) throws(JournalFailure) {
        try change(facet, place) { $0.insert($1) }
    }

    func remove(_ place: Int64, _ facet: Facet) throws(JournalFailure) {
        try change(facet, place) { $0.remove($1) }
    }

    /// The places of the newest tasks that have one facet of each group, the newest first.
    /// - Parameters:
    ///   - groups: not empty, and none of them is.
    ///   - end: only places before it.
    func places(_ groups: [[Facet]], before end: Int64, limit: Int) throws(JournalFailure) -> [Int64] {
        var places: [Int64] = []
        var chunk = (end - 1) / Int64(PlaceChunk.size)
        search: while chunk >= 0, places.count < limit {
            var common = PlaceChunk.all
            for group in groups {
                guard let (newest, members) = try newest(of: group, upTo: chunk) else { return places }
                guard newest == chunk else {
                    chunk = newest
                    continue search
                }
                common.formIntersection(members)
                if common.isEmpty { break }
            }
            let start = chunk * Int64(PlaceChunk.size)
            places += common.members(below: Int(clamping: end - start), limit: limit - places.count)
                .map { start + Int64($0) }
            chunk -= 1
        }
        return places
    }

    /// The last chunk, not after one, in which a task has one of the facets, and who does there.
    private func newest(
        of group: [Facet], upTo chunk: Int64
    ) throws(JournalFailure) -> (chunk: Int64, members: PlaceChunk)? {
        var newest: (chunk: Int64, members: PlaceChunk)?
        for facet in group {
            let found = try connection.first(
                """
                SELECT chunk, places FROM facets WHERE kind = ? AND name = ? AND value = ? AND chunk <= ?
                ORDER BY chunk DESC LIMIT 1
                """, facet.columns + [.integer(chunk)]
            ) { (row) throws(JournalFailure) in (row.integer(0), PlaceChunk(stored: row.blob(1))) }
            guard let (place, members) = found, place >= newest?.chunk ?? 0 else { continue }
            if place == newest?.chunk {
                newest?.members.formUnion(members)
            } else {
                newest = (place, members)
            }
        }
        return newest
    }

    private func change(
        _ facet: Facet, _ place: Int64, _ body: (inout PlaceChunk, Int) -> Void
    ) throws(JournalFailure) {
        let number = place / Int64(PlaceChunk.size)
        let row = facet.columns + [.integer(number)]
        let stored = try connection.first(
            "SELECT places FROM facets WHERE kind = ? AND name = ? AND value = ? AND chunk = ?", row
        ) { (row) throws(JournalFailure) in row.blob(0) }
        var chunk = PlaceChunk(stored: stored ?? [])
        body(&chunk, Int(place - number * Int64(PlaceChunk.size)))
        if chunk.isEmpty {
            try connection.run(
                "DELETE FROM facets WHERE kind = ? AND name = ? AND value = ? AND chunk = ?", row)
        } else {
            try connection.run(
                "INSERT OR REPLACE INTO facets VALUES (?, ?, ?, ?, ?)", row + [.blob(chunk.stored)])
        }
    }

    /// Fills the index of a journal that had a table of labels instead.
    func fill() throws(JournalFailure) {
        let rows = try connection.all(
            """
            SELECT kind, name, value, place / \(PlaceChunk.size), group_concat(place % \(PlaceChunk.size)) FROM (
                SELECT 0 AS kind, '' AS name, state AS value, place FROM tasks
                UNION ALL SELECT 1, '', model, place FROM tasks
                UNION ALL SELECT 2, name, value, place FROM labels JOIN tasks ON tasks.id = labels.task
            ) GROUP BY 1, 2, 3, 4
            """, []
        ) { (row) throws(JournalFailure) in
            var chunk = PlaceChunk.none
            for number in row.bytes(4).split(separator: UInt8(ascii: ",")) {
                chunk.insert(number.reduce(0) { $0 * 10 + Int($1) - 48 })
            }
            let facet: [SQLiteConnection.Value] = [
                .integer(row.integer(0)), .utf8(row.bytes(1)), .utf8(row.bytes(2)), .integer(row.integer(3))
            ]
            return facet + [.blob(chunk.stored)]
        }
        for row in rows { try connection.run("INSERT INTO facets VALUES (?, ?, ?, ?, ?)", row) }
    }
}
