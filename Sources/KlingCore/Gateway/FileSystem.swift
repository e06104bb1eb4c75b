#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The calls of the C library that deliveries need, with their errors as failures.
package enum FileSystem {
    /// The failure that `errno` tells of.
    static func failure(_ path: String) -> Failure {
        let code = errno
        // Fetching again costs nothing, once the disk is put right. Room may come by itself.
        let retry: Failure.Retry = code == ENOSPC || code == EDQUOT ? .after(.seconds(60)) : .now
        return Failure(
            .fileSystem,
            reason: .system("\(Fact.shortened(path, to: 200)): \(String(cString: strerror(code)))"),
            retry: retry)
    }

    static func open(_ path: String, _ flags: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.open(path, flags, 0o666)
        #elseif canImport(Musl)
            Musl.open(path, flags, 0o666)
        #else
            Darwin.open(path, flags, 0o666)
        #endif
    }

    static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #elseif canImport(Musl)
            Musl.close(descriptor)
        #else
            Darwin.close(descriptor)
        #endif
    }

    /// The path, whatever directory the process that uses it works in; without a slash at its end.
    static func absolute(_ path: String) -> String {
        var path = path.isEmpty ? "." : path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        guard !path.hasPrefix("/"), let directory = workingDirectory else { return path }
        return path == "."
            ? directory : directory + "/" + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
    }

    private static var workingDirectory: String? {
        guard let text = getcwd(nil, 0) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }

    /// Whether a file that is there is a film by its beginning, and so may be replaced by another. A link is replaced itself,
    /// and not what it leads to.
    static func isReplaceable(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return errno == ENOENT }
        if status.st_mode & S_IFMT == S_IFLNK { return true }
        // A device or a pipe is not even opened.
        guard status.st_mode & S_IFMT == S_IFREG else { return false }
        // A name that was kept free for it. Other programs' files may be empty for a while too.
        if status.st_size == 0 { return path.hasSuffix(".mp4") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var start = [UInt8](repeating: 0, count: 8)
        return pread(descriptor, &start, 8, 0) == 8 && start[4...].elementsEqual("ftyp".utf8)
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    package static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The directory with all above it.
    static func makeDirectory(_ path: String) throws(Failure) {
        guard mkdir(path, 0o777) != 0, errno != EEXIST else { return }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeDirectory(String(path[..<slash]))
            guard mkdir(path, 0o777) != 0, errno != EEXIST else { return }
        }
        let failure = failure(path)
        // A directory that exists on a read-only or foreign file system may refuse before it looks.
        guard isDirectory(path) else { throw failure }
    }

    /// The bytes of a small file; nil, with `errno` set, when it cannot be read or is larger.
    /// - Parameter waits: for what comes out of a pipe; otherwise a pipe cannot be read.
    static func contents(_ path: String, limit: Int, waits: Bool = false) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (waits ? 0 : O_NONBLOCK))
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let got = read(descriptor, &buffer, buffer.count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { return nil }
            guard bytes.count + got <= limit else {
                errno = EFBIG
                return nil
            }
            if got == 0 { return bytes }
            bytes += buffer[..<got]
        }
    }

    /// The length and SHA-256 of a file; nil when it cannot be read.
    static func digest(of path: String) -> (bytes: Int64, sha256: String)? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var (digest, count) = (SHA256(), Int64(0))
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let got = read(descriptor, &buffer, buffer.count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { return nil }
            if got == 0 { return (count, SHA256.hexadecimal(digest.finish())) }
            buffer.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
            count += Int64(got)
        }
    }

    /// Writes a small file, to the disk.
    static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let step = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written, off_t(written))
            }
            if step < 0, errno == EINTR { continue }
            guard step > 0 else { throw failure(path) }
            written += step
        }
        guard fsync(descriptor) == 0 else { throw failure(path) }
    }

    /// A file that a killed process was writing may end anywhere, but begins as all of its kind do, and has no other name.
    static func refuse(foreignDraft path: String, beginning: String) throws(Failure) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        let start = Array(beginning.utf8)
        guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1,
            let bytes = contents(path, limit: 16 << 20),
            bytes.starts(with: start) || start.starts(with: bytes)
        else { throw Failure.inTheWay(path) }
    }

    static func remove(_ path: String) { unlink(path) }

    /// Gives a file the name of another, which is gone then.
    static func replace(_ name: String, with path: String) throws(Failure) {
        guard rename(path, name) == 0 else { throw failure(name) }
    }

    /// Gives a file another name, unless that is taken.
    /// - Parameter named: called when it has the name, where the file system allows before it loses the old one.
    static func give(_ path: String, name: String, named: () -> Void = {}) throws(Failure) {
        if link(path, name) == 0 {
            named()
            unlink(path)
            return
        }
        switch errno {
        case EEXIST: throw Failure.inTheWay(name, nil)
        // File systems without hard links (FAT, some network shares): a file that appears at this very moment
        // is lost.
        case EPERM, EOPNOTSUPP, ENOSYS, EMLINK:
            guard !exists(name) else { throw Failure.inTheWay(name, nil) }
            try replace(name, with: path)
            named()
        default: throw failure(name)
        }
    }

    /// Makes a new name survive a loss of power, as far as the file system can.
    static func syncDirectory(of path: String) {
        let directory =
            path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(directory, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
