internal import CSQLite
public import KlingCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A journal looked at from outside: whether a service could work with it, and what it holds.
///
/// Nothing is made, written or kept from another process that uses it. A journal that is closed is read as it
/// lies there; one that is in use, or was when its process died, through its log, as any reader does.
public struct JournalExamination: Sendable {
    public let path: String
    /// There is a file; everything about content is nil or empty without one.
    public private(set) var exists = false
    /// The file, and its log.
    public private(set) var bytes: Int64 = 0
    /// The number of its format.
    public private(set) var version: Int?
    /// Whether it holds simulated tasks; nil for one that is still empty.
    public private(set) var simulated: Bool?
    /// What `PRAGMA quick_check` complains of, at most three things.
    public private(set) var damage: [String] = []
    /// How many tasks there are in each state.
    public private(set) var tasks: [VideoTask.State: Int] = [:]
    /// Why a service could not use it.
    public private(set) var failure: JournalFailure?
    /// It is no database at all, whatever it was.
    public var isForeign: Bool {
        failure == .corrupt(path: path, reason: String(cString: sqlite3_errstr(SQLITE_NOTADB)))
    }
    /// The file, or the place where it will be made, may be written.
    public private(set) var isWritable = false
    /// Free space for this user on its disk, in bytes.
    public private(set) var freeBytes: Int64?

    /// SQLite's own version, such as `3.45.1`.
    public static var sqliteVersion: String { String(cString: sqlite3_libversion()) }

    /// Looks. It blocks as long as reading the whole file takes.
    /// - Parameter simulated: which kind of tasks it should hold.
    public init(path: String, simulated: Bool) {
        self.path = path
        var status = stat()
        exists = stat(path, &status) == 0
        let obstacle = exists ? 0 : errno
        let directory = Self.directory(of: path)
        freeBytes = Self.freeBytes(directory)
        isWritable =
            Self.isWritable(directory, W_OK | X_OK) && (!exists || Self.isWritable(path, R_OK | W_OK))
        guard exists else {
            // A name that is taken, or leads through what is no directory, is not one that will be made.
            if obstacle != ENOENT || Self.leadsNowhere(path) {
                failure = JournalFiles.failure(errno: obstacle, path: path)
            }
            return
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            failure = .cannotOpen(path: path, reason: "it is no file")
            return
        }
        let log = JournalFiles.beside(path) + "-wal"
        bytes = Int64(status.st_size) + Self.size(log)
        failure = JournalFiles.fault(of: path)
        guard failure == nil else { return }
        // Only for tests and for who has just made it: an empty file becomes a journal with its first task.
        guard bytes > 0 else { return }
        let isClosed = Self.size(log) == 0
        examine(simulated: simulated, isImmutable: isClosed)
        // Who began to write meanwhile was in the way of one who takes the file for still.
        if isClosed, failure != nil || !damage.isEmpty, Self.size(log) > 0 {
            (failure, damage, tasks) = (nil, [], [:])
            examine(simulated: simulated, isImmutable: false)
        }
        if failure == nil, !isWritable { failure = .readOnly(path: path) }
        if failure == nil, damage.isEmpty, isHeld { failure = .locked(path: path) }
    }

    /// Whether another program keeps the right to write for as long as a service would wait for it. Looks without asking for it.
    private var isHeld: Bool {
        let descriptor = open(JournalFiles.beside(path) + "-shm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        for _ in 0..<40 {
            var range = flock()
            range.l_type = Int16(F_WRLCK)
            range.l_whence = Int16(SEEK_SET)
            // WAL_WRITE_LOCK (sqlite.org/walformat.html, "Locks").
            range.l_start = 120
            range.l_len = 1
            guard fcntl(descriptor, F_GETLK, &range) == 0, range.l_type != Int16(F_UNLCK) else {
                return false
            }
            JournalFiles.pause(milliseconds: 50)
        }
        return true
    }

    private mutating func examine(simulated expected: Bool, isImmutable: Bool) {
        do throws(JournalFailure) {
            let connection = try SQLiteConnection(
                path: path, busyTimeout: .seconds(2), manner: isImmutable ? .immutable : .readOnly)
            version = try connection.first("PRAGMA user_version") { (row) throws(JournalFailure) in
                Int(row.integer(0))
            }
            guard try !JournalSchema.check(connection) else { return }
            damage = try connection.all("PRAGMA quick_check(3)", []) { (row) throws(JournalFailure) in
                row.text(0)
            }
            .filter { $0 != "ok" }
            if damage.isEmpty, version == JournalSchema.version { try read(connection) }
            let kind = try connection.first("SELECT value FROM meta WHERE name = 'simulated'") {
                (row) throws(JournalFailure) in row.integer(0) != 0
            }
            simulated = kind
            guard let kind else { throw .corrupt(path: path, reason: "the journal does not say its kind") }
            guard kind == expected else { throw .wrongKind(path: path, simulated: kind) }
            let counts = try connection.all("SELECT state, count(*) FROM tasks GROUP BY state", []) {
                (row) throws(JournalFailure) in (row.text(0), Int(row.integer(1)))
            }
            for (state, count) in counts { tasks[VideoTask.State(rawValue: state) ?? .unconfirmed] = count }
        } catch {
            failure = error
        }
    }

    /// Looks at what `quick_check` does not know: that the tables are those of a journal, and that tasks can be read.
    private mutating func read(_ connection: SQLiteConnection) throws(JournalFailure) {
        let unreadable = try connection.first(
            """
            SELECT count(*), (SELECT count(*) FROM events WHERE seq < 0), (SELECT count(*) FROM facets WHERE kind < 0),
                (SELECT count(*) FROM staying) FROM tasks WHERE NOT json_valid(body) OR NOT json_valid(request)
            """
        ) { (row) throws(JournalFailure) in row.integer(0) }
        if let unreadable, unreadable > 0 { damage.append("\(unreadable) tasks cannot be read") }
    }

    // MARK: Files

    private static func size(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    private static func isWritable(_ path: String, _ rights: Int32) -> Bool {
        faccessat(AT_FDCWD, path, rights, AT_EACCESS) == 0
    }

    /// The directory of a file, or the nearest above it that exists: there the missing ones would be made.
    private static func directory(of path: String) -> String {
        var directory = path
        repeat {
            guard let slash = directory.lastIndex(of: "/") else { return "." }
            directory = slash == directory.startIndex ? "/" : String(directory[..<slash])
        } while directory != "/" && access(directory, F_OK) != 0
        return directory
    }

    /// Whether the file, or the nearest directory of it that has a name, is a link to nothing.
    private static func leadsNowhere(_ path: String) -> Bool {
        var status = stat()
        var name = path
        while lstat(name, &status) != 0 {
            guard let slash = name.lastIndex(of: "/"), slash != name.startIndex else { return false }
            name = String(name[..<slash])
        }
        return stat(name, &status) != 0
    }

    private static func freeBytes(_ directory: String) -> Int64? {
        var status = statvfs()
        // A file system without blocks is none of files, such as /proc.
        guard statvfs(directory, &status) == 0, status.f_blocks > 0 else { return nil }
        return Int64(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
                .partialValue)
    }
}
