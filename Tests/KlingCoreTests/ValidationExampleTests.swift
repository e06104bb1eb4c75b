import JSON
import KlingCore
import Testing

/// The examples of both model pages, 使用场景, in their order.
let pageExamples: [(text: String, kind: RequestSummary.Kind, seconds: Int)] = [
    (
        #"{"model":"kling-v3","prompt":"一只金毛犬在沙滩上奔跑，日落，电影质感","mode":"std","duration":5,"size":"16:9"}"#,
        .textToVideo, 5
    ),
    (
        #"{"model":"kling-v3","prompt":"东京涩谷十字路口，雨夜霓虹灯倒映在湿漉漉的地面上，行人撑伞穿行","negative_prompt":"模糊, 低画质, 变形","mode":"pro","duration":10,"size":"16:9"}"#,
        .textToVideo, 10
    ),
    (#"{"model":"kling-v3","prompt":"花园中一朵花绽放的延时摄影","duration":15,"size":"16:9"}"#, .textToVideo, 15),
    (
        #"{"model":"kling-v3","prompt":"猫咪缓缓向前走，环顾四周","image_urls":["https://example.com/cat.jpg"],"mode":"std","duration":5}"#,
        .firstFrame, 5
    ),
    (
        #"{"model":"kling-v3","prompt":"流畅的电影级画面过渡","image_urls":["https://example.com/frame-start.jpg","https://example.com/frame-end.jpg"],"mode":"std","duration":5}"#,
        .firstLastFrame, 5
    ),
    (
        #"{"model":"kling-v3","prompt":"一个在这个舞台上唱歌的摇滚歌手，演唱会现场，灯光闪烁","audio":true,"mode":"std","duration":5}"#,
        .textToVideo, 5
    ),
    (
        #"{"model":"kling-v3","multi_prompt":[{"index":1,"prompt":"Two friends talking under a streetlight at night. Warm glow, casual poses, no dialogue.","duration":2},{"index":2,"prompt":"A runner sprinting through a forest, leaves flying. Low-angle shot, focus on movement.","duration":3},{"index":3,"prompt":"A woman hugging a cat, smiling. Soft sunlight, cozy home setting, emphasize warmth.","duration":3},{"index":4,"prompt":"A door creaking open, shadowy hallway. Dark tones, minimal details, eerie mood.","duration":3},{"index":5,"prompt":"A man slipping on a banana peel, shocked expression. Exaggerated pose, bright colors.","duration":3},{"index":6,"prompt":"A sunset over mountains, small figure walking away. Wide angle, peaceful atmosphere.","duration":1}],"multi_shot":true,"shot_type":"customize","duration":15,"mode":"pro","audio":true,"size":"9:16"}"#,
        .multiShot, 15
    ),
    (
        #"{"model":"kling-video-o1","prompt":"黄金时刻的城市天际线，电影质感镜头","mode":"pro","duration":5,"aspect_ratio":"16:9"}"#,
        .textToVideo, 5
    ),
    (
        #"{"model":"kling-video-o1","prompt":"让<<<image_1>>>中的人物向镜头挥手","image_urls":["https://upload.apimart.ai/f/models/9998230426123070-a.webp"],"mode":"pro","duration":5}"#,
        .reference, 5
    ),
    (
        #"{"model":"kling-video-o1","prompt":"<<<image_1>>>中的角色走向<<<image_2>>>中的场景","image_urls":["https://example.com/character.jpg","https://example.com/scene.jpg"],"mode":"pro","duration":5}"#,
        .reference, 5
    ),
    (
        #"{"model":"kling-video-o1","prompt":"人物缓缓转头微笑","image_urls":["https://upload.apimart.ai/f/models/9998230426123070-a.webp"],"mode":"std","duration":5}"#,
        .reference, 5
    )
]

@Suite struct ExampleTests {
    @Test("the pages' own examples have no error", arguments: pageExamples.indices)
    func examples(_ number: Int) throws {
        let example = pageExamples[number]
        let validation = Validator.standard.validate(text: example.text)
        #expect(!validation.hasErrors)
        let summary = try #require(validation.summary)
        #expect(summary.kind == example.kind)
        #expect(summary.durationSeconds == example.seconds)
        #expect(summary.billableSeconds == example.seconds)
    }

    @Test("the automatic reference is written out without a space")
    func automaticReference() throws {
        let normalized = try #require(Validator.standard.validate(text: pageExamples[10].text).normalized)
        #expect(normalized["prompt"] == "<<<image_1>>>人物缓缓转头微笑")
    }

    @Test("a page's size is sent as aspect_ratio, in its place")
    func size() throws {
        let normalized = try #require(Validator.standard.validate(text: pageExamples[0].text).normalized)
        #expect(normalized.map(\.name) == ["model", "prompt", "mode", "duration", "aspect_ratio"])
    }

    @Test("the summary on the wire is that of the library")
    func summary() throws {
        for example in pageExamples {
            let validation = Validator.standard.validate(text: example.text)
            var writer = JSONWriter()
            validation.writeSummary(into: &writer)
            let tree = JSONTree(writer.bytes)
            let wire = tree.value(tree.root)
            let summary = try #require(validation.summary)
            #expect(wire["kind"]?.string == summary.kind.rawValue)
            #expect(wire["resolution"]?.string == summary.resolution)
            #expect(wire["effectivePrompt"]?.string == summary.effectivePrompt)
            #expect(wire["shots"]?.array?.count == summary.shots.count)
            #expect(wire["estimateSeconds"]?.int == summary.estimateSeconds)
            #expect(wire["audio"]?.bool == summary.audio)
        }
    }
}
