import Foundation
import Testing

/// The sources as they are kept to the rules of the house.
@Suite struct HouseTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The Swift files of `Sources`, by their paths in the package.
    static let sources: [(path: String, text: String)] = {
        let prefix = root.path.count + 1
        return files(under: root.appending(path: "Sources")).filter { $0.pathExtension == "swift" }.compactMap
        { url in
            (try? String(contentsOf: url, encoding: .utf8)).map { (String(url.path.dropFirst(prefix)), $0) }
        }
    }()

    private static func files(under folder: URL) -> [URL] {
        let all = FileManager.default.enumerator(
            at: folder, includingPropertiesForKeys: [.isDirectoryKey], options: .skipsHiddenFiles)
        return all?.compactMap { $0 as? URL } ?? []
    }

    private func violations(of rule: (String, String) -> [String]) -> [String] {
        Self.sources.flatMap { rule($0.path, $0.text) }
    }

    @Test func `there are sources to look at`() {
        let targets = Set(
            Self.sources.compactMap { $0.path.split(separator: "/").dropFirst().first.map(String.init) })
        #expect(targets == Set(HouseRules.arrows.keys))
    }

    @Test func `no import goes against an arrow`() {
        #expect(violations(of: HouseRules.imports).isEmpty)
    }

    @Test func `nothing in the sources is made to trap`() {
        #expect(violations(of: HouseRules.traps).isEmpty)
    }

    @Test func `the compiler is asked for trust three times at most`() {
        #expect(violations(of: HouseRules.trusts).count <= 3, "\(violations(of: HouseRules.trusts))")
    }

    @Test func `every public type of the library says what it is`() {
        #expect(violations(of: HouseRules.undocumented).isEmpty)
    }

    @Test func `no work is left over in the sources`() {
        #expect(violations(of: HouseRules.leftovers).isEmpty)
    }

    @Test func `every sentence is in a table`() {
        #expect(violations(of: HouseRules.unlisted).isEmpty, "\(violations(of: HouseRules.unlisted))")
    }

    @Test func `the package depends on no other`() throws {
        let manifest = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        #expect(HouseRules.manifest(path: "Package.swift", text: manifest).isEmpty)
    }

    @Test func `the top level holds nothing but the rooms`() throws {
        let entries = try FileManager.default.contentsOfDirectory(atPath: Self.root.path)
        // What a user's run leaves, such as the quickstart's `videos`, is named in `.gitignore`.
        let ignored = try String(contentsOf: Self.root.appending(path: ".gitignore"), encoding: .utf8)
            .split(separator: "\n").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "/")) }
        #expect(HouseRules.strangers(among: entries.filter { !ignored.contains($0) }) == [])
        #expect(entries.contains("Package.swift"))
    }

    @Test(arguments: ["Sources", "Tests", "clients", "protocol"])
    func `no folder is empty`(room: String) throws {
        let folders = Self.files(under: Self.root.appending(path: room)).filter(\.hasDirectoryPath)
        for folder in folders {
            #expect(
                try !FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty, "\(folder.path)")
        }
    }
}
