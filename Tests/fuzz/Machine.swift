#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Clocks, memory and files.
enum Machine {
    static func fail(_ words: String) -> Never {
        complain(words)
        exit(2)
    }

    static func end(_ status: Int32) -> Never { exit(status) }

    static func complain(_ words: String) {
        let line = Array("fuzz: \(words)\n".utf8)
        _ = write(2, line, line.count)
    }

    static var seconds: Double { time(CLOCK_MONOTONIC) }

    /// Of this thread alone: what others do on the machine does not count.
    static var processorSeconds: Double { time(CLOCK_THREAD_CPUTIME_ID) }

    private static func time(_ clock: clockid_t) -> Double {
        var now = timespec()
        clock_gettime(clock, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }

    /// Bytes of resident memory at most so far.
    static var peakMemory: Int {
        var usage = rusage()
        // RUSAGE_SELF, which not every system spells the same in Swift.
        getrusage(.init(0), &usage)
        #if canImport(Darwin)
            return usage.ru_maxrss
        #else
            return usage.ru_maxrss * 1024
        #endif
    }

    /// Ends the process when one input takes longer: it hangs.
    static func endAfter(seconds: UInt32) { _ = alarm(seconds) }

    static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { return ferror(file) == 0 ? bytes : nil }
            bytes += chunk[..<count]
        }
    }

    static func save(_ bytes: [UInt8], to path: String) {
        guard let file = fopen(path, "wb") else { fail("\(path) cannot be written") }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }

    /// Holds the input at hand: what a trap or an endless loop was about is then on disk.
    struct Slate: ~Copyable {
        private let descriptor: Int32

        init(_ path: String) {
            descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
            guard descriptor >= 0 else { fail("\(path) cannot be written") }
        }

        /// Behind it the end of a longer one may be left, which costs less than cutting it off.
        func put(_ input: Input) {
            let bytes = input.file
            guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else { fail("the disk is full") }
        }

        deinit { close(descriptor) }
    }
}
