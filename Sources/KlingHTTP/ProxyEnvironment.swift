internal import KlingCore

/// Which proxy the environment wants for a URL, by the conventions that curl documents ("Environment
/// variables"): `https_proxy`, `http_proxy`, `all_proxy`, and `no_proxy` for exceptions.
///
/// It is worked out here and told to libcurl, instead of left to it, because the check of addresses must know
/// whether a proxy stands between.
struct ProxyEnvironment: Sendable {
    private let environment: [String: String]

    init(_ environment: [String: String]) { self.environment = environment }

    /// Empty for a direct connection.
    func proxy(scheme: String, host: String) -> String {
        // Upper-case HTTP_PROXY is left out, as in curl: a web server may set it from a request's header.
        let names =
            (scheme == "http" ? ["http_proxy"] : ["https_proxy", "HTTPS_PROXY"]) + ["all_proxy", "ALL_PROXY"]
        guard let proxy = first(names), !isExempt(host) else { return "" }
        return proxy
    }

    /// What libcurl says of a proxy that it does not understand may quote its address with the user's password.
    static func withoutPassword(_ reason: String) -> String {
        guard reason.contains("@") else { return reason }
        return reason.split(separator: " ", omittingEmptySubsequences: false).map { word in
            guard let end = word.lastIndex(of: "@") else { return String(word) }
            let slashes = word[..<end].firstRange(of: "://")?.upperBound
            let start = slashes ?? word.firstIndex { $0 != "'" && $0 != "\"" } ?? end
            return word[..<start] + Secret.mask + word[end...]
        }.joined(separator: " ")
    }

    private func first(_ names: [String]) -> String? {
        names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }

    /// Whether `no_proxy` names the host, or a domain it lies in; `*` is every host.
    private func isExempt(_ host: String) -> Bool {
        let host = host.lowercased()
        // This machine is never asked for through another.
        if host == "localhost" || NetworkAddress(text: host)?.isLoopback == true { return true }
        let entries = (first(["no_proxy", "NO_PROXY"]) ?? "").lowercased().split { ", \t".contains($0) }
        return entries.contains { entry in
            if entry == "*" { return true }
            let domain = entry.drop { $0 == "." || $0 == "*" }.prefix { $0 != ":" }
            return !domain.isEmpty && (host == domain || host.hasSuffix("." + domain))
        }
    }
}
