import Foundation
import JSON
import KlingCore
import Testing

/// A word that someone wrote, and the word that was meant.
typealias Slip = (word: String, meant: String?)

/// What people write instead of the right word, and what they are asked whether they meant; nil where no
/// answer would help. Asked through the validator: the sentence or the fix is what a person gets.
@Suite struct ValidationNearestNameTests {
    // MARK: - Members

    static let spellings: [Slip] = [
        ("negativePrompt", "negative_prompt"), ("NegativePrompt", "negative_prompt"),
        ("negative-prompt", "negative_prompt"), ("negative prompt", "negative_prompt"),
        ("negativeprompt", "negative_prompt"), ("NEGATIVE_PROMPT", "negative_prompt"),
        ("aspectRatio", "aspect_ratio"), ("aspect-ratio", "aspect_ratio"), ("Aspect_Ratio", "aspect_ratio"),
        ("imageUrls", "image_urls"), ("imageURLs", "image_urls"), ("image-urls", "image_urls"),
        ("IMAGE_URLS", "image_urls"), ("multiShot", "multi_shot"), ("multi-shot", "multi_shot"),
        ("shotType", "shot_type"), ("multiPrompt", "multi_prompt"), ("elementList", "element_list"),
        ("Duration", "duration"), ("MODE", "mode"), ("Audio", "audio"), ("water_mark", "watermark")
    ]

    static let typos: [Slip] = [
        ("negtive_prompt", "negative_prompt"), ("negative_promt", "negative_prompt"),
        ("negativ_prompt", "negative_prompt"), ("negative_prompts", "negative_prompt"),
        ("duraton", "duration"), ("durration", "duration"), ("durations", "duration"),
        ("duartion", "duration"),
        ("moed", "mode"), ("modes", "mode"), ("mdoe", "mode"), ("mod", "mode"),
        ("aspect_raito", "aspect_ratio"),
        ("aspect_ration", "aspect_ratio"), ("aspec_ratio", "aspect_ratio"), ("image_url s", "image_urls"),
        ("image_urlss", "image_urls"), ("imge_urls", "image_urls"), ("images_urls", "image_urls"),
        ("img_urls", "image_urls"), ("watermarks", "watermark"), ("wartermark", "watermark"),
        ("audios", "audio"),
        ("auido", "audio"), ("adio", "audio"), ("mulit_shot", "multi_shot"), ("multi_shots", "multi_shot"),
        ("multi_shoot", "multi_shot"), ("shot_types", "shot_type"), ("shot_tpye", "shot_type"),
        ("multi_promt", "multi_prompt"), ("multi_prompts", "multi_prompt"), ("mutli_prompt", "multi_prompt"),
        ("elements_list", "element_list"), ("elment_list", "element_list"), ("element_lists", "element_list"),
        ("ratios", "aspect_ratio"), ("secnds", "duration"), ("lenght", "duration")
    ]

    static let otherVendors: [Slip] = [
        ("cfg_scale", nil), ("guidance_scale", nil), ("seed", nil), ("num_frames", nil), ("fps", nil),
        ("frame_rate", nil), ("style", nil), ("camera_control", nil), ("static_mask", nil),
        ("dynamic_masks", nil), ("callback_url", nil), ("external_task_id", nil), ("n", nil), ("user", nil),
        ("response_format", nil), ("loop", nil), ("num_inference_steps", nil), ("image_fidelity", nil),
        ("enhance_prompt", nil), ("prompt_optimizer", nil), ("system_prompt", nil), ("temperature", nil),
        ("motion_strength", nil), ("quantity", nil), ("stream", nil),
        ("secs", "duration"), ("length_seconds", "duration"), ("时长", "duration"),
        ("input_reference", "image_urls"), ("imgs", "image_urls"), ("audio_on", "audio"),
        ("seconds", "duration"), ("duration_seconds", "duration"), ("length", "duration"),
        ("video_length", "duration"), ("video_duration", "duration"), ("ratio", "aspect_ratio"),
        ("aspect", "aspect_ratio"), ("orientation", "aspect_ratio"), ("dimensions", "aspect_ratio"),
        ("resolution", "mode"), ("quality", "mode"), ("image", "image_urls"), ("image_url", "image_urls"),
        ("image_tail", "image_urls"), ("tail_image_url", "image_urls"), ("end_image_url", "image_urls"),
        ("start_image", "image_urls"), ("first_frame_url", "image_urls"), ("images", "image_urls"),
        ("image_list", "image_urls"), ("promptImage", "image_urls"), ("input_image", "image_urls"),
        ("reference_images", "image_urls"), ("sound", "audio"), ("generate_audio", "audio"),
        ("enable_audio", "audio"), ("with_audio", "audio"), ("shots", "multi_prompt"),
        ("scenes", "multi_prompt"), ("shot_list", "multi_prompt"), ("characters", "element_list"),
        ("elements", "element_list"), ("subjects", "element_list"), ("negative", "negative_prompt"),
        ("neg_prompt", "negative_prompt"), ("logo", "watermark"), ("watermark_enabled", "watermark"),
        ("first_fram", "image_urls"), ("video_list_url", nil), ("提示词", nil), ("", nil)
    ]

