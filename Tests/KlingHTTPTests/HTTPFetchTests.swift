import Foundation
import JSON
import KlingCore
import Synchronization
import Testing

@testable import KlingHTTP

/// Collects what a fetch brings.
private final class Collector: Sendable {
    struct State {
        var heads: [(offset: Int64, total: Int64?, contentType: String?, validator: String?)] = []
        var bytes: [UInt8] = []
        var limit = Int.max
    }
    let state = Mutex(State())

    func take(_ piece: FetchPiece) -> Bool {
        state.withLock { state in
            switch piece {
            case .head(let offset, let total, let contentType, let validator):
                state.heads.append((offset, total, contentType, validator))
            case .bytes(let bytes): state.bytes += bytes
            }
            return state.bytes.count < state.limit
        }
    }
}

@Suite(.serialized, .enabled(if: FaultGateway.isAvailable, "python3 is not here to run Tests/gateway"))
struct HTTPFetchTests {
    let size = 64 * 1024

    private func fetch(
        _ gateway: HTTPGateway, _ url: String, _ resume: FetchResumption? = nil, limit: Int = .max
    ) async -> (Result<FetchSummary, Failure>, Collector.State) {
        let collector = Collector()
        collector.state.withLock { $0.limit = limit }
        let result = await gateway.fetch(url, resume: resume) { collector.take($0) }
        return (result, collector.state.withLock { $0 })
    }

    @Test func aFileComesWholeWithItsHeadFirst() async throws {
        let server = try FaultGateway()
        let (result, state) = await fetch(try server.gateway(), server.url + "/files/sample.mp4")
        #expect(result == .success(FetchSummary(bytes: Int64(size))))
        #expect(state.bytes.count == size)
        #expect(state.heads.count == 1)
        #expect(state.heads.first?.offset == 0)
        #expect(state.heads.first?.total == Int64(size))
        #expect(state.heads.first?.contentType == "video/mp4")
        // The key goes to the gateway's API only.
        let sent = try await server.ask("requests")[0]?["headers"]
        #expect(sent?["authorization"] == nil)
    }

    @Test func whatIsLeftIsFetchedWhenTheFileIsTheSame() async throws {
        let server = try FaultGateway()
        let gateway = try server.gateway()
        let url = server.url + "/files/sample.mp4"
        let whole = await fetch(gateway, url).1
        let validator = try #require(whole.heads.first?.validator)
        let (result, rest) = await fetch(gateway, url, FetchResumption(offset: 1000, validator: validator))
        #expect(result == .success(FetchSummary(bytes: Int64(size - 1000))))
        #expect(rest.heads.first?.offset == 1000)
        #expect(rest.heads.first?.total == Int64(size))
        #expect(rest.bytes == Array(whole.bytes[1000...]))
        // Another file, or no ranges: from the beginning. Beyond the end: likewise.
        let other = await fetch(gateway, url, FetchResumption(offset: 1000, validator: "\"other\"")).1
        #expect(other.heads.first?.offset == 0)
        let beyond = await fetch(gateway, url, FetchResumption(offset: 1 << 30, validator: validator)).1
        #expect(beyond.heads.map(\.offset) == [0])
        #expect(beyond.bytes.count == size)
        try await server.set(["no-range"])
        let without = await fetch(gateway, url, FetchResumption(offset: 1000, validator: validator)).1
        #expect(without.heads.first?.offset == 0)
        #expect(without.bytes.count == size)
    }

    /// Nobody knows where such a part belongs, so none of it is taken, and the whole is asked for.
    @Test(arguments: [
        "bytes 7-65535/65536", "bytes 1000-999/65536", "bytes 1000", "pages 1000-65535/65536", "", nil
    ])
    func aPartThatIsNotTheOneAskedForIsNotTaken(range: String?) async throws {
        let server = try FaultGateway()
        let gateway = try server.gateway()
        let url = server.url + "/files/sample.mp4"
        let validator = try #require(await fetch(gateway, url).1.heads.first?.validator)
        let part = FetchResumption(offset: 1000, validator: validator)
        let fault = "wrong-range" + (range.map { ":range=\($0)" } ?? "")
        try await server.set([fault])
        let (result, state) = await fetch(gateway, url, part)
        #expect(result == .success(FetchSummary(bytes: Int64(size))))
        #expect(state.heads.map(\.offset) == [0] && state.bytes.count == size)
        // The whole is called a part too.
        try await server.set([fault + ":always"])
        let (failed, nothing) = await fetch(gateway, url, part)
        #expect(failed == .failure(Failure(.badGateway, reason: .init(.wrongPart))))
        #expect(nothing.heads.isEmpty && nothing.bytes.isEmpty)
    }

    /// It may be of another version: nobody knows (RFC 9110 §15.3.7).
    @Test func aPartWithoutTheTagItWasAskedByIsNotTaken() async throws {
        let server = try FaultGateway()
        let gateway = try server.gateway()
        let url = server.url + "/files/sample.mp4"
        let whole = await fetch(gateway, url).1
        let validator = try #require(whole.heads.first?.validator)
        try await server.set(["bare-part"])
        let (result, state) = await fetch(gateway, url, FetchResumption(offset: 1000, validator: validator))
        #expect(result == .success(FetchSummary(bytes: Int64(size))))
        #expect(state.heads.map(\.offset) == [0] && state.bytes == whole.bytes)
        try await server.set(["bare-part:dated"])
        let date = try #require(await fetch(gateway, url).1.heads.first?.validator)
        let part = await fetch(gateway, url, FetchResumption(offset: 1000, validator: date)).1
        #expect(part.heads.map(\.offset) == [1000] && part.bytes == Array(whole.bytes[1000...]))
    }

