package import JSON
import JSONRPC
import KlingCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Text with a request in it, or several: given in a call, or in a file.
package struct DocumentSource {
    package enum Language: String, CaseIterable {
        case json, jsonc, jsonl

        var options: JSONOptions {
            switch self {
            case .json: .json
            case .jsonc: .jsonc
            case .jsonl: .lines
            }
        }

        /// By the extension of a file name; JSON for any other.
        package init(path: String) {
            let lowered = path.lowercased()
            self = lowered.hasSuffix(".jsonc") ? .jsonc : lowered.hasSuffix(".jsonl") ? .jsonl : .json
        }
    }

    package let tree: JSONTree
    package let lines: LineIndex

    /// - Parameter values: values and names read of it; more is a problem that is reported.
    package init(bytes: [UInt8], language: Language, values: Int = .max) {
        var options = language.options
        options.maximumCount = values
        tree = JSONTree(bytes, options: options)
        lines = LineIndex(tree.source)
    }

    /// Reads a file by its `file:` URI or path (RFC 8089); the extension decides about comments.
    init(uri: String, values: Int) throws(RPCError) {
        guard let path = Self.path(of: uri) else {
            throw .invalidParams("uri must be a file: URI or a path, not \(quoted(uri))")
        }
        self.init(bytes: try Self.read(path), language: Language(path: path), values: values)
    }

    /// Where a parameter says that something is to be written: a path, or a `file:` URI as editors give it.
    static func place(_ text: String, of parameter: String) throws(RPCError) -> String {
        guard let path = path(of: text), !path.isEmpty, !path.utf8.contains(0) else {
            throw .invalidParams("\(parameter) must be a path or a file: URI, not \(quoted(text))")
        }
        return path
    }

    static func path(of uri: String) -> String? {
        guard uri.hasPrefix("file:") else {
            return uri.isEmpty || uri.contains("://") || uri.utf8.contains(0) ? nil : uri
        }
        var rest = uri.dropFirst("file:".count)
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            let host = rest[..<slash]
            guard host.isEmpty || host == "localhost" else { return nil }
            rest = rest[slash...]
        }
        var bytes: [UInt8] = []
        var encoded = Array(rest.utf8)[...]
        while let byte = encoded.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard encoded.count >= 2,
                let value = UInt8(String(decoding: encoded.prefix(2), as: UTF8.self), radix: 16),
                value != 0
            else { return nil }
            bytes.append(value)
            encoded = encoded.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes of a file of at most 64 MiB.
    static func read(_ path: String) throws(RPCError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw .invalidParams("\(quoted(path)) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .invalidParams("\(quoted(path)) is not a file")
        }
        let limit = 64 << 20
        guard status.st_size <= limit else {
            throw .invalidParams("\(quoted(path)) is over the limit of \(limit) bytes")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size))
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let count = chunk.withUnsafeMutableBytes { systemRead(descriptor, $0) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw .invalidParams("\(quoted(path)) cannot be read: \(String(cString: strerror(errno)))")
            }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}
