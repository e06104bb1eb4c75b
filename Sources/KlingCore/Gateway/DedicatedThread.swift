#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A thread outside Swift's cooperative pool, for work that blocks: the journal's and the network's.
package enum DedicatedThread {
    /// Runs the body on a new thread, with every signal blocked there: signals are the main thread's, and a
    /// write to a closed connection must be an error, not SIGPIPE. False when the system has no thread to
    /// give.
    package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let context = Unmanaged.passRetained(Body(run: body))
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        #if canImport(Darwin)
            var thread: pthread_t?
            let status = pthread_create(&thread, nil, { Body.run($0) }, context.toOpaque())
        #else
            var thread = pthread_t()
            let status = pthread_create(&thread, nil, { $0.flatMap(Body.run) }, context.toOpaque())
        #endif
        guard status == 0 else {
            context.release()
            return false
        }
        #if canImport(Darwin)
            if let thread { pthread_detach(thread) }
        #else
            pthread_detach(thread)
        #endif
        return true
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) { self.run = run }

        static func run(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
            Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }
    }
}

/// Wakes a thread that waits in `poll(2)`: a pipe whose bytes mean nothing.
///
/// A pipe instead of a condition variable, because it has no address that would have to be shared, and
/// libcurl can wait for it together with its sockets.
package final class WakePipe: Sendable {
    package let readEnd: Int32
    private let writeEnd: Int32

    /// Nil when the process has no descriptors left.
    package init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    package func signal() {
        var byte: UInt8 = 0
        // A full pipe (EAGAIN) wakes just as well.
        while write(writeEnd, &byte, 1) < 0, errno == EINTR {}
    }

    /// Forgets the signals so far.
    package func drain() {
        var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        while true {
            let count = read(readEnd, &bytes, 32)
            guard count == 32 || count < 0 && errno == EINTR else { return }
        }
    }

    /// Blocks until there has been a signal, or for so long.
    package func wait(milliseconds: Int32 = -1) {
        var descriptor = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        while poll(&descriptor, 1, milliseconds) < 0, errno == EINTR {}
        drain()
    }
}
