import Testing

@testable import KlingCore

@Suite struct GatewayAddressTests {
    @Test(arguments: [
        ("https://xcompute.us", "https://xcompute.us"), ("https://xcompute.us/", "https://xcompute.us"),
        ("https://xcompute.us/v1", "https://xcompute.us"),
        ("https://xcompute.us/v1//", "https://xcompute.us"),
        ("HTTPS://XCompute.US:8443/v1/", "https://xcompute.us:8443"), ("xcompute.us", "https://xcompute.us"),
        ("https://host/proxy/v1", "https://host/proxy"), ("https://host/v10", "https://host/v10"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"), ("http://localhost", "http://localhost"),
        ("http://[::1]:9/", "http://[::1]:9"), ("https://[2001:db8::1]", "https://[2001:db8::1]")
    ])
    func aBaseURLHasOneNormalForm(text: String, url: String) throws {
        #expect(try GatewayAddress(text).url == url)
    }

    @Test(arguments: [
        "", " ", "https://", "https:///v1", "https://a b", "https://host:port", "https://host:99999",
        "https://[::1",
        "://host", "https://ho\u{E4}st", "https://host\r\nX: y"
    ])
    func whatIsNoURLIsRefused(text: String) {
        #expect(throws: GatewayAddressProblem.notAURL(text)) { try GatewayAddress(text) }
    }

    @Test(arguments: [
        "http://xcompute.us", "http://10.0.0.1", "http://localhost.evil.com"
    ])
    func plainHTTPIsForThisMachineOnly(text: String) {
        #expect(throws: GatewayAddressProblem.notHTTPS(text)) { try GatewayAddress(text) }
    }

    @Test(arguments: [("ftp://host", "ftp"), ("SSH://host/x", "ssh")])
    func otherSchemesAreToldToBecomeHTTPS(text: String, scheme: String) {
        let problem = GatewayAddressProblem.notHTTP(text, scheme: scheme)
        #expect(throws: problem) { try GatewayAddress(text) }
        for locale in Locale.allCases {
            #expect(
                problem.sentence(locale).contains("https://") && !problem.sentence(locale).contains("key"))
        }
    }

    @Test(arguments: [
        ("nonsense", true), ("https://nonsense/v1", true), ("nonsense:8443", false), ("localhost", false),
        ("nonsense.local", false), ("https://[2001:db8::1]", false)
    ])
    func aBareWordIsWarnedOf(text: String, isOdd: Bool) throws {
        let address = try GatewayAddress(text)
        #expect(address.warnings == (isOdd ? [.bareHost("nonsense")] : []))
        #expect(GatewayWarning.bareHost("nonsense").sentence(.en).contains("\"nonsense\" has no dot"))
    }

    @Test func credentialsAndQueriesAreRefused() {
        #expect(throws: GatewayAddressProblem.hasCredentials) { try GatewayAddress("https://user:pass@host") }
        #expect(throws: GatewayAddressProblem.hasQuery("https://host/?a=b")) {
            try GatewayAddress("https://host/?a=b")
        }
    }

    @Test func theDocumentationSiteIsWarnedOf() throws {
        #expect(
            try GatewayAddress("https://api.xcompute.us/v1").warnings == [
                .documentationHost("api.xcompute.us")
            ])
        #expect(try GatewayAddress("https://xcompute.us").warnings.isEmpty)
    }

    @Test(arguments: [
        ("task_01ABC", "https://b/v1/tasks/task_01ABC?language=en"),
        ("a/b?c#d e", "https://b/v1/tasks/a%2Fb%3Fc%23d%20e?language=en"),
        ("ü\r\n", "https://b/v1/tasks/%C3%BC%0D%0A?language=en"),
        ("..", "https://b/v1/tasks/%2E%2E?language=en")
    ])
    func idsAreEncodedInThePath(id: String, url: String) {
        #expect(GatewayProfile.kling.taskURL("https://b", id, language: "en") == url)
    }

    // MARK: Addresses

    @Test(arguments: [
        "0.0.0.0", "10.1.2.3", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1", "192.0.0.8", "100.64.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fc00::1",
        "fdff::1",
        "fe80::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
        "2002:a00:1::"
    ])
    func addressesInsideTheNetworkAreNotPublic(text: String) throws {
        #expect(try #require(NetworkAddress(text: text)).isPublic == false)
    }

    @Test(arguments: [
        "1.1.1.1", "172.32.0.1", "172.15.0.1", "192.169.0.1", "100.128.0.1", "198.18.0.5", "192.0.2.1",
        "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"
    ])
    func allOthersAre(text: String) throws {
        #expect(try #require(NetworkAddress(text: text)).isPublic)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.256", "1.2.3.4.5", "+1.2.3.4", "1.2.3.-4", ":", ":::", "1::2::3", "12345::",
        "g::",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "host", "1:2:3:4:5:6:7::8", "+1::"
    ])
    func whatIsNoAddressIsNone(text: String) {
        #expect(NetworkAddress(text: text) == nil)
    }

    // MARK: Secrets

    @Test func aSecretIsPrintedNowhere() throws {
        let secret = try #require(Secret("sk-verysecret\n"))
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", secret.debugDescription, String(reflecting: secret), dumped, "\([secret])"]
        {
            #expect(!text.contains("verysecret"))
            #expect(text.contains("‹redacted›"))
        }
        #expect(secret.bearer == "Bearer sk-verysecret")
        #expect(
            secret.redacted(in: "Invalid token sk-verysecret, sk-verysecret!")
                == "Invalid token ‹redacted›, ‹redacted›!")
        #expect(secret.redacted(in: "sk-very") == "sk-very")
    }

    @Test func aSecretIsLeftInNoReplyThatQuotesIt() throws {
        let secret = try #require(Secret("sk-0123456789abcdef"))
        func redacted(_ body: String) -> String {
            let reply = GatewayReply(status: 500, headers: [("X-Key", body)], body: Array(body.utf8))
            let found = secret.redacted(in: reply)
            #expect(found.headers[0].value.utf8.elementsEqual(found.body))
            return String(decoding: found.body, as: UTF8.self)
        }
        #expect(redacted("sk-0123456789abcdef") == "‹redacted›")
        #expect(redacted("ssk-0123456789abcdefsk-0123456789abcdef.") == "s‹redacted›‹redacted›.")
        for body in ["", "s", "sk-0123456789abcde", "sk-0123456789abcdeg", "sk-"] {
            #expect(redacted(body) == body)
        }
        // Nobody finds the task's id in an answer without the word for it.
        let word = try #require(Secret("task_id"))
        #expect(
            word.redacted(in: GatewayReply(status: 200, body: Array(#"{"task_id":"t"}"#.utf8))).body.count
                == 15)
    }

    @Test(arguments: ["", " \n", "two words", "line\r\nX: y", "schlüssel", "nul\0"])
    func whatNoHeaderCanCarryIsNoSecret(text: String) {
        #expect(Secret(text) == nil)
    }
}
