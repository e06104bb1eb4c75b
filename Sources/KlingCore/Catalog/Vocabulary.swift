/// The words people use for a parameter, beside its name.
///
/// An *alias* says the same thing in the same form and is sent under the right name; a *hint* only earns a
/// suggestion.
enum Vocabulary {
    struct Alias: Sendable {
        let word: String
        let field: Field
        /// Only when the value looks like a ratio (`16:9`, `1280x720`): the word has another meaning besides.
        var onlyRatios = false
    }

    static let aliases: [Alias] = [
        // The v3 page's own samples say `size`, its parameter table `aspect_ratio`.
        Alias(word: "size", field: .aspectRatio, onlyRatios: true),
        Alias(word: "ratio", field: .aspectRatio), Alias(word: "aspectRatio", field: .aspectRatio),
        Alias(word: "aspect", field: .aspectRatio),
        Alias(word: "sound", field: .audio), Alias(word: "generate_audio", field: .audio),
        Alias(word: "generateAudio", field: .audio), Alias(word: "with_audio", field: .audio),
        Alias(word: "negativePrompt", field: .negativePrompt), Alias(word: "imageUrls", field: .imageURLs),
        Alias(word: "imageURLs", field: .imageURLs), Alias(word: "multiShot", field: .multiShot),
        Alias(word: "shotType", field: .shotType), Alias(word: "multiPrompt", field: .multiPrompt),
        Alias(word: "elementList", field: .elementList), Alias(word: "videoList", field: .videoList),
        Alias(word: "model_name", field: .model), Alias(word: "modelName", field: .model),
        Alias(word: "seconds", field: .duration), Alias(word: "duration_seconds", field: .duration),
        Alias(word: "durationSeconds", field: .duration)
    ]

    /// Names of a single frame: the order in `image_urls` says which frame a picture is.
    enum Frame: Sendable { case first, last, either }

    static let frames: [(word: String, frame: Frame)] = [
        ("first_frame", .first), ("first_frame_image", .first), ("image", .first), ("image_url", .first),
        ("imageUrl", .first), ("last_frame", .last), ("last_frame_image", .last), ("image_tail", .last),
        ("image_with_roles", .either), ("firstFrame", .first), ("firstFrameImage", .first),
        ("lastFrame", .last), ("lastFrameImage", .last), ("imageTail", .last), ("imageWithRoles", .either)
    ]

    /// Words that earn a suggestion: those of other services, and every alias and frame, of which a slip means
    /// the same parameter.
    static let hints: [NearestName.Hint] =
        (wordsOfOthers + aliases.map { ($0.word, $0.field.name) }
        + frames.map { ($0.word, Field.imageURLs.name) }).map { NearestName.Hint($0.0, $0.1) }

    private static let wordsOfOthers: [(word: String, name: String)] = [
        ("text", "prompt"), ("input", "prompt"), ("description", "prompt"), ("content", "prompt"),
        ("positive_prompt", "prompt"), ("prompt_text", "prompt"), ("text_prompt", "prompt"),
        ("user_prompt", "prompt"), ("caption", "prompt"), ("video_prompt", "prompt"),
        ("video_description", "prompt"), ("negative", "negative_prompt"), ("neg_prompt", "negative_prompt"),
        ("exclude", "negative_prompt"), ("quality", "mode"), ("resolution", "mode"), ("tier", "mode"),
        ("video_quality", "mode"), ("length", "duration"), ("time", "duration"), ("dur", "duration"),
        ("secs", "duration"), ("sec", "duration"), ("length_seconds", "duration"),
        ("width", "aspect_ratio"), ("height", "aspect_ratio"), ("avoid", "negative_prompt"),
        ("video_length", "duration"), ("video_duration", "duration"), ("dimensions", "aspect_ratio"),
        ("orientation", "aspect_ratio"), ("size", "aspect_ratio"), ("image_size", "aspect_ratio"),
        ("video_size", "aspect_ratio"), ("images", "image_urls"), ("image_list", "image_urls"),
        ("urls", "image_urls"), ("reference_images", "image_urls"), ("ref_images", "image_urls"),
        ("imgs", "image_urls"), ("input_reference", "image_urls"), ("input_image", "image_urls"),
        ("init_image", "image_urls"), ("init_image_url", "image_urls"),
        ("picture", "image_urls"), ("pictures", "image_urls"), ("photo", "image_urls"),
        ("photos", "image_urls"), ("img_url", "image_urls"), ("prompt_image", "image_urls"),
        ("start_image", "image_urls"), ("start_image_url", "image_urls"), ("start_frame", "image_urls"),
        ("first_image", "image_urls"), ("first_frame_url", "image_urls"), ("end_image", "image_urls"),
        ("end_image_url", "image_urls"), ("end_frame", "image_urls"), ("last_image", "image_urls"),
        ("last_frame_url", "image_urls"), ("tail_image", "image_urls"), ("tail_image_url", "image_urls"),
        ("shots", "multi_prompt"), ("shot_list", "multi_prompt"), ("storyboard", "multi_prompt"),
        ("scenes", "multi_prompt"), ("elements", "element_list"), ("subjects", "element_list"),
        ("subject_list", "element_list"), ("characters", "element_list"), ("video", "video_list"),
        ("videos", "video_list"), ("video_url", "video_list"), ("video_urls", "video_list"),
        ("reference_video", "video_list"), ("input_video", "video_list"), ("logo", "watermark"),
        ("watermark_info", "watermark"), ("add_watermark", "watermark"),
        ("watermark_enabled", "watermark"), ("speech", "audio"), ("audio_enabled", "audio"),
        ("enable_audio", "audio"), ("audio_on", "audio"), ("enable_sound", "audio"), ("engine", "model"),
        ("model_id", "model"),
        ("model_version", "model"), ("storyboard_type", "shot_type"),
        // The pages' own words.
        ("提示词", "prompt"), ("负向提示词", "negative_prompt"), ("时长", "duration"), ("比例", "aspect_ratio"),
        ("宽高比", "aspect_ratio"), ("模型", "model"), ("模式", "mode"), ("图片", "image_urls"), ("水印", "watermark"),
        // Members of shots, elements and clips.
        ("image_urls", "element_input_urls"), ("images", "element_input_urls"),
        ("urls", "element_input_urls"), ("pictures", "element_input_urls"),
        ("element_images", "element_input_urls"), ("reference_image_urls", "element_input_urls"),
        ("id", "element_id"), ("desc", "description"), ("title", "name"), ("url", "video_url"),
        ("video", "video_url"), ("reference_type", "refer_type"), ("type", "refer_type"),
        ("keep_sound", "keep_original_sound"), ("keep_audio", "keep_original_sound"),
        ("number", "index"), ("shot_index", "index"), ("order", "index")
    ]
}
