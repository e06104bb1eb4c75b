import JSON

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Whole files and standard streams, by the C library.
enum SmallFile {
    static var lastError: String { String(cString: strerror(errno)) }

    /// The other end of the pipe is closed.
    static var lastFailedForWantOfReader: Bool { errno == EPIPE }

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The user's home by the system's list of users, for a process without `HOME`.
    static var homeDirectory: String? {
        guard let entry = getpwuid(getuid()), let directory = entry.pointee.pw_dir else { return nil }
        return String(cString: directory)
    }

    /// More is no request, and of some devices there is no end.
    private static let largest = 1 << 30
    private static let largestOfDevice = 1 << 24

    /// The bytes of a file, or nil with `errno` set.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return readAll(descriptor)
    }

    static func readAll(_ descriptor: Int32) -> [UInt8]? {
        var status = stat()
        let size = fstat(descriptor, &status) == 0 ? Int(clamping: status.st_size) : 0
        let isDevice = [S_IFCHR, S_IFBLK].contains(status.st_mode & S_IFMT)
        let largest = isDevice ? largestOfDevice : largest
        var bytes: [UInt8] = []
        guard size <= largest else {
            errno = EFBIG
            return nil
        }
        bytes.reserveCapacity(size > 0 ? size + 1 : 1 << 16)
        while true {
            var count = 0
            // What is reserved first: at its end there is a byte free to see that nothing follows.
            let free = bytes.capacity - bytes.count
            bytes.append(addingCapacity: free > 0 ? free : 1 << 16) { span in
                span.withUnsafeMutableBufferPointer { free, initialized in
                    LargePages.use(for: UnsafeRawBufferPointer(free))
                    count = systemRead(descriptor, free)
                    initialized = max(0, count)
                }
            }
            if count < 0, errno == EINTR { continue }
            if count < 0 { return nil }
            guard bytes.count <= largest else {
                errno = EFBIG
                return nil
            }
            if count == 0 { return bytes }
        }
    }

    /// Writes to standard output, all of it or as much as goes.
    static func write(_ text: String, to descriptor: Int32 = 1) { write(Array(text.utf8), to: descriptor) }

    /// - Returns: whether all of it was written.
    @discardableResult
    static func write(_ bytes: [UInt8], to descriptor: Int32 = 1) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: $0[written...]))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    /// Gives a file other content in one step, through a link if it is one, and keeps its permissions and, where that is
    /// allowed, its owner; false with `errno` set when that cannot be done: the file is then as it was.
    static func replace(_ path: String, with bytes: [UInt8]) -> Bool {
        guard let resolved = realpath(path, nil) else { return false }
        let target = String(cString: resolved)
        free(resolved)
        var status = stat()
        guard stat(target, &status) == 0, access(target, W_OK) == 0 else { return false }
        guard status.st_mode & S_IFMT == S_IFREG else {
            errno = EINVAL
            return false
        }
        // A name of its own: two links may lead here at once.
        var name = Array((target + ".XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { return false }
        let draft = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        _ = fchown(descriptor, status.st_uid, status.st_gid)
        let isWritten =
            write(bytes, to: descriptor) && fchmod(descriptor, status.st_mode & 0o7777) == 0
            && fsync(descriptor) == 0
        let reason = errno
        close(descriptor)
        if isWritten, rename(draft, target) == 0 { return true }
        let last = isWritten ? errno : reason
        unlink(draft)
        errno = last
        return false
    }

    /// Writes a file, made anew or over what it holds; false with `errno` set when that cannot be done.
    static func put(_ path: String, _ bytes: [UInt8]) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { return false }
        let isWritten = write(bytes, to: descriptor)
        return close(descriptor) == 0 && isWritten
    }

    /// Makes the directories that a path goes through, those that are missing; false with `errno` set.
    static func makeDirectories(above path: String) -> Bool {
        var end = path.startIndex
        while let slash = path[end...].firstIndex(of: "/") {
            let directory = String(path[..<slash])
            guard directory.isEmpty || mkdir(directory, 0o777) == 0 || errno == EEXIST else { return false }
            end = path.index(after: slash)
        }
        return true
    }

    private static func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        #if canImport(Glibc)
            Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #else
            Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
