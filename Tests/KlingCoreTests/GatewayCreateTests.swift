import Testing

@testable import KlingCore

private let now = Timestamp("2026-11-20T21:00:00Z") ?? Timestamp(milliseconds: 0)

/// What the answer to a create is taken for, in short.
private func outcome(_ status: Int, _ body: String, _ headers: [(String, String)] = []) -> String {
    let reply = GatewayReply(status: status, headers: headers.map { ($0.0, $0.1) }, body: Array(body.utf8))
    func words(_ failure: Failure) -> String {
        "\(failure.kind.rawValue)" + (failure.klingCode.map { " \($0)" } ?? "")
    }
    switch GatewayWire().decodeCreate(reply, now: now) {
    case .accepted(let taskId, _): return "accepted \(taskId)"
    case .refused(let failure):
        #expect(failure.billed == .no)
        #expect(failure.retry == .never)
        return "refused \(words(failure))"
    case .notTaken(let failure, let after):
        #expect(failure.billed == .no)
        #expect(failure.retry == after.map(Failure.Retry.after) ?? .now)
        return "not taken \(words(failure))" + (after.map { " after \($0.seconds)" } ?? "")
    case .unknown(let failure):
        #expect(failure.billed == .unknown)
        return "unknown \(words(failure))" + (failure.retry == .sameKey ? " same key" : "")
    }
}

