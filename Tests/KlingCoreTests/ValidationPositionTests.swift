import Foundation
import JSON
import KlingCore
import Testing

/// A document with the expected ranges between `⟦` and `⟧`, which are no part of it.
private struct MarkedDocument {
    private(set) var bytes: [UInt8] = []
    private(set) var ranges: [Range<Int>] = []

    init(_ fixture: String) {
        for scalar in fixture.unicodeScalars {
            switch scalar {
            case "⟦": ranges.append(bytes.count..<bytes.count)
            case "⟧":
                if let open = ranges.popLast() { ranges.append(open.lowerBound..<bytes.count) }
            default: bytes += String(scalar).utf8
            }
        }
    }

    /// The range as LSP counts: lines, and UTF-16 code units in the line. Worked out from the text, without
    /// the program's own index.
    func wire(_ range: Range<Int>) -> JSONValue {
        func position(_ offset: Int) -> JSONValue {
            let before = String(decoding: bytes[..<offset], as: UTF8.self)
            let lines = before.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            let last = lines.last.map { String($0).utf16.count } ?? 0
            return ["line": JSONValue(lines.count - 1), "character": JSONValue(last)]
        }
        return ["start": position(range.lowerBound), "end": position(range.upperBound)]
    }
}

@Suite struct ValidationPositionTests {
    /// A prompt for the model with pictures, one picture given.
    private static func tags(_ prompt: String) -> String {
        #"{"model":"kling-video-o1","image_urls":["https://a.com/1.jpg"],"prompt":""# + prompt + "\"}"
    }

    /// A prompt for the model with elements, `dog` given.
    private static func names(_ prompt: String, _ name: String = "dog") -> String {
        #"{"model":"kling-v3","image_urls":["https://a.com/1.jpg"],"element_list":[{"name":""# + name
            + #"","description":"d","element_input_urls":["https://a.com/1.png","https://a.com/2.png"]}],"prompt":""#
            + prompt + "\"}"
    }

    /// The same for what is excluded.
    private static func negative(_ prompt: String, _ negative: String) -> String {
        #"{"model":"kling-v3","prompt":""# + prompt + #"","negative_prompt":""# + negative + "\"}"
    }

