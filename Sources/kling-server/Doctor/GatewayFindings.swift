import JSON
import KlingCore
import KlingHTTP

/// Which libcurl there is, and whether it can speak TLS.
enum LibraryFinding {
    private static let advice = LocalizedText(
        en: "Install libcurl 4 with TLS: on Debian and Ubuntu, apt-get install libcurl4.",
        zh: "请安装支持 TLS 的 libcurl 4：Debian 和 Ubuntu 上为 apt-get install libcurl4。")

    /// As they are named in libcurl's version.
    private static let tlsLibraries = [
        "OpenSSL", "LibreSSL", "BoringSSL", "AWS-LC", "GnuTLS", "wolfSSL", "mbedTLS", "NSS", "rustls",
        "SecureTransport", "Schannel", "quictls"
    ]

    static func of(_ version: Result<String, CurlUnavailable>, needsTLS: Bool) -> Finding {
        switch version {
        case .failure(let missing):
            return .problem(
                .libcurl, en: "libcurl cannot be used: \(missing.reason).",
                zh: "无法使用 libcurl：\(missing.reason)。",
                advice: advice, facts: ["version": .null, "reason": .string(missing.reason)])
        case .success(let text):
            let parts = text.split(separator: " ").map(String.init)
            let curl = parts.first ?? text
            let tls = parts.dropFirst().first { part in
                tlsLibraries.contains { part.lowercased().contains($0.lowercased()) }
            }
            let facts: JSONObject = ["version": .string(curl), "tls": JSONValue(tls), "all": .string(text)]
            guard let tls else {
                let en = "\(curl) has no TLS."
                let zh = "\(curl) 不支持 TLS。"
                return needsTLS
                    ? .problem(.libcurl, en: en, zh: zh, advice: advice, facts: facts)
                    : .ok(.libcurl, en: en, zh: zh, facts: facts)
            }
            return .ok(.libcurl, en: "\(curl) with \(tls).", zh: "\(curl)，\(tls)。", facts: facts)
        }
    }
}

/// This machine's clock beside the gateway's.
enum ClockFinding {
    /// What does no harm, and what may still be borne.
    private static let small = 30.0
    private static let bearable = 300.0

    /// - Parameter tolerance: how long the answer took, within which it was made.
    static func of(_ date: Timestamp?, now: Timestamp, tolerance: Duration) -> [Finding] {
        guard let date else {
            return [
                .ok(
                    .clock, en: "The gateway does not say what time it is; the clock is not compared.",
                    zh: "网关没有给出时间，无法比较时钟。", facts: ["offsetSeconds": .null])
            ]
        }
        // The header has whole seconds.
        let offset = now.since(date).seconds - tolerance.seconds / 2 - 0.5
        let seconds = Int(offset.rounded())
        let facts: JSONObject = ["offsetSeconds": JSONValue(seconds), "gateway": .string(date.description)]
        guard abs(offset) > small else {
            return [
                .ok(
                    .clock, en: "The clock agrees with the gateway's (\(seconds) s apart).",
                    zh: "系统时间与网关一致（相差 \(seconds) 秒）。", facts: facts)
            ]
        }
        let en = "The clock is \(words(seconds, .en)) \(offset > 0 ? "ahead of" : "behind") the gateway's."
        let zh = "系统时间比网关\(offset > 0 ? "快" : "慢") \(words(seconds, .zh))。"
        let advice = LocalizedText(
            en:
                "Set it (on Linux: timedatectl set-ntp true): certificates, the expiry of links and the 24 hours of "
                + "--budget go by it.",
            zh: "请校准时间（Linux：timedatectl set-ntp true）：证书、链接有效期和 --budget 的 24 小时都以它为准。")
        return [
            abs(offset) > bearable
                ? .problem(.clock, en: en, zh: zh, advice: advice, facts: facts)
                : .warning(.clock, en: en, zh: zh, advice: advice, facts: facts)
        ]
    }

    private static func words(_ seconds: Int, _ locale: Locale) -> String {
        let seconds = seconds.magnitude
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
        switch locale {
        case .en:
            if days > 0 { return "\(days) d \(hours) h" }
            return hours > 0 ? "\(hours) h \(minutes) min" : minutes > 0 ? "\(minutes) min" : "\(seconds) s"
        case .zh:
            if days > 0 { return "\(days) 天 \(hours) 小时" }
            return hours > 0 ? "\(hours) 小时 \(minutes) 分" : minutes > 0 ? "\(minutes) 分钟" : "\(seconds) 秒"
        }
    }
}

