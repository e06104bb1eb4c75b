import Foundation
import Testing

/// One labelled request: a name, the text, and every problem expected, as `code path`, in order of position.
struct Labelled: Sendable, CustomTestStringConvertible {
    let text: String
    let expected: [String]
    var testDescription: String { text }

    /// - Parameter expected: `code path` pairs, separated by commas; a path may be left out when it is the
    /// root.
    init(_ text: String, _ expected: String = "") {
        self.text = text
        self.expected =
            expected.isEmpty
            ? [] : expected.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// Members of a kling-v3 request.
    static func v3(_ members: String, _ expected: String = "") -> Labelled {
        Labelled("{\"model\":\"kling-v3\",\"prompt\":\"a cat\",\(members)}", expected)
    }

    /// Members of a kling-video-o1 request.
    static func o1(_ members: String, _ expected: String = "") -> Labelled {
        Labelled("{\"model\":\"kling-video-o1\",\(members)}", expected)
    }

    /// A storyboard of the given shots.
    static func shots(_ shots: String, _ members: String = "\"duration\":5", _ expected: String = "")
        -> Labelled
    {
        Labelled(
            "{\"model\":\"kling-v3\",\"multi_shot\":true,\"shot_type\":\"customize\",\(members),"
                + "\"multi_prompt\":[\(shots)]}", expected)
    }

    /// An element list beside a picture and a prompt.
    static func elements(_ elements: String, prompt: String = "@dog runs", _ expected: String = "")
        -> Labelled
    {
        Labelled(
            "{\"model\":\"kling-v3\",\"prompt\":\"\(prompt)\",\"image_urls\":[\"https://a.com/1.jpg\"],"
                + "\"element_list\":[\(elements)]}", expected)
    }
}

let two = "\"element_input_urls\":[\"https://a.com/1.png\",\"https://a.com/2.png\"]"
let dog = "{\"name\":\"dog\",\"description\":\"d\",\(two)}"
func element(_ name: String, _ picture: Int) -> String {
    "{\"name\":\"\(name)\",\"description\":\"d\",\"element_input_urls\":"
        + "[\"https://a.com/\(picture).png\",\"https://a.com/\(picture + 1).png\"]}"
}
let clip = "\"video_url\":\"https://a.com/v.mp4\""

let documentSet: [Labelled] = [
    Labelled("[]", ""),
    Labelled("5", "document.root "),
    Labelled("[5]", "document.root /0"),
    Labelled("{}", "model.missing , prompt.missing "),
    Labelled("{\"model\":\"kling-v3\",\"prompt\":\"a\",}", "syntax.trailingComma "),
    Labelled("{\"model\":\"kling-v3\" \"prompt\":\"a\"}", "syntax.missingComma "),
    Labelled(
        "{\"model\":\"kling-v3\",\"prompt\":\"a\",\"mode\":\"std\",\"mode\":\"pro\"}",
        "document.duplicateKey /mode"),
    Labelled("{\"model\":\"kling-v4\",\"prompt\":\"a\"}", "model.unknown /model"),
    Labelled("{\"model\":\"kling-o1\",\"prompt\":\"a\"}", "model.unknown /model"),
    Labelled("{\"model\":null,\"prompt\":\"a\"}", "model.missing /model"),
    Labelled("{\"model\":3,\"prompt\":\"a\"}", "parameter.type /model"),
    .v3("\"watermark\":1", "parameter.type /watermark"),
    .v3("\"audio\":\"true\"", "parameter.type /audio"),
    .v3("\"image_urls\":\"https://a.com/1.jpg\"", "parameter.type /image_urls"),
    .v3("\"mode\":null", "parameter.null /mode"),
    .v3("\"negative_prompt\":\"\"", "parameter.empty /negative_prompt"),
    .v3("\"image_urls\":[]", "parameter.empty /image_urls"),
    .v3("\"cfg_scale\":0.5", "parameter.unknown /cfg_scale"),
    .v3("\"size\":\"16:9\"", "parameter.alias /size"),
    .v3("\"sound\":true", "parameter.alias /sound"),
    .v3("\"size\":\"16:9\",\"aspect_ratio\":\"9:16\"", "parameter.aliasConflict /size"),
    .v3("\"size\":\"16:9\",\"aspect_ratio\":\"16:9\"", "parameter.alias /size"),
    .v3("\"size\":\"1280x720\"", "parameter.unknown /size"),
    .v3("\"image_url\":\"https://a.com/1.jpg\"", "parameter.frameField /image_url"),
    .v3("\"last_frame\":\"https://a.com/1.jpg\"", "parameter.frameField /last_frame"),
    .v3("\"video_list\":[{\(clip)}]", "parameter.otherModel /video_list"),
    .o1("\"prompt\":\"a\",\"audio\":true", "parameter.otherModel /audio"),
    Labelled("[{\"model\":\"kling-v3\",\"prompt\":\"a\"},{\"model\":\"kling-v3\"}]", "prompt.missing /1")
]

let scalarSet: [Labelled] = [
    .v3(
        "\"negative_prompt\":\"\(String(repeating: "x", count: 2501))\"",
        "negativePrompt.length /negative_prompt"),
    .shots(
        "{\"index\":1,\"prompt\":\"a\",\"duration\":2},{\"index\":2,\"prompt\":\"a\",\"duration\":3}",
        "\"prompt\":\"a\"", "prompt.ignored /prompt"),
    .v3("\"mode\":\"ultra\"", "mode.value /mode"),
    .o1("\"prompt\":\"a\",\"mode\":\"4k\"", "mode.value /mode"),
    .v3("\"duration\":\"6\"", "duration.quoted /duration"),
    .v3("\"duration\":\"long\"", "parameter.type /duration"),
    .v3("\"duration\":2", "duration.range /duration"),
    .v3("\"duration\":16", "duration.range /duration"),
    .v3("\"duration\":5.5", "duration.range /duration"),
    .v3("\"duration\":5.0"),
    .v3("\"duration\":true", "parameter.type /duration"),
    .o1("\"prompt\":\"a\",\"duration\":7", "duration.range /duration"),
    .o1(
        "\"prompt\":\"a\",\"duration\":10,\"video_list\":[{\(clip),\"refer_type\":\"base\"}]",
        "duration.ignored /duration, video.limits /video_list/0/video_url"),
    .v3("\"aspect_ratio\":\"4:3\"", "aspectRatio.value /aspect_ratio"),
    .v3("\"aspect_ratio\":\"1920x1080\"", "aspectRatio.value /aspect_ratio"),
    .v3(
        "\"aspect_ratio\":\"1:1\",\"image_urls\":[\"https://a.com/1.jpg\"]",
        "aspectRatio.ignored /aspect_ratio"),
    Labelled("{\"model\":\"kling-v3\",\"prompt\":\" \\n\"}", "prompt.missing /prompt"),
    Labelled(
        "{\"model\":\"kling-v3\",\"multi_shot\":true,\"shot_type\":\"intelligence\"}", "prompt.missing "),
    Labelled(
        "{\"model\":\"kling-v3\",\"prompt\":\"\(String(repeating: "字", count: 2501))\"}",
        "prompt.length /prompt"),
    .v3("\"negative_prompt\":\"blur, Cat\"", "negativePrompt.overlap /negative_prompt"),
    .v3("\"mode\":\"4k\"", "mode.cost /mode"),
    .v3("\"mode\":\"pro\",\"duration\":12", "mode.cost /mode")
]

let imageSet: [Labelled] = [
    .v3(
        "\"image_urls\":[\"https://a.com/1.jpg\",\"https://a.com/2.jpg\",\"https://a.com/3.jpg\"]",
        "image.count /image_urls"),
    .v3("\"image_urls\":[\"photo.jpg\"]", "image.url /image_urls/0"),
    .v3("\"image_urls\":[\"data:image/png;base64,AAAA\"]", "image.url /image_urls/0"),
    .v3("\"image_urls\":[\"\"]", "image.url /image_urls/0"),
    .v3("\"image_urls\":[\"https://a.com/a b.jpg\"]", "image.url /image_urls/0"),
    .v3("\"image_urls\":[\"https://me:pw@a.com/1.jpg\"]", "image.url /image_urls/0"),
    .v3("\"image_urls\":[\"/home/me/1.jpg\"]", "image.url /image_urls/0"),
    .v3("\"image_urls\":[\"ftp://a.com/1.jpg\"]", "image.url /image_urls/0"),
    .v3("\"image_urls\":[5]", "image.url /image_urls/0"),
    .v3("\"image_urls\":[\"http://localhost/1.jpg\"]", "image.private /image_urls/0"),
    .v3("\"image_urls\":[\"http://192.168.1.4:80/1.jpg\"]", "image.private /image_urls/0"),
    .v3("\"image_urls\":[\"http://nas.local/1.jpg\"]", "image.private /image_urls/0"),
    .v3("\"image_urls\":[\"https://a.com/1.webp?x=.jpg\"]", "image.format /image_urls/0"),
    .v3("\"image_urls\":[\"https:\\/\\/a.com\\/1.PNG\"]"),
    .v3("\"image_urls\":[\"https://a.com/1.jpg\",\"https://a.com/1.jpg\"]", "image.sameFrames /image_urls/1"),
    .o1(
        "\"prompt\":\"<<<image_1>>><<<image_2>>>\",\"image_urls\":[\"https://a.com/1.jpg\",\"https://a.com/2.jpg\"]",
        "image.roles /image_urls")
]

let shotSet: [Labelled] = [
    .v3(
        "\"multi_shot\":true,\"shot_type\":\"intelligence\","
            + "\"image_urls\":[\"https://a.com/1.jpg\",\"https://a.com/2.jpg\"]",
        "image.multiShotLastFrame /image_urls/1"),
    .v3(
        "\"multi_shot\":true,\"shot_type\":\"intelligence\",\"multi_prompt\":[{}]",
        "shots.ignored /multi_prompt"),
    .v3(
        "\"image\":\"https://a.com/1.jpg\",\"image_tail\":\"https://a.com/2.jpg\"",
        "parameter.frameField /image,parameter.frameField /image_tail"),
    .v3("\"multi_shot\":true", "shotType.missing "),
    .v3("\"multi_shot\":true,\"shot_type\":\"auto\"", "shotType.value /shot_type"),
    Labelled("{\"model\":\"kling-v3\",\"multi_shot\":true,\"shot_type\":\"customize\"}", "shots.missing "),
    .shots("", "\"duration\":5", "shots.count /multi_prompt"),
    .v3("\"shot_type\":\"customize\"", "shots.ignored /shot_type"),
    .shots("{\"index\":1,\"prompt\":\"a\",\"duration\":5}", "\"duration\":5", "shots.single /multi_prompt"),
    .shots("{\"index\":1,\"prompt\":\"a\",\"duration\":2},{\"index\":2,\"prompt\":\"a\",\"duration\":3}"),
    .shots(
        "{\"index\":0,\"prompt\":\"a\",\"duration\":2},{\"index\":1,\"prompt\":\"a\",\"duration\":3}",
        "\"duration\":5",
        "shots.index /multi_prompt/0/index, shots.index /multi_prompt/1/index"),
    .shots(
        "{\"index\":2,\"prompt\":\"a\",\"duration\":2},{\"index\":1,\"prompt\":\"a\",\"duration\":3}",
        "\"duration\":5",
        "shots.index /multi_prompt/0/index"),
    .shots(
        "{\"index\":1,\"prompt\":\"\",\"duration\":2},{\"index\":2,\"duration\":3}", "\"duration\":5",
        "shots.prompt /multi_prompt/0/prompt, shots.prompt /multi_prompt/1"),
    .shots(
        "{\"index\":1,\"prompt\":\"\(String(repeating: "x", count: 513))\",\"duration\":2},{\"index\":2,\"prompt\":\"a\",\"duration\":3}",
        "\"duration\":5", "shots.prompt /multi_prompt/0/prompt"),
    .shots(
        "{\"index\":1,\"prompt\":\"a\",\"duration\":0},{\"index\":2,\"prompt\":\"a\",\"duration\":\"3\"}",
        "\"duration\":5",
        "shots.duration /multi_prompt/0/duration, shots.duration /multi_prompt/1/duration"),
    .shots(
        "{\"index\":1,\"prompt\":\"a\",\"duration\":2},{\"index\":2,\"prompt\":\"a\",\"duration\":2}",
        "\"duration\":5",
        "shots.sum /duration"),
    .shots(
        "{\"index\":1,\"prompt\":\"a\",\"duration\":4},{\"index\":2,\"prompt\":\"a\",\"duration\":4}",
        "\"mode\":\"std\"",
        "shots.sum /multi_prompt"),
    .shots(
        "5,{\"index\":2,\"prompt\":\"a\",\"duration\":3}", "\"duration\":5", "shots.prompt /multi_prompt/0")
]

let elementSet: [Labelled] = [
    .elements(dog),
    .elements(
        "\(dog),\(dog)",
        "element.duplicateName /element_list/1/name,element.unused /element_list/1/name"
            + ",element.sameImages /element_list/1/element_input_urls"),
    .elements("{\"name\":\"dog\",\(two)}", "element.field /element_list/0"),
    .elements("{\"name\":\"dog\",\"description\":\"\",\(two)}", "element.field /element_list/0/description"),
    .elements(
        "{\"name\":\"dog\",\"description\":\"d\",\"element_input_urls\":[\"https://a.com/1.png\"]}",
        "element.images /element_list/0/element_input_urls"),
    .elements(
        "{\"name\":\"dog\",\"description\":\"d\",\"element_input_urls\":[]}",
        "element.images /element_list/0/element_input_urls"),
    .elements("7", prompt: "a", "element.field /element_list/0"),
    .elements(dog, prompt: "@dog and @cat, me@example.com", "element.undefined /prompt"),
    .elements(dog, prompt: "a", "element.unused /element_list/0/name"),
    .elements(
        "{\"name\":\"dog\",\"description\":\"d\",\(two)},{\"name\":\"dog2\",\"description\":\"d\",\"element_input_urls\":[\"https://a.com/3.png\",\"https://a.com/4.png\"]}",
        prompt: "@dog @dog2", "element.overlap /element_list/1/name"),
    .elements(
        "{\"name\":\"a dog\",\"description\":\"d\",\(two)}", prompt: "@a dog",
        "element.name /element_list/0/name"),
    .v3(
        "\"element_list\":[\(dog)]", "element.withoutImages /element_list,element.unused /element_list/0/name"
    ),
    .elements(dog, prompt: "@dog <<<image_1>>>", "reference.syntax /prompt"),
    .elements(
        "\(dog),\(element("a", 3)),\(element("b", 5)),\(element("c", 7))", prompt: "@dog @a @b @c",
        "element.count /element_list")
]

let referenceSet: [Labelled] = [
    .o1("\"prompt\":\"<<<image_1>>> waves\",\"image_urls\":[\"https://a.com/1.jpg\"]"),
    .o1(
        "\"prompt\":\"<<<image_2>>> waves\",\"image_urls\":[\"https://a.com/1.jpg\"]",
        "reference.range /prompt,reference.unusedImage /image_urls/0"),
    .o1("\"prompt\":\"<<<image_0>>> waves\"", "reference.range /prompt"),
    .o1(
        "\"prompt\":\"<<image_1>> waves\",\"image_urls\":[\"https://a.com/1.jpg\"]",
        "reference.automatic /prompt,reference.mistyped /prompt"),
    .o1(
        "\"prompt\":\"<<<image_01>>> ＜＜＜image_1＞＞＞ <<< image_1 >>> <<<Image_1>>> <<<image1>>>\"",
        "reference.mistyped /prompt,reference.mistyped /prompt,reference.mistyped /prompt,reference.mistyped /prompt"
            + ",reference.mistyped /prompt"),
    .o1("\"prompt\":\"a\",\"image_urls\":[\"https://a.com/1.jpg\"]", "reference.automatic /prompt"),
    .o1("\"prompt\":\"<<<video_1>>>\"", "reference.video /prompt"),
    .o1("\"prompt\":\"@dog <<<element_1>>>\"", "reference.element /prompt,reference.element /prompt"),
    .o1(
        "\"prompt\":\"a\",\"video_list\":[{\(clip),\"refer_type\":\"feature\"}]",
        "video.limits /video_list/0/video_url"),
    .o1(
        "\"prompt\":\"a\",\"video_list\":[{\(clip)}]",
        "video.referType /video_list/0,video.limits /video_list/0/video_url"),
    .o1("\"prompt\":\"a\",\"video_list\":[{\"refer_type\":\"feature\"}]", "video.url /video_list/0"),
    .o1(
        "\"prompt\":\"a\",\"video_list\":[{\"video_url\":\"v.mp4\",\"refer_type\":\"feature\"}]",
        "video.limits /video_list/0/video_url,video.url /video_list/0/video_url"),
    .o1(
        "\"prompt\":\"a\",\"video_list\":[{\"video_url\":\"https://a.com/v.avi\",\"refer_type\":\"feature\"}]",
        "video.format /video_list/0/video_url,video.limits /video_list/0/video_url"),
    .o1(
        "\"prompt\":\"a\",\"video_list\":[{\(clip),\"refer_type\":\"edit\",\"keep_original_sound\":true}]",
        "video.limits /video_list/0/video_url,video.referType /video_list/0/refer_type"
            + ",video.keepSound /video_list/0/keep_original_sound"),
    .o1(
        "\"prompt\":\"<<<image_1>>><<<image_2>>>\",\"image_urls\":[\"https://a.com/1.jpg\",\"https://a.com/2.jpg\"],"
            + "\"video_list\":[{\(clip),\"refer_type\":\"base\"}]",
        "video.baseFrames /image_urls,video.limits /video_list/0/video_url"),
    .o1(
        "\"prompt\":\"<<<image_1>>><<<image_2>>>\",\"image_urls\":[\"https://a.com/1.jpg\",\"https://a.com/2.jpg\"],"
            + "\"video_list\":[{\(clip),\"refer_type\":\"feature\"}]",
        "video.featureFrames /image_urls,video.limits /video_list/0/video_url"),
    .o1(
        "\"prompt\":\"a\",\"video_list\":[{\(clip),\"refer_type\":\"feature\"},{\(clip),\"refer_type\":\"feature\"}]",
        "video.count /video_list,video.limits /video_list/0/video_url,video.limits /video_list/1/video_url")
]

let labelledSet = documentSet + scalarSet + imageSet + shotSet + elementSet + referenceSet
