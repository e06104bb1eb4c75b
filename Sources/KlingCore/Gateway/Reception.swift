internal import JSON
internal import Synchronization

/// What arrives of one video, on its way into its file. Pieces come on the network's thread.
final class Reception: Sendable {
    private struct State: ~Copyable {
        var part: PartFile
        var total: Int64?
        var contentType = ""
        var validator: String?
        var failure: Failure?
        /// The server went on with another version of the file.
        var hasChanged = false
    }

    private let state: Mutex<State>
    private let ceiling: Int64
    private let progress: @Sendable (Int64, Int64?) -> Void

    /// Opens `path.part`, with what is left of an earlier delivery of the same video.
    init(
        _ path: String, of video: String, ceiling: Int64,
        progress: @escaping @Sendable (Int64, Int64?) -> Void
    ) throws(Failure) {
        self.ceiling = ceiling
        self.progress = progress
        let part = try PartFile.taking(path, for: video)
        let validator = part.earlierValidator
        state = Mutex(State(part: part, validator: validator))
    }

    var count: Int64 { state.withLock { $0.part.count } }
    /// Why a piece was not taken.
    var failure: Failure? { state.withLock { $0.failure } }

    /// Whether what arrived was another version than the one begun with, which is begun anew then. Asked once.
    func takeChange() -> Bool {
        state.withLock { state in
            defer { state.hasChanged = false }
            return state.hasChanged
        }
    }

    var resumption: FetchResumption? {
        state.withLock { state in
            guard state.part.count > 0, let validator = state.validator else { return nil }
            return FetchResumption(offset: state.part.count, validator: validator)
        }
    }

    /// All bytes are there: as many as announced, or, when nothing was announced, as many as the boxes of the
    /// file say.
    var isWhole: Bool {
        state.withLock { state in
            guard let total = state.total else { return state.part.container == .whole }
            return state.part.count == total
        }
    }

    /// Whether to go on.
    func take(_ piece: FetchPiece) -> Bool {
        let (count, total): (Int64, Int64?) = state.withLock { state in
            guard state.failure == nil else { return (-1, nil) }
            do throws(Failure) {
                switch piece {
                case .head(let offset, let total, let contentType, let said):
                    // A part need not say again which version it is of.
                    let validator = said ?? (offset > 0 ? state.validator : nil)
                    if let total, total > ceiling { throw tooLarge }
                    // Parts of two versions make no file (RFC 9110 §15.3.7.3), whatever If-Range asked for.
                    let isOther = validator != state.validator
                    let isLonger = total != nil && state.total != nil && total != state.total
                    if offset > 0, isOther || isLonger {
                        try state.part.begin(at: 0, validator: nil)
                        (state.validator, state.total, state.hasChanged) = (nil, nil, true)
                        return (-1, nil)
                    }
                    try state.part.begin(at: offset, validator: validator)
                    state.total = total ?? (offset > 0 ? state.total : nil)
                    state.validator = validator
                    state.contentType = contentType ?? ""
                case .bytes(let bytes):
                    let count = state.part.count + Int64(bytes.count)
                    guard count <= ceiling else { throw tooLarge }
                    guard count <= state.total ?? .max else {
                        throw Failure(.badGateway, reason: .init(.moreThanAnnounced))
                    }
                    try state.part.append(bytes)
                }
            } catch {
                state.failure = error
            }
            return (state.failure == nil ? state.part.count : -1, state.total)
        }
        guard count >= 0 else { return false }
        progress(count, total)
        return true
    }

    /// Sees to it that what has come so far can be gone on with, should the process end now.
    func keep() { state.withLock { $0.part.keep() } }

    /// Removes what has come.
    func discard() { state.withLock { $0.part.discard() } }

    /// Lets go of the file at once: the network's thread may hold on to this value a moment longer.
    func close() {
        state.withLock { state in
            state.failure = state.failure ?? Failure(.fileSystem, reason: .init(.cancelled))
            // Nothing came: nothing is left behind.
            if state.part.count == 0 { state.part.discard() } else { state.part.keep() }
            state.part.close()
        }
    }

    private var tooLarge: Failure {
        Failure(.fileSystem, reason: .init(.tooLarge, String(ceiling)))
    }

    /// Gives the file its name, and writes the sidecar.
    func publish(
        _ name: DeliveryName, _ task: VideoTask, video index: Int, link: VideoTask.Video, overwrite: Bool
    ) throws(Failure) -> DeliveredFile {
        let total = state.withLock { $0.total }
        let result: Result<DeliveredFile, Failure> = state.withLock { state in
            do throws(Failure) {
                let fault: Failure.Reason? =
                    switch state.part.container {
                    case .whole: nil
                    case .partial: .init(.cutShort, String(state.part.count))
                    case .foreign where state.part.count == 0: .init(.empty)
                    case .foreign: .init(.noVideo, state.contentType)
                    }
                if let fault {
                    state.part.discard()
                    throw Failure(.badGateway, reason: fault)
                }
                let contentType = Self.contentType(state.contentType, brand: state.part.brand)
                let path = name.final(contentType: contentType)
                try DeliveryName.refuse(inTheWayOf: path, of: task.id, overwrite: overwrite)
                let file = DeliveredFile(
                    path: path, bytes: state.part.count, sha256: try state.part.seal(),
                    contentType: contentType,
                    link: link)
                let sidecar = DeliveryName.sidecar(path)
                // Written before, so that a full disk is noticed while the part can still be kept.
                try FileSystem.write(Self.sidecar(file, task, index), to: sidecar + ".part")
                try state.part.publish(path, overwrite: overwrite)
                try FileSystem.replace(sidecar, with: sidecar + ".part")
                FileSystem.syncDirectory(of: path)
                return .success(file)
            } catch {
                return .failure(error)
            }
        }
        let file = try result.get()
        // Only the end says how many there are in all.
        if total == nil { progress(file.bytes, file.bytes) }
        return file
    }

    private static func contentType(_ said: String, brand: String) -> String {
        let type = said.prefix { $0 != ";" && $0 != " " }.lowercased()
        if type.hasPrefix("video/") { return type }
        return brand == "qt  " ? "video/quicktime" : "video/mp4"
    }

    /// What the file is and how it came to be. The link is left out: whoever has it has the video.
    private static func sidecar(_ file: DeliveredFile, _ task: VideoTask, _ index: Int) -> [UInt8] {
        var about: JSONObject = [
            "id": .string(task.id.text), "taskId": JSONValue(task.taskId),
            "model": .string(task.request.model),
            "createdAt": .string(task.createdAt.description),
            "completedAt": JSONValue(task.completedAt?.description),
            "labels": .object(
                JSONObject(task.labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        ]
        if task.simulated { about["simulated"] = true }
        let text: JSONValue = [
            "task": .object(about), "request": .object(task.request.body),
            "file": [
                "bytes": JSONValue(Int(file.bytes)), "sha256": .string(file.sha256),
                "contentType": .string(file.contentType), "video": JSONValue(index)
            ]
        ]
        return Array((text.description + "\n").utf8)
    }
}
