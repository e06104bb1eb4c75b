public import JSON

/// A request for one video that passed the validator, in its normalised form.
public struct VideoRequest: Sendable, Hashable {
    /// Exactly what is sent as the body.
    public let body: JSONObject

    public init(body: JSONObject) { self.body = body }

    public var model: String { body["model"]?.string ?? "" }
    /// The mode in force: `std` where none is given (both model pages, "mode").
    public var mode: String { body["mode"]?.string ?? "std" }
    /// The seconds in force: 5 where none are given (both model pages, "duration"). For an edited clip (o1
    /// with a `base` video) the clip decides, and this is only what was asked for.
    public var duration: Int { body["duration"]?.int ?? 5 }
    /// The most seconds of a clip (kling-video-o1 page, `video_list`).
    static let longestClip = 10
    /// The most seconds that may be charged: of an edited clip as many as a clip may have.
    public var billableSeconds: Int {
        guard let clip = body["video_list"]?[0], clip["refer_type"]?.string != "feature" else {
            return duration
        }
        return Self.longestClip
    }
}
