// What is odd or wrong about the address of a gateway, in words.

extension GatewayAddressProblem {
    public func sentence(_ locale: Locale) -> String {
        switch (self, locale) {
        case (.notAURL(let text), .en): "\(text) is no base URL; one like https://xcompute.us is expected."
        case (.notAURL(let text), .zh): "\(text) 不是基础地址；应类似 https://xcompute.us。"
        case (.notHTTPS(let text), .en):
            "\(text) would send your key in the clear: use https. Plain http is for this machine only."
        case (.notHTTPS(let text), .zh): "\(text) 会以明文发送密钥：请使用 https；http 仅限本机。"
        case (.notHTTP(let text, let scheme), .en):
            "\(text) cannot be used: a gateway is reached by https, not \(scheme). Write https:// instead of "
                + "\(scheme)://."
        case (.notHTTP(let text, let scheme), .zh):
            "无法使用 \(text)：网关通过 https 访问，而不是 \(scheme)。请将 \(scheme):// 改为 https://。"
        case (.hasCredentials, .en):
            "The URL holds a user name or password; give the key by KLING_API_KEY instead."
        case (.hasCredentials, .zh): "地址中含有用户名或密码；请改用 KLING_API_KEY 提供密钥。"
        case (.hasQuery(let text), .en): "\(text) has a query or fragment; a base URL has none."
        case (.hasQuery(let text), .zh): "\(text) 含有查询或片段；基础地址不应包含。"
        }
    }
}

extension GatewayWarning {
    public func sentence(_ locale: Locale) -> String {
        switch (self, locale) {
        case (.documentationHost(let host), .en):
            "\(host) is the site of the documentation, not the gateway: that is https://xcompute.us."
        case (.documentationHost(let host), .zh): "\(host) 是文档站点，不是网关；网关地址为 https://xcompute.us。"
        case (.bareHost(let host), .en):
            "\"\(host)\" has no dot: is it a host name? It is taken as https://\(host); the usual gateway is "
                + "https://xcompute.us."
        case (.bareHost(let host), .zh):
            "“\(host)”中没有点：它是主机名吗？将按 https://\(host) 使用；通常的网关是 https://xcompute.us。"
        }
    }
}