@Suite struct GatewayCreateTests {
    @Test(arguments: [
        #"{"code":200,"data":[{"status":"submitted","task_id":"task_1"}]}"#,
        #"{"code":200,"data":{"status":"submitted","task_id":"task_1"}}"#,
        #"{"code":"success","message":"","data":"task_1"}"#,
        #"{"code":0,"message":"SUCCEED","data":{"task_id":"task_1","task_status":"submitted"}}"#,
        #"{"id":"task_1","status":"queued","object":"video"}"#,
        #"{"task_id":"task_1","id":"other"}"#,
        #"{"code":200,"error":null,"data":[{"task_id":"task_1"}]}"#,
        #"{"code":200,"error":{"code":"","message":""},"data":[{"id":"task_1"}]}"#,
        #"{"code":200,"data":[{"note":"no id here"},{"task_id":"task_1"}],"new":{"member":[1]}}"#
    ])
    func everyShapeOfAcceptanceIsRead(body: String) {
        for status in [200, 201, 202] { #expect(outcome(status, body) == "accepted task_1") }
    }

    @Test func anIdIsOpaque() {
        #expect(
            outcome(200, #"{"data":{"task_id":12345678901234567890123}}"#)
                == "accepted 12345678901234567890123")
        #expect(outcome(200, #"{"data":{"task_id":"a/b ü"}}"#) == "accepted a/b ü")
    }

    /// The vendor's own examples (both model pages, "400" to "500").
    @Test(arguments: [
        (400, "invalid_request_error", "refused invalid_request_error"),
        (401, "authentication_error", "refused authentication_error"),
        (402, "payment_required", "refused payment_required"),
        (429, "rate_limit_error", "not taken rate_limit_error"),
        (500, "server_error", "unknown server_error"),
        (403, "permission_error", "refused permission_error"),
        (408, "request_timeout", "unknown timeout"),
        (413, "", "refused invalid_request_error"),
        (502, "bad_gateway", "unknown bad_gateway"),
        (503, "", "unknown unreachable"),
        (504, "gateway_timeout", "unknown timeout"),
        (524, "", "unknown timeout")
    ])
    func errorsAreJudgedByTheirStatus(status: Int, type: String, expected: String) {
        let error = #"{"code":\#(status),"message":"words","type":"\#(type)"}"#
        #expect(outcome(status, #"{"error":\#(error)}"#) == expected)
        #expect(outcome(status, #"{"error":"words"}"#) == expected)
        #expect(outcome(status, #"{"message":"words"}"#) == expected)
        // What a server says that is no gateway is not said of the request.
        let foreign = status == 400 ? "refused bad_gateway" : expected
        #expect(outcome(status, "<html><title>words</title></html>") == foreign)
        #expect(outcome(status, "") == foreign)
        // An error inside HTTP 200 counts like one outside.
        #expect(outcome(200, #"{"error":\#(error)}"#) == expected)
        #expect(outcome(200, #"{"code":\#(status),"message":"words","data":null}"#) == expected)
        #expect(outcome(200, #"{"code":"\#(status)","message":"words"}"#) == expected)
        #expect(outcome(200, #"{"success":false,"code":\#(status)}"#) == expected)
    }

    /// A gateway at another address, a page for humans, a proxy: no other request would fare better there.
    @Test(arguments: [404, 405, 407, 410, 421, 426, 451])
    func whatAnotherServerSaysIsNotSaidOfTheRequest(status: Int) {
        for body in [
            "", "<html>no such page</html>", "Not Found", #"{"detail":"Not Found"}"#,
            #"{"error":"not found"}"#,
            #"{"message":"no Route matched with those values"}"#,
            #"{"error":{"message":"Invalid URL","type":"invalid_request_error"}}"#,
            #"{"status":404,"error":"Not Found","path":"/v1/videos/generations"}"#
        ] {
            #expect(outcome(status, body) == "refused bad_gateway")
        }
        // Kling itself has looked at it.
        let error =
            #"{"error":{"code":1203,"message":"no such model (1203)","type":"invalid_request_error"}}"#
        #expect(outcome(status, error) == "refused invalid_request_error 1203")
    }

    @Test(arguments: [
        (200, ""), (200, "{}"), (200, "[]"), (200, "null"), (200, #"{"code":200,"data":[]}"#),
        (200, #"{"code":200,"da"#), (200, "{\"code\":200,\"data\":[{\"task_id\":\"task_1\"}]"),
        (200, "\u{0}<<<"), (200, "<html>ok</html>"), (204, ""),
        (200, #"{"code":200,"data":[{"task_id":""}]}"#), (200, #"{"success":false,"message":"no"}"#),
        (200, #"{"error":"something"}"#), (200, #"{"code":5000,"message":"internal"}"#),
        (100, ""), (302, ""), (303, ""), (304, "")
    ])
    func whatDoesNotClearlySaySoLeavesTheOutcomeUnknown(status: Int, body: String) {
        #expect(outcome(status, body).hasPrefix("unknown"))
    }

    @Test func anErrorBesideAnIdContradictsItAndIsUnknown() {
        let body = #"{"error":{"code":400,"message":"x"},"data":[{"task_id":"task_1"}]}"#
        #expect(outcome(200, body).hasPrefix("unknown"))
    }

    @Test(arguments: [301, 307, 308])
    func aRedirectThatKeepsTheMethodHasTakenNothing(status: Int) {
        #expect(outcome(status, "") == "refused bad_gateway")
    }

    @Test(arguments: [
        ("https://new.test/v1/videos/generations?signature=x#y", "https://new.test/v1/videos/generations"),
        ("/elsewhere", "/elsewhere"), ("https://user:secret@new.test/", nil), ("", nil)
    ])
    func whereARedirectLeadsIsKnownWithoutItsSecrets(location: String, shown: String?) {
        let reply = GatewayReply(status: 307, headers: [("Location", location)])
        guard case .refused(let failure) = GatewayWire().decodeCreate(reply, now: Timestamp(milliseconds: 0))
        else {
            Issue.record("not refused")
            return
        }
        #expect(failure.redirect == shown)
        #expect(Failure(storedForm: failure.storedForm) == failure)
    }

    @Test(arguments: [
        (409, "idempotency_in_progress", "unknown conflict same key"),
        (409, "idempotency_key_reused", "refused conflict"),
        (409, "idempotency_result_indeterminate", "unknown conflict same key"),
        (409, "", "unknown conflict")
    ])
    func conflictsAboutTheKeyAreToldApart(status: Int, type: String, expected: String) {
        #expect(outcome(status, #"{"error":{"code":409,"message":"m","type":"\#(type)"}}"#) == expected)
        #expect(outcome(status, #"{"error":{"code":"\#(type)","message":"m"}}"#) == expected)
    }

    @Test func aBadParameterInTheGuiseOfAServerErrorIsRefused() {
        let body =
            #"{"error":{"code":500,"message":"build_request_failed: aspect ratio","type":"server_error"}}"#
        #expect(outcome(500, body) == "refused invalid_request_error")
        #expect(outcome(500, #"{"error":{"message":"x build_request_failed"}}"#) == "unknown server_error")
    }

    // MARK: Kling's codes

    @Test(arguments: [
        (429, "parallel task over resource pack limit (code: 1303)", "not taken rate_limit_error 1303"),
        (429, "Parallel task over resource pack limit", "not taken rate_limit_error 1303"),
        (400, "[1303] too many", "not taken rate_limit_error 1303"),
        (400, "code=1302", "not taken rate_limit_error 1302"),
        (429, "Account in arrears, code: 1101", "refused payment_required 1101"),
        (429, "1102: resource pack depleted", "refused payment_required 1102"),
        (429, "错误码：1304", "refused permission_error 1304"),
        (400, "Failure to pass the risk control system (code: 1301)", "refused content_policy 1301"),
        (400, "(1201)", "refused invalid_request_error 1201"),
        (400, "waited for 1303 ms", "refused invalid_request_error"),
        (400, "prompt has 1301 characters, at most 1200 allowed", "refused invalid_request_error"),
        // A server error stays unknown, whatever it quotes.
        (500, "upstream said (code: 1303)", "unknown server_error 1303"),
        (504, "code: 1301", "unknown timeout 1301")
    ])
    func klingsOwnCodesAreFoundInTheMessage(status: Int, message: String, expected: String) {
        #expect(outcome(status, #"{"error":{"code":\#(status),"message":"\#(message)"}}"#) == expected)
    }

    @Test(arguments: [
        (1303, "not taken rate_limit_error 1303"), (1302, "not taken rate_limit_error 1302"),
        (1301, "refused content_policy 1301"), (1102, "refused payment_required 1102"),
        (1002, "refused authentication_error 1002"), (1201, "refused invalid_request_error 1201"),
        (5001, "unknown bad_gateway 5001")
    ])
    func klingsOwnEnvelopeInside200IsKlingsOwnAnswer(code: Int, expected: String) {
        #expect(outcome(200, #"{"code":\#(code),"message":"m","request_id":"r"}"#) == expected)
        #expect(outcome(200, #"{"error":{"code":"\#(code)","message":"m"}}"#) == expected)
    }

    @Test func theIdThatAContradictoryAnswerNamesIsKept() throws {
        let body = #"{"error":{"message":"m"},"data":[{"task_id":"task_9"}]}"#
        let reply = GatewayReply(status: 200, body: Array(body.utf8))
        guard case .unknown(let failure) = GatewayWire().decodeCreate(reply, now: Timestamp(milliseconds: 0))
        else {
            Issue.record("not unknown")
            return
        }
        #expect(failure.named == "task_9")
        #expect(Failure(storedForm: failure.storedForm) == failure)
    }

    // MARK: Waiting

    @Test(arguments: [
        ([("Retry-After", "7")], "", 7.0),
        ([("retry-after", "1.5")], "", 1.5),
        ([("Retry-After", "Fri, 20 Nov 2026 21:00:30 GMT")], "", 30),
        ([("Retry-After", "Friday, 20-Nov-26 21:00:30 GMT")], "", 30),
        ([("Retry-After", "Fri Nov 20 21:00:30 2026")], "", 30),
        // The gateway's clock and ours differ by an hour: only its own counts.
        (
            [("Date", "Fri, 20 Nov 2026 22:00:00 GMT"), ("Retry-After", "Fri, 20 Nov 2026 22:00:05 GMT")], "",
            5
        ),
        ([("Retry-After", "Fri, 20 Nov 2020 21:00:00 GMT")], "", 0),
        ([("Retry-After", "999999999")], "", 86_400),
        ([], #""retry_after":3"#, 3),
        ([], #""retry_after":"3""#, 3),
        ([], #""error":{"message":"m","retry_after":2.5}"#, 2.5),
        ([("Retry-After", "1")], #""retry_after":9"#, 1)
    ])
    func theGatewaysWishIsHonoured(headers: [(String, String)], body: String, seconds: Double) {
        #expect(outcome(429, "{\(body)}", headers) == "not taken rate_limit_error after \(seconds)")
        #expect(outcome(503, "{\(body)}", headers) == "not taken unreachable after \(seconds)")
        #expect(outcome(502, "{\(body)}", headers) == "unknown bad_gateway")
    }

    @Test(arguments: ["soon", "", "-4", "nan", "inf", "Fri, 99 Foo 2026 21:00:00 GMT", "1e400"])
    func aWishThatCannotBeReadIsNone(text: String) {
        #expect(outcome(429, "", [("Retry-After", text)]) == "not taken rate_limit_error")
        #expect(outcome(503, "", [("Retry-After", text)]) == "unknown unreachable")
    }

    @Test func theFailureCarriesTheGatewaysWordsAndTheIdOfTheExchange() {
        let reply = GatewayReply(
            status: 400, headers: [("X-Request-Id", "r-1")],
            body: Array(#"{"error":{"code":400,"message":"请求参数无效","type":"invalid_request_error"}}"#.utf8))
        guard case .refused(let failure) = GatewayWire().decodeCreate(reply, now: now) else {
            Issue.record("not refused")
            return
        }
        #expect(failure.message == "请求参数无效")
        #expect(failure.requestId == "r-1")
        #expect(failure.httpStatus == 400)
    }

    @Test func aPageInPlaceOfAnAnswerIsSummedUp() {
        let page = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>long</body></html>"
        guard
            case .unknown(let failure) = GatewayWire().decodeCreate(
                GatewayReply(status: 502, body: Array(page.utf8)), now: now)
        else {
            Issue.record("not unknown")
            return
        }
        #expect(failure.message == "502 Bad Gateway")
    }
}
