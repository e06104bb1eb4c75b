import JSON

extension Model {
    /// The page "Kling Video O1 视频生成".
    static let klingVideoO1 = Model(
        "kling-video-o1",
        title: LocalizedText(en: "Kling Video O1", zh: "可灵 Video O1"),
        documentation: LocalizedText(
            en:
                "The reasoning model of the highest quality: text to video, pictures referred to in the prompt as "
                + "`<<<image_N>>>`, and a reference clip to edit or to imitate; 5 or 10 seconds, 720p or 1080p.",
            zh: "推理增强模型，最高质量：文生视频、在提示词中用 `<<<image_N>>>` 引用图片、编辑或参考一段视频；5 或 10 秒，720P 或 1080P。"),
        aliases: [
            "kling-o1", "kling-omni", "kling-video-01", "kling-o-1", "o1", "video-o1", "klingo1",
            "kling-video-o-1",
            "kling-omni-video-o1", "kling-01", "kling-video", "可灵o1", "kling-v-o1", "kling-vo1"
        ],
        references: .imageTags,
        timings: [
            Timing(mode: "std", atFiveSeconds: 180, atTenSeconds: 330),
            Timing(mode: "pro", atFiveSeconds: 330, atTenSeconds: 480)
        ],
        parameters: [
            Parameter(
                .model,
                .choice([
                    Choice(
                        "kling-video-o1", en: "Kling Video O1 (reasoning, highest quality)",
                        zh: "可灵 Video O1（推理增强，最高质量）")
                ]), required: true, source: SourceLine("kling-video-o1", "model", line: 366),
                en: "The model that makes the video.", zh: "视频生成模型名称。"),
            Parameter(
                .prompt, .string(limit: nil), required: true, example: "让<<<image_1>>>中的人物向镜头挥手",
                source: SourceLine("kling-video-o1", "prompt", line: 374),
                en:
                    "What the video shows. `<<<image_N>>>` refers to the N-th picture of `image_urls`, from 1. With "
                    + "pictures and no reference, the gateway puts `<<<image_1>>>` before the prompt.",
                zh: "正向文本提示词。用 `<<<image_N>>>` 引用 `image_urls` 中第 N 张图片（从 1 开始）。"
                    + "传了图片但没有引用时，系统会自动在提示词前添加 `<<<image_1>>>`。"),
            Parameter(
                .mode,
                .choice([
                    Choice("std", resolution: "720p", en: "Standard, 720p", zh: "标准模式（720P）"),
                    Choice("pro", resolution: "1080p", en: "Professional, 1080p", zh: "专业模式（1080P）")
                ]), default: "std", outside: .modeValue,
                source: SourceLine("kling-video-o1", "mode", line: 386),
                en: "The quality, and with it the resolution.", zh: "生成模式，决定清晰度。"),
            Parameter(
                .duration, .integers([5, 10]), default: 5, outside: .durationRange,
                source: SourceLine("kling-video-o1", "duration", line: 397),
                en: "Length of the video in seconds: 5 or 10. Of a clip that is edited, the clip decides.",
                zh: "视频时长（秒）：5 或 10。编辑视频时以上传视频的时长为准。"),
            Parameter(
                .aspectRatio,
                .choice([
                    Choice("16:9", en: "Landscape", zh: "横屏"), Choice("9:16", en: "Portrait", zh: "竖屏"),
                    Choice("1:1", en: "Square", zh: "方形")
                ]), default: "16:9", outside: .aspectRatioValue,
                source: SourceLine("kling-video-o1", "aspect_ratio", line: 405),
                en: "Width to height. With images, the first image's own ratio may win.",
                zh: "视频宽高比。图生视频时可能被图片实际比例覆盖。"),
            Parameter(
                .imageURLs, .array(of: .url, count: 1...2), example: ["https://example.com/character.jpg"],
                outside: .imageCount, source: SourceLine("kling-video-o1", "image_urls", line: 417),
                en:
                    "Up to two pictures, which the prompt refers to as `<<<image_N>>>`; also the first and the last "
                    + "frame, in this order. Each must be publicly reachable, without hot-link protection.",
                zh: "图片 URL 数组，最多两张，在提示词中用 `<<<image_N>>>` 引用；第一张为首帧，第二张为尾帧。图片必须公开可访问，不能有防盗链。"),
            Parameter(
                .videoList, .array(of: .object(videoMembers), count: 1...1), outside: .videoCount,
                source: SourceLine("kling-video-o1", "video_list", line: 431),
                en:
                    "One reference clip: to be edited (`base`) or to be imitated (`feature`). MP4 or MOV, 3–10 s, "
                    + "720–2160 px, 24–60 fps, at most 200 MB.",
                zh:
                    "参考视频，最多 1 段：待编辑（`base`）或特征参考（`feature`）。仅支持 MP4/MOV，3–10 秒，720px–2160px，24–60fps，不超过 200MB。"
            )
        ])

    private static let videoMembers = [
        Parameter(
            VideoField.url.rawValue, .url, required: true,
            source: SourceLine("kling-video-o1", "video_list.video_url", line: 453),
            en: "The clip's address; publicly reachable.", zh: "视频 URL，不能为空且需可访问。"),
        Parameter(
            VideoField.referType.rawValue,
            .choice([
                Choice("base", en: "The clip is edited", zh: "待编辑视频"),
                Choice("feature", en: "The clip is imitated", zh: "特征参考视频")
            ]), default: "base", outside: .videoReferType,
            source: SourceLine("kling-video-o1", "video_list.refer_type", line: 434),
            en: "What the clip is for.", zh: "参考视频类型。"),
        Parameter(
            VideoField.keepSound.rawValue,
            .choice([
                Choice("no", en: "Drop the clip's own sound", zh: "不保留原声"),
                Choice("yes", en: "Keep the clip's own sound", zh: "保留原声")
            ]), default: "no", outside: .videoKeepSound,
            source: SourceLine("kling-video-o1", "video_list.keep_original_sound", line: 439),
            en: "Whether the clip's own sound is kept.", zh: "是否保留视频原声。")
    ]
}
