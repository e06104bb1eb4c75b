import Foundation
import JSON
import KlingCore
import Testing

@Suite struct ValidationMessageTests {
    @Test("no message or fix title keeps a placeholder or says nothing", arguments: labelledSet)
    func placeholders(_ label: Labelled) {
        for diagnostic in label.validate().diagnostics {
            for locale in Locale.allCases {
                let texts = [diagnostic.message(locale)] + diagnostic.fixes.map { $0.title(locale) }
                for text in texts {
                    #expect(text.firstMatch(of: /\{[A-Za-z]/) == nil, "\(text)")
                    #expect(!text.contains("``") && !text.contains("“”") && !text.contains("  "))
                }
            }
            #expect(!diagnostic.source.isEmpty)
        }
    }

    @Test("a range is the name, the value, the reference, or the opening bracket of what lacks something")
    func ranges() throws {
        func range(_ text: String, _ code: String) throws -> String {
            let found = Validator.standard.validate(text: text).diagnostics.first { $0.code == code }
            let range = try #require(found).range
            return String(decoding: Array(text.utf8)[range], as: UTF8.self)
        }
        #expect(
            try range(#"{"model":"kling-v3","prompt":"a","size":"16:9"}"#, "parameter.alias") == #""size""#)
        #expect(try range(#"{"model":"kling-v3","prompt":"a","mode":"x"}"#, "mode.value") == #""x""#)
        #expect(try range(#" {"model":"kling-v3"}"#, "prompt.missing") == "{")
        #expect(
            try range(#"{"model":"kling-video-o1","prompt":"狗\n\u4e00<<<image_3>>>!"}"#, "reference.range")
                == "<<<image_3>>>")
    }

    @Test("strict mode refuses warnings, and an unknown member is an error there")
    func strict() {
        let text = #"{"model":"kling-v3","prompt":"a","cfg_scale":1}"#
        #expect(Validator.standard.validate(text: text).isValid)
        let strict = Validator.standard.validate(text: text, options: ValidationOptions(strict: true))
        #expect(!strict.isValid && strict.hasErrors)
        let alias = #"{"model":"kling-v3","prompt":"a","size":"1:1"}"#
        #expect(!Validator.standard.validate(text: alias, options: ValidationOptions(strict: true)).isValid)
    }

    @Test("levels are adjustable by code, those of broken text are not")
    func severities() {
        let options = ValidationOptions(
            severities: ["parameter.alias": .off, "syntax.trailingComma": .off, "prompt.language": .hint])
        let text = #"{"model":"kling-v3","prompt":"一只猫在跑","size":"16:9",}"#
        let codes = Validator.standard.validate(text: text, options: options).diagnostics.map(\.code)
        #expect(codes == ["prompt.language", "syntax.trailingComma"])
    }

    @Test("a comment and a trailing comma are allowed in JSONC, and gone from what is sent")
    func comments() throws {
        let text = "{\"model\":\"kling-v3\", // the new one\n \"prompt\":\"a\",}"
        let validation = Validator.standard.validate(text: text, comments: true)
        #expect(validation.diagnostics.isEmpty)
        var writer = JSONWriter()
        validation.writeNormalized(into: &writer)
        #expect(writer.text == #"{"model":"kling-v3","prompt":"a"}"#)
    }

    @Test("every code is written once per language, with a source")
    func table() {
        for message in Message.all {
            #expect(!message.words.en.isEmpty && !message.words.zh.isEmpty)
            #expect(
                message.words.en.last == "." || message.words.en.hasSuffix("?")
                    || message.words.en.hasSuffix("\".") || message.words.en.hasSuffix(" {problem}"))
        }
        #expect(Set(Message.all.map(\.words.en)).count == Message.all.count)
    }

    @Test(
        "a problem cites the source that its sentence names, or a line about a parameter it speaks of",
        arguments: labelledSet)
    func sources(_ label: Labelled) {
        for found in label.validate().diagnostics {
            if let source = found.sentence.source {
                #expect(found.source == source)
            } else {
                let lines = Catalog.standard.sources(of: found.sentence).map(\.description)
                #expect(lines.contains(found.source), "\(found.code): \(found.source)")
            }
        }
    }

    @Test("mangled requests never end the process and never give broken JSON")
    func mangled() {
        var random = SystemRandomNumberGenerator()
        let seeds = labelledSet.map { $0.bytes } + pageExamples.map { Array($0.text.utf8) }
        let alphabet =
            Array("{}[]:,\"\\0123456789.-eE<>@_/ \u{FF1C}nulltrue".utf8) + [0x00, 0x80, 0xFF, 0xED, 0xA0]
        for round in 0..<600 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<max(1, bytes.count), using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0 where !bytes.isEmpty: bytes.remove(at: at)
                case 1 where !bytes.isEmpty: bytes[at] = alphabet.randomElement(using: &random) ?? 0
                default: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: min(at, bytes.count))
                }
            }
            let tree = JSONTree(bytes)
            let validation = Validator.standard.validate(
                document: tree, options: ValidationOptions(edits: true))
            var writer = JSONWriter()
            validation.writeResult(locale: .zh, lines: LineIndex(bytes), into: &writer)
            #expect(JSONTree(writer.bytes).isValid, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }
}
