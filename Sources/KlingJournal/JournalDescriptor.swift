internal import KlingCore
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A descriptor of a journal's file, beside those of SQLite.
///
/// Closing any descriptor of a file drops the locks that the process holds on it through others (POSIX fcntl), SQLite's among
/// them. So one that is no longer used is kept for the next user, and closed with the last of the process.
final class JournalDescriptor {
    let path: String
    let number: Int32
    let identity: FileIdentity

    private struct File {
        var users = 0
        var idle: [Int32] = []
    }

    private static let files = Mutex<[FileIdentity: File]>([:])

    /// - Parameter path: of a file that is there.
    init(_ path: String) throws(JournalFailure) {
        self.path = path
        let known = JournalFiles.identity(path)
        let idle = known.flatMap { known in Self.files.withLock { $0[known]?.idle.popLast() } }
        number = idle ?? open(path, O_RDWR | O_CLOEXEC)
        guard number >= 0 else { throw JournalFiles.failure(errno: errno, path: path) }
        var status = stat()
        fstat(number, &status)
        let identity = FileIdentity(status)
        self.identity = identity
        Self.files.withLock { $0[identity, default: File()].users += 1 }
    }

    deinit {
        let (number, identity) = (number, identity)
        Self.files.withLock { files in
            guard var file = files.removeValue(forKey: identity) else { return }
            file.users -= 1
            file.idle.append(number)
            if file.users > 0 {
                files[identity] = file
            } else {
                for number in file.idle { close(number) }
            }
        }
    }
}
