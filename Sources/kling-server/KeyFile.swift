import KlingCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file that a key is read from.
struct KeyFile {
    let path: String

    /// Whether other users of the machine may read or change it. A pipe or device is nobody's file.
    var isOpenToOthers: Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return status.st_mode & 0o066 != 0
    }

    /// Its permissions as `chmod` takes them, such as `644`.
    var mode: String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return String(status.st_mode & 0o7777, radix: 8)
    }

    var openness: LocalizedText {
        LocalizedText(
            en: "Other users may read or change the key file \(path) (mode \(mode ?? "?")).",
            zh: "其他用户可以读取或修改 Key 文件 \(path)（权限 \(mode ?? "?")）。")
    }

    var cure: LocalizedText {
        LocalizedText(
            en: "Take that right away: chmod 600 \(path). If they may have read it, make a new key.",
            zh: "请收回权限：chmod 600 \(path)。若可能已被他人读取，请更换 Key。")
    }
}