    @Test func theReceiverMayEndIt() async throws {
        let server = try FaultGateway()
        let (result, state) = await fetch(try server.gateway(), server.url + "/files/sample.mp4", limit: 1)
        guard case .failure = result else {
            Issue.record("no failure")
            return
        }
        #expect(state.bytes.count < size)
    }

    @Test func aLinkThatDoesNotWorkHasExpired() async throws {
        let server = try FaultGateway()
        let (result, state) = await fetch(try server.gateway(), server.url + "/files/none.mp4")
        #expect(result == .failure(Failure(.resultExpired, httpStatus: 404)))
        #expect(state.heads.isEmpty)
    }

    @Test func aBrokenOrSilentConnectionMayBeTriedAgain() async throws {
        let server = try FaultGateway()
        for fault in ["reset", "truncated-body", "timeout"] {
            try await server.set([fault + ":on=file"])
            let gateway = try server.gateway { $0.readTimeout = .seconds(1) }
            guard case .failure(let failure) = await fetch(gateway, server.url + "/files/sample.mp4").0 else {
                Issue.record("\(fault): no failure")
                continue
            }
            #expect(failure.retry == .now)
        }
    }

    // MARK: Where links may lead

    @Test(arguments: [
        "http://example.com/a.mp4", "ftp://example.com/a", "file:///etc/passwd", "https://user@example.com/",
        "https://10.0.0.1/a", "https://[::1]/a", "https://169.254.169.254/", "https://localhost/a", "", "a b",
        "https://example.com/\r\nX: y", "https://", "//example.com"
    ])
    func aLinkThatMustNotBeFollowedIsNot(link: String) {
        #expect(DownloadLink(link, allowsLoopback: false) == nil)
    }

    @Test(arguments: [
        ("https://example.com/a.mp4?sig=%2F&x=1#f", "https://example.com/a.mp4?sig=%2F&x=1#f"),
        ("https://8.8.8.8:8443/a", "https://8.8.8.8:8443/a"),
        ("https://example.com/视", "https://example.com/%E8%A7%86"),
        ("HTTPS://Example.com?x", "HTTPS://Example.com?x")
    ])
    func anHTTPSLinkIs(link: String, url: String) {
        #expect(DownloadLink(link, allowsLoopback: false)?.url == url)
    }

    @Test func redirectsAreFollowedToAllowedPlacesOnly() async throws {
        let server = try FaultGateway()
        let gateway = try server.gateway()
        let here = server.url.replacingOccurrences(of: ":", with: "%3A")
        try await server.set(["redirect:on=read:to=\(here)/files/sample.mp4"])
        let (followed, state) = await fetch(gateway, server.url + "/v1/tasks/x")
        #expect(followed == .success(FetchSummary(bytes: Int64(size))))
        #expect(state.heads.count == 1)
        for place in ["http%3A//u%3Ap@example.com/", "ftp%3A//127.0.0.1/", "https%3A//10.0.0.1/"] {
            try await server.set(["redirect:on=read:to=\(place)"])
            guard case .failure(let failure) = await fetch(gateway, server.url + "/v1/tasks/x").0 else {
                Issue.record("followed")
                continue
            }
            #expect(failure.kind == .badGateway && failure.reason?.kind == .forbiddenLink)
            #expect(failure.reason?.detail.contains("@") == false)
        }
        try await server.set(["redirect:on=read:to=\(here)/v1/tasks/x"])
        guard case .failure(let failure) = await fetch(gateway, server.url + "/v1/tasks/x").0 else {
            Issue.record("followed for ever")
            return
        }
        #expect(failure.reason?.kind == .tooManyRedirects)
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func aRedirectToNowhereIsSaidToBeOne(status: Int) async throws {
        let server = try FaultGateway(["redirect:on=read:nowhere:status=\(status)"])
        let (result, state) = await fetch(try server.gateway(), server.url + "/v1/tasks/x")
        let failure = Failure(.badGateway, reason: .init(.redirectNowhere), httpStatus: status)
        #expect(result == .failure(failure) && state.heads.isEmpty)
    }

    /// A name that leads into the network is found out when it is connected to, whatever it looks like.
    @Test func noConnectionIsMadeIntoTheNetwork() async throws {
        let server = try FaultGateway()
        let loop = TransferLoop()
        let end = await loop.perform(
            Transfer(
                method: .get, url: server.url + "/files/sample.mp4", headers: [], userAgent: "t",
                connectTimeout: .seconds(5), timeout: .seconds(5), allowsHTTP: true, isPublicOnly: true))
        #expect(end.problem == .forbiddenAddress)
        #expect(end.mayHaveLeft == false)
        #expect(try await server.count("downloads") == 0)
        loop.end()
    }
}
