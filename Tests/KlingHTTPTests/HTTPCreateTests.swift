import Foundation
import JSON
import KlingCore
import Testing

@testable import KlingHTTP

@Suite(.serialized, .enabled(if: FaultGateway.isAvailable, "python3 is not here to run Tests/gateway"))
struct HTTPCreateTests {
    private func words(_ outcome: CreateOutcome) -> String {
        switch outcome {
        case .accepted: return "accepted"
        case .refused(let failure): return "refused \(failure.kind.rawValue)"
        case .notTaken(let failure, let after):
            return "not taken \(failure.kind.rawValue)" + (after.map { " \(Int($0.seconds))" } ?? "")
        case .unknown(let failure):
            #expect(failure.billed == .unknown)
            return "unknown \(failure.kind.rawValue)"
        }
    }

    /// A fault, what the create comes to, and how many tasks the gateway has taken.
    @Test(arguments: [
        ("accepted-202", "accepted", 1),
        ("object-data", "accepted", 1),
        ("slow-body:seconds=0.3", "accepted", 1),
        ("400", "refused invalid_request_error", 0),
        ("401", "refused authentication_error", 0),
        ("402", "refused payment_required", 0),
        ("403", "refused permission_error", 0),
        ("413", "refused invalid_request_error", 0),
        ("500-build_request_failed", "refused invalid_request_error", 0),
        ("429", "not taken rate_limit_error", 0),
        ("429:retry-after=7", "not taken rate_limit_error 7", 0),
        ("429:body=3", "not taken rate_limit_error 3", 0),
        ("503-retry-after", "not taken unreachable 1", 0),
        ("503", "unknown unreachable", 0),
        ("500", "unknown server_error", 0),
        ("502", "unknown bad_gateway", 0),
        ("504", "unknown timeout", 0),
        ("504:accept", "unknown timeout", 1),
        ("408", "unknown timeout", 0),
        ("html-error", "unknown bad_gateway", 0),
        ("garbage-200", "unknown bad_gateway", 1),
        ("truncated-body", "unknown bad_gateway", 1),
        ("error-in-200", "unknown server_error", 0),
        ("error-in-200:status=402", "refused payment_required", 0),
        ("error-in-200:status=429", "not taken rate_limit_error", 0),
        ("redirect", "refused bad_gateway", 0),
        ("reset-before-accept", "unknown unreachable", 0),
        ("reset-after-accept", "unknown unreachable", 1),
        ("reset-at-connect", "unknown unreachable", 0),
        ("timeout-after-accept", "unknown timeout", 1),
        ("timeout-before-accept", "unknown timeout", 0)
    ])
    func everyFaultIsJudgedAndNothingIsSentTwice(fault: String, expected: String, creates: Int) async throws {
        let server = try FaultGateway()
        let gateway = try server.gateway {
            $0.createTimeout = fault.hasPrefix("timeout") ? .milliseconds(400) : .seconds(5)
        }
        // A good create before: there would be a connection to use again, if it were kept.
        #expect(words(await gateway.create(request, key: "first")) == "accepted")
        try await server.set([fault])
        let outcome = words(await gateway.create(request, key: "second"))
        // A reset may come before the request is written.
        let isTooEarly = fault == "reset-at-connect" && outcome == "not taken unreachable"
        #expect(outcome == expected || isTooEarly)
        try await server.set([])
        #expect(try await server.count("creates") == 1 + creates)
        #expect(try await server.count("createRequests") <= 2)
        #expect(try await server.count("redirectsFollowed") == 0)
    }

    // MARK: Provably not arrived

    @Test func nobodyListensIsNotTaken() async throws {
        // A port nobody has: 1 is reserved (tcpmux).
        let gateway = HTTPGateway(address: try GatewayAddress("http://127.0.0.1:1"), key: Secret("sk-test"))
        #expect(words(await gateway.create(request, key: "k")) == "not taken unreachable")
    }

    @Test func aNameThatDoesNotExistIsNotTaken() async throws {
        let gateway = HTTPGateway(
            address: try GatewayAddress("https://no-such-host.invalid"), key: Secret("sk-test"))
        #expect(words(await gateway.create(request, key: "k")) == "not taken unreachable")
    }

    @Test func aServerWithoutTLSIsNotTaken() async throws {
        let server = try FaultGateway()
        var options = HTTPGateway.Options()
        options.connectTimeout = .milliseconds(500)
        let gateway = HTTPGateway(
            address: try GatewayAddress("https://127.0.0.1:\(server.port)"), key: Secret("sk-test"),
            options: options)
        #expect(words(await gateway.create(request, key: "k")) == "not taken timeout")
        #expect(try await server.count("createRequests") == 0)
    }

    @Test func certificatesAreVerified() async throws {
        let folder = try Folder()
        func certificate(_ name: String, _ subject: String) async throws -> [String] {
            let status = try await run(
                "openssl",
                ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"]
                    + ["-addext", "subjectAltName=\(subject)"]
                    + ["-keyout", folder[name + ".key"], "-out", folder[name + ".crt"]])
            try #require(status == 0, "openssl is missing")
            return ["--tls", folder[name + ".crt"], folder[name + ".key"]]
        }
        let good = try FaultGateway([], try await certificate("good", "IP:127.0.0.1"))
        let other = try FaultGateway([], try await certificate("other", "IP:127.0.0.2"))
        #expect(words(await (try good.gateway()).create(request, key: "k")) == "not taken unreachable")
        let trusting = try good.gateway { $0.certificateFile = folder["good.crt"] }
        #expect(words(await trusting.create(request, key: "k")) == "accepted")
        // The certificate is trusted, but names another host.
        let wrong = try other.gateway { $0.certificateFile = folder["other.crt"] }
        #expect(words(await wrong.create(request, key: "k")) == "not taken unreachable")
    }

