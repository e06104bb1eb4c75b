internal import KlingCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The journal's place on disk: made readable for its owner alone, because requests are private.
enum JournalFiles {
    /// Makes the directory (0700) and an empty file (0600) where they are missing, and finds out whether the
    /// journal can be written: SQLite would open a read-only file without complaint.
    static func prepare(_ path: String) throws(JournalFailure) {
        let directory =
            path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        try makeDirectory(directory)
        // O_EXCL: a file that exists is never opened here. Closing any descriptor of it would drop the locks
        // that another connection of this process holds (POSIX fcntl).
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw failure(errno: errno, path: path)
        }
        if let failure = fault(of: path) { throw failure }
        // SQLite keeps two files beside the journal, so the directory must be writable too.
        for (name, mode) in [(path, R_OK | W_OK), (directory, W_OK | X_OK)] {
            guard faccessat(AT_FDCWD, name, mode, AT_EACCESS) == 0 else {
                throw failure(errno: errno, path: path)
            }
        }
    }

    /// Why what is at the path can be no journal.
    ///
    /// Under each name of a file SQLite keeps another log beside it: two would not see what the other writes
    /// (sqlite.org/howtocorrupt.html, "Multiple links to the same file").
    static func fault(of path: String) -> JournalFailure? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFREG else {
            return .cannotOpen(path: path, reason: "it is no file")
        }
        guard status.st_nlink > 1 else { return nil }
        return .cannotOpen(
            path: path, reason: "it has \(status.st_nlink) names, hard links: copy it into a file of its own")
    }

    private static func makeDirectory(_ directory: String) throws(JournalFailure) {
        guard mkdir(directory, 0o700) != 0 else { return }
        switch errno {
        case EEXIST: return
        case ENOENT:
            guard let slash = directory.lastIndex(of: "/"), slash != directory.startIndex else { break }
            try makeDirectory(String(directory[..<slash]))
            guard mkdir(directory, 0o700) != 0, errno != EEXIST else { return }
        // A root or home directory that exists may refuse before it looks.
        case EROFS, EACCES, EPERM, EISDIR:
            let refusal = errno
            guard access(directory, F_OK) != 0 else { return }
            throw failure(errno: refusal, path: directory)
        default: break
        }
        throw failure(errno: errno, path: directory)
    }

    /// What the names of SQLite's files beside a journal begin with: they stand where the file is, whatever link leads to it.
    static func beside(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Which file a path means now; nil for none.
    static func identity(_ path: String) -> FileIdentity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return FileIdentity(status)
    }

    static func pause(milliseconds: Int) { usleep(UInt32(milliseconds) * 1000) }

    static func isLackOfRoom(_ code: Int32) -> Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

    static func failure(errno code: Int32, path: String, reason: String? = nil) -> JournalFailure {
        switch code {
        case EACCES, EPERM, EROFS: return .readOnly(path: path)
        case EAGAIN: return .locked(path: path)
        case _ where isLackOfRoom(code): return .diskFull(path: path)
        case 0: return .cannotOpen(path: path, reason: reason ?? "unknown reason")
        default:
            let words = String(cString: strerror(code))
            return .cannotOpen(path: path, reason: reason.map { "\($0): \(words)" } ?? words)
        }
    }
}

/// A file, whatever it is called.
struct FileIdentity: Hashable {
    var device: UInt64
    var number: UInt64

    init(_ status: stat) {
        (device, number) = (UInt64(truncatingIfNeeded: status.st_dev), UInt64(status.st_ino))
    }
}
