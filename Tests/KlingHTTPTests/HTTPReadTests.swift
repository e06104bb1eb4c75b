import CCurl
import Foundation
import JSON
import KlingCore
import Testing

@testable import KlingHTTP

@Suite(.serialized, .enabled(if: FaultGateway.isAvailable, "python3 is not here to run Tests/gateway"))
struct HTTPReadTests {
    @Test(arguments: ["wrapped", "flat"], ["", "synonyms", "string-url"])
    func aTaskIsFollowedToItsEnd(shape: String, fate: String) async throws {
        let server = try FaultGateway(fate.isEmpty ? [] : [fate], ["--shape", shape, "--speed", "0"])
        let gateway = try server.gateway { $0.language = "en" }
        let id = try await gateway.accepted()
        #expect(try await gateway.read(id).get().status == .submitted)
        try await server.set([], advance: 40)
        let middle = try await gateway.read(id).get()
        #expect(middle.status == .processing)
        #expect((44...60).contains(middle.progress ?? 0))
        #expect(middle.estimatedSeconds == 90)
        try await server.set([], advance: 100)
        let end = try await gateway.read(id).get()
        #expect(end.status == .completed)
        #expect(end.progress == 100)
        #expect(end.videos.count == 1)
        #expect(end.videos.first?.url.hasPrefix(server.url) == true)
        let target = try await server.ask("requests").array?.last?["target"]?.string
        #expect(target == "/v1/tasks/\(id)?language=en")
    }

    @Test func aKeyThatTheGatewayQuotesInAnAnswerIsRedacted() async throws {
        let server = try FaultGateway(
            ["string-error:text=no more for sk-test-key", "unknown-status:word=asks-sk-test-key"],
            ["--speed", "0"])
        let gateway = try server.gateway()
        let id = try await gateway.accepted()
        try await server.set([], advance: 40)
        #expect(try await gateway.read(id).get().status == .other("asks-‹redacted›"))
        try await server.set([], advance: 100)
        #expect(try await gateway.read(id).get().error?.message == "no more for ‹redacted›")
    }

    @Test func readsShareAConnection() async throws {
        let server = try FaultGateway()
        let gateway = try server.gateway()
        let id = try await gateway.accepted()
        let before = try await server.count("connections")
        for _ in 1...20 { _ = try await gateway.read(id).get() }
        // One for the reads, one for each of the two questions.
        #expect(try await server.count("connections") - before == 2)
    }

    @Test(arguments: [
        ("404", Failure.Kind.taskNotFound, Failure.Retry.never), ("401", .authentication, .never),
        ("403", .permission, .never), ("429:retry-after=7", .rateLimit, .after(.seconds(7))),
        ("500", .serverError, .now), ("503-retry-after", .unreachable, .after(.seconds(1))),
        ("504", .timeout, .now),
        ("html-error", .badGateway, .now), ("garbage-200", .badGateway, .now),
        ("truncated-body", .badGateway, .now),
        ("error-in-200", .serverError, .now), ("redirect", .badGateway, .now), ("reset", .unreachable, .now),
        ("timeout", .timeout, .now)
    ])
    func aReadThatDoesNotWorkSaysWhy(fault: String, kind: Failure.Kind, retry: Failure.Retry) async throws {
        let server = try FaultGateway()
        let gateway = try server.gateway {
            $0.readTimeout = fault == "timeout" ? .milliseconds(300) : .seconds(5)
        }
        let id = try await gateway.accepted()
        try await server.set([fault + ":on=read"])
        guard case .failure(let failure) = await gateway.read(id) else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == kind)
        #expect(failure.retry == retry)
        try await server.set([])
        #expect(try await gateway.read(id).get().status == .submitted)
    }

    @Test(arguments: ["400", "404"])
    func anUnknownTaskIsNotFound(status: String) async throws {
        let server = try FaultGateway([], ["--unknown-task", status])
        guard case .failure(let failure) = await (try server.gateway()).read("task_none") else {
            Issue.record("found")
            return
        }
        #expect(failure.kind == .taskNotFound)
    }

    @Test func theProbeNeedsNoKey() async throws {
        let server = try FaultGateway()
        let gateway = HTTPGateway(address: try server.address, key: nil)
        #expect(try await gateway.probe().get().status == 404)
    }

    @Test func anAnswerWithoutEndIsCutOff() async throws {
        let server = try FaultGateway()
        let loop = TransferLoop()
        var transfer = Transfer(
            method: .get, url: server.url + "/files/sample.mp4", headers: [], userAgent: "t",
            connectTimeout: .seconds(5), timeout: .seconds(5), allowsHTTP: true)
        transfer.bodyLimit = 1000
        #expect(await loop.perform(transfer).problem == .tooLarge)
        loop.end()
        #expect(await loop.perform(transfer).problem == .cancelled)
    }

    /// As after a pause of the process: the time is over, and the answer is there.
    @Test func anAnswerThatIsThereCountsHoweverLateItIsSeen() async throws {
        let server = try FaultGateway(["delay:seconds=0.3:on=read"])
        let gateway = try server.gateway { $0.readTimeout = .seconds(1) }
        let taskId = try await gateway.accepted()
        let deadline = SuspendingClock.now + .seconds(1.2)
        let read = Task { await gateway.read(taskId) }
        while try await server.count("reads") < 1 { await Task.yield() }
        // The network's thread stands still.
        var pause = Transfer(
            method: .get, url: server.url + "/files/sample.mp4", headers: [], userAgent: "t",
            connectTimeout: .seconds(5), timeout: .seconds(5), allowsHTTP: true)
        pause.receive = { _ in
            while SuspendingClock.now < deadline {}
            return true
        }
        #expect(await gateway.loop.perform(pause).problem == nil)
        guard case .success = await read.value else {
            Issue.record("it was thrown away")
            return
        }
    }

    @Test func endingTheLoopEndsWhatRuns() async throws {
        let server = try FaultGateway(["timeout"])
        var gateway: HTTPGateway? = try server.gateway { $0.readTimeout = .seconds(60) }
        let loop = try #require(gateway?.loop)
        let read = Task { [gateway] in await gateway?.read("task_1") }
        while try await server.count("reads") < 1 { await Task.yield() }
        gateway = nil
        loop.end()
        guard case .failure = await read.value else {
            Issue.record("no failure")
            return
        }
    }
}

