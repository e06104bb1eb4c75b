import JSON

extension Model {
    /// The page "Kling v3 视频生成".
    static let klingV3 = Model(
        "kling-v3",
        title: LocalizedText(en: "Kling v3", zh: "可灵 v3"),
        documentation: LocalizedText(
            en:
                "Text to video and image to video (first frame, first and last frame), 3–15 seconds, 720p, 1080p or "
                + "4K, with sound, storyboards of up to six shots, and elements that keep a character the same.",
            zh: "文生视频与图生视频（首帧、首尾帧），3–15 秒，720P、1080P 或 4K，可生成有声视频，支持最多六个分镜与保持角色一致的主体引用。"),
        aliases: [
            "kling", "kling-3", "kling-3.0", "kling3", "kling-v3.0", "kling-v3-0", "kling-v-3", "klingv3",
            "kling-v", "kling-video-v3", "v3", "kling-video-3", "可灵v3", "可灵3",
            "kling-v3-omni", "kling-3.0-omni", "kling-v3-pro", "kling-v3-std", "kling-v3-master"
        ],
        references: .elementNames,
        timings: [
            Timing(mode: "std", atFiveSeconds: 110, atTenSeconds: 300),
            Timing(mode: "pro", atFiveSeconds: 300, atTenSeconds: 300)
        ],
        parameters: [
            Parameter(
                .model, .choice([Choice("kling-v3", en: "Kling v3 (recommended)", zh: "可灵 v3（推荐）")]),
                required: true, source: SourceLine("kling-v3", "model", line: 357),
                en: "The model that makes the video.", zh: "视频生成模型名称。"),
            Parameter(
                .prompt, .string(limit: nil), required: true,
                example: "一只金毛犬在沙滩上奔跑，日落，电影质感", source: SourceLine("kling-v3", "prompt", line: 365),
                en:
                    "What the video shows: scene, action, style, in detail. English is advised. `@name` refers to an "
                    + "element of `element_list`. May be left out when `multi_shot` is true and `shot_type` is "
                    + "`customize`: then the shots' own prompts count.",
                zh: "正向文本提示词，建议详细描述场景、动作、风格，建议使用英文。可用 `@name` 引用 `element_list` 中的主体。"
                    + "`multi_shot` 为 true 且 `shot_type` 为 `customize` 时可省略，以各分镜的提示词为准。"),
            Parameter(
                .negativePrompt, .string(limit: nil), example: "模糊, 低画质, 变形",
                source: SourceLine("kling-v3", "negative_prompt", line: 373),
                en: "What the video must not show.", zh: "负面提示词，用于排除不想要的内容。"),
            Parameter(
                .mode,
                .choice([
                    Choice("std", resolution: "720p", en: "Standard, 720p", zh: "标准模式（720P）"),
                    Choice("pro", resolution: "1080p", en: "Professional, 1080p", zh: "专业模式（1080P）"),
                    Choice("4k", resolution: "4k", en: "4K", zh: "4K 模式")
                ]), default: "std", outside: .modeValue, source: SourceLine("kling-v3", "mode", line: 379),
                en: "The quality, and with it the resolution.", zh: "生成模式，决定清晰度。"),
            Parameter(
                .duration, .integer(3...15), default: 5, outside: .durationRange,
                source: SourceLine("kling-v3", "duration", line: 391),
                en: "Length of the video in whole seconds. A number without quotes: `\"6\"` is refused.",
                zh: "视频时长（整数秒）。必须是不带引号的数字，写成 `\"6\"` 会报错。"),
            Parameter(
                .aspectRatio,
                .choice([
                    Choice("16:9", en: "Landscape", zh: "横屏"), Choice("9:16", en: "Portrait", zh: "竖屏"),
                    Choice("1:1", en: "Square", zh: "方形")
                ]), default: "16:9", outside: .aspectRatioValue,
                source: SourceLine("kling-v3", "aspect_ratio", line: 400),
                en: "Width to height. With images, the first image's own ratio may win.",
                zh: "视频宽高比。图生视频时可能被图片实际比例覆盖。"),
            Parameter(
                .imageURLs, .array(of: .url, count: 1...2), example: ["https://example.com/first.jpg"],
                outside: .imageCount, source: SourceLine("kling-v3", "image_urls", line: 412),
                en:
                    "Pictures for image to video: one is the first frame; of two, the first is the first frame and "
                    + "the second the last. Each must be publicly reachable, without hot-link protection.",
                zh: "图生视频的图片：传 1 张作为首帧，传 2 张依次为首帧和尾帧。图片 URL 必须公开可访问，不能有防盗链。"),
            Parameter(
                .watermark, .boolean, source: SourceLine("kling-v3", "watermark", line: 429),
                en: "Whether to put a watermark on the video.", zh: "是否添加水印。"),
            Parameter(
                .audio, .boolean, default: false, source: SourceLine("kling-v3", "audio", line: 433),
                en: "Whether the video has sound.", zh: "是否生成有声视频。"),
            Parameter(
                .multiShot, .boolean, default: false, source: SourceLine("kling-v3", "multi_shot", line: 437),
                en: "Whether the video is a storyboard of several shots. Then `shot_type` is needed.",
                zh: "是否启用多镜头分镜模式；启用时必须填写 `shot_type`。"),
            Parameter(
                .shotType,
                .choice([
                    Choice(
                        "customize", en: "You write every shot, in `multi_prompt`",
                        zh: "自定义：在 `multi_prompt` 中逐个写明分镜"),
                    Choice(
                        "intelligence", en: "The model cuts the shots from `prompt`",
                        zh: "智能：模型根据 `prompt` 自动分镜")
                ]), outside: .shotTypeValue, source: SourceLine("kling-v3", "shot_type", line: 444),
                en: "Who decides on the shots. Needed when `multi_shot` is true.",
                zh: "分镜方式；`multi_shot` 为 true 时必填。"),
            Parameter(
                .multiPrompt, .array(of: .object(shotMembers), count: 1...6), outside: .shotsCount,
                source: SourceLine("kling-v3", "multi_prompt", line: 450),
                en:
                    "The shots, 1 to 6; their durations add up to `duration`. Needed when `multi_shot` is true and "
                    + "`shot_type` is `customize`.",
                zh: "各分镜信息，1 到 6 个，时长之和等于 `duration`。`multi_shot` 为 true 且 `shot_type` 为 `customize` 时必填。"),
            Parameter(
                .elementList, .array(of: .object(elementMembers), count: 1...3), outside: .elementCount,
                source: SourceLine("kling-v3", "element_list", line: 472),
                en:
                    "Up to three subjects that stay the same through the video; a prompt refers to one as `@name`.",
                zh: "引用元素列表，最多 3 个主体，在提示词中用 `@name` 引用。")
        ])

