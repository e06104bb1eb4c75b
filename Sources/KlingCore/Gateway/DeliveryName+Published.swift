internal import JSON

// What an earlier delivery of the same video has left, also of a process that was killed before it could note so in the journal
// (GATEWAY §4).
extension DeliveryName {
    /// The file, when it is there whole and by its sidecar this video of the task's; what was left to do with it is done.
    ///
    /// A file that only has the name is someone else's: length and digest decide, as the sidecar is written
    /// before the name is taken and stays when that fails.
    func published(of task: TaskID, video index: Int, link: VideoTask.Video) -> DeliveredFile? {
        for path in candidates where FileSystem.exists(path) {
            let sidecar = Self.sidecar(path)
            for about in [sidecar, sidecar + ".part"] {
                guard let file = Self.described(about, path, task, index, link),
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
        _ sidecar: String, _ path: String, _ task: TaskID, _ index: Int, _ link: VideoTask.Video
    ) -> DeliveredFile? {
        guard let text = FileSystem.contents(sidecar, limit: 16 << 20) else { return nil }
        let tree = JSONTree(text)
        let about = tree.value(tree.root)
        guard tree.isValid, about["task"]?["id"]?.string == task.text, let file = about["file"],
            let bytes = file["bytes"]?.int, let sha256 = file["sha256"]?.string,
            let contentType = file["contentType"]?.string, (file["video"]?.int ?? index) == index
        else { return nil }
        return DeliveredFile(
            path: path, bytes: Int64(bytes), sha256: sha256, contentType: contentType, link: link)
    }
}
