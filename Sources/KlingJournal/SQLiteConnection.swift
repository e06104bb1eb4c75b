internal import CSQLite
internal import JSON
internal import KlingCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// One connection to one database file, with its prepared statements. Not Sendable: it lives and dies on the
/// thread that opened it.
final class SQLiteConnection {
    let path: String
    private let handle: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]

    /// What a connection is for.
    enum Manner {
        case readWrite, readOnly
        /// Read only, and the file taken as it lies there: no other process has it open, nothing is made
        /// beside it.
        case immutable
    }

    /// Opens a file that exists (or `:memory:`). Reading begins with the first statement, so a file that is
    /// no database is noticed then.
    init(path: String, busyTimeout: Duration, manner: Manner = .readWrite) throws(JournalFailure) {
        self.path = path
        var opened: OpaquePointer?
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE
        flags |= manner == .readWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
        if manner == .immutable { flags |= SQLITE_OPEN_URI }
        let name = manner == .immutable ? Self.immutable(path) : path
        let code = sqlite3_open_v2(name, &opened, flags, nil)
        guard let opened, code == SQLITE_OK else {
            let failure = Self.failure(code, opened, path)
            sqlite3_close_v2(opened)
            throw failure
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, Int32(clamping: busyTimeout.milliseconds))
    }

    /// The name of a file in SQLite's own form (sqlite.org/uri.html).
    private static func immutable(_ path: String) -> String {
        let escapes: [UInt8: String] = [0x23: "%23", 0x25: "%25", 0x3F: "%3f"]
        let name = path.utf8.map { escapes[$0].map { Array($0.utf8) } ?? [$0] }.joined()
        return (path.hasPrefix("/") ? "file://" : "file:") + String(decoding: Array(name), as: UTF8.self)
            + "?immutable=1"
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") == 1 }
    /// False after SQLite has rolled the whole transaction back by itself, as it does when the disk is full.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }
    var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }
    /// Rows that statements have walked over because no index says where to look.
    var rowsSearched: Int {
        statements.values.reduce(0) { $0 + Int(sqlite3_stmt_status($1, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0)) }
    }
    /// Rows touched by the last statement.
    var changes: Int { Int(sqlite3_changes(handle)) }

    enum Value {
        case null
        case integer(Int64)
        case text(String)
        /// Text that is UTF-8 already.
        case utf8([UInt8])
        case blob([UInt8])

        static func optional(_ text: String?) -> Value { text.map(Value.text) ?? .null }
        static func optional(_ integer: Int64?) -> Value { integer.map(Value.integer) ?? .null }
    }

    /// A row while it is being read.
    struct Row {
        fileprivate let statement: OpaquePointer

        func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }
        func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

        func bytes(_ column: Int32) -> [UInt8] {
            guard let start = sqlite3_column_text(statement, column) else { return [] }
            return Array(
                UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
        }

        func blob(_ column: Int32) -> [UInt8] {
            guard let start = sqlite3_column_blob(statement, column) else { return [] }
            return Array(
                UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
        }

        /// Reads JSON into a tree that has been used before, and keeps its storage.
        func read(_ column: Int32, into tree: inout JSONTree) {
            let start = sqlite3_column_text(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            tree.parse(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count), options: .json)
        }

        func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }
    }

    func run(_ sql: String, _ values: Value...) throws(JournalFailure) { try run(sql, values) }

    func run(_ sql: String, _ values: [Value]) throws(JournalFailure) {
        try each(sql, values) { (_) throws(JournalFailure) in }
    }

    /// The first row, or nil.
    func first<T>(
        _ sql: String, _ values: Value..., read: (Row) throws(JournalFailure) -> T
    ) throws(JournalFailure) -> T? {
        try first(sql, values, read: read)
    }

    func first<T>(
        _ sql: String, _ values: [Value], read: (Row) throws(JournalFailure) -> T
    ) throws(JournalFailure) -> T? {
        try all(sql, values, read: read).first
    }

    func all<T>(
        _ sql: String, _ values: [Value], read: (Row) throws(JournalFailure) -> T
    ) throws(JournalFailure) -> [T] {
        var rows: [T] = []
        try each(sql, values) { (row) throws(JournalFailure) in rows.append(try read(row)) }
        return rows
    }

    private func each(
        _ sql: String, _ values: [Value], body: (Row) throws(JournalFailure) -> Void
    ) throws(JournalFailure) {
        let statement = try prepare(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() {
            let position = Int32(index + 1)
            let code =
                switch value {
                case .null: sqlite3_bind_null(statement, position)
                case .integer(let integer): sqlite3_bind_int64(statement, position, integer)
                case .text(let text): bind(Array(text.utf8), statement, position)
                case .utf8(let bytes): bind(bytes, statement, position)
                case .blob(let bytes):
                    csqlite_bind_blob(statement, position, bytes, Int32(clamping: bytes.count))
                }
            guard code == SQLITE_OK else { throw failure(code) }
        }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try body(Row(statement: statement))
            case SQLITE_DONE: return
            case let code: throw failure(code)
            }
        }
    }

    private func bind(_ bytes: [UInt8], _ statement: OpaquePointer, _ position: Int32) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            // An empty array has no address, and a null pointer would bind NULL.
            guard let start = buffer.baseAddress else { return csqlite_bind_text(statement, position, "", 0) }
            return csqlite_bind_text(
                statement, position, start.assumingMemoryBound(to: CChar.self), Int32(clamping: buffer.count))
        }
    }

    private func prepare(_ sql: String) throws(JournalFailure) -> OpaquePointer {
        if let statement = statements[sql] { return statement }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard let statement, code == SQLITE_OK else { throw failure(code) }
        statements[sql] = statement
        return statement
    }

    // MARK: Errors

    private func failure(_ code: Int32) -> JournalFailure { Self.failure(code, handle, path) }

    /// What a result code of SQLite means (sqlite.org/rescode.html).
    private static func failure(_ code: Int32, _ handle: OpaquePointer?, _ path: String) -> JournalFailure {
        let recent = errno
        let reason =
            handle.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? "SQLite error \(code)"
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: return .locked(path: path)
        case SQLITE_READONLY, SQLITE_PERM: return .readOnly(path: path)
        case SQLITE_CORRUPT, SQLITE_NOTADB: return .corrupt(path: path, reason: reason)
        case SQLITE_FULL: return .diskFull(path: path)
        case SQLITE_CANTOPEN, SQLITE_IOERR:
            var cause = handle.map { sqlite3_system_errno($0) } ?? 0
            // It forgets why when it has undone what it had begun.
            if cause == 0, JournalFiles.isLackOfRoom(recent) { cause = recent }
            return JournalFiles.failure(errno: cause, path: path, reason: reason)
        default: return .other(path: path, reason: reason)
        }
    }
}
