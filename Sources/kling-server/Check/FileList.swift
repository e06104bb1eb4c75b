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
            if argument == "-" || isAnyFile(argument) {
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
            for path in found where seen.insert(wholePath(path)).inserted { paths.append(path) }
        }
        return paths
    }

    /// One name for every way to a file; that of a file which is not there as it is.
    private static func wholePath(_ path: String) -> String {
        guard let whole = realpath(path, nil) else { return path }
        defer { free(whole) }
        return String(cString: whole)
    }

    private static func matches(of pattern: String) -> [String] {
        var parts: [String] = []
        for part in pattern.split(separator: "/", omittingEmptySubsequences: true).map(String.init) {
            // Once says as much as twice, which would take every way to a file.
            if part != "**" || parts.last != "**" { parts.append(part) }
        }
        // At the end it means every file at any depth.
        if parts.last == "**" { parts.append("*") }
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
            for name in names(in: directory) where isSearched(name) {
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
        // One that cannot be looked into is said like a file that cannot be read.
        guard canBeListed(base) else { return [directory] }
        var found: [String] = []
        for name in names(in: base) where isSearched(name) {
            let path = base + name
            if isDirectory(path) {
                if !isLink(path) { found += requests(below: path) }
            } else if endings.contains(where: { name.lowercased().hasSuffix($0) }),
                type(path, stat) ?? S_IFREG == S_IFREG
            {
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

    /// What a search goes into without being told to.
    private static func isSearched(_ name: String) -> Bool { !name.hasPrefix(".") && name != "node_modules" }
    private static func isFile(_ path: String) -> Bool { type(path, stat) == S_IFREG }
    /// A pipe or device too: only who names it means it.
    private static func isAnyFile(_ path: String) -> Bool {
        guard let type = type(path, stat) else { return false }
        return type != S_IFDIR
    }
    private static func canBeListed(_ directory: String) -> Bool {
        access(directory.isEmpty ? "." : directory, R_OK | X_OK) == 0
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
