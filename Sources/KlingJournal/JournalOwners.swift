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
/// Each journal draws a random number and holds a lock on the byte at that offset of a file of its own beside
/// the journal. The kernel lets go of the lock at the moment the process ends, however it ends; process ids,
/// which are used again, and times of last signs of life, which guess, were rejected. The bytes themselves
/// never exist.
final class JournalOwners {
    /// The number of this journal, below 2^62.
    let number: Int64
    /// Nil for a journal in memory, which no other process sees.
    private let path: String?
    private var descriptor: Int32 = -1
    private var isLocked = false

    init(journal: String?, number: Int64) {
        path = journal.map { $0 + "-owners" }
        self.number = number
    }

    deinit { release() }

    func release() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        isLocked = false
    }

    /// Holds the lock of this journal's number from now on.
    func hold() throws(JournalFailure) {
        guard !isLocked, let path else { return }
        try open(path)
        var range = region(of: number)
        guard control(Self.setLock, &range) == 0 else { throw JournalFiles.failure(errno: errno, path: path) }
        isLocked = true
    }

    /// Whether the owner of the number lives, this journal included.
    func isAlive(_ owner: Int64) throws(JournalFailure) -> Bool {
        guard owner != number, let path else { return owner == number }
        try open(path)
        var range = region(of: owner)
        guard control(Self.getLock, &range) == 0 else { throw JournalFiles.failure(errno: errno, path: path) }
        return range.l_type != Int16(F_UNLCK)
    }

    private func open(_ path: String) throws(JournalFailure) {
        guard descriptor < 0 else { return }
        #if canImport(Glibc)
            descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #elseif canImport(Musl)
            descriptor = Musl.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #else
            descriptor = Darwin.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #endif
        guard descriptor >= 0 else { throw JournalFiles.failure(errno: errno, path: path) }
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
    private func control(_ command: Command, _ range: inout flock) -> Int32 {
        var copy = range
        if fcntl(descriptor, command.ofFile, &copy) == 0 {
            range = copy
            return 0
        }
        return errno == EINVAL ? fcntl(descriptor, command.ofProcess, &range) : -1
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