    private static let shotMembers = [
        Parameter(
            ShotField.index.rawValue, .integer(1...6), required: true,
            source: SourceLine("kling-v3", "multi_prompt.index", line: 513),
            en: "The shot's number: 1, 2, 3 … without a gap.", zh: "分镜序号，从 1 连续递增。"),
        Parameter(
            ShotField.prompt.rawValue, .string(limit: 512), required: true,
            source: SourceLine("kling-v3", "multi_prompt.prompt", line: 456),
            en: "What this shot shows; at most 512 characters.", zh: "该分镜的提示词，最长 512 个字符。"),
        Parameter(
            ShotField.duration.rawValue, .integer(1...15), required: true,
            source: SourceLine("kling-v3", "multi_prompt.duration", line: 457),
            en: "The shot's length in whole seconds, at least 1; all shots together last `duration`.",
            zh: "该分镜的时长（整数秒），不小于 1；所有分镜时长之和等于 `duration`。")
    ]

    private static let elementMembers = [
        Parameter(
            ElementField.name.rawValue, .string(limit: nil), required: true, example: "element_dog",
            source: SourceLine("kling-v3", "element_list.name", line: 502),
            en: "The name that prompts refer to, as `@name`.", zh: "主体名称，提示词中以 `@name` 引用。"),
        Parameter(
            ElementField.description.rawValue, .string(limit: nil), required: true,
            example: "a golden retriever, fluffy fur, friendly expression",
            source: SourceLine("kling-v3", "element_list.description", line: 502),
            en: "What the subject looks like.", zh: "主体描述。"),
        Parameter(
            ElementField.imageURLs.rawValue, .array(of: .url, count: 2...4), required: true,
            source: SourceLine("kling-v3", "element_list.element_input_urls", line: 503),
            en: "2 to 4 pictures of the subject, the first from the front.",
            zh: "主体图片，2 到 4 张，第 1 张为正面图，其余为参考图。")
    ]
}
