import Testing

@testable import KlingHTTP

@Suite struct ProxyTests {
    @Test(arguments: [
        (
            "Unsupported proxy scheme for 'socks9://u:hunter2@h:1'",
            "Unsupported proxy scheme for 'socks9://‹redacted›@h:1'"
        ),
        (
            "Unsupported proxy syntax in 'http://u:hunt@er2@:80'",
            "Unsupported proxy syntax in 'http://‹redacted›@:80'"
        ),
        ("Unsupported proxy syntax in 'u:hunter2@h'", "Unsupported proxy syntax in '‹redacted›@h'"),
        ("Could not resolve proxy: h", "Could not resolve proxy: h"), ("a @ b", "a ‹redacted›@ b"), ("", "")
    ])
    func whatIsSaidOfAProxyHoldsNoPassword(reason: String, told: String) {
        #expect(ProxyEnvironment.withoutPassword(reason) == told)
    }
}
