import JSON
import KlingCore
import Testing

/// What is said, and what is offered, to someone who has only the messages to go by.
@Suite struct ValidationWordsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let request: JSONObject
        /// The problems, in the order of the code.
        let codes: [String]
        /// A part of the English sentence of the first of these codes, and the titles of its fixes.
        let said: String
        let fixes: [String]

        var testDescription: String { JSONValue.object(request).description }

        init(_ request: JSONObject, _ codes: [String], _ said: String, fixes: [String] = []) {
            self.request = request
            self.codes = codes
            self.said = said
            self.fixes = fixes
        }
    }

    private static func v3(_ members: JSONObject) -> JSONObject { with("kling-v3", members) }
    private static func o1(_ members: JSONObject) -> JSONObject { with("kling-video-o1", members) }

    private static func with(_ model: String, _ members: JSONObject) -> JSONObject {
        var request: JSONObject = ["model": .string(model)]
        for member in members { request[member.name] = member.value }
        return request
    }

    private static let shots: JSONValue = [
        ["index": 1, "prompt": "a cat wakes up", "duration": 3],
        ["index": 2, "prompt": "it runs", "duration": 4]
    ]
    private static let a: JSONValue = "https://a.com/1.jpg"
    private static let b: JSONValue = "https://a.com/2.jpg"
    private static let third: JSONValue = "https://a.com/3.jpg"

    @Test(
        "a slip that keeps the shots from being read is the only error, or the missing prompt names it",
        arguments: [
            Case(
                v3(["duration": 7, "multi_shot": true, "shot_type": "custom", "multi_prompt": shots]),
                ["shotType.value"], "With \"customize\" you write the shots in `multi_prompt`",
                fixes: ["Write \"customize\""]),
            Case(
                v3(["duration": 7, "multi_shot": true, "shot_type": "storyboard", "multi_prompt": shots]),
                ["shotType.value"], "must be \"customize\" or \"intelligence\", not \"storyboard\""),
            Case(
                v3(["duration": 7, "multi_shot": true, "multi_prompt": shots]), ["shotType.missing"],
                "`shot_type` is needed as well", fixes: ["Add `shot_type`: \"customize\""]),
            Case(
                v3(["duration": 7, "multi_shot": "yes", "shot_type": "customize", "multi_prompt": shots]),
                ["parameter.type"], "`multi_shot` must be true or false", fixes: ["Write true"]),
            Case(
                v3(["duration": 7, "shot_type": "customize", "multi_prompt": shots]),
                ["prompt.missing", "shots.ignored", "shots.ignored"],
                "the shots in `multi_prompt` are not read because `multi_shot` is not true",
                fixes: ["Set `multi_shot` to true and `shot_type` to \"customize\""]),
            Case(
                v3(["duration": 7, "multi_shot": true, "shot_type": "intelligence", "multi_prompt": shots]),
                ["prompt.missing", "shots.ignored"], "those in `multi_prompt` are not read",
                fixes: ["Set `multi_shot` to true and `shot_type` to \"customize\""]),
            Case(
                v3(["duration": 7, "multi_shot": true, "shots": shots]),
                ["prompt.missing", "parameter.unknown", "shotType.missing"],
                "`shots` is not read: a list of shots must be called `multi_prompt`")
        ])
    func storyboards(_ one: Case) throws { try check(one) }

    @Test(
        "a guess at a name comes with a value that fits, or says why it does not",
        arguments: [
            Case(
                v3(["prompt": "a", "video_size": "1280x720"]), ["parameter.unknown"],
                "Did you mean `aspect_ratio`? There the value is written \"16:9\".",
                fixes: ["Write `aspect_ratio` instead: \"16:9\"", "Remove `video_size`"]),
            Case(
                v3(["prompt": "a", "video_size": "1000x700"]), ["parameter.unknown"],
                "\"1000x700\" cannot be turned into a value of it: remove `video_size`",
                fixes: ["Remove `video_size`"]),
            Case(
                v3(["prompt": "a", "video_size": "720x1280", "aspect_ratio": "1:1"]), ["parameter.unknown"],
                "`aspect_ratio`, is given already: remove `video_size`", fixes: ["Remove `video_size`"]),
            Case(
                v3(["duration": 7, "multi_shot": true, "shot_type": "customize", "shots": shots]),
                ["parameter.unknown", "shots.missing"], "Did you mean `multi_prompt`?",
                fixes: ["Rename to `multi_prompt`", "Remove `shots`"]),
            Case(
                v3(["prompt": "a", "shots": 5]), ["parameter.unknown"],
                "A new name alone is not enough. `multi_prompt` must be a list in [ ] of objects { } with `index`, `prompt` and `duration`, not a number.",
                fixes: ["Remove `shots`"]),
            Case(
                v3(["prompt": "a", "photo": a]), ["parameter.unknown"], "Did you mean `image_urls`?",
                fixes: ["Write `image_urls` instead: [\"https://a.com/1.jpg\"]", "Remove `photo`"]),
            Case(
                v3(["prompt": "a", "image_urls": [a], "end_image": b]), ["parameter.unknown"],
                "its picture is not used",
                fixes: [
                    "Move the picture into `image_urls`, as the last frame",
                    "Remove `end_image` and do without its picture"
                ])
        ])
    func names(_ one: Case) throws { try check(one) }

    @Test(
        "a picture under a name of its own is moved, or its loss is called by its name",
        arguments: [
            Case(
                o1(["prompt": "a", "first_frame": a]), ["parameter.frameField"],
                "kling-video-o1 has no parameter `first_frame`, so its picture is not used.",
                fixes: ["Move the picture into `image_urls`"]),
            Case(
                o1(["prompt": "a", "first_frame": ["url": a]]), ["parameter.frameField"],
                "Write the picture's address into the list `image_urls` instead",
                fixes: ["Move the picture into `image_urls`"]),
            Case(
                v3([
                    "prompt": "a",
                    "image_with_roles": [["url": b, "role": "last_frame"], ["url": a, "role": "first_frame"]]
                ]),
                ["parameter.frameField"], "", fixes: ["Move the picture into `image_urls`"]),
            Case(
                v3(["prompt": "a", "last_frame": a]), ["parameter.frameField"],
                "A last frame needs a first frame",
                fixes: ["Move the picture into `image_urls`, as the first frame"]),
            Case(
                v3(["prompt": "a", "image_urls": [b], "first_frame": a]), ["parameter.frameField"], "",
                fixes: ["Move the picture into `image_urls`, as the first frame"]),
            Case(
                o1(["prompt": "a", "first_frame": "data:image/png;base64,AAAA"]), ["parameter.frameField"],
                "what stands here cannot go there: data: content is not taken",
                fixes: ["Remove `first_frame` and do without its picture"]),
            Case(
                v3(["prompt": "a", "image_urls": [a, b], "image_tail": third]),
                ["parameter.frameField"], "takes at most 2 here",
                fixes: ["Remove `image_tail` and do without its picture"]),
            Case(
                v3(["prompt": "a", "image_urls": [a, b], "image_tail": b]),
                ["parameter.frameField"], "stands in the list `image_urls` already",
                fixes: ["Remove `image_tail`"]),
            Case(
                v3(["prompt": "a", "image_urls": [a], "first_frame": ["url": a]]), ["parameter.frameField"],
                "stands in the list `image_urls` already", fixes: ["Remove `first_frame`"])
        ])
    func frames(_ one: Case) throws {
        let found = try check(one)
        // Made unasked only where every picture stays the frame that it is.
        let isPlain = one.fixes == ["Move the picture into `image_urls`"] || one.said.contains("already")
        #expect(found.fixes.first?.isPreferred == isPlain)
    }

    @Test(
        "a total that is not allowed leads to the sum of the shots, not to the nearest one",
        arguments: [
            Case(
                v3(["multi_shot": true, "shot_type": "customize", "duration": 20, "multi_prompt": shots]),
                ["duration.range"], "The shots last 7 seconds together: write 7.",
                fixes: ["Set `duration` to 7, the sum of the shots"]),
            Case(
                v3(["multi_shot": true, "shot_type": "customize", "duration": "20", "multi_prompt": shots]),
                ["duration.quoted"], "", fixes: ["Set `duration` to 7, the sum of the shots"]),
            Case(
                v3([
                    "multi_shot": true, "shot_type": "customize", "duration": 20,
                    "multi_prompt": [
                        ["index": 1, "prompt": "a", "duration": 15],
                        ["index": 2, "prompt": "b", "duration": 5]
                    ]
                ]),
                ["duration.range"], "The shots last 20 seconds together, which is not allowed either")
        ])
    func totals(_ one: Case) throws { try check(one) }

    @Test(
        "hints say what decides, what is supported, and what to write",
        arguments: [
            Case(
                v3(["prompt": "a", "image_urls": [a], "aspect_ratio": "1:1"]), ["aspectRatio.ignored"],
                "The picture decides where its shape and `aspect_ratio` differ",
                fixes: ["Remove `aspect_ratio`"]),
            Case(
                o1([
                    "prompt": "a", "aspect_ratio": "1:1",
                    "video_list": [["video_url": "https://a.com/v.mp4", "refer_type": "base"]]
                ]),
                ["aspectRatio.ignored", "video.limits"],
                "the documentation does not say that `aspect_ratio` changes it",
                fixes: ["Remove `aspect_ratio`"]),
            Case(
                v3(["prompt": "a", "mode": "pro", "duration": 12]), ["mode.cost"],
                "\"std\" up to 15 seconds, \"pro\" up to 10. It may be refused, or cost more than \"std\"."),
            Case(
                v3(["prompt": "a", "mode": "4k"]), ["mode.cost"], "expect it to cost more than \"pro\""),
            Case(
                v3(["image_urls": [a]]), ["prompt.missing"],
                "the documentation requires it in its list of parameters, and only its overview"),
            Case(
                v3([
                    "prompt": "@dog",
                    "element_list": [["name": "dog", "description": "d", "element_input_urls": [a, b]]]
                ]),
                ["element.withoutImages"], "such as \"image_urls\": [\"https://example.com/first.jpg\"]")
        ])
    func hints(_ one: Case) throws { try check(one) }

    @Test("the references of a prompt that is not read are looked at all the same, as hints")
    func ignoredPrompt() throws {
        let request = Self.v3([
            "prompt": "@dog by <<<image_1>>>", "duration": 7, "multi_shot": true, "shot_type": "customize",
            "multi_prompt": Self.shots
        ])
        let found = Validator.standard.validate(request).diagnostics
        #expect(Set(found.map(\.code)) == ["prompt.ignored", "element.undefined", "reference.syntax"])
        #expect(found.allSatisfy { $0.severity == .hint })
        for code in ["element.undefined", "reference.syntax"] {
            let one = try #require(found.first { $0.code == code })
            #expect(one.message(.en).contains("before you move it into a shot"))
        }
    }

    @Test(
        "a fix of broken text says what it changes",
        arguments: [
            (#"{"model":"kling-v3" "prompt":"a"}"#, "Insert `,`", "插入 `,`"),
            (#"{"model":"kling-v3","prompt":"a",}"#, "Remove `,`", "删除 `,`"),
            (#"{"model":"kling-v3","prompt":'a'}"#, "Write `\"a\"` instead of `'a'`", "将 `'a'` 改为 `\"a\"`"),
            ("{\"model\":\"kling-v3\",\"prompt\":\"a\tb\"}", "Write `\\t` instead of the tab", "将制表符改为 `\\t`")
        ])
    func brokenText(text: String, en: String, zh: String) throws {
        let found = try #require(
            Validator.standard.validate(text: text).diagnostics.first { $0.code.hasPrefix("syntax.") })
        #expect(found.fixes.map { $0.title(.en) } == [en])
        #expect(found.fixes.map { $0.title(.zh) } == [zh])
    }

    @Test("a member of a shot is called one of the list, not of the model")
    func entries() throws {
        let request = Self.v3([
            "duration": 7, "multi_shot": true, "shot_type": "customize",
            "multi_prompt": [
                ["index": 1, "prompt": "a", "duration": 3, "camera": "left"],
                ["index": 2, "text": "b", "duration": 4]
            ]
        ])
        let found = Validator.standard.validate(request).diagnostics.filter { $0.code == "parameter.unknown" }
        #expect(
            found.map { $0.message(.en) } == [
                "`camera` is not a parameter of an entry of `multi_prompt`; the service may ignore or refuse it. Remove it.",
                "`text` is not a parameter of an entry of `multi_prompt`. Did you mean `prompt`?"
            ])
        #expect(found.last?.fixes.first?.title(.en) == "Rename to `prompt`")
    }

    @discardableResult
    private func check(_ one: Case) throws -> Diagnostic {
        let diagnostics = Validator.standard.validate(one.request).diagnostics
            .filter { $0.code != "reference.automatic" && $0.code != "image.roles" }
        #expect(diagnostics.map(\.code).sorted() == one.codes.sorted())
        let first = try #require(one.codes.first)
        let found = try #require(diagnostics.first { $0.code == first })
        #expect(found.message(.en).contains(one.said), "\(found.message(.en))")
        #expect(found.fixes.map { $0.title(.en) } == one.fixes)
        return found
    }
}