    static let fixtures: [(code: String, text: String)] = [
        ("reference.range", tags("⟦<<<image_3>>>⟧ waves")),
        ("reference.range", tags("狗⟦<<<image_3>>>⟧狗")),
        ("reference.range", tags("\u{1F436}⟦<<<image_3>>>⟧")),
        ("reference.range", tags("👨‍👩‍👧 🇨🇳⟦<<<image_3>>>⟧")),
        ("reference.range", tags("e\u{301}a\u{308}⟦<<<image_3>>>⟧\u{301}")),
        ("reference.range", tags(#"\n\t⟦<<<image_3>>>⟧"#)),
        ("reference.range", tags(#"one\r\ntwo\r\n⟦<<<image_3>>>⟧\r\n"#)),
        ("reference.range", tags(#"\u4e00\u4E8C⟦<<<image_3>>>⟧"#)),
        ("reference.range", tags(#"\ud83d\ude00⟦<<<image_3>>>⟧"#)),
        ("reference.range", tags(#"e\u0301⟦<<<image_3>>>⟧\u0301"#)),
        ("reference.range", tags(#"\"say\" C:\\\/⟦<<<image_3>>>⟧"#)),
        ("reference.range", tags(#"x⟦\u003c<<image_3>>>⟧"#)),
        ("reference.range", tags(#"x⟦<<<image\u005f3>>\u003e⟧y"#)),
        ("reference.range", tags(#"\u72d7⟦\u003C\u003C\u003Cimage_3\u003E\u003E\u003E⟧\u72d7"#)),
        ("reference.range", tags("<<<image_1>>> ⟦<<<image_2>>>⟧ 和 ⟦<<<image_0>>>⟧")),
        ("reference.range", tags(#"\ud83d\ude00⟦<<<image_2>>>⟧😀\n⟦<<<image_3>>>⟧"#)),
        ("reference.range", tags("<⟦<<<image_3>>>⟧>")),
        ("reference.mistyped", tags("猫⟦＜＜＜image_1＞＞＞⟧猫")),
        ("reference.mistyped", tags("😀⟦《《《image_1》》》⟧")),
        ("reference.mistyped", tags("⟦«image_1»⟧ et «autre»")),
        ("reference.mistyped", tags(#"\u732b⟦\uff1c\uff1c\uff1cimage_1\uff1e\uff1e\uff1e⟧"#)),
        ("reference.mistyped", tags(#"⟦<<image\u00201>>⟧, ⟦<<<Image_1>>>⟧"#)),
        ("reference.element", tags("🐶 ⟦@hero⟧，⟦<<<element_1>>>⟧")),
        ("reference.element", tags(#"\ud83d\udc36 ⟦\u0040hero⟧"#)),
        ("element.undefined", names("@dog and ⟦@cat⟧, me@cat.com")),
        ("element.undefined", names("让⟦@cat⟧跑😀⟦@fox⟧")),
        ("element.undefined", names(#"@dog\n⟦\u0040c\u0061t⟧ \u0021"#)),
        ("element.undefined", names("⟦@小猫⟧，@小狗 跑", "小狗")),
        ("element.undefined", names(#"😀⟦@\u5c0f\u732b⟧\u3002"#)),
        ("element.undefined", names("cafe\u{301} ⟦@e\u{301}te⟧")),
        ("reference.syntax", names(#"@dog \u2028⟦<<<image_1>>>⟧"#)),
        ("negativePrompt.overlap", negative("一只猫", "模糊，⟦猫⟧，狗")),
        ("negativePrompt.overlap", negative("a RED car", #"\ud83d\ude00, ⟦red\u0020car⟧ ,x"#)),
        ("negativePrompt.overlap", negative(#"a\tcat"#, #"\n ⟦Cat⟧\n"#)),
        ("negativePrompt.overlap", negative("caf\u{65}\u{301}", "blur;⟦caf\u{65}\u{301}⟧")),
        // Line ends, a byte order mark, comments and other lines before the place.
        (
            "mode.value",
            "{\r\n  \"model\": \"kling-v3\",\r\n  \"prompt\": \"狗😀\",\r\n  \"mode\": ⟦\"😀\"⟧\r\n}"
        ),
        ("reference.range", "\u{FEFF}" + tags("⟦<<<image_3>>>⟧")),
        ("parameter.unknown", "{\"prompt\":\"😀\",\"model\":\"kling-v3\",⟦\"猫\\u732b\"⟧:1}"),
        ("document.duplicateKey", "{\"prompt\":\"😀\",⟦\"mo\\u0064el\"⟧:\"x\",\n\"model\":\"kling-v3\"}"),
        (
            "shots.prompt",
            "{\"model\":\"kling-v3\",\"multi_shot\":true,\"shot_type\":\"customize\",\"multi_prompt\":[\n"
                + "{\"index\":1,\"prompt\":\"😀\",\"duration\":2}, ⟦{⟧\"index\":2,\"duration\":3}]}"
        ),
        (
            "element.undefined",
            "{\"model\":\"kling-v3\",\"multi_shot\":true,\"shot_type\":\"customize\",\"multi_prompt\":[\n"
                + "{\"index\":1,\"prompt\":\"\\ud83d\\ude00 ⟦@dog⟧\",\"duration\":2},\n"
                + "{\"index\":2,\"prompt\":\"😀⟦@cat⟧\",\"duration\":3}]}"
        ),
        ("prompt.missing", "\n ⟦{⟧\"model\":\"kling-v3\"}"),
        ("image.url", "{\"model\":\"kling-v3\",\"prompt\":\"猫\",\"image_urls\":[⟦\"猫 .jpg\"⟧]}")
    ]

    /// Beyond the last character of Unicode; cut off; a byte that goes on with nothing; before an escape.
    @Test(arguments: [[0xF4, 0x90, 0x80, 0x80], [0xE4, 0xBD], [0x80], [0xF0, 0x9F, 0x5C, 0x6E]] as [[UInt8]])
    func `a reference behind bytes that are no text is told where it stands`(odd: [UInt8]) {
        let (front, tag) = (Array(Self.tags(#"\"a"#).utf8.dropLast(2)), Array("<image_1>>".utf8))
        let bytes = front + odd + tag + Array("\"}".utf8)
        let found = Validator.standard.validate(
            document: JSONTree(bytes), options: ValidationOptions(edits: true))
        let ranges = found.diagnostics.filter { $0.code == "reference.mistyped" }.map(\.range)
        let start = front.count + odd.count
        #expect(ranges == [start..<(start + tag.count)])
    }

    @Test("a problem is told where it stands in the text, in bytes and in UTF-16", arguments: fixtures)
    func positions(code: String, text: String) throws {
        let document = MarkedDocument(text)
        let validation = Validator.standard.validate(
            document: JSONTree(document.bytes), options: ValidationOptions(edits: true))
        let found = validation.diagnostics.filter { $0.code == code }
        #expect(found.map(\.range) == document.ranges)
        var writer = JSONWriter()
        validation.writeResult(locale: .en, lines: LineIndex(document.bytes), into: &writer)
        let tree = JSONTree(writer.bytes)
        let written = try #require(tree.value(tree.root)["diagnostics"]?.array).filter {
            $0["code"]?.string == code
        }
        #expect(written.compactMap { $0["range"] } == document.ranges.map(document.wire))
    }

    @Test("what is marked is what a person would call the reference")
    func words() throws {
        let document = MarkedDocument(Self.tags(#"\ud83d\ude00⟦\u003c<<image_3>>>⟧"#))
        let range = try #require(document.ranges.first)
        #expect(String(decoding: document.bytes[range], as: UTF8.self) == #"\u003c<<image_3>>>"#)
        #expect(document.wire(range)["start"]?["line"] == 0)
    }

    @Test("lines of a list of requests and comments are counted as well")
    func languages() throws {
        let lines = MarkedDocument(
            "{\"model\":\"kling-v3\",\"prompt\":\"😀\"}\n\n{\"model\":\"kling-v3\",\"prompt\":\"😀 ⟦@a⟧\"}")
        let list = Validator.standard.validate(document: JSONTree(lines.bytes, options: .lines))
        #expect(list.diagnostics.map(\.range) == lines.ranges)
        let noted = MarkedDocument("// 😀 @b\n{\"model\":\"kling-v3\", /* 狗 */ \"prompt\":\"狗 ⟦@a⟧\",}")
        let validation = Validator.standard.validate(document: JSONTree(noted.bytes, options: .jsonc))
        #expect(validation.diagnostics.map(\.range) == noted.ranges)
    }
}