    /// The parameter that a member is taken for.
    private static func meant(_ word: String, in request: JSONObject) throws -> String? {
        var request = request
        request[word] = "x"
        let validation = Validator.standard.validate(request)
        let found = try #require(
            validation.diagnostics.first {
                $0.path.tokens.first == word
                    && ["parameter.unknown", "parameter.alias", "parameter.frameField"].contains($0.code)
            }, "\(word)")
        switch found.code {
        case "parameter.alias":
            guard case .move(_, let target)? = found.fixes.first?.patch?.first else { return nil }
            return target.tokens.last
        case "parameter.frameField": return "image_urls"
        default: return Self.asked(found, between: "`")
        }
    }

    /// The word of "Did you mean …?".
    private static func asked(_ diagnostic: Diagnostic, between quote: Character) -> String? {
        let sentence = diagnostic.message(.en)
        guard let start = sentence.range(of: "Did you mean ")?.upperBound else { return nil }
        let word = sentence[start...].split(separator: quote, maxSplits: 1).first.map(String.init)
        // The Chinese sentence names the same.
        #expect(diagnostic.message(.zh).contains(word ?? "?"))
        return word
    }

    @Test(
        "a member is taken for the parameter that it resembles, or for none",
        arguments: spellings + typos + otherVendors)
    func members(_ slip: Slip) throws {
        #expect(try Self.meant(slip.word, in: ["model": "kling-v3", "prompt": "a"]) == slip.meant)
    }

    @Test(
        "a prompt or a model under another name is found too",
        arguments: [
            ("promt", "prompt"), ("pormpt", "prompt"), ("Prompt", "prompt"), ("prompts", "prompt"),
            ("prompt_text", "prompt"), ("promptText", "prompt"), ("text", "prompt"),
            ("text_prompt", "prompt"),
            ("caption", "prompt"), ("提示词", "prompt"), ("user_prompt", "prompt"), ("modle", "model"),
            ("model_name", "model"), ("modelName", "model"),
            ("model_id", "model"), ("Model", "model"), ("engine", "model")
        ] as [Slip])
    func needed(_ slip: Slip) throws { #expect(try Self.meant(slip.word, in: [:]) == slip.meant) }

    @Test(
        "the other model's members are suggested where they belong",
        arguments: [
            ("videoList", "video_list"), ("video_lists", "video_list"), ("vidoe_list", "video_list"),
            ("video_url", "video_list"), ("videos", "video_list"), ("video", "video_list"),
            ("input_video", "video_list"), ("aspect_raito", "aspect_ratio"), ("cfg_scale", nil),
            ("seed", nil),
            ("static_mask", nil)
        ] as [Slip])
    func editing(_ slip: Slip) throws {
        #expect(try Self.meant(slip.word, in: ["model": "kling-video-o1", "prompt": "a"]) == slip.meant)
    }

    @Test(
        "members of shots, elements and clips are suggested among their own",
        arguments: [
            ("multi_prompt", "promt", "prompt"), ("multi_prompt", "text", "prompt"),
            ("multi_prompt", "Index", "index"), ("multi_prompt", "shot_index", "index"),
            ("multi_prompt", "seconds", "duration"), ("multi_prompt", "lenght", "duration"),
            ("multi_prompt", "camera", nil), ("multi_prompt", "mode", nil),
            ("element_list", "image_urls", "element_input_urls"),
            ("element_list", "images", "element_input_urls"),
            ("element_list", "elementInputUrls", "element_input_urls"),
            ("element_list", "desc", "description"),
            ("element_list", "names", "name"), ("element_list", "id", "element_id"),
            ("element_list", "voice", nil), ("video_list", "url", "video_url"),
            ("video_list", "videoUrl", "video_url"), ("video_list", "type", "refer_type"),
            ("video_list", "reference_type", "refer_type"),
            ("video_list", "keep_sound", "keep_original_sound"),
            ("video_list", "keepOriginalSound", "keep_original_sound"), ("video_list", "start_time", nil)
        ] as [(String, String, String?)])
    func entries(list: String, word: String, meant: String?) throws {
        let model = list == "video_list" ? "kling-video-o1" : "kling-v3"
        let validation = Validator.standard.validate([
            "model": .string(model), "prompt": "a", "multi_shot": true, "shot_type": "customize",
            list: [.object([word: "x"])]
        ])
        let found = try #require(
            validation.diagnostics.first { $0.code == "parameter.unknown" && $0.path.tokens.last == word })
        #expect(Self.asked(found, between: "`") == meant)
    }

    // MARK: - Models

    @Test(
        "a model's name is suggested for its slips, never for another version",
        arguments: [
            ("kling3", "kling-v3"), ("kling-3", "kling-v3"), ("kling-3.0", "kling-v3"),
            ("kling-v3.0", "kling-v3"),
            ("kling_v3", "kling-v3"), ("Kling-V3", "kling-v3"), ("KLING V3", "kling-v3"),
            ("klingv3", "kling-v3"),
            ("klign-v3", "kling-v3"), ("kling-v-3", "kling-v3"), ("kling-v3-omni", "kling-v3"),
            ("v3", "kling-v3"),
            ("kling-omni", "kling-video-o1"), ("kwaivgi/kling-v3", "kling-v3"),
            ("kling-v3-pro", "kling-v3"), ("kling-v3-preview", "kling-v3"), ("kling-video-v3", "kling-v3"),
            ("kling", "kling-v3"), ("可灵3", "kling-v3"), ("kling-o1", "kling-video-o1"),
            ("kling_o1", "kling-video-o1"), ("KlingO1", "kling-video-o1"), ("o1", "kling-video-o1"),
            ("kling-video-01", "kling-video-o1"), ("kling-01", "kling-video-o1"),
            ("kling-vidoe-o1", "kling-video-o1"), ("Kling Video O1", "kling-video-o1"),
            ("kling-video-o1-pro", "kling-video-o1"), ("kling-v2-master", nil), ("kling-v2", nil),
            ("kling-v2-1", nil), ("kling-v1", nil), ("kling-v1-6", nil), ("kling-v4", nil),
            ("kling-v31", nil),
            ("kling-video-o2", nil), ("sora-2", nil), ("veo-3", nil), ("wan2.5", nil), ("gpt-4", nil),
            ("hailuo-02", nil), ("v", nil)
        ] as [Slip])
    func models(_ slip: Slip) throws {
        let validation = Validator.standard.validate(["model": .string(slip.word), "prompt": "a"])
        let found = try #require(validation.diagnostics.first { $0.code == "model.unknown" })
        #expect(Self.asked(found, between: "\"") == slip.meant)
        // A model is replaced unasked only where it was plainly meant; otherwise all are offered.
        let isGuess = ["klign-v3", "kling-v3-preview", "kling-vidoe-o1", "kling-video-o1-pro"].contains(
            slip.word)
        #expect(found.fixes.first?.isPreferred == (slip.meant != nil && !isGuess))
        #expect(found.fixes.count == (slip.meant == nil ? 2 : 1))
    }

    // MARK: - Values

    static let values: [(member: String, word: String, meant: String?)] =
        [
            ("standard", "std"), ("Standard", "std"), ("standart", "std"), ("STD", "std"), ("std ", "std"),
            ("normal", "std"), ("720p", "std"), ("720P", "std"), ("professional", "pro"),
            ("profesional", "pro"),
            ("Professional", "pro"), ("proffesional", "pro"), ("PRO", "pro"), ("prod", "pro"),
            ("1080p", "pro"),
            ("1080", "pro"), ("high", "pro"), ("high_quality", "pro"), ("4K", "4k"), ("4 k", "4k"),
            ("UHD", "4k"),
            ("2160p", "4k"), ("2k", nil), ("8k", nil), ("turbo", nil), ("fast", nil), ("low", nil),
            ("x", nil),
            ("master", nil), ("auto", nil), ("5", nil)
        ].map { ("mode", $0.0, $0.1) }
        + [
            ("16x9", "16:9"), ("16/9", "16:9"), ("16-9", "16:9"), ("16_9", "16:9"), ("16：9", "16:9"),
            ("16 : 9", "16:9"), ("1920x1080", "16:9"), ("1280*720", "16:9"), ("landscape", "16:9"),
            ("Landscape", "16:9"), ("horizontal", "16:9"), ("widescreen", "16:9"), ("landscape_16_9", "16:9"),
            ("横屏", "16:9"), ("9x16", "9:16"), ("1080x1920", "9:16"), ("vertical", "9:16"),
            ("portrait", "9:16"), ("portrait_16_9", "9:16"), ("竖屏", "9:16"), ("1x1", "1:1"),
            ("square", "1:1"),
            ("square_hd", "1:1"), ("1024x1024", "1:1"), ("方形", "1:1"), ("4:3", nil), ("21:9", nil),
            ("auto", nil),
            ("1080p", nil), ("16:10", nil), ("0:0", nil)
        ].map { ("aspect_ratio", $0.0, $0.1) }
        + [
            ("intelligent", "intelligence"), ("Intelligence", "intelligence"),
            ("inteligence", "intelligence"),
            ("auto", "intelligence"), ("smart", "intelligence"), ("智能", "intelligence"), ("single", nil),
            ("multi", nil)
        ].map { ("shot_type", $0.0, $0.1) }
        + [
            ("Base", "base"), ("edit", "base"), ("bsae", "base"), ("features", "feature"),
            ("Feature", "feature"),
            ("reference", "feature"), ("style", "feature"), ("video", nil), ("first_frame", nil)
        ].map { ("refer_type", $0.0, $0.1) }
        + [("Yes", "yes"), ("true", "yes"), ("keep", "yes"), ("NO", "no"), ("off", "no"), ("maybe", nil)]
        .map { ("keep_original_sound", $0.0, $0.1) }

    @Test("a value is replaced by the word it resembles, or by none", arguments: values)
    func choices(member: String, word: String, meant: String?) throws {
        var request: JSONObject = ["model": "kling-v3", "prompt": "a"]
        switch member {
        case "shot_type":
            request["multi_shot"] = true
            request[member] = .string(word)
        case "refer_type", "keep_original_sound":
            request["model"] = "kling-video-o1"
            request["video_list"] = [["video_url": "https://a.com/v.mp4", member: .string(word)]]
        default: request[member] = .string(word)
        }
        let found = try #require(
            Validator.standard.validate(request).diagnostics.first {
                $0.path.tokens.last == member && $0.severity == .error
            })
        // A guess is the only one that is offered.
        let fix = found.fixes.first { $0.isPreferred || found.fixes.count == 1 }
        guard case .replace(_, let value)? = fix?.patch?.first else {
            #expect(meant == nil && fix == nil)
            return
        }
        #expect(value == meant.map(JSONValue.string))
    }

    @Test(
        "a mode of the other model is called by the name it has there",
        arguments: [("4k", "4k"), ("4K", "4k"), ("2160p", "4k"), ("turbo", nil)] as [Slip])
    func elsewhere(_ slip: Slip) throws {
        let found = try #require(
            Validator.standard.validate(["model": "kling-video-o1", "prompt": "a", "mode": .string(slip.word)]
            )
            .diagnostics.first)
        #expect(found.message(.en).contains("use the model kling-v3") == (slip.meant != nil))
        if let meant = slip.meant { #expect(found.message(.en).contains("\"\(meant)\"")) }
    }

    // MARK: - Elements

    @Test(
        "a reference is taken for the element that it resembles, or for none",
        arguments: [
            ("dog", "@dgo", "dog"), ("dog", "@Dog", "dog"), ("dog", "@dogs", "dog"), ("dog", "@DOG", "dog"),
            ("dog", "@cat", nil), ("dog", "@god", nil), ("element_dog", "@element-dog", "element_dog"),
            ("element_dog", "@elementDog", "element_dog"), ("element_dog", "@elemnt_dog", "element_dog"),
            ("element_dog", "@element_cat", nil), ("element_1", "@element_2", nil), ("hero", "@heroine", nil),
            ("old_man", "@oldman", "old_man"), ("a", "@b", nil), ("小狗", "@小猫在跑", nil)
        ] as [(String, String, String?)])
    func elements(name: String, reference: String, meant: String?) throws {
        let validation = Validator.standard.validate([
            "model": "kling-v3", "prompt": .string(reference), "image_urls": ["https://a.com/1.jpg"],
            "element_list": [
                [
                    "name": .string(name), "description": "d",
                    "element_input_urls": ["https://a.com/1.png", "https://a.com/2.png"]
                ]
            ]
        ])
        let found = try #require(validation.diagnostics.first { $0.code == "element.undefined" })
        #expect(Self.asked(found, between: "`") == meant.map { "@" + $0 })
    }
}
