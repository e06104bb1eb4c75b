import Foundation
import KlingCore
import Testing

@Suite struct KeySourceTests {
    private let folder: URL
    private var path: String { folder.appending(path: "key").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "key-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

    private func fault(of source: KeySource) -> KeyProblem.Fault? {
        do throws(KeyProblem) {
            _ = try source.key()
            return nil
        } catch {
            return error.fault
        }
    }

    @Test(
        "a byte order mark and white space around a key are left out",
        arguments: ["sk-a", "sk-a\n", "\u{FEFF}sk-a\r\n", "\u{FEFF} sk-a", "\n\n\t sk-a \n \n"])
    func around(_ text: String) throws {
        let key = try Secret(reading: Array(text.utf8))
        #expect(key.bearer == "Bearer sk-a")
        #expect(key.isTrimmed == (text != "sk-a"))
        try write(text)
        #expect(try KeySource(file: path).key()?.bearer == "Bearer sk-a")
        #expect(try KeySource(text, variable: "KEY").key()?.bearer == "Bearer sk-a")
    }

    private static let faulty: [(String, KeyProblem.Fault)] = [
        ("", .isEmpty), (" \n\r\n", .isEmpty), ("\u{FEFF}", .isEmpty),
        ("sk-a\nsk-b\n", .hasSecondLine), ("sk-a\r\n\r\nsk-b", .hasSecondLine),
        ("sk-a\rsk-b", .hasSecondLine), ("Bearer sk-a", .beginsWithBearer), ("a key", .hasForeignCharacter),
        ("schlüssel", .hasForeignCharacter), ("sk\u{FEFF}-a", .hasForeignCharacter),
        ("\n\u{FEFF}sk-a", .hasForeignCharacter),
        ("sk-a\0", .hasForeignCharacter)
    ]

    @Test("what is no key is told apart", arguments: faulty)
    func faults(_ text: String, _ fault: KeyProblem.Fault) throws {
        #expect(throws: fault) { try Secret(reading: Array(text.utf8)) }
        try write(text)
        #expect(KeySource(file: path).problem == KeyProblem(.file(path), fault))
        #expect(KeySource(text, variable: "KEY").problem == KeyProblem(.variable("KEY"), fault))
    }

    @Test func `a file is looked at until there is a key in it, and a key is kept`() throws {
        let source = KeySource(file: path)
        #expect(fault(of: source) == .unreadable("No such file or directory"))
        try write("")
        #expect(fault(of: source) == .isEmpty)
        try write(String(repeating: "k", count: 70_000))
        #expect(fault(of: source) == .unreadable("File too large"))
        try write("sk-a\n")
        #expect(try source.key()?.bearer == "Bearer sk-a")
        try write("sk-b\n")
        #expect(try source.key()?.bearer == "Bearer sk-a")
        #expect(source.problem == nil)
        #expect(KeySource(file: folder.path).problem?.fault == .isDirectory)
    }

    @Test func `without a place there is no key and nothing is wrong`() async throws {
        let source = KeySource(nil)
        #expect(try await source.awaitedKey() == nil)
        #expect(source.problem == nil)
    }

    @Test func `a pipe is opened when the key is needed, and waited for a limited time`() async throws {
        try #require(mkfifo(path, 0o600) == 0)
        let source = KeySource(file: path, patience: .milliseconds(50))
        #expect(source.problem == nil)
        #expect(open(path, O_WRONLY | O_NONBLOCK) < 0, "it is open")
        await #expect(throws: KeyProblem(.stream(path), .notWritten)) { try await source.awaitedKey() }
        try write("sk-a\n")
        while fault(of: source) == .notWritten { await Task.yield() }
        #expect(try source.key()?.bearer == "Bearer sk-a")
    }

    @Test func `a key on its way is waited for`() async throws {
        try #require(mkfifo(path, 0o600) == 0)
        let source = KeySource(file: path)
        #expect(fault(of: source) == .notWritten)
        async let key = source.awaitedKey()
        try write("sk-a")
        #expect(try await key?.bearer == "Bearer sk-a")
    }

    @Test func `what a pipe gives is read once`() async throws {
        try #require(mkfifo(path, 0o600) == 0)
        let source = KeySource(file: path)
        #expect(fault(of: source) == .notWritten)
        try write("sk-a\nsk-b")
        await #expect(throws: KeyProblem(.stream(path), .hasSecondLine)) { try await source.awaitedKey() }
        #expect(fault(of: source) == .hasSecondLine)
    }

    @Test func `a pipe that carries something else is not read`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        #expect(fault(of: KeySource(file: "/dev/fd/\(ends[0])", reserved: ends[0])) == .isInput)
    }

    @Test("a problem is told with its place, what is wrong and what to do", arguments: Locale.allCases)
    func words(_ locale: KlingCore.Locale) {
        let faults: [KeyProblem.Fault] = [
            .unreadable("No such file"), .isDirectory, .isInput, .notWritten, .isEmpty, .hasSecondLine,
            .beginsWithBearer, .hasForeignCharacter
        ]
        var told: Set<String> = []
        for place in [KeyProblem.Place.file("/a/key"), .stream("/a/key"), .variable("/a/key")] {
            for fault in faults {
                let failure = Failure.missingKey(KeyProblem(place, fault))
                let sentence = FailureMessages.sentence(for: failure, locale: locale)
                #expect(sentence.contains("/a/key") && sentence.contains("xcompute.us/keys"))
                told.insert(sentence)
            }
        }
        #expect(told.count > 2 * faults.count)
        let misplaced = KeyProblem(.file("sk-secret"), .unreadable("No such file"))
        #expect(!misplaced.sentence[locale].contains("secret"))
    }
}