/// What the gateway says to the key, asked for a task that there is not.
enum AccessFinding {
    /// - Parameter form: that of the answer. Any web server says in JSON that it has no such page.
    static func of(
        _ answer: Result<TaskReading, Failure>, _ form: GatewayReply.Form?, _ address: GatewayAddress
    ) -> Finding {
        var failure = Failure(.badGateway)
        if case .failure(let given) = answer { failure = given }
        if failure.kind == .taskNotFound, form == .gatewayError {
            return .ok(
                .access, en: "The gateway takes the key, and speaks as it should.", zh: "网关接受该 Key，应答正常。",
                facts: ["accepted": true])
        }
        let words = failure.message.map { String($0.prefix(300)) }
        var facts: JSONObject = [
            "type": .string(failure.kind.rawValue), "reason": JSONValue(words ?? failure.reason?.detail)
        ]
        facts["httpStatus"] = failure.httpStatus.map { JSONValue($0) }
        let said = LocalizedText(
            en: words.map { " It said: \"\($0)\"" } ?? "", zh: words.map { "对方返回：“\($0)”" } ?? "")
        func finding(_ status: Finding.Status, _ what: LocalizedText, _ advice: LocalizedText) -> Finding {
            Finding(
                subject: .access, status: status,
                message: LocalizedText(en: what.en + said.en, zh: what.zh + said.zh), advice: advice,
                facts: facts)
        }
        switch failure.kind {
        case .authentication:
            facts["accepted"] = false
            return finding(
                .problem,
                LocalizedText(en: "The gateway does not accept the API key.", zh: "网关不接受该 API Key。"),
                LocalizedText(
                    en: "Compare it with https://xcompute.us/keys, or make a new one there.",
                    zh: "请与 https://xcompute.us/keys 核对，或在那里新建一个。"))
        case .permission:
            facts["accepted"] = false
            return finding(
                .problem, LocalizedText(en: "The API key may not do this.", zh: "该 API Key 没有此权限。"),
                LocalizedText(
                    en: "Check the key's rights, and its list of addresses, at https://xcompute.us/keys.",
                    zh: "请在 https://xcompute.us/keys 检查该 Key 的权限和 IP 白名单。"))
        case .paymentRequired:
            return finding(
                .problem, LocalizedText(en: "The account has not enough funds.", zh: "账户余额不足。"),
                LocalizedText(en: "Top up the account.", zh: "请充值。"))
        case .rateLimit:
            return finding(
                .warning,
                LocalizedText(en: "The gateway takes no more requests at the moment.", zh: "网关暂时不再接受请求。"),
                LocalizedText(
                    en: "Ask again later; what is queued is sent by itself.", zh: "请稍后再试；排队的任务会自动发送。"))
        case .badGateway where failure.redirect != nil:
            let place = failure.redirect ?? ""
            facts["redirect"] = .string(place)
            return finding(
                .problem,
                LocalizedText(
                    en: "\(address.url) redirects to \(place), and no redirect is followed with the key.",
                    zh: "\(address.url) 重定向到 \(place)；带 Key 的请求不会跟随重定向。"),
                LocalizedText(
                    en: "Set --gateway to the address of the gateway itself.", zh: "请将 --gateway 设为网关本身的地址。"))
        case .serverError, .unreachable, .timeout,
            _ where form == .gatewayError:
            return finding(
                .problem,
                LocalizedText(
                    en: "The gateway has trouble of its own, or cannot be reached any more.",
                    zh: "网关自身出错，或已无法连接。"),
                LocalizedText(
                    en: "Try again later; tasks that are at the gateway are followed by themselves.",
                    zh: "请稍后再试；已在网关的任务会自动继续跟踪。"))
        case _ where form == .otherJSON:
            facts["type"] = .string(Failure.Kind.badGateway.rawValue)
            return finding(
                .problem,
                LocalizedText(
                    en: "\(address.url) answers in JSON that is not the gateway's word for an unknown task.",
                    zh: "\(address.url) 返回的 JSON 不是网关对未知任务的应答。"),
                LocalizedText(
                    en:
                        "Check --gateway: another web server may answer there, which says nothing of the key.",
                    zh: "请检查 --gateway：应答的可能是其他 Web 服务，无法据此判断 Key 是否有效。"))
        default:
            facts["type"] = .string(Failure.Kind.badGateway.rawValue)
            return finding(
                .problem,
                LocalizedText(
                    en: "What answers at \(address.url) does not speak as the gateway does.",
                    zh: "\(address.url) 的应答不是网关的格式。"),
                LocalizedText(
                    en:
                        "Check --gateway: a page for people, a portal of the network or a proxy may answer in its place.",
                    zh: "请检查 --gateway：应答的可能是网页、网络认证门户或代理。"))
        }
    }
}
