#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// File descriptors as the loop needs them. What Linux and Darwin do differently stands here.
package enum Descriptors {
    /// Takes standard output for the protocol alone: keeps a private copy, and points descriptor 1 at
    /// standard error, so that nothing a library prints can get between two messages. Nil when standard
    /// output is closed.
    package static func claimStandardOutput() -> Int32? {
        signal(SIGPIPE, SIG_IGN)
        guard fcntl(1, F_GETFD) >= 0 else { return nil }
        // A standard stream that is closed would lend its number to the next file opened, and the log, or
        // what a library prints, would go into that.
        for closed: Int32 in [0, 2] where fcntl(closed, F_GETFD) < 0 { _ = open("/dev/null", O_RDWR) }
        let copy = privateCopy(of: 1)
        guard copy >= 0 else { return nil }
        dup2(2, 1)
        return copy
    }

    /// A copy that does not block where the system can open one anew. Setting `O_NONBLOCK` on the descriptor
    /// given to us would set it for everybody who shares it, such as the user's terminal.
    private static func privateCopy(of descriptor: Int32) -> Int32 {
        #if os(Linux)
            var status = stat()
            if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFIFO {
                let opened = open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_CLOEXEC)
                if opened >= 0 { return opened }
            }
        #endif
        return fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    }

    /// What came of an attempt to write without waiting.
    enum Written: Equatable {
        case bytes(Int)
        /// There is no room at the moment.
        case full
        /// Nobody reads any more.
        case gone
        /// Any other error of the system, by its number.
        case failed(Int32)
    }

    /// Writes what there is room for now.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, isNonBlocking: Bool) -> Written {
        var count = bytes.count
        if !isNonBlocking {
            // Where the descriptor blocks, ask first, and write no more than a pipe then has room for.
            guard poll(descriptor, POLLOUT, milliseconds: 0) & Int16(POLLOUT) != 0 else {
                return hasLostReader(descriptor) ? .gone : .full
            }
            count = min(count, Int(PIPE_BUF))
        }
        while true {
            let written = systemWrite(descriptor, bytes.baseAddress, count)
            if written >= 0 { return .bytes(written) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .full
            case EPIPE, ECONNRESET: return .gone
            default: return .failed(errno)
            }
        }
    }

    static func isNonBlocking(_ descriptor: Int32) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return false }
        // A regular file never makes a writer wait for a reader.
        if status.st_mode & S_IFMT == S_IFREG { return true }
        return fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0
    }

    /// Whether the other end of a pipe or socket is closed.
    static func hasLostReader(_ descriptor: Int32) -> Bool {
        poll(descriptor, 0, milliseconds: 0) & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
    }

    /// Waits until one of `events`, an error or the time limit (-1: none). Zero at the limit.
    static func poll(_ descriptor: Int32, _ events: Int32, milliseconds: Int32) -> Int16 {
        var entry = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: events), revents: 0)
        while true {
            #if canImport(Glibc)
                let count = Glibc.poll(&entry, 1, milliseconds)
            #else
                let count = Darwin.poll(&entry, 1, milliseconds)
            #endif
            if count < 0, errno == EINTR { continue }
            return count > 0 ? entry.revents : 0
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ base: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, base, count)
        #else
            Darwin.write(descriptor, base, count)
        #endif
    }
}

/// A pipe to wake a thread with: `signal` never waits, `wait` sleeps until it has been called.
package struct Wakeup: Sendable {
    package let reading: Int32
    package let writing: Int32

    package init() {
        var ends: (Int32, Int32) = (-1, -1)
        withUnsafeMutablePointer(to: &ends) { pointer in
            pointer.withMemoryRebound(to: Int32.self, capacity: 2) { _ = pipe($0) }
        }
        (reading, writing) = ends
        for end in [reading, writing] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(writing, F_SETFL, O_NONBLOCK)
    }

    /// Safe in a signal handler.
    package func signal(_ byte: UInt8 = 1) {
        var byte = byte
        _ = write(writing, &byte, 1)
    }

    /// The byte of the oldest signal.
    @discardableResult
    package func wait() -> UInt8 {
        var byte: UInt8 = 0
        while read(reading, &byte, 1) < 0, errno == EINTR {}
        return byte
    }
}

/// A thread of the system's, for what waits in system calls and must not hold a thread of the concurrency
/// pool.
package enum SystemThread {
    package static func start(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        let box = Unmanaged.passRetained(Box(body))
        #if canImport(Glibc)
            var thread = pthread_t()
            let failed = pthread_create(
                &thread, nil,
                { argument in
                    if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                    return nil
                }, box.toOpaque())
            if failed == 0 { pthread_detach(thread) }
        #else
            var thread: pthread_t?
            let failed = pthread_create(
                &thread, nil,
                { argument in
                    Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                    return nil
                }, box.toOpaque())
            if failed == 0, let thread { pthread_detach(thread) }
        #endif
        if failed != 0 { box.release() }
    }
}
