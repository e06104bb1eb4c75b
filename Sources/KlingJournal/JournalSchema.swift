internal import KlingCore

/// What the journal's file looks like, and how a file is recognised.
enum JournalSchema {
    /// Raised with every change that an older program could not live with.
    static let version = 7
    /// "KLNG", in the header of the file (`PRAGMA application_id`).
    static let applicationId = 0x4B4C_4E47

    /// Opens the journal, making it when the file is empty. Of a file of another program, version or kind
    /// nothing is changed.
    static func open(
        path: String, simulated: Bool, busyTimeout: Duration, maximumPages: Int?
    ) throws(JournalFailure) -> SQLiteConnection {
        if path != ":memory:" { try JournalFiles.prepare(path) }
        let connection = try SQLiteConnection(path: path, busyTimeout: busyTimeout)
        guard !connection.isReadOnly else { throw .readOnly(path: path) }
        // In one transaction: between two looks another process may make the file.
        try connection.run("BEGIN")
        let isNew: Bool
        do throws(JournalFailure) {
            isNew = try check(connection)
        } catch {
            if connection.isInTransaction { try? connection.run("ROLLBACK") }
            throw error
        }
        try connection.run("COMMIT")
        // WAL: a commit is one write and one sync, and readers never wait. FULL: a commit is on the disk when
        // it returns, which "durable before the POST leaves" rests on.
        _ = try connection.first("PRAGMA journal_mode = WAL") { (_) throws(JournalFailure) in }
        try connection.run("PRAGMA synchronous = FULL")
        try connection.run("PRAGMA fullfsync = ON")
        try connection.run("PRAGMA foreign_keys = ON")
        if let maximumPages {
            _ = try connection.first("PRAGMA max_page_count = \(maximumPages)") {
                (_) throws(JournalFailure) in
            }
        }
        if isNew { try create(connection, simulated: simulated) }
        try upgrade(connection)
        let kind = try connection.first("SELECT value FROM meta WHERE name = 'simulated'") {
            (row) throws(JournalFailure) in row.integer(0) != 0
        }
        guard let kind else { throw .corrupt(path: path, reason: "the journal does not say its kind") }
        guard kind == simulated else { throw .wrongKind(path: path, simulated: kind) }
        return connection
    }

    /// Whether the file has no content yet; an error for a file that is not ours to use.
    static func check(_ connection: SQLiteConnection) throws(JournalFailure) -> Bool {
        let number = { (row: SQLiteConnection.Row) throws(JournalFailure) in Int(row.integer(0)) }
        let application = try connection.first("PRAGMA application_id", read: number) ?? 0
        let version = try connection.first("PRAGMA user_version", read: number) ?? 0
        if application == applicationId {
            guard version <= Self.version else { throw .newer(path: connection.path, version: version) }
            guard version >= 1 else {
                throw .corrupt(path: connection.path, reason: "its format is said to be \(version)")
            }
            return false
        }
        let tables = try connection.first("SELECT count(*) FROM sqlite_schema", read: number) ?? 0
        guard application == 0, tables == 0 else {
            throw .cannotOpen(path: connection.path, reason: "it is a database of another program")
        }
        return true
    }

    /// Refuses to write what a newer version has brought up to date while it was open here. Within a transaction that may write,
    /// so that none comes between.
    static func checkVersion(_ connection: SQLiteConnection) throws(JournalFailure) {
        let version = try connection.first("PRAGMA user_version") { (row) throws(JournalFailure) in
            Int(row.integer(0))
        }
        if let version, version > Self.version { throw .newer(path: connection.path, version: version) }
    }

    private static func create(_ connection: SQLiteConnection, simulated: Bool) throws(JournalFailure) {
        try connection.run("BEGIN IMMEDIATE")
        do {
            // Another process may have been faster.
            if try check(connection) {
                for statement in tables { try connection.run(statement) }
                for step in upgrades.joined() { try run(step, connection) }
                try connection.run("INSERT INTO meta VALUES ('simulated', ?)", .integer(simulated ? 1 : 0))
                try connection.run("PRAGMA application_id = \(applicationId)")
                try connection.run("PRAGMA user_version = \(version)")
            }
            try connection.run("COMMIT")
        } catch {
            if connection.isInTransaction { try? connection.run("ROLLBACK") }
            throw error
        }
    }

    /// Brings a journal of an older version up to this one.
    private static func upgrade(_ connection: SQLiteConnection) throws(JournalFailure) {
        func version() throws(JournalFailure) -> Int {
            try connection.first("PRAGMA user_version") { (row) throws(JournalFailure) in Int(row.integer(0))
            } ?? 0
        }
        guard try version() < Self.version else { return }
        try connection.run("BEGIN IMMEDIATE")
        do {
            for step in upgrades.dropFirst(try version() - 1).joined() { try run(step, connection) }
            try connection.run("PRAGMA user_version = \(Self.version)")
            try connection.run("COMMIT")
        } catch {
            if connection.isInTransaction { try? connection.run("ROLLBACK") }
            throw error
        }
    }

