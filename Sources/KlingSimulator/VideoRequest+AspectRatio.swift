import JSON
import KlingCore

extension VideoRequest {
    /// What was asked for, under either of the names the model pages use.
    var aspectRatio: String? { body["aspect_ratio"]?.string ?? body["size"]?.string }
}
