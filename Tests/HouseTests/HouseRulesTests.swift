import Testing

/// Each rule can fail, and does not where it should not.
@Suite struct HouseRulesTests {
    @Test(arguments: [
        ("Sources/JSON/A.swift", "import Glibc\nimport Synchronization", 0),
        ("Sources/JSON/A.swift", "import Foundation", 1),
        ("Sources/JSON/A.swift", "  public import KlingCore", 1),
        ("Sources/JSONRPC/A.swift", "package import JSON", 0),
        ("Sources/JSONRPC/A.swift", "import KlingCore", 1),
        ("Sources/KlingCore/Tasks/A.swift", "internal import JSONRPC", 1),
        ("Sources/KlingCore/A.swift", "import CSQLite\nimport Dispatch", 2),
        ("Sources/KlingJournal/A.swift", "import CSQLite", 0),
        ("Sources/KlingJournal/A.swift", "import CCurl", 1),
        ("Sources/KlingHTTP/A.swift", "@preconcurrency import FoundationNetworking", 1),
        ("Sources/KlingService/A.swift", "import struct KlingJournal.Row", 1),
        ("Sources/KlingService/A.swift", "// import Foundation\nlet text = \"import Foundation\"", 0),
        ("Sources/KlingService/A.swift", "let text = \"\"\"\nimport Foundation\n\"\"\"", 0),
        ("Sources/kling-server/main.swift", "import KlingHTTP\nimport KlingJournal", 0),
        ("Sources/Other/A.swift", "", 1), ("Tests/JSONTests/A.swift", "import Foundation", 0)
    ])
    func `imports are held to the arrows`(path: String, text: String, count: Int) {
        #expect(HouseRules.imports(path: path, text: text).count == count)
    }

    @Test(arguments: [
        ("let a = try! b()", 1), ("let a = b as! C", 1), ("fatalError()", 1),
        ("let a = b!", 1), ("b!.c()", 1), ("f(a[0]!, 1)", 1), ("g()!.h", 1), ("var a: String!", 1),
        ("a?!", 1),
        ("if a != b, !c, a!=b { }", 0), ("let a = !b", 0), ("#if !os(Linux)", 0), ("print(\"stop!\")", 0),
        ("// what!\n/* no! */", 0), ("let s = #\"a \"b\"! \"#", 0), ("try f() as? A", 0),
        ("let s = \"a\\\"b!\"", 0)
    ])
    func `what may trap is found in code only`(text: String, count: Int) {
        #expect(HouseRules.traps(path: "A.swift", text: text).count == count)
    }

    @Test(arguments: [
        ("final class A: @unchecked Sendable {}\nnonisolated(unsafe) var a = 1", 2),
        ("struct A: Sendable {}", 0),
        ("// not @unchecked Sendable", 0)
    ])
    func `trust is counted`(text: String, count: Int) {
        #expect(HouseRules.trusts(path: "A.swift", text: text).count == count)
    }

    @Test(arguments: [
        ("public struct A {}", 1), ("/// A.\npublic struct A {}", 0),
        ("/// A.\n@frozen\npublic enum A {}", 0),
        ("struct A {}\n    public final class B {}", 1), ("public let a = 1", 0)
    ])
    func `a public type without documentation is found`(text: String, count: Int) {
        #expect(HouseRules.undocumented(path: "Sources/KlingCore/A.swift", text: text).count == count)
        #expect(HouseRules.undocumented(path: "Sources/kling-server/A.swift", text: text).isEmpty)
    }

    @Test(arguments: [("// TODO: later", 1), ("/// FIXME", 1), ("let todo = 1", 0), ("let TODOS = 1", 0)])
    func `work left over is found`(text: String, count: Int) {
        #expect(HouseRules.leftovers(path: "A.swift", text: text).count == count)
    }

    @Test(arguments: [
        ("static let one = Message(\"a\")\nstatic let table = [one]", 0),
        (
            "static let one = Message(\"a\")\nstatic let oneMore = Message(\"b\")\nstatic let table = [oneMore]",
            1
        )
    ])
    func `a sentence in no table is found`(text: String, count: Int) {
        #expect(HouseRules.unlisted(path: "Sources/KlingCore/Messages/A.swift", text: text).count == count)
        #expect(HouseRules.unlisted(path: "Sources/KlingCore/A.swift", text: text).isEmpty)
    }

    @Test(arguments: [
        ("dependencies: [.package(url: \"https://example.com/a\", from: \"1.0.0\")]", 1),
        ("dependencies: [\n    .package (path: \"../a\")\n]", 1),
        ("// .package(url:)\nlet package = Package(name: \"a\")", 0)
    ])
    func `a package dependency is found`(text: String, count: Int) {
        #expect(HouseRules.manifest(path: "Package.swift", text: text).count == count)
    }

    @Test func `a stranger at the top level is found`() {
        #expect(
            HouseRules.strangers(among: ["Sources", ".git", "docs", "README.md", "Makefile"]) == [
                "Makefile", "docs"
            ])
    }
}
