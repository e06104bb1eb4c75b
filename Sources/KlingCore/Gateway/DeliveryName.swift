internal import JSON

/// What the files of a delivery are called.
struct DeliveryName: Sendable {
    /// Absolute, without extension when the content decides it.
    private let base: String
    private let isExact: Bool

    init(_ task: TaskID, video index: Int, _ target: VideoTask.Delivery) {
        let suffix = index == 0 ? "" : "-\(index + 1)"
        switch target.absolute {
        case .directory(let directory):
            base = directory + "/" + task.text + suffix
            isExact = false
        case .path(let path):
            isExact = true
            // Further videos of one task cannot all have the one name.
            let dot =
                path.lastIndex(of: ".").flatMap { path[$0...].contains("/") ? nil : $0 } ?? path.endIndex
            base = String(path[..<dot]) + suffix + path[dot...]
        }
    }

    /// The name before the content is known; what there is of the file stands in this with `.part`.
    var expected: String { isExact ? base : base + ".mp4" }

    func final(contentType: String) -> String {
        guard !isExact else { return base }
        switch contentType {
        case "video/quicktime": return base + ".mov"
        case "video/x-m4v": return base + ".m4v"
        default: return base + ".mp4"
        }
    }

    /// Every name that the file may have got.
    var candidates: [String] { isExact ? [base] : [".mp4", ".mov", ".m4v"].map { base + $0 } }

    /// Makes the directory, and refuses before anything is fetched what would be refused at the end.
    func prepare(overwrite: Bool, task: TaskID) throws(Failure) {
        guard !FileSystem.isDirectory(expected) else {
            throw Failure(.fileSystem, reason: .init(.directory, expected))
        }
        if let slash = expected.lastIndex(of: "/"), slash != expected.startIndex {
            try FileSystem.makeDirectory(String(expected[..<slash]))
        }
        try Self.refuse(inTheWayOf: expected, of: task, overwrite: overwrite)
    }

    static func refuse(inTheWayOf path: String, of task: TaskID, overwrite: Bool) throws(Failure) {
        if overwrite {
            // A film only: a path may be mistaken for that of the journal, of the key, of a device.
            guard FileSystem.isReplaceable(path) else { throw Failure.inTheWay(path, .noVideo) }
            try refuse(foreignSidecarOf: path)
        } else {
            try refuse(existing: path, of: task)
        }
        try refuse(foreignDraft: sidecar(path) + ".part")
    }

    /// A file that is there is in the way; a sidecar of the same task is not.
    private static func refuse(existing path: String, of task: TaskID) throws(Failure) {
        guard !FileSystem.exists(path) else {
            throw Failure.inTheWay(path, FileSystem.isReplaceable(path) ? nil : .noVideo)
        }
        guard FileSystem.exists(sidecar(path)) else { return }
        let tree = JSONTree(FileSystem.contents(sidecar(path), limit: 16 << 20) ?? [])
        guard tree.isValid, tree.value(tree.root)["task"]?["id"]?.string == task.text else {
            throw Failure.inTheWay(sidecar(path))
        }
    }

    /// What replaces the file replaces its sidecar, but nothing else of that name.
    private static func refuse(foreignSidecarOf path: String) throws(Failure) {
        let path = sidecar(path)
        guard FileSystem.exists(path) else { return }
        let tree = JSONTree(FileSystem.contents(path, limit: 16 << 20) ?? [])
        let about = tree.value(tree.root)
        guard tree.isValid, about["task"]?["id"]?.string != nil, about["file"]?["sha256"]?.string != nil
        else {
            throw Failure.inTheWay(path)
        }
    }

    /// A sidecar that a killed process was writing may end anywhere, but begins as all do.
    private static func refuse(foreignDraft path: String) throws(Failure) {
        try FileSystem.refuse(foreignDraft: path, beginning: "{\"task\":{\"id\":\"")
    }

    /// `clip.mp4` has `clip.mp4.json` beside it: `clip.json` may well be the request it was made from.
    static func sidecar(_ path: String) -> String { path + ".json" }
}
