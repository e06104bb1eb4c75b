#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The files that the arguments of `check` mean: names as they are, directories searched for requests,
/// patterns (`*`, `?`, `[…]`, `**` for any depth) for shells that do not expand them.
enum FileList {
    private static let endings = [".kling.json", ".kling.jsonc", ".kling.jsonl"]

    static func expand(_ arguments: [String]) throws(Options.Misuse) -> [String] {
        var paths: [String] = []
        var seen: Set<String> = []
        for argument in arguments {
            let found: [String]
            if argument == "-" || isFile(argument) {
                found = [argument]
            } else if isDirectory(argument) {
                found = requests(below: argument)
                guard !found.isEmpty else {
                    throw Options.Misuse(
                        "\(argument) holds no file that ends in \(endings.joined(separator: ", "))")
                }
            } else if argument.contains(where: { "*?[".contains($0) }) {
                found = matches(of: argument)
                guard !found.isEmpty else { throw Options.Misuse("no file matches \(argument)") }
            } else {
                // Not there: said when it is read.
                found = [argument]
            }
            for path in found where seen.insert(path).inserted { paths.append(path) }
        }
        return paths
    }

    private static func matches(of pattern: String) -> [String] {
        let parts = pattern.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        var found: [String] = []
        match(parts[...], in: pattern.hasPrefix("/") ? "/" : "", &found)
        return found
    }

    private static func match(_ parts: ArraySlice<String>, in directory: String, _ found: inout [String]) {
        guard let part = parts.first else { return }
        let rest = parts.dropFirst()
        if part == "**" {
            // None, or one and any more.
            match(rest, in: directory, &found)
            for name in names(in: directory) where !isHidden(name) {
                let path = directory + name
                if isDirectory(path), !isLink(path) { match(parts, in: path + "/", &found) }
            }
            return
        }
        guard part.contains(where: { "*?[".contains($0) }) else {
            let path = directory + part
            if rest.isEmpty {
                if isFile(path) { found.append(path) }
            } else if isDirectory(path) {
                match(rest, in: path + "/", &found)
            }
            return
        }
        for name in names(in: directory) where fnmatch(part, name, FNM_PERIOD) == 0 {
            let path = directory + name
            if rest.isEmpty {
                if isFile(path) { found.append(path) }
            } else if isDirectory(path) {
                match(rest, in: path + "/", &found)
            }
        }
    }

    private static func requests(below directory: String) -> [String] {
        let base = directory == "." ? "" : directory.hasSuffix("/") ? directory : directory + "/"
        var found: [String] = []
        for name in names(in: base) where !isHidden(name) && name != "node_modules" {
            let path = base + name
            if isDirectory(path) {
                if !isLink(path) { found += requests(below: path) }
            } else if endings.contains(where: { name.lowercased().hasSuffix($0) }) {
                found.append(path)
            }
        }
        return found
    }

    /// Sorted, so that every run goes the same way.
    private static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory.isEmpty ? "." : directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: name.pointee)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func isHidden(_ name: String) -> Bool { name.hasPrefix(".") }
    private static func isFile(_ path: String) -> Bool {
        guard let type = type(path, stat) else { return false }
        return type != S_IFDIR
    }
    private static func isDirectory(_ path: String) -> Bool { type(path, stat) == S_IFDIR }
    private static func isLink(_ path: String) -> Bool { type(path, lstat) == S_IFLNK }

    private static func type(
        _ path: String, _ look: (UnsafePointer<CChar>, UnsafeMutablePointer<stat>) -> Int32
    ) -> mode_t? {
        var status = stat()
        return look(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
