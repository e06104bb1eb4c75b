import Foundation
import JSON
import KlingCore
import Testing

/// Chinese text with a space between a Chinese character and a Latin letter, a digit or code.
@Suite struct ValidationSpacingTests {
    /// Where a Chinese character stands right beside a Latin letter, a digit or a backquote.
    private static func slip(in text: String) -> String? {
        // What is quoted from a request may be Chinese itself.
        let scalars = Array(text.replacing(/`[^`]*`/, with: "`x`").unicodeScalars)
        func isChinese(_ scalar: Unicode.Scalar) -> Bool { (0x3400...0x9FFF).contains(scalar.value) }
        func isLatin(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "`" || scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        }
        for (one, next) in zip(scalars, scalars.dropFirst())
        where isChinese(one) && isLatin(next) || isLatin(one) && isChinese(next) {
            return "\(one)\(next) in \(text)"
        }
        return nil
    }

    @Test(
        "the test sees a missing space",
        arguments: ["必须是true", "第2张", "`prompt`缺失", "共 3秒"])
    func sees(_ text: String) { #expect(Self.slip(in: text) != nil) }

    @Test("no Chinese sentence of the validator lacks a space", arguments: Message.all)
    func templates(_ message: Message) { #expect(Self.slip(in: message.words.zh) == nil) }

    @Test("no sentence that was approved lacks a space")
    func golden() throws {
        let file = LabelledFiles.folder.appending(path: "messages.zh.txt")
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            #expect(Self.slip(in: String(line)) == nil)
        }
    }

    @Test("no fix title or note lacks a space, whatever facts stand in it", arguments: labelledSet)
    func titles(_ label: Labelled) {
        for diagnostic in label.validate().diagnostics {
            // What the request says itself is shown as it is.
            let texts = diagnostic.fixes.map { $0.title(.zh) } + diagnostic.related.map { $0.message(.zh) }
            for text in texts where !label.text.unicodeScalars.contains(where: { $0.value >= 0x3400 }) {
                #expect(Self.slip(in: text) == nil)
            }
        }
    }

    @Test(
        "a fact is set off from Chinese words where it is Latin, and only there",
        arguments: [
            (#"{"model":"kling-v3","prompt":"a","audio":"loud"}"#, "`audio` 必须是 true 或 false，而不是带引号的字符串。"),
            (#"{"model":5,"prompt":"a"}"#, "`model` 必须是带引号的 \"kling-v3\" 或 \"kling-video-o1\"，而不是数字。"),
            (
                #"{"model":"kling-v3","prompt":"a","image_urls":"x"}"#,
                "`image_urls` 必须是由公开地址（https://…）组成的 [ ] 列表，而不是带引号的字符串。"
            )
        ])
    func facts(text: String, said: String) throws {
        let found = try #require(
            Validator.standard.validate(text: text).diagnostics.first { $0.code == "parameter.type" })
        #expect(found.message(.zh) == said)
    }
}
