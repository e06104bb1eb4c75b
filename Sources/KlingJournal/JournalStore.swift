internal import JSON
internal import KlingCore

/// The tables, and the transactions around them. Lives on the journal's thread.
final class JournalStore {
    let path: String
    private let simulated: Bool
    let options: SQLiteJournal.Options
    let owners: JournalOwners
    /// Others have taken over what this process looked after, and it does not know yet.
    var wasTakenForGone = false
    /// What SQLite counts up when another connection has written.
    var lastDataVersion: Int64?
    private var opened: SQLiteConnection?
    /// The file that is open.
    private var file: FileIdentity?
    /// What was asked for lately. Begun anew when rows may have gone that it has seen.
    var recent = RecentIntents()
    /// The row read last, whose storage the next one takes: a page of a list is hundreds of them.
    private var row = (request: JSONTree(), form: JSONTree())
    /// Changes written since history was last trimmed.
    var untrimmed = 0

    init(path: String, simulated: Bool, options: SQLiteJournal.Options, owner: Int64) {
        self.path = path
        self.simulated = simulated
        self.options = options
        owners = JournalOwners(number: owner)
    }

    var isOpen: Bool { opened != nil }
    var facets: FacetIndex {
        get throws(JournalFailure) { FacetIndex(connection: try connection()) }
    }

    func connection() throws(JournalFailure) -> SQLiteConnection {
        if let opened { return opened }
        let clock = ContinuousClock()
        let deadline = clock.now + options.busyTimeout
        while true {
            do {
                let connection = try JournalSchema.open(
                    path: path, simulated: simulated, busyTimeout: options.busyTimeout,
                    maximumPages: options.maximumPages)
                try owners.attach(path)
                opened = connection
                file = JournalFiles.identity(path)
                lastDataVersion = nil
                recent = RecentIntents()
                return connection
            } catch .locked where clock.now < deadline {
                // SQLite does not wait by itself while several processes make the same file at once.
                JournalFiles.pause(milliseconds: 10)
            }
        }
    }

    func close() {
        opened = nil
        owners.release()
    }

    // MARK: Transactions

    func beginTransaction(_ access: JournalThread.Access) throws(JournalFailure) {
        let connection = try connection()
        if wasFull {
            // What the log holds has a place in the file: moved there, it makes room on a disk that has no more.
            wasFull = false
            _ = try? connection.first("PRAGMA wal_checkpoint(TRUNCATE)") { (_) throws(JournalFailure) in }
        }
        // What is written into a file without a name is gone with the process.
        if access == .write, path != ":memory:", JournalFiles.identity(path) != file {
            throw .cannotOpen(path: path, reason: "it was removed or replaced while it was in use")
        }
        // IMMEDIATE: the right to write is had at once or not at all, never half-way through.
        try connection.run(access == .write ? "BEGIN IMMEDIATE" : "BEGIN")
        guard access == .write else { return }
        do throws(JournalFailure) {
            try JournalSchema.checkVersion(connection)
        } catch {
            if connection.isInTransaction { try? connection.run("ROLLBACK") }
            opened = nil
            throw error
        }
    }

    /// Commits. A failure means that nothing of the group has happened.
    func endTransaction() -> JournalFailure? {
        guard let connection = opened else { return .other(path: path, reason: "the transaction is gone") }
        guard connection.isInTransaction else {
            // SQLite rolled back by itself, and the call that made it do so was told why.
            let why = interruption ?? .other(path: path, reason: "the transaction was rolled back")
            interruption = nil
            recent = RecentIntents()
            reopenAfter(why)
            return why
        }
        do throws(JournalFailure) {
            try connection.run("COMMIT")
            return nil
        } catch {
            if connection.isInTransaction { try? connection.run("ROLLBACK") }
            recent = RecentIntents()
            reopenAfter(error)
            return error
        }
    }

    private var interruption: JournalFailure?
    /// The disk was full at the last commit.
    private var wasFull = false

    /// One call of a group. A write that fails takes only its own changes with it.
    func isolated<T>(
        _ access: JournalThread.Access, _ body: (JournalStore) throws(JournalFailure) -> T
    ) -> Result<T, JournalFailure> {
        if let interruption { return .failure(interruption) }
        do throws(JournalFailure) {
            guard access == .write else { return .success(try body(self)) }
            let connection = try connection()
            try connection.run("SAVEPOINT call")
            do throws(JournalFailure) {
                let value = try body(self)
                try connection.run("RELEASE call")
                return .success(value)
            } catch {
                if connection.isInTransaction {
                    try connection.run("ROLLBACK TO call")
                    try connection.run("RELEASE call")
                }
                throw error
            }
        } catch {
            if opened?.isInTransaction == false { interruption = error }
            return .failure(error)
        }
    }

    /// A connection that has seen a broken file is not used again: the file may be replaced.
    private func reopenAfter(_ failure: JournalFailure) {
        switch failure {
        case .diskFull: wasFull = true
        case .corrupt, .cannotOpen, .other, .readOnly: opened = nil
        default: break
        }
    }

    // MARK: Rows

    /// The columns that ``task(_:)`` reads.
    static let columns = "seq, request, body, place"

    func task(_ row: SQLiteConnection.Row) throws(JournalFailure) -> VideoTask {
        let seq = row.integer(0)
        row.read(1, into: &self.row.request)
        row.read(2, into: &self.row.form)
        let (request, form) = self.row
        guard request.isValid, form.isValid, form.kind(form.root) == .object else {
            throw .corrupt(path: path, reason: "change \(seq) is not readable")
        }
        guard let body = request.value(request.root).object,
            let task = VideoTask(storedForm: form, request: body, place: row.integer(3), seq: seq)
        else { throw .corrupt(path: path, reason: "change \(seq) is not a task") }
        return task
    }

    /// The task without what has columns of its own.
    static func body(of task: VideoTask) -> [UInt8] {
        var form = task.storedForm
        form["request"] = nil
        form["seq"] = nil
        form["place"] = nil
        return bytes(form)
    }

    static func bytes(_ object: JSONObject) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.value(.object(object))
        return writer.bytes
    }
}
