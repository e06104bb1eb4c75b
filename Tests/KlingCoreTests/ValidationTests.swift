import Foundation
import JSON
import KlingCore
import Testing

@Suite struct ValidationTests {
    @Test("every file of labels can be read, and all of them together are many")
    func files() throws {
        for topic in LabelledFiles.topics { #expect(try LabelledFiles.read(topic).count >= 10) }
        #expect(labelledSet.count >= 400)
        let names = try FileManager.default.contentsOfDirectory(atPath: LabelledFiles.folder.path)
        let read = Set(LabelledFiles.topics.map { "\($0).jsonl" })
        #expect(Set(names.filter { $0.hasSuffix(".jsonl") }) == read)
    }

    @Test("each labelled request gives exactly its codes and paths", arguments: labelledSet)
    func labels(_ label: Labelled) {
        let diagnostics = label.validate().diagnostics
        let found = diagnostics.map { "\($0.code) \($0.path)" }.sorted()
        #expect(found == label.expected, "\(label.text.prefix(300))")
        let starts = diagnostics.map(\.range.lowerBound)
        #expect(starts == starts.sorted(), "by position")
        #expect(diagnostics.allSatisfy { $0.range.upperBound <= label.bytes.count })
    }

    @Test("what is sent and its summary are as labelled", arguments: labelledSet)
    func normalised(_ label: Labelled) throws {
        let validation = label.validate()
        var writer = JSONWriter()
        validation.writeNormalized(into: &writer)
        let sent = JSONTree(writer.bytes)
        #expect(sent.isValid)
        if let normalized = label.normalized {
            #expect(sent.value(sent.root) == normalized)
            // The order of the members is that of the request.
            if let members = normalized.object {
                #expect(sent.value(sent.root).object?.map(\.name) == members.map(\.name))
            }
        }
        var summary = JSONWriter()
        validation.writeSummary(into: &summary)
        let tree = JSONTree(summary.bytes)
        #expect(tree.isValid)
        for (name, value) in label.summary ?? [:] {
            #expect(tree.value(tree.root)[name] == value, "\(name)")
        }
    }

    @Test("every result is valid JSON, and what is normalised stays as it is", arguments: labelledSet)
    func stability(_ label: Labelled) {
        let validation = label.validate()
        var writer = JSONWriter()
        validation.writeResult(locale: .zh, lines: LineIndex(label.bytes), into: &writer)
        #expect(JSONTree(writer.bytes).isValid)
        for request in validation.requests {
            let again = Validator.standard.validate(
                request.body, options: ValidationOptions(severities: label.options.severities))
            #expect(!again.hasErrors, "\(again.diagnostics.map(\.code))")
            #expect(again.normalized == request.body)
        }
    }

    @Test("every code has two labels at least")
    func coverage() {
        var counts: [String: Int] = [:]
        for label in labelledSet {
            for code in Set(label.expected.map { String($0.split(separator: " ")[0]) }) {
                counts[code, default: 0] += 1
            }
        }
        for code in Set(Message.all.map(\.code)) where !code.hasPrefix("submit.") {
            // Not text, or too much of it, for a line of a file: tests of their own.
            if [
                "syntax.invalidUTF8", "syntax.depth", "syntax.count", "document.moreProblems",
                "parameter.value", "parameter.count"
            ].contains(code) {
                continue
            }
            #expect(counts[code, default: 0] >= 2, "\(code)")
        }
    }

    @Test("each rule's codes are in the table of messages")
    func codes() {
        let known = Set(Message.all.map(\.code))
        for rule in Rule.standard { #expect(known.isSuperset(of: rule.codes)) }
    }

    @Test("what cannot stand in a file of labels is reported as well")
    func bytes() {
        func codes(_ bytes: [UInt8], _ options: JSONOptions = .json) -> [String] {
            Validator.standard.validate(document: JSONTree(bytes, options: options)).diagnostics.map(\.code)
        }
        let request = Array(#"{"model":"kling-v3","prompt":"a"}"#.utf8)
        #expect(codes(request.map { $0 == UInt8(ascii: "a") ? 0xFF : $0 }) == ["syntax.invalidUTF8"])
        #expect(codes(request.dropLast() + [0xC3, 0x28] + Array("}".utf8)).contains("syntax.invalidUTF8"))
        let deep = Array(repeating: UInt8(ascii: "["), count: 600)
        #expect(codes(deep).contains("syntax.depth"))
        #expect(codes(Array(request.dropLast()) + Array(",\"a\":".utf8) + deep).contains("syntax.depth"))
        #expect(codes(Array("[[[5]],[[5]]]".utf8), JSONOptions(maximumCount: 3)).contains("syntax.count"))
        #expect(codes(Array("[[],[],[]]".utf8), JSONOptions(maximumCount: 2)).contains("syntax.count"))
    }
}
