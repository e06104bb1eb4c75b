/// The words people use for a parameter, beside its name.
///
/// An *alias* says the same thing in the same form and is sent under the right name; a *hint* only earns a
/// suggestion.
enum Vocabulary {
    struct Alias: Sendable {
        let word: String
        let field: Field
        /// Only when the value looks like a ratio (`16:9`): the word has another meaning besides.
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
        ("image_with_roles", .either)
    ]

    static let hints: [(word: String, name: String)] = [
        ("text", "prompt"), ("input", "prompt"), ("description", "prompt"), ("content", "prompt"),
        ("positive_prompt", "prompt"), ("negative", "negative_prompt"), ("exclude", "negative_prompt"),
        ("quality", "mode"), ("resolution", "mode"), ("tier", "mode"), ("length", "duration"),
        ("time", "duration"), ("video_length", "duration"), ("dimensions", "aspect_ratio"),
        ("orientation", "aspect_ratio"), ("size", "aspect_ratio"), ("images", "image_urls"),
        ("image_list", "image_urls"), ("urls", "image_urls"), ("reference_images", "image_urls"),
        ("input_image", "image_urls"), ("shots", "multi_prompt"), ("storyboard", "multi_prompt"),
        ("scenes", "multi_prompt"), ("elements", "element_list"), ("subjects", "element_list"),
        ("characters", "element_list"), ("video", "video_list"), ("videos", "video_list"),
        ("video_url", "video_list"), ("video_urls", "video_list"), ("logo", "watermark"),
        ("watermark_info", "watermark"), ("speech", "audio"), ("audio_enabled", "audio"),
        ("engine", "model"), ("storyboard_type", "shot_type"), ("multishot", "multi_shot"),
        ("element_images", "element_input_urls"), ("reference_image_urls", "element_input_urls"),
        ("url", "video_url"), ("reference_type", "refer_type"), ("type", "refer_type"),
        ("keep_sound", "keep_original_sound"), ("number", "index"), ("shot_index", "index")
    ]
}
