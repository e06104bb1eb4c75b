import Foundation
import JSON
import KlingCore
import Testing

@Suite struct ValidationTests {
    @Test("each labelled request gives exactly its codes and paths", arguments: labelledSet)
    func labels(_ label: Labelled) {
        let validation = Validator.standard.validate(text: label.text)
        let found = validation.diagnostics.map {
            "\($0.code) \($0.path)".trimmingCharacters(in: .whitespaces)
        }
        #expect(found == label.expected)
    }

    @Test(
        "a preferred fix removes its problem and adds no error, as a patch and as edits",
        arguments: labelledSet)
    func fixes(_ label: Labelled) throws {
        let bytes = Array(label.text.utf8)
        let before = Validator.standard.validate(text: label.text)
        let errors = Set(before.diagnostics.filter { $0.severity == .error }.map { "\($0.code) \($0.path)" })
        for diagnostic in before.diagnostics {
            for fix in diagnostic.fixes {
                let text = String(decoding: TextEdit.apply(fix.edits, to: bytes), as: UTF8.self)
                #expect(text != label.text, "\(fix.title(.en)) changes nothing")
                let after = Validator.standard.validate(text: text)
                #expect(
                    !after.diagnostics.contains {
                        $0.code == diagnostic.code && $0.path == diagnostic.path
                            && $0.message(.en) == diagnostic.message(.en)
                    },
                    "\(diagnostic.code): \(fix.title(.en)) → \(text)")
                let more = Set(
                    after.diagnostics.filter { $0.severity == .error }.map { "\($0.code) \($0.path)" })
                #expect(
                    more.isSubset(of: errors), "\(fix.title(.en)) adds \(more.subtracting(errors)): \(text)")
                if let patch = fix.patch, JSONTree(bytes).isValid {
                    let tree = JSONTree(bytes)
                    let patched = try tree.value(tree.root).applying(patch)
                    let edited = JSONTree(text)
                    #expect(patched == edited.value(edited.root), "patch and edits differ")
                }
            }
        }
    }

    @Test("every code has a positive example")
    func coverage() {
        let shown = Set(labelledSet.flatMap { $0.expected.map { String($0.split(separator: " ")[0]) } })
        let known = Set(
            Message.all.map(\.code).filter { !$0.hasPrefix("syntax.") && !$0.hasPrefix("submit.") })
        // Off unless asked for: has a test of its own.
        #expect(known.subtracting(shown) == ["prompt.language", "document.moreProblems"])
    }

    @Test("each rule's codes are in the table of messages")
    func codes() {
        let known = Set(Message.all.map(\.code))
        for rule in Rule.standard { #expect(known.isSuperset(of: rule.codes)) }
    }

    @Test("every request of every document is valid JSON when normalised", arguments: labelledSet)
    func normalised(_ label: Labelled) {
        let validation = Validator.standard.validate(text: label.text)
        var writer = JSONWriter()
        validation.writeResult(locale: .zh, lines: LineIndex(Array(label.text.utf8)), into: &writer)
        #expect(JSONTree(writer.bytes).isValid)
        #expect(validation.hasErrors == (validation.requests.isEmpty && label.text != "[]"))
        // What is normalised stays as it is.
        for request in validation.requests {
            let again = Validator.standard.validate(request.body)
            #expect(!again.hasErrors)
            #expect(again.normalized == request.body)
        }
    }
}
