import JSON
import KlingCore
import Testing

@Suite struct ValidationFailureMessageTests {
    @Test(
        "each failure says what happened, what it cost and what to do, in both languages",
        arguments: Failure.Kind.allCases)
    func sentences(_ kind: Failure.Kind) {
        for billed in VideoTask.Billed.allCases {
            for locale in Locale.allCases {
                let sentence = FailureMessages.sentence(for: Failure(kind, billed: billed), locale: locale)
                #expect(sentence.count > 10)
                #expect(!sentence.lowercased().contains("try again") && !sentence.contains("重试"))
                if billed == .unknown { #expect(sentence.contains("adopt")) }
            }
        }
    }

    @Test(
        "what is said is what was seen",
        arguments: [
            (Failure(.unreachable), "could not be reached"),
            (Failure(.unreachable, httpStatus: 503), "not available at the moment (HTTP 503)"),
            (Failure(.unreachable, billed: .unknown), "broke off before its answer"),
            (Failure(.unreachable, reason: Failure.Reason(.interrupted), billed: .unknown), "program ended"),
            (Failure(.timeout), "did not answer in time"),
            (Failure(.timeout, reason: Failure.Reason(.unanswered)), "not answered the creates before"),
            (
                Failure(.serverError, reason: Failure.Reason(.answersLost)),
                "answers to earlier creates were lost"
            )
        ])
    func seen(_ failure: Failure, _ words: String) {
        #expect(FailureMessages.sentence(for: failure, locale: .en).contains(words))
        #expect(!FailureMessages.sentence(for: failure, locale: .zh).contains("（）"))
    }

    @Test("a missing key says where to get one and where to put it", arguments: Locale.allCases)
    func key(_ locale: Locale) {
        let sentence = FailureMessages.sentence(for: Failure(.authentication), locale: locale)
        for word in ["https://xcompute.us/keys", "KLING_API_KEY", "--api-key-file"] {
            #expect(sentence.contains(word))
        }
    }

    @Test(
        "what Kling has against the gateway's own account is no fault of the caller's key or balance",
        arguments: [
            (1001, Failure.Kind.authentication), (1102, .paymentRequired), (1103, .permission),
            (1304, .permission)
        ])
    func operators(_ code: Int, _ kind: Failure.Kind) {
        var failed = VideoTask(
            id: TaskID(at: Timestamp(milliseconds: 0), randomness: (0, 1)),
            request: VideoRequest(body: ["model": "kling-v3", "prompt": "a"]),
            createdAt: Timestamp(milliseconds: 0))
        failed.taskId = "task_1"
        failed.state = .failed
        for locale in Locale.allCases {
            for billed in [VideoTask.Billed.no, .unknown] {
                let failure = Failure(kind, billed: billed, klingCode: code)
                let own = FailureMessages.sentence(
                    for: Failure(kind, billed: billed, httpStatus: 403, klingCode: code), locale: locale)
                let ended = FailureMessages.sentence(for: failure, of: failed, locale: locale)
                for sentence in [own, ended] {
                    #expect(sentence.contains("\(code)"))
                    #expect(!sentence.contains("KLING_API_KEY") && !sentence.contains("xcompute.us/keys"))
                }
                #expect(ended.contains(locale == .en ? "operator" : "运营方"))
            }
            // The gateway's own word about the caller.
            let refused = FailureMessages.sentence(
                for: Failure(.authentication, billed: .no, httpStatus: 401, klingCode: 1001), locale: locale)
            #expect(refused.contains("KLING_API_KEY"))
        }
    }

    @Test("a redirect says where to, and which option to set", arguments: Locale.allCases)
    func redirect(_ locale: Locale) {
        var failure = Failure(.badGateway, httpStatus: 301)
        failure.redirect = "https://elsewhere.test/v1/videos/generations"
        let sentence = FailureMessages.sentence(for: failure, locale: locale)
        #expect(sentence.contains("https://elsewhere.test/") && sentence.contains("--gateway"))
        failure.billed = .unknown
        let unsure = FailureMessages.sentence(for: failure, locale: locale)
        #expect(unsure.contains("https://elsewhere.test/") && unsure.contains("adopt"))
    }

    @Test("what only the user can put right is said while the task goes on", arguments: Locale.allCases)
    func mend(_ locale: Locale) {
        func sentence(_ kind: Failure.Kind, _ reason: Failure.Reason.Kind? = nil, _ status: Int? = nil)
            -> String
        {
            FailureMessages.sentence(
                for: Failure(
                    kind, reason: reason.map { Failure.Reason($0, "words") }, billed: .pending,
                    httpStatus: status), locale: locale)
        }
        for (text, word) in [
            (sentence(.authentication, nil, 401), "KLING_API_KEY"),
            (sentence(.permission, nil, 403), "/keys"),
            (sentence(.unreachable, .certificate), "SSL_CERT_FILE"),
            (sentence(.unreachable, .unknownHost), "--gateway"),
            (sentence(.unreachable, .proxyCredentials), "https_proxy")
        ] {
            #expect(text.contains(word) && text.contains(locale == .en ? "do not submit it anew" : "不要重新提交"))
        }
    }

    @Test("nobody is quoted with words that are not theirs", arguments: Failure.Reason.Kind.allCases)
    func reasons(_ kind: Failure.Reason.Kind) throws {
        let reason = Failure.Reason(kind, "4096")
        let failure = Failure(.badGateway, reason: reason, billed: .unknown)
        for locale in Locale.allCases {
            let sentence = FailureMessages.sentence(for: failure, locale: locale)
            #expect(sentence.contains(reason.words[locale]))
            #expect(!sentence.contains("It said") && !sentence.contains("对方返回"))
        }
        #expect(try #require(Failure(storedForm: failure.storedForm)) == failure)
    }

    @Test("a task that is over leaves no doubt that it was there, and says the way out")
    func ended() {
        func sentence(
            _ kind: Failure.Kind, _ state: VideoTask.State, billed: VideoTask.Billed, videos: Bool = false
        ) -> String {
            var task = VideoTask(
                id: TaskID(at: Timestamp(milliseconds: 0), randomness: (0, 1)),
                request: VideoRequest(body: ["model": "kling-v3", "prompt": "a"]),
                createdAt: Timestamp(milliseconds: 0))
            task.taskId = "task_1"
            task.state = state
            if videos { task.videos = [VideoTask.Video(url: "https://a.test/v.mp4", expiresAt: nil)] }
            return FailureMessages.sentence(
                for: Failure(kind, message: "words", billed: billed), of: task, locale: .en)
        }
        let refused = sentence(.contentPolicy, .failed, billed: .unknown)
        #expect(refused.contains("Change the prompt") && refused.contains("words"))
        let broken = sentence(.serverError, .failed, billed: .no)
        #expect(broken.contains("Nothing was charged") && broken.contains("a new task"))
        let cancelled = sentence(.serverError, .cancelled, billed: .unknown)
        #expect(cancelled.contains("cancelled at the gateway"))
        let empty = sentence(.badGateway, .completed, billed: .yes)
        #expect(empty.contains("names no video") && empty.contains("refresh"))
        let foreign = sentence(.badGateway, .completed, billed: .yes, videos: true)
        #expect(foreign.contains("Call `download`"))
        for text in [refused, broken, cancelled, empty, foreign] {
            #expect(!text.contains("adopt") && !text.contains("goes on") && !text.contains("not known"))
        }
    }

    @Test("the gateway's words are quoted in a sentence that can be read with them")
    func words() {
        func sentence(_ words: String, _ locale: Locale) -> String {
            FailureMessages.sentence(for: Failure(.permission, message: words), locale: locale)
        }
        #expect(sentence("no rights", .en).contains("no rights"))
        #expect(sentence("没有权限", .zh).contains("没有权限"))
        #expect(!sentence("没有权限", .en).contains("权限"))
    }

    @Test(
        "a journal closed by the end of the program is that end, and no fault of the journal",
        arguments: Locale.allCases)
    func closed(_ locale: Locale) {
        #expect(
            TaskServiceError.journal(.closed).sentence(locale)
                == TaskServiceError.shuttingDown.sentence(locale))
        #expect(TaskServiceError.journal(.closed).failure.retry == .now)
    }

    @Test("a locked journal names the file and the way out")
    func journal() {
        let sentence = FailureMessages.sentence(for: JournalFailure.locked(path: "/a/j.db"), locale: .en)
        #expect(
            sentence.contains("/a/j.db") && sentence.contains("--journal")
                && sentence.contains("Nothing was sent"))
    }
}
