extension Failure.Reason {
    /// What stands in brackets behind what happened.
    package var words: LocalizedText {
        let detail = Fact.shortened(detail, to: 300)
        switch kind {
        case .system, .unknownHost, .unknownProxy, .certificate, .proxyCredentials, .file:
            return LocalizedText(en: detail, zh: detail)
        case .interrupted, .unanswered, .answersLost: return LocalizedText(en: "", zh: "")
        case .cancelled: return LocalizedText(en: "cancelled", zh: "已取消")
        case .endedEarly: return LocalizedText(en: "the connection ended early", zh: "连接提前中断")
        case .cutShort:
            return LocalizedText(
                en: "the video is cut short: \(detail) bytes came, and more belong to it",
                zh: "视频不完整：只收到 \(detail) 字节")
        case .noLink:
            return LocalizedText(
                en: "at the moment the gateway has no link to it", zh: "网关暂时没有给出视频链接")
        case .empty: return LocalizedText(en: "the file is empty", zh: "文件为空")
        case .noVideo where detail.lowercased().hasPrefix("video/"):
            return LocalizedText(
                en: "the answer calls itself \(detail), but is no film that can be read",
                zh: "应答标称为 \(detail)，但不是可读取的视频")
        case .noVideo:
            return LocalizedText(
                en: "the answer is not a video" + (detail.isEmpty ? "" : ", but \(detail)"),
                zh: "应答不是视频" + (detail.isEmpty ? "" : "，而是 \(detail)"))
        case .changing:
            return LocalizedText(en: "the file changes while it is fetched", zh: "文件在下载过程中发生变化")
        case .wrongPart:
            return LocalizedText(
                en: "its server sends another part of the file than it was asked for", zh: "服务器发送的不是所请求的部分")
        case .moreThanAnnounced:
            return LocalizedText(en: "more came than was announced", zh: "收到的内容比声明的多")
        case .tooLarge:
            return LocalizedText(
                en: "it is larger than the limit of \(size)", zh: "超过 \(size) 的大小上限")
        case .answerTooLarge: return LocalizedText(en: "the answer is too large", zh: "应答过大")
        case .tooManyRedirects: return LocalizedText(en: "too many redirects", zh: "重定向次数过多")
        case .redirectNowhere:
            return LocalizedText(en: "a redirect that does not say where to", zh: "重定向没有给出目标地址")
        case .forbiddenLink:
            return LocalizedText(
                en: "\(detail) is no https link to a public address, and others are not followed",
                zh: "\(detail) 不是指向公网地址的 https 链接，不会访问")
        case .localNetwork:
            return LocalizedText(en: "the link leads into the local network", zh: "链接指向本地网络")
        case .noSuchVideo:
            return LocalizedText(en: "the task has no video \(detail)", zh: "该任务没有第 \(detail) 个视频")
        case .directory:
            return LocalizedText(en: "\(detail) is a directory", zh: "\(detail) 是目录")
        case .restless:
            return LocalizedText(en: "\(detail) keeps changing", zh: "\(detail) 不断变化")
        }
    }

    /// Of a number of bytes.
    private var size: String {
        guard let bytes = Int64(detail), bytes > 0, bytes % (1 << 30) == 0 else { return "\(detail) bytes" }
        return "\(bytes >> 30) GiB"
    }

    /// What to put right, where the reason says it.
    var advice: LocalizedText? {
        switch kind {
        case .unknownHost:
            LocalizedText(
                en: "Check --gateway and the network: its name is not found.",
                zh: "请检查 --gateway 和网络：找不到该主机名。")
        case .unknownProxy:
            LocalizedText(
                en: "Check the proxy in the environment (https_proxy): its name is not found.",
                zh: "请检查环境变量中的代理（https_proxy）：找不到该主机名。")
        case .certificate:
            LocalizedText(
                en:
                    "The connection is not trusted, so the key is not sent: check --gateway and the clock; behind a proxy "
                    + "that inspects TLS, name its certificate in SSL_CERT_FILE.",
                zh: "连接不可信，因此不发送 Key：请检查 --gateway 和系统时间；若代理会检查 TLS，请用 SSL_CERT_FILE 指定其证书。")
        case .proxyCredentials:
            LocalizedText(
                en: "The proxy wants a user and password: put them right in https_proxy.",
                zh: "代理要求用户名和密码：请在 https_proxy 中更正。")
        default: nil
        }
    }
}
