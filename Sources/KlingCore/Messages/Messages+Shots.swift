/// Storyboards.
extension Message {
    static let shotTypeMissing = Message(
        "shotType.missing", .error, source: "kling-v3 page, shot_type (line 447)",

        en: "`multi_shot` is true, so `shot_type` is needed as well: {allowed}. With \"customize\" "
            + "you write the shots in `multi_prompt`; with \"intelligence\" the model makes them from "
            + "`prompt`.",
        zh: "`multi_shot` 为 true 时必须同时填写 `shot_type`：{allowed}。\"customize\" 表示在 "
            + "`multi_prompt` 中自行填写分镜，\"intelligence\" 表示由模型根据 `prompt` 自动分镜。")
    static let shotTypeValue = Message(
        "shotType.value", .error,
        en: "`shot_type` must be {allowed}, not \"{value}\". With \"customize\" you write the shots "
            + "in `multi_prompt`; with \"intelligence\" the model makes them from `prompt`.",
        zh: "`shot_type` 只能是 {allowed}，不能是 \"{value}\"。\"customize\" 表示在 `multi_prompt` "
            + "中自行填写分镜，\"intelligence\" 表示由模型根据 `prompt` 自动分镜。")
    static let shotsMissing = Message(
        "shots.missing", .error, source: "kling-v3 page, multi_prompt (line 469)",

        en: "`shot_type` is \"customize\", so `multi_prompt` is needed: a list with one entry for "
            + "each shot, such as [{\"index\": 1, \"prompt\": \"A cat wakes up\", \"duration\": 5}].",
        zh: "`shot_type` 为 \"customize\" 时必须填写 `multi_prompt`：每个分镜一项的列表，例如 "
            + "[{\"index\": 1, \"prompt\": \"A cat wakes up\", \"duration\": 5}]。")
    static let shotsIgnored = Message(
        "shots.ignored", .warning,
        en: "`{name}` has no effect while `multi_shot` is not true. Set `multi_shot` to true, or "
            + "remove `{name}`.",
        zh: "`multi_shot` 不为 true 时，`{name}` 不起作用。请将 `multi_shot` 设为 true，或删除 `{name}`。")
    static let shotsIgnoredIntelligence = Message(
        "shots.ignored", .warning,
        en: "`multi_prompt` has no effect: with `shot_type` \"intelligence\" the model makes the "
            + "shots itself. Remove it, or set `shot_type` to \"customize\".",
        zh: "`multi_prompt` 不起作用：`shot_type` 为 \"intelligence\" 时，由模型自动分镜。请删除它，"
            + "或将 `shot_type` 改为 \"customize\"。")
    static let shotsCount = Message(
        "shots.count", .error, source: "kling-v3 page, multi_prompt (line 455)",

        en: "`multi_prompt` must hold {minimum} to {maximum} shots, not {count}.",
        zh: "`multi_prompt` 需要 {minimum} 到 {maximum} 个分镜，现有 {count} 个。")
    static let shotsEntry = Message(
        "shots.prompt", .error, source: "kling-v3 page, multi_prompt (line 453)",

        en: "A shot must be an object, such as {\"index\": 1, \"prompt\": \"A cat wakes up\", "
            + "\"duration\": 5}, not {actual}.",
        zh: "分镜必须是一个对象，例如 {\"index\": 1, \"prompt\": \"A cat wakes up\", \"duration\": "
            + "5}，而不是{actual}。")
    static let shotsIndex = Message(
        "shots.index", .error, source: "kling-v3 page, 参数互斥与边界 (line 513)",
        en: "Shots are numbered 1, 2, 3 … without a gap, in the order of the list: here `index` must "
            + "be {expected}, not {value}.",
        zh: "分镜的 `index` 须按排列顺序从 1 开始连续递增：这里应为 {expected}，不能是 {value}。")
    static let shotsIndexMissing = Message(
        "shots.index", .error, source: "kling-v3 page, 参数互斥与边界 (line 513)",
        en: "This shot has no `index`: write {expected}.", zh: "该分镜缺少 `index`：请写 {expected}。")
    static let shotsIndexOrder = Message(
        "shots.index", .warning, source: "kling-v3 page, 参数互斥与边界 (line 513)",
        en: "The shots are not listed in the order of their `index`, and the documentation does not "
            + "say which of the two orders counts. Sort the list, or number the shots anew.",
        zh: "分镜的排列顺序与 `index` 不一致，文档没有说明以哪一个为准。请调整排列顺序，或重新编号。")
    static let shotsPromptMissing = Message(
        "shots.prompt", .error, source: "kling-v3 page, multi_prompt (line 453)",

        en: "This shot has no `prompt`: describe what it shows.",
        zh: "该分镜缺少 `prompt`：请描述画面。")
    static let shotsPromptType = Message(
        "shots.prompt", .error, source: "kling-v3 page, multi_prompt (line 453)",

        en: "A shot's `prompt` must be text in quotes, not {actual}.",
        zh: "分镜的 `prompt` 必须是带引号的文本，而不是{actual}。")
    static let shotsPromptLong = Message(
        "shots.prompt", .error, source: "kling-v3 page, multi_prompt (line 456)",

        en: "This shot's `prompt` has {count} characters; at most {limit} are allowed. Shorten it.",
        zh: "该分镜的 `prompt` 有 {count} 个字符，最多 {limit} 个。请缩短。")
    static let shotsPromptNear = Message(
        "shots.prompt", .hint, source: "kling-v3 page, multi_prompt (line 456)",

        en: "This shot's `prompt` has {count} characters, close to the limit of {limit}.",
        zh: "该分镜的 `prompt` 有 {count} 个字符，接近上限 {limit}。")
    static let shotsDuration = Message(
        "shots.duration", .error, source: "kling-v3 page, multi_prompt (line 457)",

        en: "A shot's `duration` must be a whole number of seconds, at least 1 and at most {total}, "
            + "the length of the whole video, not {value}.",
        zh: "分镜的 `duration` 必须是整数秒，最少 1 秒，最多 {total} 秒（视频总时长），不能是 {value}。")
    static let shotsDurationDefault = Message(
        "shots.duration", .error,
        en:
            "A shot cannot last {value} {value|second|seconds} in a video of {total}, and {total} is what the video "
            + "lasts while `duration` is left out. Write `duration`, the sum of the shots, or shorten the shot.",
        zh: "未填写 `duration` 时视频总时长为 {total} 秒（默认值），分镜不能长达 {value} 秒。请填写 `duration`（各分镜时长之和），或缩短该分镜。")
    static let shotsDurationQuoted = Message(
        "shots.duration", .error, source: "kling-v3 page, multi_prompt (line 453)",

        en: "A shot's `duration` must be a number, not a string: write {value} without quotes.",
        zh: "分镜的 `duration` 必须是数字而不是字符串：请去掉引号，写成 {value}。")
    static let shotsDurationMissing = Message(
        "shots.duration", .error, source: "kling-v3 page, multi_prompt (line 453)",

        en: "This shot has no `duration`: write how many seconds it lasts, 1 to {total}.",
        zh: "该分镜缺少 `duration`：请填写该分镜的秒数，1 到 {total}。")
    static let shotsSum = Message(
        "shots.sum", .error, source: "kling-v3 page, multi_prompt (line 458)",

        en: "The shots last {sum} {sum|second|seconds} together, but `duration` says {total}. Change "
            + "one of them, so that both are the same.",
        zh: "各分镜时长之和为 {sum} 秒，而 `duration` 为 {total} 秒。请修改其中之一，使两者相等。")
    static let shotsSumDefault = Message(
        "shots.sum", .error, source: "kling-v3 page, multi_prompt (line 458)",

        en: "The shots last {sum} {sum|second|seconds} together, but the video lasts {total}, the "
            + "default when `duration` is left out. Write `duration` or change the shots, so that both "
            + "are the same.",
        zh: "各分镜时长之和为 {sum} 秒，而视频总时长为 {total} 秒（未填写 `duration` 时的默认值）。"
            + "请填写 `duration` 或修改分镜，使两者相等。")
    static let shotsSingle = Message(
        "shots.single", .hint, source: "advice",
        en: "A storyboard of only one shot gives the same as a plain `prompt` without `multi_shot`.",
        zh: "只有一个分镜时，效果与不用 `multi_shot`、只写 `prompt` 相同。")

    static let shotTable: [Message] = [
        shotTypeMissing, shotTypeValue, shotsMissing, shotsIgnored, shotsIgnoredIntelligence, shotsCount,
        shotsEntry,
        shotsIndex, shotsIndexMissing, shotsIndexOrder, shotsPromptMissing, shotsPromptType, shotsPromptLong,
        shotsPromptNear, shotsDuration, shotsDurationDefault, shotsDurationQuoted, shotsDurationMissing,
        shotsSum, shotsSumDefault,
        shotsSingle
    ]
}
