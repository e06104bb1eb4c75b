extension SimulatorSpec {
    /// What can go wrong. Raw values are the spellings in a spec; the test gateway under `Tests/gateway` has
    /// the same, with the same meaning.
    public enum Name: String, Sendable, Hashable, CaseIterable {
        // One exchange.
        case resetAtConnect = "reset-at-connect"
        case resetBeforeAccept = "reset-before-accept"
        case resetAfterAccept = "reset-after-accept"
        case reset
        case timeoutBeforeAccept = "timeout-before-accept"
        case timeoutAfterAccept = "timeout-after-accept"
        case timeout
        case badRequest = "400"
        case unauthorized = "401"
        case outOfFunds = "402"
        case forbidden = "403"
        case notFound = "404"
        case requestTimeout = "408"
        case tooLarge = "413"
        case tooManyRequests = "429"
        case tooManyTasks = "429-1303"
        case serverError = "500"
        case buildFailed = "500-build_request_failed"
        case badGateway = "502"
        case unavailable = "503"
        case unavailableForNow = "503-retry-after"
        case gatewayTimeout = "504"
        case truncated = "truncated-body"
        case garbage = "garbage-200"
        case html = "html-error"
        case errorInside = "error-in-200"
        case redirect
        case notAVideo = "not-a-video"
        // One exchange, beside any other fault: an answer of another form, or later.
        case slowBody = "slow-body"
        case delay
        case accepted202 = "accepted-202"
        case objectData = "object-data"
        case flat
        case noRange = "no-range"
        case noLength = "no-length"
        case changedFile = "changed-file"
        case wrongRange = "wrong-range"
        case barePart = "bare-part"
        // What becomes of a task, drawn when it is taken.
        case stuck
        case unknownStatus = "unknown-status"
        case failed
        case contentPolicy = "content-policy"
        case stringError = "string-error"
        case cancelled
        case noURL = "no-url"
        case expiredLink = "expired-link"
        case stringURL = "string-url"
        case synonyms
        case noProgress = "no-progress"
        case backwards

        /// Where it can happen; none for what becomes of a task.
        public var places: [Place] {
            switch self {
            case .resetBeforeAccept, .resetAfterAccept, .timeoutBeforeAccept, .timeoutAfterAccept,
                .badRequest, .outOfFunds, .tooLarge, .tooManyTasks, .buildFailed, .accepted202, .objectData:
                [.create]
            case .notFound, .flat: [.read]
            case .reset: [.read, .file]
            case .resetAtConnect, .timeout, .truncated, .slowBody, .delay: [.create, .read, .file]
            case .unauthorized, .forbidden, .requestTimeout, .tooManyRequests, .serverError, .badGateway,
                .unavailable, .unavailableForNow, .gatewayTimeout, .garbage, .html, .errorInside, .redirect:
                [.create, .read]
            case .noRange, .noLength, .changedFile, .wrongRange, .barePart, .notAVideo: [.file]
            case .stuck, .unknownStatus, .failed, .contentPolicy, .stringError, .cancelled, .noURL,
                .expiredLink, .stringURL, .synonyms, .noProgress, .backwards:
                []
            }
        }

        /// Whether it only colours an answer; of all others at most one befalls an exchange.
        var isModifier: Bool {
            switch self {
            case .slowBody, .delay, .accepted202, .objectData, .flat, .noRange, .noLength, .changedFile,
                .wrongRange, .barePart:
                true
            default: false
            }
        }

        /// The usual time of a fault that is about time, in the gateway's seconds; nil for any other.
        var usualSeconds: Double? {
            switch self {
            case .delay: 1
            case .slowBody: 2
            case .unavailableForNow: 5
            // Without one there is no Retry-After.
            case .tooManyRequests: 0
            default: nil
            }
        }

        /// Those that are a fate of the task, each with its bit in a ``SimulatedTask``. Ids are kept in
        /// journals: new ones come last.
        static let fates: [Name] = [
            .stuck, .failed, .cancelled, .backwards, .contentPolicy, .unknownStatus, .noURL, .noProgress,
            .expiredLink, .stringError, .stringURL, .synonyms
        ]
    }
}

extension SimulatorSpec.Name {
    /// What happens, in a few words.
    public var documentation: String {
        switch self {
        case .resetAtConnect: "nobody listens: nothing of the request arrives"
        case .resetBeforeAccept: "the connection breaks; no task is made, which the answer does not say"
        case .resetAfterAccept: "the connection breaks; the task is made, which the answer does not say"
        case .reset: "the connection breaks"
        case .timeoutBeforeAccept: "no answer in time; no task is made"
        case .timeoutAfterAccept: "no answer in time; the task is made"
        case .timeout: "no answer in time"
        case .badRequest: "refused: the request is invalid"
        case .unauthorized: "refused: the key"
        case .outOfFunds: "refused: no funds"
        case .forbidden: "refused: the key may not do this"
        case .notFound: "the task is unknown"
        case .requestTimeout: "the gateway gave up reading the request"
        case .tooLarge: "refused: the request is too large"
        case .tooManyRequests: "not taken: too many requests; with `seconds=7` it says for how long"
        case .tooManyTasks: "not taken: Kling's limit of tasks at once, its code 1303"
        case .serverError: "an error of the gateway; nothing is known of the task"
        case .buildFailed: "a 500 that means an invalid request"
        case .badGateway, .gatewayTimeout: "an error before the gateway; nothing is known of the task"
        case .unavailable: "unavailable, without a word for how long; nothing is known of the task"
        case .unavailableForNow: "not taken: unavailable for `seconds=5`"
        case .truncated: "half of the answer; the task is made"
        case .garbage: "200 with bytes that are no JSON; the task is made"
        case .html: "an HTML page with status 502"
        case .errorInside: "200 with an error of 500 inside"
        case .redirect: "307 to another address, which is not followed"
        case .notAVideo: "an HTML page in place of the video"
        case .slowBody: "the answer takes `seconds=2`"
        case .delay: "the answer begins after `seconds=1`"
        case .accepted202: "202 instead of 200"
        case .objectData: "`data` is an object instead of a list"
        case .flat: "the task without its envelope"
        case .noRange: "a download begins anew instead of going on"
        case .noLength: "how long the file is stays unknown"
        case .changedFile: "the file is another one each time"
        case .wrongRange: "a download goes on with another part, which is not taken: it begins anew"
        case .barePart: "a download goes on without a word of which file: it begins anew"
        case .stuck: "the task never ends"
        case .unknownStatus: "the gateway uses an unknown word for the state, for a while"
        case .failed: "the task fails"
        case .contentPolicy: "the task fails under Kling's policy, its code 1301"
        case .stringError: "the task fails, and its error is a text instead of an object"
        case .cancelled: "the task is cancelled at the gateway"
        case .noURL: "the task is completed without a link"
        case .expiredLink: "the first link is dead, the next one lives"
        case .stringURL: "`url` is a text instead of a list"
        case .synonyms: "the gateway uses other known words for the states"
        case .noProgress: "no progress is told"
        case .backwards: "the progress told falls now and then"
        }
    }
}
