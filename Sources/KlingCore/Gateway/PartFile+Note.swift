internal import JSON

extension PartFile {
    /// What `NAME.part.json` says: without it a part is someone else's.
    struct Note {
        let video: String
        let validator: String?
        let bytes: Int64

        init(video: String, validator: String?, bytes: Int64) {
            self.video = video
            self.validator = validator
            self.bytes = bytes
        }

        /// Nil when there is none.
        init?(beside part: String) throws(Failure) {
            let path = Self.path(part)
            guard FileSystem.exists(path) else { return nil }
            let tree = JSONTree(FileSystem.contents(path, limit: 64 << 10) ?? [])
            let note = tree.value(tree.root)
            guard tree.isValid, let video = note["video"]?.string, let bytes = note["bytes"]?.int else {
                throw Failure.inTheWay(path)
            }
            self.init(video: video, validator: note["validator"]?.string, bytes: Int64(bytes))
        }

        func write(beside part: String) throws(Failure) {
            let text: JSONValue = [
                "video": .string(video), "validator": JSONValue(validator), "bytes": JSONValue(Int(bytes))
            ]
            let path = Self.path(part)
            try FileSystem.write(Array(text.description.utf8), to: path + ".new")
            try FileSystem.replace(path, with: path + ".new")
        }

        static func remove(beside part: String) { FileSystem.remove(path(part)) }

        private static func path(_ part: String) -> String { part + ".json" }
    }
}
