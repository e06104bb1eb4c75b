#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A file that is being filled, `NAME.part`, held by one delivery at a time.
///
/// Beside it, `NAME.part.json` says which video of which task it is, which version of the remote file, and how many of its
/// bytes surely are on the disk: after a loss of power a file may be longer than what was written of it.
struct PartFile: ~Copyable {
    private let path: String
    /// The video that fills it.
    private let video: String
    /// -1 when it has been let go.
    private var descriptor: Int32
    /// Bytes that are there and in the digest.
    private(set) var count: Int64 = 0
    private var digest = SHA256()
    private var validator: String?
    private var synced: Int64 = 0
    private static let syncInterval: Int64 = 4 << 20

    /// What the earlier delivery knew its bytes by, when there are some to go on from.
    var earlierValidator: String? { count > 0 ? validator : nil }

    /// - Parameters:
    ///   - name: the path without `.part`.
    ///   - video: what the file will be. What another video has left there is not gone on with.
    static func taking(_ name: String, for video: String) throws(Failure) -> PartFile {
        let path = name + ".part"
        // Before anything is made that would stay behind.
        _ = try Note(beside: path)
        var part = PartFile(path: path, video: video, descriptor: try open(path, of: name))
        try part.recover()
        return part
    }

    private init(path: String, video: String, descriptor: Int32) {
        self.path = path
        self.video = video
        self.descriptor = descriptor
    }

    deinit { if descriptor >= 0 { Self.close(descriptor) } }

    /// Keeps what has come for another time.
    mutating func keep() {
        if descriptor >= 0, count > synced { try? note() }
    }

    /// Lets go of the file and of the right to fill it.
    mutating func close() {
        if descriptor >= 0 { Self.close(descriptor) }
        descriptor = -1
    }

    private static func close(_ descriptor: Int32) { FileSystem.close(descriptor) }

    private static func open(_ path: String, of name: String) throws(Failure) -> Int32 {
        for _ in 0..<10 {
            let descriptor = FileSystem.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { throw FileSystem.failure(path) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                close(descriptor)
                throw Failure.beingWritten(path)
            }
            // Between open and lock the file may have got its final name, or been removed; and one that was
            // killed just after publishing has two names. Neither must be written to.
            var (mine, there) = (stat(), stat())
            if fstat(descriptor, &mine) == 0, stat(path, &there) == 0, mine.st_ino == there.st_ino {
                if mine.st_nlink == 1 { return descriptor }
                guard isNamed(mine, name) else {
                    close(descriptor)
                    throw Failure.inTheWay(path)
                }
                unlink(path)
            }
            close(descriptor)
        }
        throw Failure(.fileSystem, reason: .init(.restless, path))
    }

    /// Whether the file has got the name it was filled for, with whatever ending its content gave it.
    private static func isNamed(_ file: stat, _ name: String) -> Bool {
        let others = name.hasSuffix(".mp4") ? [".mov", ".m4v"].map { String(name.dropLast(4)) + $0 } : []
        return ([name] + others).contains { path in
            var there = stat()
            return lstat(path, &there) == 0 && there.st_ino == file.st_ino && there.st_dev == file.st_dev
        }
    }

