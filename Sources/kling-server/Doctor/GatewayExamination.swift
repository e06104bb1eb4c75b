import JSON
import KlingCore
import KlingHTTP

/// libcurl, the proxy, the gateway, its clock, and whether it takes the key. Nothing of it is billed: a page
/// that needs no key, and a look for a task that there is not.
struct GatewayExamination: Sendable {
    private let address: GatewayAddress
    private let gateway: HTTPGateway
    private let hasKey: Bool
    private let proxyIsSet: Bool

    /// No gateway gives such an id.
    private static let noTask = "task_kling-server-doctor"

    init(address: GatewayAddress, keys: KeySource, hasKey: Bool, options: HTTPGateway.Options) {
        self.address = address
        self.hasKey = hasKey
        proxyIsSet = options.environment.contains { !$0.value.isEmpty && $0.key.lowercased() != "no_proxy" }
        gateway = HTTPGateway(address: address, keys: keys, options: options)
    }

    func findings() async -> [Finding] {
        var findings = [LibraryFinding.of(HTTPGateway.libraryVersion(), needsTLS: address.isSecure), proxy]
        findings += address.warnings.map(odd)
        let clock = SystemClock()
        let start = clock.elapsed()
        let answer = await gateway.probe()
        let time = clock.elapsed() - start
        switch answer {
        case .failure(let silence):
            findings.append(silent(silence, for: time))
        case .success(let probe):
            findings.append(reached(probe, in: time))
            findings += ClockFinding.of(probe.date, now: clock.wallTime(), tolerance: time)
            if hasKey {
                let (reading, form) = await gateway.readWithForm(Self.noTask)
                findings.append(AccessFinding.of(reading, form, address))
            }
        }
        return findings
    }

    private var proxy: Finding {
        if let proxy = gateway.proxy {
            return .ok(
                .proxy, en: "The gateway is asked through the proxy \(proxy).", zh: "通过代理 \(proxy) 访问网关。",
                facts: ["proxy": .string(proxy)])
        }
        return proxyIsSet
            ? .ok(
                .proxy,
                en: "The environment names a proxy, but not for this gateway: it is asked directly.",
                zh: "环境变量设置了代理，但不用于此网关：直接访问。", facts: ["proxy": .null])
            : .ok(.proxy, en: "No proxy is set.", zh: "没有设置代理。", facts: ["proxy": .null])
    }

    private func odd(_ warning: GatewayWarning) -> Finding {
        Finding(
            subject: .gateway, status: .warning,
            message: LocalizedText(en: warning.sentence(.en), zh: warning.sentence(.zh)),
            advice: LocalizedText(en: "Check --gateway.", zh: "请检查 --gateway。"),
            facts: ["url": .string(address.url)])
    }

    private func reached(_ probe: HTTPProbe, in time: Duration) -> Finding {
        let milliseconds = Int(time.milliseconds)
        let facts: JSONObject = [
            "url": .string(address.url), "reachable": true, "httpStatus": JSONValue(probe.status),
            "milliseconds": JSONValue(milliseconds)
        ]
        let en = "\(address.url) answers (HTTP \(probe.status), \(milliseconds) ms)"
        let zh = "\(address.url) 有应答（HTTP \(probe.status)，\(milliseconds) 毫秒）"
        guard probe.status >= 500 else { return .ok(.gateway, en: en + ".", zh: zh + "。", facts: facts) }
        return .warning(
            .gateway, en: en + ": it has trouble of its own.", zh: zh + "：网关自身出现问题。",
            advice: LocalizedText(
                en: "Try again later; tasks that are at the gateway are followed by themselves.",
                zh: "请稍后再试；已在网关的任务会自动继续跟踪。"), facts: facts)
    }

    private func silent(_ silence: HTTPSilence, for time: Duration) -> Finding {
        let failure = silence.failure
        let words = (failure.reason?.detail ?? failure.message).map { String($0.prefix(300)) } ?? ""
        let isCertificate =
            failure.reason?.kind == .certificate
            || ["certificate", "ssl", "tls"].contains { words.lowercased().contains($0) }
        let isSlow = failure.kind == .timeout
        let seconds = max(1, Int(time.seconds.rounded()))
        let because = LocalizedText(
            en: isSlow ? " within \(seconds) s" : words.isEmpty ? "" : ": \(words)",
            zh: isSlow ? "（\(seconds) 秒内）" : words.isEmpty ? "" : "：\(words)")
        let what =
            if silence.wasAsked {
                LocalizedText(
                    en: "\(address.url) was asked, but does not answer\(because.en).",
                    zh: "已向 \(address.url) 发送请求，但没有应答\(because.zh)。")
            } else if isSlow, address.isSecure {
                // Whether somebody has taken the connection is not told before TLS is agreed on.
                LocalizedText(
                    en: "No secure connection to \(address.url) came about within \(seconds) s.",
                    zh: "\(seconds) 秒内未能与 \(address.url) 建立安全连接。")
            } else {
                LocalizedText(
                    en: "\(address.url) cannot be reached\(because.en).",
                    zh: "无法连接 \(address.url)\(because.zh)。")
            }
        let advice =
            isCertificate
            ? LocalizedText(
                en:
                    "The connection is not trusted, so no key is sent. Check --gateway and the clock; behind a proxy "
                    + "that inspects TLS, name its certificate in SSL_CERT_FILE.",
                zh: "连接不可信，因此不会发送 Key。请检查 --gateway 和系统时间；若代理会检查 TLS，请用 SSL_CERT_FILE 指定其证书。")
            : LocalizedText(
                en: "Check the connection, --gateway and the proxy. What is queued is sent by itself later.",
                zh: "请检查网络、--gateway 和代理。排队的任务之后会自动发送。")
        return .problem(
            .gateway, en: what.en, zh: what.zh, advice: advice,
            facts: [
                "url": .string(address.url), "reachable": .bool(silence.wasAsked),
                "type": .string(failure.kind.rawValue), "reason": words.isEmpty ? .null : .string(words)
            ])
    }
}
