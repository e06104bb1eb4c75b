import Synchronization

@testable import JSONRPC

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A real pipe, with the writing end blocking or not.
final class TestPipe: Sendable {
    let reading: Int32
    let writing: Int32
    private let isOpen = Mutex((reading: true, writing: true))

    init(nonBlocking: Bool) {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0)
        (reading, writing) = (ends[0], ends[1])
        if nonBlocking { _ = fcntl(writing, F_SETFL, O_NONBLOCK) }
    }

    deinit {
        closeReading()
        closeWriting()
    }

    func closeReading() {
        isOpen.withLock { isOpen in
            if isOpen.reading { close(reading) }
            isOpen.reading = false
        }
    }

    func closeWriting() {
        isOpen.withLock { isOpen in
            if isOpen.writing { close(writing) }
            isOpen.writing = false
        }
    }

    /// Reads until `enough` says so of what has come, the end, or two minutes in which nothing comes.
    func read(atMost chunk: Int = 1 << 16, until enough: ([UInt8]) -> Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: chunk)
        while !enough(bytes) {
            guard Descriptors.poll(reading, Int32(POLLIN), milliseconds: 120_000) != 0 else { break }
            let count = systemRead(reading, &room, chunk)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += room[..<count]
        }
        return bytes
    }

    func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(writing, $0.baseAddress, $0.count) }
            precondition(count > 0)
            rest = rest.dropFirst(count)
        }
    }
}

/// What a thread of the system's makes of `body`: for what waits in system calls.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        SystemThread.start { continuation.resume(returning: body()) }
    }
}

/// The largest memory this process has had, in bytes.
func peakMemory() -> Int {
    var usage = rusage()
    // RUSAGE_SELF, which Glibc gives another type.
    getrusage(0, &usage)
    #if os(Linux)
        return usage.ru_maxrss * 1024
    #else
        return usage.ru_maxrss
    #endif
}

private func systemRead(_ descriptor: Int32, _ room: inout [UInt8], _ count: Int) -> Int {
    room.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, count) }
}

private func systemWrite(_ descriptor: Int32, _ base: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, base, count)
}