    /// Takes up what an earlier delivery left, as far as it is known to be good.
    private mutating func recover() throws(Failure) {
        if let note = try Note(beside: path) {
            if note.video == video, let known = note.validator, note.bytes > 0 {
                var buffer = [UInt8](repeating: 0, count: 256 << 10)
                while count < note.bytes {
                    let wanted = min(buffer.count, Int(note.bytes - count))
                    let got = pread(descriptor, &buffer, wanted, off_t(count))
                    guard got > 0 else { break }
                    buffer.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
                    count += Int64(got)
                }
                validator = known
                synced = count
            }
        } else {
            // The note is on the disk before the first byte: without it, the bytes are someone else's.
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw FileSystem.failure(path) }
            guard status.st_size == 0 else { throw Failure.inTheWay(path) }
        }
        guard ftruncate(descriptor, off_t(count)) == 0 else { throw FileSystem.failure(path) }
    }

    // MARK: Filling

    /// Goes on at `offset`: where it stands, or at 0 to begin again.
    mutating func begin(at offset: Int64, validator: String?) throws(Failure) {
        self.validator = validator
        guard offset != count || count == 0 else { return }
        guard offset == 0 else {
            throw Failure(.badGateway, reason: .init(.wrongPart))
        }
        count = 0
        digest = SHA256()
        try note()
        guard ftruncate(descriptor, 0) == 0 else { throw FileSystem.failure(path) }
    }

    mutating func append(_ bytes: [UInt8]) throws(Failure) {
        var written = 0
        while written < bytes.count {
            let step = bytes.withUnsafeBytes { buffer in
                pwrite(
                    descriptor, buffer.baseAddress.map { $0 + written }, bytes.count - written,
                    off_t(count) + off_t(written))
            }
            if step < 0, errno == EINTR { continue }
            guard step > 0 else { throw FileSystem.failure(path) }
            written += step
        }
        digest.update(bytes)
        count += Int64(bytes.count)
        if count - synced >= Self.syncInterval { try note() }
    }

    /// Makes what is there survive, so that it can be resumed.
    private mutating func note() throws(Failure) {
        guard fsync(descriptor) == 0 else { throw FileSystem.failure(path) }
        synced = count
        try Note(video: video, validator: validator, bytes: count).write(beside: path)
    }

    // MARK: Content

    enum Container {
        /// The film is there, and what follows it is nothing that a player needs.
        case whole
        /// The pictures or their index are missing, or go on beyond the end.
        case partial
        case foreign
    }

    /// Whether the bytes are an ISO base media file (ISO/IEC 14496-12 §4.2: boxes of length, type, content;
    /// `ftyp` first) with an index (`moov`) and pictures (`mdat`).
    var container: Container {
        var position: Int64 = 0
        var found: Set<String> = []
        var isFilm: Bool { found.isSuperset(of: ["moov", "mdat"]) }
        while position < count {
            guard let head = bytes(at: position, 16), head.count >= 8 else {
                return position == 0 ? .foreign : isFilm ? .whole : .partial
            }
            let kind = String(decoding: head[4..<8], as: UTF8.self)
            let isMedia = ["moov", "mdat", "moof"].contains(kind)
            guard position > 0 || kind == "ftyp" else { return .foreign }
            var length = head[..<4].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            // To the end of the file; of 64 bits, after the type.
            if length == 0 { length = UInt64(count - position) }
            if length == 1 {
                guard head.count == 16 else { return isFilm && !isMedia ? .whole : .partial }
                length = head[8...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            }
            guard length >= 8, length <= UInt64(count - position) else {
                return position == 0 ? .foreign : isFilm && !isMedia ? .whole : .partial
            }
            found.insert(kind)
            position += Int64(length)
        }
        return position == 0 ? .foreign : isFilm ? .whole : .partial
    }

    /// The major brand, such as `isom` or `qt  `.
    var brand: String { bytes(at: 8, 4).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    private func bytes(at offset: Int64, _ length: Int) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: length)
        let got = pread(descriptor, &buffer, length, off_t(offset))
        return got > 0 ? Array(buffer[..<got]) : nil
    }

    // MARK: End

    /// Everything is on the disk; the digest of it.
    mutating func seal() throws(Failure) -> String {
        guard fsync(descriptor) == 0 else { throw FileSystem.failure(path) }
        let finished = digest
        return SHA256.hexadecimal(finished.finish())
    }

    /// Gives the file its name, in one step that either happens or does not.
    mutating func publish(_ name: String, overwrite: Bool) throws(Failure) {
        synced = count
        if overwrite {
            try FileSystem.replace(name, with: path)
            Note.remove(beside: path)
        } else {
            // Before the part: a note without it would vouch for whatever else gets its name.
            try FileSystem.give(path, name: name) { Note.remove(beside: path) }
        }
    }

    /// Removes what a process killed while it gave the file its name has left of the part.
    static func removeSecondName(of name: String, _ expected: String) {
        let path = expected + ".part"
        var (named, part) = (stat(), stat())
        if stat(name, &named) == 0, stat(path, &part) == 0, named.st_ino == part.st_ino,
            named.st_dev == part.st_dev
        {
            unlink(path)
        }
        if !FileSystem.exists(path) { Note.remove(beside: path) }
    }

    /// Removes the part, its note first; an empty part needs none.
    mutating func discard() {
        guard ftruncate(descriptor, 0) == 0 else { return }
        (count, synced) = (0, 0)
        Note.remove(beside: path)
        unlink(path)
    }
}
