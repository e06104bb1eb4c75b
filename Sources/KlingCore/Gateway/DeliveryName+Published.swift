internal import JSON

// What a process that was killed between naming the file and noting so in the journal has left (GATEWAY §4).
extension DeliveryName {
    /// The file, when it is there whole and by its sidecar this task's; what was left to do with it is done.
    ///
    /// A file that only has the name is someone else's: length and digest decide, as the sidecar is written
    /// before the name is taken and stays when that fails.
    func published(of task: TaskID, link: VideoTask.Video) -> DeliveredFile? {
        for path in candidates where FileSystem.exists(path) {
            let sidecar = Self.sidecar(path)
            for about in [sidecar, sidecar + ".part"] {
                guard let file = Self.described(about, path, task, link),
                    let found = FileSystem.digest(of: path), found.bytes == file.bytes,
                    found.sha256 == file.sha256
                else { continue }
                if about != sidecar { try? FileSystem.replace(sidecar, with: about) }
                PartFile.removeSecondName(of: path, expected)
                FileSystem.syncDirectory(of: path)
                return file
            }
        }
        return nil
    }

    private static func described(
        _ sidecar: String, _ path: String, _ task: TaskID, _ link: VideoTask.Video
    ) -> DeliveredFile? {
        guard let text = FileSystem.contents(sidecar, limit: 16 << 20) else { return nil }
        let tree = JSONTree(text)
        let about = tree.value(tree.root)
        guard tree.isValid, about["task"]?["id"]?.string == task.text, let file = about["file"],
            let bytes = file["bytes"]?.int, let sha256 = file["sha256"]?.string,
            let contentType = file["contentType"]?.string
        else { return nil }
        return DeliveredFile(
            path: path, bytes: Int64(bytes), sha256: sha256, contentType: contentType, link: link)
    }
}