    @Test func withoutAKeyNothingIsSent() async throws {
        let server = try FaultGateway()
        let gateway = HTTPGateway(address: try server.address, key: nil)
        #expect(words(await gateway.create(request, key: "k")) == "refused authentication_error")
        #expect(await gateway.read("task_1") == .failure(Failure(.authentication)))
        #expect(gateway.readiness == Failure(.authentication))
        #expect(gateway.preview(request, key: "k").headers["Authorization"] == nil)
        #expect(try await server.count("connections") == 1)
    }

    // MARK: What is sent

    @Test func theCreateIsWhatThePreviewSays() async throws {
        let server = try FaultGateway()
        let gateway = try server.gateway()
        let preview = gateway.preview(request, key: "kt_1")
        _ = await gateway.create(request, key: "kt_1")
        let sent = try #require(try await server.ask("requests")[0])
        #expect(sent["method"]?.string == "POST")
        #expect(preview.url == server.url + (sent["target"]?.string ?? ""))
        #expect(sent["body"]?.string == #"{"model":"kling-v3","prompt":"a cat","duration":5,"mode":"std"}"#)
        #expect(sent["headers"]?["authorization"]?.string == "Bearer sk-test-key")
        #expect(sent["headers"]?["user-agent"]?.string == "kling-server/1.2")
        #expect(sent["headers"]?["idempotency-key"]?.string == "kt_1")
        #expect(sent["headers"]?["expect"] == nil)
        for (name, value) in preview.headers where name != "Authorization" {
            #expect(sent["headers"]?[name.lowercased()]?.string == value)
        }
        #expect(preview.headers["Authorization"] == "Bearer ‹redacted›")
    }

    @Test func aLongBodyIsSentWithoutAskingLeave() async throws {
        let server = try FaultGateway()
        let long = VideoRequest(
            body: [
                "model": "kling-v3", "prompt": .string(String(repeating: "x", count: 3 << 20)), "duration": 5
            ])
        #expect(words(await (try server.gateway()).create(long, key: "k")) == "accepted")
    }

    @Test(arguments: [
        "plain-key", "with space", "line\r\nX-Injected: 1", "schlüssel", "",
        String(repeating: "k", count: 200)
    ])
    func everyKeyBecomesOneThatAHeaderCarries(key: String) async throws {
        let carried = HTTPGateway.headerKey(key)
        #expect((1...191).contains(carried.utf8.count))
        #expect(carried.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        #expect((carried == key) == (key == "plain-key"))
        #expect(HTTPGateway.headerKey(key) == carried)
    }

    @Test func aReplayedReplyProvesThatTheGatewayIsIdempotent() async throws {
        let server = try FaultGateway([], ["--idempotent"])
        let gateway = try server.gateway()
        #expect(words(await gateway.create(request, key: "k")) == "accepted")
        #expect(gateway.identity.isIdempotent == false)
        #expect(words(await gateway.create(request, key: "k")) == "accepted")
        #expect(gateway.identity.isIdempotent)
        #expect(try await server.count("creates") == 1)
        try await server.set(["504"])
        guard case .unknown(let failure) = await gateway.create(request, key: "k2") else {
            Issue.record("not unknown")
            return
        }
        #expect(failure.retry == .sameKey)
    }

    @Test func aKeyThatTheGatewayQuotesIsRedacted() async throws {
        let server = try FaultGateway(["401:message=Invalid token sk-test-key given"])
        guard case .refused(let failure) = await (try server.gateway()).create(request, key: "k") else {
            Issue.record("not refused")
            return
        }
        #expect(failure.message == "Invalid token ‹redacted› given")
    }

    @Test func cancellingEndsACreateAtOnceAsUnknown() async throws {
        let server = try FaultGateway(["timeout-after-accept"])
        let gateway = try server.gateway { $0.createTimeout = .seconds(60) }
        let create = Task { await gateway.create(request, key: "k") }
        while try await server.count("createRequests") < 1 { await Task.yield() }
        create.cancel()
        #expect(words(await create.value).hasPrefix("unknown"))
        let early = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await gateway.create(request, key: "k")
        }
        #expect(words(await early.value) == "not taken unreachable")
    }

    @Test func twoHundredCreatesAtOnceAreAllAnsweredOnce() async throws {
        let server = try FaultGateway()
        let gateway = try server.gateway { $0.createTimeout = .seconds(60) }
        let ids = await withTaskGroup(of: String?.self) { group in
            for number in 0..<200 {
                group.addTask {
                    if case .accepted(let id, _) = await gateway.create(request, key: "k\(number)") {
                        id
                    } else {
                        nil
                    }
                }
            }
            return await group.reduce(into: Set<String>()) { if let id = $1 { $0.insert(id) } }
        }
        #expect(ids.count == 200)
        #expect(try await server.count("creates") == 200)
    }
}
