internal import KlingCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Tells whether the process that looks after a task still lives.
///
/// Each journal draws a random number and holds a lock on the byte at that offset of its file, far behind what the file holds and
/// what SQLite locks there (at 1 GiB, sqlite.org/lockingv3.html). The kernel lets go of the lock at the moment the process ends,
/// however it ends; process ids, which are used again, and times of last signs of life, which guess, were rejected. A file of its
/// own was too: it can be removed, and has another name beside each link to the journal. The bytes themselves never exist.
final class JournalOwners {
    /// Those that a journal may draw.
    static let numbers: Range<Int64> = 1 << 40..<1 << 62

    /// The number of this journal.
    let number: Int64
    /// The journal's file; nil for one in memory, which no other process sees.
    private var file: JournalDescriptor?
    private var isLocked = false

    init(number: Int64) { self.number = number }

    /// The journal at the path is open. Called again when it is another file.
    func attach(_ path: String) throws(JournalFailure) {
        guard path != ":memory:", JournalFiles.identity(path) != file?.identity else { return }
        let wasLocked = isLocked
        release()
        file = try JournalDescriptor(path)
        if wasLocked { try hold() }
    }

    /// Called when SQLite has let go of the file.
    func release() {
        if let file, isLocked {
            var range = region(of: number)
            range.l_type = Int16(F_UNLCK)
            _ = control(Self.setLock, &range, file)
        }
        isLocked = false
        file = nil
    }

    /// Holds the lock of this journal's number from now on.
    func hold() throws(JournalFailure) {
        guard !isLocked, let file else { return }
        var range = region(of: number)
        guard control(Self.setLock, &range, file) == 0 else {
            throw JournalFiles.failure(errno: errno, path: file.path)
        }
        isLocked = true
    }

    /// Whether the owner of the number lives, this journal included.
    func isAlive(_ owner: Int64) throws(JournalFailure) -> Bool {
        guard owner != number, let file else { return owner == number }
        var range = region(of: owner)
        guard control(Self.getLock, &range, file) == 0 else {
            throw JournalFiles.failure(errno: errno, path: file.path)
        }
        return range.l_type != Int16(F_UNLCK)
    }

    private func region(of owner: Int64) -> flock {
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        range.l_whence = Int16(SEEK_SET)
        range.l_start = off_t(owner)
        range.l_len = 1
        range.l_pid = 0
        return range
    }

    /// The lock of the open file (so that two journals of one process see each other too); where the kernel
    /// does not know that kind (EINVAL), the lock of the process.
    private func control(_ command: Command, _ range: inout flock, _ file: JournalDescriptor) -> Int32 {
        var copy = range
        if fcntl(file.number, command.ofFile, &copy) == 0 {
            range = copy
            return 0
        }
        return errno == EINVAL ? fcntl(file.number, command.ofProcess, &range) : -1
    }

    private typealias Command = (ofFile: Int32, ofProcess: Int32)
    #if canImport(Darwin)
        private static let setLock: Command = (90, F_SETLK)
        private static let getLock: Command = (92, F_GETLK)
    #else
        // F_OFD_SETLK and F_OFD_GETLK (linux/fcntl.h), which the C library shows only to programs with
        // _GNU_SOURCE.
        private static let setLock: Command = (37, F_SETLK)
        private static let getLock: Command = (36, F_GETLK)
    #endif
}
