import JSON
import JSONRPC
import KlingCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Standard output: whether it is there, carries nothing else, and is kept from libraries that print.
///
/// It does what `serve` does at its start: keeps a private copy of descriptor 1 and lets 1 lead to standard
/// error; the report goes into the copy.
struct OutputExamination {
    /// Where the report goes: standard output, or standard error when that is closed.
    let descriptor: Int32
    let findings: [Finding]

    init() {
        let before = Self.identity(1)
        let error = Self.identity(2)
        guard before != nil, let copy = Descriptors.claimStandardOutput() else {
            // The number would be lent to the next file that is opened.
            dup2(2, 1)
            descriptor = 2
            findings = [
                .problem(
                    .output, en: "Standard output is closed: a server would have nobody to answer to.",
                    zh: "标准输出已关闭：服务将无法应答。",
                    advice: LocalizedText(
                        en: "Start it with its standard output on a pipe that you read.",
                        zh: "启动时请把标准输出接到由您读取的管道。"), facts: ["open": false])
            ]
            return
        }
        // The copy may be one that does not wait for room; this report does.
        let flags = fcntl(copy, F_GETFL)
        if flags >= 0 { _ = fcntl(copy, F_SETFL, flags & ~O_NONBLOCK) }
        descriptor = copy
        let isProtected = Self.identity(1) == Self.identity(2) && Self.identity(copy) == before
        // A terminal shows both; anything else would get log lines between the messages.
        let isShared = before == error && before?.isStream == true
        let facts: JSONObject = ["open": true, "protected": .bool(isProtected), "shared": .bool(isShared)]
        if !isProtected {
            findings = [
                .problem(
                    .output, en: "Descriptor 1 cannot be kept from libraries that print.",
                    zh: "无法保护描述符 1 不被库函数写入。",
                    advice: LocalizedText(
                        en: "Start the server with standard output and standard error open.",
                        zh: "启动时请保持标准输出和标准错误都打开。"), facts: facts)
            ]
        } else if isShared {
            findings = [
                .warning(
                    .output,
                    en:
                        "Standard error goes to the same place as standard output: the log would stand between the "
                        + "messages.",
                    zh: "标准错误与标准输出指向同一处：日志会混入消息之间。",
                    advice: LocalizedText(
                        en: "Start the server without `2>&1`.", zh: "启动服务时请不要使用 `2>&1`。"), facts: facts)
            ]
        } else {
            findings = [
                .ok(
                    .output,
                    en:
                        "Standard output carries nothing but messages: what a library prints goes to standard error.",
                    zh: "标准输出只承载消息：库函数打印的内容会写到标准错误。", facts: facts)
            ]
        }
    }

    /// Which file a descriptor leads to.
    private struct Identity: Equatable {
        let device: UInt64
        let number: UInt64
        /// A file, pipe or socket: what is written into it stands one behind the other.
        let isStream: Bool
    }

    private static func identity(_ descriptor: Int32) -> Identity? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        return Identity(
            device: UInt64(truncatingIfNeeded: status.st_dev),
            number: UInt64(truncatingIfNeeded: status.st_ino),
            isStream: status.st_mode & S_IFMT != S_IFCHR)
    }
}
