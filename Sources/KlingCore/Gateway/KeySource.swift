internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Where the API key comes from. A file is read when the key is needed, anew for as long as there is none in it;
/// a key that was had once is kept.
///
/// A pipe or device gives what it has once, at a time of its own, so it is read to its end on a thread of its
/// own: whoever needs the key meanwhile is told that it is not there yet, or waits for a limited time.
public final class KeySource: Sendable {
    private enum State {
        case file(String)
        /// A thread reads it. Callers wait until that moment, which the first of them sets.
        case coming(String, until: ContinuousClock.Instant?)
        case settled(Result<Secret?, KeyProblem>)
    }

    private let state: Mutex<State>
    private let file: String?
    private let reserved: Int32?
    private let patience: Duration

    /// More is no key, and of some devices there is no end.
    private static let largest = 1 << 16

    /// - Parameter secret: nil when no key was given.
    public init(_ secret: Secret?) {
        state = Mutex(.settled(.success(secret)))
        (file, reserved, patience) = (nil, nil, .zero)
    }

    /// - Parameter name: the variable of the environment that the text is from.
    public init(_ text: String, variable name: String) {
        state = Mutex(.settled(Self.secret(in: Array(text.utf8), of: .variable(name))))
        (file, reserved, patience) = (nil, nil, .zero)
    }

    /// Opens nothing yet.
    /// - Parameters:
    ///   - reserved: a descriptor whose pipe or terminal is for something else.
    ///   - patience: how long callers wait for what comes out of a pipe, since the first of them began to.
    public init(file path: String, reserved: Int32? = nil, patience: Duration = .seconds(15)) {
        state = Mutex(.file(path))
        (file, self.reserved, self.patience) = (path, reserved, patience)
    }

    /// The key, or nil when none was given. Does not wait for a pipe, but begins to read it.
    public func key() throws(KeyProblem) -> Secret? { try look(opensStreams: true).get() }

    /// The key, if one has been read.
    package var known: Secret? {
        state.withLock { state in
            guard case .settled(.success(let secret)) = state else { return nil }
            return secret
        }
    }

    /// The gateway did not accept the key: there may be another one in the file by now.
    /// - Returns: whether there is.
    package func isReplaced(_ refused: Secret) -> Bool {
        state.withLock { state in
            guard case .settled(.success(let known?)) = state else { return false }
            guard known.account == refused.account else { return true }
            var status = stat()
            guard let file, stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                case .success(let found?) = Self.read(file, as: .file(file)), found.account != known.account
            else { return false }
            state = .settled(.success(found))
            return true
        }
    }

    /// What is wrong, as far as that can be told without opening a pipe or device.
    public var problem: KeyProblem? {
        guard case .failure(let problem) = look(opensStreams: false) else { return nil }
        return problem
    }

    /// ``key()``, and waits for a key that comes out of a pipe, until it is there, the time is over, or the
    /// caller's task is cancelled.
    public func awaitedKey() async throws(KeyProblem) -> Secret? {
        _ = look(opensStreams: true)
        while mayCome(), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
        return try key()
    }

    private func mayCome() -> Bool {
        state.withLock { state in
            guard case .coming(let path, let known) = state else { return false }
            let end = known ?? .now + patience
            state = .coming(path, until: end)
            return end > .now
        }
    }

    private func look(opensStreams: Bool) -> Result<Secret?, KeyProblem> {
        state.withLock { state in
            switch state {
            case .settled(let found): return found
            case .coming(let path, _): return .failure(KeyProblem(.stream(path), .notWritten))
            case .file(let path):
                var status = stat()
                guard stat(path, &status) == 0 else {
                    return .failure(KeyProblem(.file(path), Self.systemFault(errno)))
                }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: return .failure(KeyProblem(.file(path), .isDirectory))
                case S_IFREG:
                    let found = Self.read(path, as: .file(path))
                    if case .success = found { state = .settled(found) }
                    return found
                default:
                    if isReserved(status) { return .failure(KeyProblem(.stream(path), .isInput)) }
                    guard opensStreams else { return .success(nil) }
                    guard DedicatedThread.start({ [self] in readStream(path) }) else {
                        return .failure(KeyProblem(.file(path), Self.systemFault(EAGAIN)))
                    }
                    state = .coming(path, until: nil)
                    return .failure(KeyProblem(.stream(path), .notWritten))
                }
            }
        }
    }

    private func isReserved(_ status: stat) -> Bool {
        var other = stat()
        guard let reserved, fstat(reserved, &other) == 0 else { return false }
        // A device such as /dev/null has the same for everybody; a terminal has not.
        guard status.st_mode & S_IFMT != S_IFCHR || isatty(reserved) == 1 else { return false }
        return (status.st_dev, status.st_ino) == (other.st_dev, other.st_ino)
    }

    /// Opening it already waits for somebody who writes.
    private func readStream(_ path: String) {
        let found = Self.read(path, as: .stream(path))
        state.withLock { $0 = .settled(found) }
    }

    private static func read(_ path: String, as place: KeyProblem.Place) -> Result<Secret?, KeyProblem> {
        let waits = place == .stream(path)
        guard let bytes = FileSystem.contents(path, limit: largest, waits: waits) else {
            return .failure(KeyProblem(place, systemFault(errno)))
        }
        return secret(in: bytes, of: place)
    }

    private static func secret(
        in bytes: [UInt8], of place: KeyProblem.Place
    ) -> Result<Secret?, KeyProblem> {
        do throws(KeyProblem.Fault) {
            return .success(try Secret(reading: bytes))
        } catch {
            return .failure(KeyProblem(place, error))
        }
    }

    private static func systemFault(_ code: Int32) -> KeyProblem.Fault {
        .unreadable(String(cString: strerror(code)))
    }
}