@Suite struct CurlTests {
    /// The numbers in CCurl.h are libcurl's own.
    @Test(arguments: [
        ("LOW_SPEED_LIMIT", KCURL_OPT_LOW_SPEED_LIMIT), ("LOW_SPEED_TIME", KCURL_OPT_LOW_SPEED_TIME),
        ("POST", KCURL_OPT_POST), ("FOLLOWLOCATION", KCURL_OPT_FOLLOWLOCATION),
        ("SSL_VERIFYPEER", KCURL_OPT_SSL_VERIFYPEER), ("FRESH_CONNECT", KCURL_OPT_FRESH_CONNECT),
        ("FORBID_REUSE", KCURL_OPT_FORBID_REUSE), ("SSL_VERIFYHOST", KCURL_OPT_SSL_VERIFYHOST),
        ("HTTP_VERSION", KCURL_OPT_HTTP_VERSION), ("BUFFERSIZE", KCURL_OPT_BUFFERSIZE),
        ("NOSIGNAL", KCURL_OPT_NOSIGNAL),
        ("CONNECTTIMEOUT_MS", KCURL_OPT_CONNECTTIMEOUT_MS), ("PROTOCOLS", KCURL_OPT_PROTOCOLS),
        ("TCP_KEEPALIVE", KCURL_OPT_TCP_KEEPALIVE),
        ("SUPPRESS_CONNECT_HEADERS", KCURL_OPT_SUPPRESS_CONNECT_HEADERS),
        ("WRITEDATA", KCURL_OPT_WRITEDATA), ("URL", KCURL_OPT_URL), ("PROXY", KCURL_OPT_PROXY),
        ("ERRORBUFFER", KCURL_OPT_ERRORBUFFER), ("POSTFIELDS", KCURL_OPT_POSTFIELDS),
        ("USERAGENT", KCURL_OPT_USERAGENT), ("HTTPHEADER", KCURL_OPT_HTTPHEADER),
        ("HEADERDATA", KCURL_OPT_HEADERDATA), ("CAINFO", KCURL_OPT_CAINFO),
        ("OPENSOCKETDATA", KCURL_OPT_OPENSOCKETDATA), ("NOPROXY", KCURL_OPT_NOPROXY),
        ("WRITEFUNCTION", KCURL_OPT_WRITEFUNCTION), ("HEADERFUNCTION", KCURL_OPT_HEADERFUNCTION),
        ("OPENSOCKETFUNCTION", KCURL_OPT_OPENSOCKETFUNCTION),
        ("POSTFIELDSIZE_LARGE", KCURL_OPT_POSTFIELDSIZE_LARGE)
    ])
    func theNumbersOfOptionsAreRight(name: String, number: Int) throws {
        guard case .success(let version) = CurlLibrary.load() else { return }
        #expect(version.hasPrefix("libcurl/"))
        let actual = Int(kcurl_option_number(name))
        #expect(actual == number || actual == -1)
    }

    @Test(
        arguments: [
            ([:], "https", "host", ""),
            (["https_proxy": "http://p:1"], "https", "host", "http://p:1"),
            (["HTTPS_PROXY": "http://p:1"], "https", "host", "http://p:1"),
            (["https_proxy": "http://p:1"], "http", "host", ""),
            (["HTTP_PROXY": "http://p:1"], "http", "host", ""),
            (["all_proxy": "socks5://p:1"], "https", "host", "socks5://p:1"),
            (["https_proxy": "", "ALL_PROXY": "socks5://p:1"], "https", "host", "socks5://p:1"),
            (["https_proxy": "p", "no_proxy": "a.com, host"], "https", "host", ""),
            (["https_proxy": "p", "NO_PROXY": ".Host.com"], "https", "a.host.com", ""),
            (["https_proxy": "p", "no_proxy": "host.com"], "https", "nothost.com", "p"),
            (["https_proxy": "p", "no_proxy": "*"], "https", "host", ""),
            (["https_proxy": "p"], "https", "127.0.0.1", ""),
            (["https_proxy": "p"], "https", "localhost", "")
        ] as [([String: String], String, String, String)])
    func theEnvironmentNamesTheProxy(
        environment: [String: String], scheme: String, host: String, proxy: String
    ) {
        #expect(ProxyEnvironment(environment).proxy(scheme: scheme, host: host) == proxy)
    }
}
