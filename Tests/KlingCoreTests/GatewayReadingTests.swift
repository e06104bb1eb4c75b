import Testing

@testable import KlingCore

private let now = Timestamp("2026-11-20T21:00:00Z") ?? Timestamp(milliseconds: 0)

private func decode(_ status: Int, _ body: String, _ headers: [(String, String)] = []) -> Result<
    TaskReading, Failure
> {
    let headers = headers.map { (name: $0.0, value: $0.1) }
    return GatewayWire().decodeReading(
        GatewayReply(status: status, headers: headers, body: Array(body.utf8)), now: now)
}

private func reading(_ body: String) throws -> TaskReading { try decode(200, body).get() }

private func failure(_ status: Int, _ body: String, _ headers: [(String, String)] = []) -> Failure? {
    if case .failure(let failure) = decode(status, body, headers) { failure } else { nil }
}

@Suite struct GatewayReadingTests {
    @Test func theWrappedShapeIsRead() throws {
        let body = """
            {"code":200,"data":{"id":"task_1","status":"completed","progress":100,"created":1795200000,
            "completed":1795200090,"estimated_time":90,"actual_time":90,"cost":0.5,"credits_cost":10,
            "result":{"videos":[{"url":["https://a/1.mp4"],"expires_at":1795286490}]}}}
            """
        #expect(
            try reading(body)
                == TaskReading(
                    status: .completed, progress: 100,
                    videos: [
                        .init(url: "https://a/1.mp4", expiresAt: Timestamp(milliseconds: 1_795_286_490_000))
                    ],
                    estimatedSeconds: 90, completedAt: Timestamp(milliseconds: 1_795_200_090_000)))
    }

    @Test func theFlatShapeIsRead() throws {
        #expect(
            try reading(#"{"id":"task_1","status":"processing","progress":42}"#)
                == TaskReading(status: .processing, progress: 42))
        #expect(try reading(#"{"status":"processing","progress":42}"#).progress == 42)
    }

    @Test(arguments: [
        #"{"code":200,"data":[{"id":"t","status":"processing","progress":7}]}"#,
        #"{"data":{"task_id":"t","status":"processing","progress":"7%"}}"#,
        #"{"code":0,"data":{"task_id":"t","task_status":"processing","progress":7.9}}"#,
        #"{"code":200,"error":null,"success":true,"data":{"status":"processing","progress":"7"},"more":1}"#,
        #"{"id":"t","status":"processing","progress":7,"data":null}"#
    ])
    func everyShapeOfATaskIsRead(body: String) throws {
        #expect(try reading(body) == TaskReading(status: .processing, progress: 7))
    }

    @Test(arguments: [
        ("submitted", TaskReading.Status.submitted), ("pending", .submitted), ("QUEUED", .submitted),
        ("In_Queue", .submitted), ("processing", .processing), ("Running", .processing),
        ("IN_PROGRESS", .processing), ("completed", .completed), ("succeeded", .completed),
        ("SUCCEED", .completed), ("success", .completed), ("failed", .failed), ("Error", .failed),
        ("fail", .failed), ("cancelled", .cancelled), ("CANCELED", .cancelled),
        ("Reviewing", .other("Reviewing")), ("审核中", .other("审核中")), ("", .other(""))
    ])
    func wordsAreComparedWithoutCaseAndUnknownOnesKept(word: String, status: TaskReading.Status) throws {
        #expect(try reading(#"{"id":"t","status":"\#(word)"}"#).status == status)
        #expect(try reading(#"{"data":{"status":"\#(word)"}}"#).status == status)
    }

    // MARK: Videos

    @Test(arguments: [
        #""result":{"videos":[{"url":"https://a/1"}]}"#,
        #""result":{"videos":[{"url":["https://a/1"]}]}"#,
        #""result":{"videos":["https://a/1"]}"#,
        #""result":{"video_url":"https://a/1"}"#,
        #""result":"https://a/1""#,
        #""result":["https://a/1"]"#,
        #""task_result":{"videos":[{"id":"v","url":"https://a/1","duration":"5"}]}"#,
        #""video_url":"https://a/1""#,
        #""videos":[{"url":"https://a/1"}],"result":null"#,
        #""url":"https://a/1","result":{}"#,
        #""result":{"videos":[{"url":["https://a/1","ftp://b/2",7]},{"url":null}]}"#
    ])
    func linksAreFoundWhereverTheyStand(result: String) throws {
        let expected = VideoTask.Video(url: "https://a/1", expiresAt: now.advanced(by: .seconds(86_400)))
        #expect(try reading(#"{"data":{"status":"completed",\#(result)}}"#).videos == [expected])
    }

    @Test func severalVideosKeepTheirOrder() throws {
        let body =
            #"{"data":{"status":"completed","result":{"videos":[{"url":["https://1","https://2"]},{"url":"https://3"}]}}}"#
        #expect(try reading(body).videos.map(\.url) == ["https://1", "https://2", "https://3"])
    }

    @Test func aCompletedTaskWithoutLinkIsSimplyWithout() throws {
        #expect(try reading(#"{"data":{"status":"completed","result":{"videos":[]}}}"#).videos.isEmpty)
    }

    @Test(
        arguments: [
            (#""expires_at":1795286490"#, 1_795_286_490_000),
            (#""expires_at":1795286490123"#, 1_795_286_490_123),
            (#""expires_at":"2026-11-21T20:41:30Z""#, 1_795_293_690_000),
            (#""expires_at":"1795286490""#, 1_795_286_490_000),
            (#""expires_at":0"#, 1_795_286_400_000),
            (#""expires_at":"soon""#, 1_795_286_400_000),
            (#""other":1"#, 1_795_286_400_000)
        ] as [(String, Int64)])
    func expiryIsReadInAnyFormAndElseADayAfterCompletion(member: String, expected: Int64) throws {
        let body =
            #"{"data":{"status":"completed","completed":1795200000,"result":{"videos":[{"url":"https://a",\#(member)}]}}}"#
        #expect(try reading(body).videos.first?.expiresAt?.milliseconds == expected)
    }

    // MARK: Numbers

    @Test(
        arguments: [
            ("0", 0), ("-5", 0), ("100", 100), ("250", 100), ("42.9", 42), ("\"42 %\"", nil), ("null", nil),
            ("\"abc\"", nil), ("1e400", nil), ("[]", nil)
        ] as [(String, Int?)])
    func progressIsAWholePercentOrNothing(literal: String, expected: Int?) throws {
        #expect(try reading(#"{"id":"t","status":"processing","progress":\#(literal)}"#).progress == expected)
    }

    // MARK: Failed tasks

    @Test(
        arguments: [
            (
                #""error":{"code":1301,"message":"no","type":"generation_error"}"#,
                Failure.Kind.contentPolicy, 1301
            ),
            (#""error":{"code":"1301","message":"no"}"#, .contentPolicy, 1301),
            (#""error":{"code":"","message":"no (code: 1303)"}"#, .rateLimit, 1303),
            (#""error":"upstream (code: 1102)""#, .paymentRequired, 1102),
            (#""error":{"code":400,"message":"no"}"#, .invalidRequest, nil),
            (#""error":{"code":"","message":"no"}"#, .serverError, nil),
            (#""error":"no""#, .serverError, nil),
            (#""error":null,"fail_reason":"no""#, .serverError, nil),
            (#""task_status_msg":"Failure to pass the risk control system""#, .contentPolicy, 1301),
            (#""other":1"#, .serverError, nil)
        ] as [(String, Failure.Kind, Int?)])
    func theReasonOfAFailureIsRead(members: String, kind: Failure.Kind, code: Int?) throws {
        for body in [
            #"{"code":200,"data":{"id":"t","status":"failed",\#(members)}}"#,
            #"{"id":"t","status":"failed",\#(members)}"#
        ] {
            let reading = try reading(body)
            #expect(reading.status == .failed)
            #expect(reading.error?.kind == kind)
            #expect(reading.error?.klingCode == code)
            #expect(reading.error?.billed == .unknown)
        }
    }

    @Test(arguments: [
        (#""cost":0,"credits_cost":0"#, VideoTask.Billed.no), (#""cost":0.5"#, .yes),
        (#""cost":0,"credits_cost":10"#, .yes), (#""cost":null"#, .unknown)
    ])
    func whetherAFailureWasChargedIsWhatTheGatewaySays(cost: String, billed: VideoTask.Billed) throws {
        #expect(try reading(#"{"id":"t","status":"failed",\#(cost)}"#).error?.billed == billed)
    }

    /// Beyond the year 9999 in seconds, and long before there was a gateway in milliseconds.
    @Test func aDateThatIsNoneSaysNothing() {
        #expect(Timestamp(secondsOrMilliseconds: 253_402_300_800) == nil)
        #expect(Timestamp(secondsOrMilliseconds: 1_795_200_000_000)?.milliseconds == 1_795_200_000_000)
    }

    // MARK: Reads that do not work

    @Test(arguments: [400, 404])
    func anUnknownTaskIsNeverAFailedOne(status: Int) {
        for (http, body) in [
            (status, #"{"error":{"code":\#(status),"message":"任务不存在"}}"#),
            (status, #"{"id":"t","status":"failed"}"#),
            (200, #"{"error":{"code":\#(status),"message":"m"}}"#),
            (200, #"{"code":\#(status),"message":"m","data":null}"#)
        ] {
            #expect(failure(http, body)?.kind == .taskNotFound)
        }
    }

    /// Any web server has no such page.
    @Test(
        arguments: [400, 404],
        ["", "<html><title>404 Not Found</title></html>", "Not Found", "{}", "[]", "null"])
    func whatIsNoGatewayKnowsNothingOfTasks(status: Int, body: String) {
        #expect(failure(status, body)?.kind == .badGateway)
        #expect(failure(status, body)?.retry == .now)
    }

    @Test(arguments: [
        (
            #"{"error":{"code":404,"message":"任务不存在","type":"not_found_error"}}"#,
            GatewayReply.Form.gatewayError
        ),
        (#"{"error":{"code":"400","message":"m","type":"t","param":null}}"#, .gatewayError),
        (#"{"error":{"code":404,"message":"m"}}"#, .otherJSON),
        (#"{"error":{"code":404,"message":"m","status":"NOT_FOUND"}}"#, .otherJSON),
        (#"{"error":{"code":"","message":"m","type":"t"}}"#, .otherJSON),
        (#"{"code":404,"message":"m","type":"t"}"#, .otherJSON),
        (#"{"status":404,"error":"Not Found"}"#, .otherJSON), (#"{"detail":"Not Found"}"#, .otherJSON),
        ("[]", .otherJSON), ("", .noJSON), ("<html>", .noJSON)
    ])
    func onlyAnErrorWithAllItsMembersIsVouchedFor(body: String, form: GatewayReply.Form) {
        #expect(GatewayReply(status: 404, body: Array(body.utf8)).form == form)
    }

    @Test(arguments: [
        (401, Failure.Kind.authentication), (402, .paymentRequired), (403, .permission)
    ])
    func refusalsAreNotTriedAgain(status: Int, kind: Failure.Kind) {
        #expect(failure(status, "")?.kind == kind)
        #expect(failure(status, "")?.retry == .never)
    }

    @Test(arguments: [
        (408, Failure.Kind.timeout), (429, .rateLimit), (500, .serverError), (502, .badGateway),
        (503, .unreachable), (504, .timeout), (301, .badGateway), (302, .badGateway)
    ])
    func theRestIsTriedAgain(status: Int, kind: Failure.Kind) {
        #expect(failure(status, "")?.kind == kind)
        #expect(failure(status, "")?.retry == .now)
        #expect(failure(status, "", [("Retry-After", "9")])?.retry == .after(.seconds(9)))
    }

    @Test(arguments: [
        "", "{}", "[]", "<html>", #"{"code":200,"data":null}"#, #"{"code":200,"data":[]}"#,
        #"{"code":200,"da"#,
        #"{"data":{"progress":5}}"#, #"{"status":7}"#, #"{"success":false,"message":"m"}"#,
        // How some servers complain about the read itself.
        #"{"status":"error","message":"no permission"}"#, #"{"status":"failed","error":"x"}"#,
        // An error outside wins over the data.
        #"{"code":200,"error":{"message":"x"},"data":{"status":"completed"}}"#
    ])
    func anAnswerThatIsNotUnderstoodSaysNothingOfTheTask(body: String) {
        #expect(failure(200, body)?.kind == .badGateway)
    }
}
