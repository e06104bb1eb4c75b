/// How one gateway spells things: its address, paths, envelope and words (GATEWAY §1). Another gateway is
/// another value of this type, not another path through the code.
public struct GatewayProfile: Sendable {
    public var defaultURL: String
    /// Where creates are sent (both model pages, "POST").
    public var createPath: String
    /// Where a task is read: the id follows, percent-encoded.
    public var taskPath: String

    // Members are looked for in the order given; the first that is there counts.

    /// Around the answer.
    var envelope = "data"
    var taskId = ["task_id", "id", "taskId"]
    var status = ["status", "task_status"]
    var progress = ["progress"]
    var estimate = ["estimated_time", "estimated_seconds"]
    var completed = ["completed", "completed_at", "finished_at"]
    /// What the task cost, as a number.
    var cost = ["cost", "credits_cost"]
    /// Where the reason of a failure stands in a task, an object or a text.
    var reason = ["error", "fail_reason", "task_status_msg", "message"]
    /// Around the videos of a task.
    var result = ["result", "task_result", "output"]
    var videos = ["videos", "video"]
    var url = ["url", "video_url", "urls"]
    var expires = ["expires_at", "expire_at"]

    /// Words for the state of a task, in lower case.
    var statusWords: [String: TaskReading.Status]
    /// What a `type` of an error means as an HTTP status.
    var errorTypes: [String: Int]
    /// What a message of HTTP 500 begins with when the request is at fault and was not taken.
    var refusalPrefix = "build_request_failed"
    /// Response headers that name the exchange.
    var requestIdHeaders = ["x-request-id", "x-oneapi-request-id", "request-id", "cf-ray"]
    /// The header, and its value, of a reply that was given before for the same key.
    package var replayHeader = (name: "idempotency-replayed", value: "true")
    /// Errors of HTTP 409 about the key of a create.
    var keyReused = "key_reused"

    /// Hosts that look like the API and are not.
    static let documentationHosts: Set<String> = ["api.xcompute.us"]

    public static let kling = GatewayProfile(
        defaultURL: "https://xcompute.us",
        createPath: "/v1/videos/generations",
        taskPath: "/v1/tasks/",
        statusWords: [
            "submitted": .submitted, "pending": .submitted, "queued": .submitted, "in_queue": .submitted,
            "processing": .processing, "running": .processing, "in_progress": .processing,
            "completed": .completed, "succeeded": .completed, "succeed": .completed, "success": .completed,
            "failed": .failed, "error": .failed, "fail": .failed,
            "cancelled": .cancelled, "canceled": .cancelled
        ],
        errorTypes: [
            "invalid_request_error": 400, "authentication_error": 401, "payment_required": 402,
            "permission_error": 403, "not_found_error": 404, "rate_limit_error": 429,
            "server_error": 500, "bad_gateway": 502, "service_unavailable": 503, "gateway_timeout": 504
        ])
}

extension GatewayProfile {
    package func createURL(_ base: String) -> String { base + createPath }

    /// - Parameter language: `zh` or `en`, for the messages of the reply.
    package func taskURL(_ base: String, _ taskId: String, language: String?) -> String {
        base + taskPath + Self.percentEncoded(taskId)
            + (language.map { "?language=\(Self.percentEncoded($0))" } ?? "")
    }

    /// Text as one segment of a path: all but the unreserved characters encoded (RFC 3986 §2.3). The segments
    /// `.` and `..`, which would be resolved away, are encoded too.
    static func percentEncoded(_ text: String) -> String {
        let isDots = text == "." || text == ".."
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            let isUnreserved =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
                || "-_~".utf8.contains(byte)
                || byte == UInt8(ascii: ".") && !isDots
            if isUnreserved {
                bytes.append(byte)
            } else {
                let digits = Array("0123456789ABCDEF".utf8)
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
