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
            try FileSystem.refuse(foreignDraft: Self.draft(part), beginning: "{\"video\":\"kt_")
            guard FileSystem.exists(path) else { return nil }
            let tree = JSONTree(FileSystem.contents(path, limit: 64 << 10) ?? [])
            let note = tree.value(tree.root)
            // Exactly what `write` writes: a note about anything else is no leave to write to the part.
            guard tree.isValid, let members = note.object, members.count == 3, members["validator"] != nil,
                let video = note["video"]?.string, let bytes = note["bytes"]?.int,
                video.split(separator: " ").first.flatMap({ TaskID(String($0)) }) != nil
            else { throw Failure.inTheWay(path) }
            self.init(video: video, validator: note["validator"]?.string, bytes: Int64(bytes))
        }

        func write(beside part: String) throws(Failure) {
            let text: JSONValue = [
                "video": .string(video), "validator": JSONValue(validator), "bytes": JSONValue(Int(bytes))
            ]
            let path = Self.path(part)
            try FileSystem.write(Array(text.description.utf8), to: Self.draft(part))
            try FileSystem.replace(path, with: Self.draft(part))
        }

        static func remove(beside part: String) { FileSystem.remove(path(part)) }

        private static func path(_ part: String) -> String { part + ".json" }
        private static func draft(_ part: String) -> String { path(part) + ".new" }
    }
}