    /// What brings a journal further.
    private enum Step: ExpressibleByStringLiteral {
        case statement(String)
        case fillFacets, fillFingerprints

        init(stringLiteral statement: String) { self = .statement(statement) }
    }

    private static func run(_ step: Step, _ connection: SQLiteConnection) throws(JournalFailure) {
        switch step {
        case .statement(let statement): try connection.run(statement)
        case .fillFacets: try FacetIndex(connection: connection).fill()
        case .fillFingerprints: try RecentIntents.fill(connection)
        }
    }

    /// `tasks` holds every task as it is now; `body` is its stored form without `request` and `seq`, which
    /// have columns of their own. `place` is the order of arrival. `bound` says whether the key still stands
    /// for this task. `is_open` says that it is not settled, and `owner` who looks after it then. The columns beside `body`
    /// exist for look-up only.
    ///
    /// `events` holds changes by their rising number, which is never used again; of progress only the newest
    /// per task.
    private static let tables = [
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID",
        """
        CREATE TABLE tasks (
            place INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            gateway_id TEXT,
            key TEXT,
            bound INTEGER NOT NULL,
            state TEXT NOT NULL,
            is_open INTEGER NOT NULL,
            billed TEXT NOT NULL,
            model TEXT NOT NULL,
            mode TEXT NOT NULL,
            seconds INTEGER NOT NULL,
            created INTEGER NOT NULL,
            owner INTEGER,
            seq INTEGER NOT NULL,
            request TEXT NOT NULL,
            body TEXT NOT NULL
        )
        """,
        "CREATE INDEX tasks_gateway_id ON tasks (gateway_id) WHERE gateway_id IS NOT NULL",
        "CREATE UNIQUE INDEX tasks_bound ON tasks (key) WHERE bound = 1",
        "CREATE INDEX tasks_key ON tasks (key, place) WHERE key IS NOT NULL",
        "CREATE INDEX tasks_state ON tasks (state, id)",
        "CREATE INDEX tasks_model ON tasks (model, id)",
        "CREATE INDEX tasks_created ON tasks (created)",
        "CREATE INDEX tasks_open ON tasks (place) WHERE is_open = 1",
        "CREATE INDEX tasks_queue ON tasks (place) WHERE state = 'queued'",
        """
        CREATE TABLE labels (
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            task TEXT NOT NULL REFERENCES tasks (id),
            PRIMARY KEY (name, value, task)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE events (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            place INTEGER NOT NULL REFERENCES tasks (place),
            kind INTEGER NOT NULL,
            at INTEGER NOT NULL,
            body TEXT NOT NULL
        )
        """,
        "CREATE INDEX events_progress ON events (place) WHERE kind = 1"
    ]

    /// What each version added, from the second on.
    ///
    /// `staying` holds by when each owner says it will be heard of again, to which gateway it sends, and for whom. `gateway` of a task is the
    /// address of the one that has the task, nil for those that older versions sent, and `account` for whom it does. `facets` is
    /// what tasks are listed by (``FacetIndex``), in place of an index for each filter. `fingerprint` is that of `request`
    /// (``RecentIntents``).
    private static let upgrades: [[Step]] = [
        [
            "CREATE TABLE staying (owner INTEGER PRIMARY KEY, until INTEGER NOT NULL)",
            "CREATE INDEX tasks_owner ON tasks (owner, place) WHERE is_open = 1",
            "CREATE INDEX tasks_spent ON tasks (created, billed, is_open, seconds)",
            "DROP INDEX tasks_created"
        ],
        [
            "ALTER TABLE tasks ADD COLUMN gateway TEXT",
            "DROP INDEX tasks_owner",
            "CREATE INDEX tasks_owner ON tasks (owner, gateway, place) WHERE is_open = 1",
            """
            CREATE INDEX tasks_active ON tasks (gateway, id)
            WHERE state IN ('submitting', 'submitted', 'processing')
            """
        ],
        [
            .statement(FacetIndex.table), .fillFacets, "DROP TABLE labels", "DROP INDEX tasks_state",
            "DROP INDEX tasks_model"
        ],
        [
            "ALTER TABLE staying ADD COLUMN gateway TEXT", "DROP INDEX tasks_active",
            .statement("CREATE INDEX tasks_active ON tasks (gateway, id) WHERE \(JournalStore.isActive)")
        ],
        [
            "ALTER TABLE tasks ADD COLUMN fingerprint INTEGER", .fillFingerprints,
            "ALTER TABLE tasks ADD COLUMN account TEXT", "DROP INDEX tasks_spent",
            "CREATE INDEX tasks_spent ON tasks (created, billed, is_open, seconds, fingerprint)",
            .statement("CREATE INDEX tasks_doubtful ON tasks (place) WHERE \(JournalStore.isDoubtful)")
        ],
        ["ALTER TABLE staying ADD COLUMN account TEXT"]
    ]
}
