/// Sentences about what Kling has against the gateway's own account there (GATEWAY §1). Neither the caller's key nor
/// the caller's balance is meant, and no other request would fare better.
extension FailureMessages {
    static func isAboutOperator(_ failure: Failure) -> Bool { operatorReason(failure) != nil }

    /// - Returns: nil for another failure. An answer of 401 or 402 is the gateway's word about the caller, whatever code
    ///   it names.
    static func operatorReason(_ failure: Failure) -> LocalizedText? {
        guard let code = failure.klingCode, failure.httpStatus != 401, failure.httpStatus != 402 else {
            return nil
        }
        switch code {
        case 1000...1004:
            return LocalizedText(
                en: "Kling did not accept the gateway's own credentials (its code \(code)).",
                zh: "可灵不接受网关自身的凭证（错误码 \(code)）。")
        case 1100...1102:
            return LocalizedText(
                en: "The gateway's own account or resource pack at Kling is not in order (its code \(code)).",
                zh: "网关自身在可灵的账户或资源包异常（错误码 \(code)）。")
        case 1103:
            return LocalizedText(
                en: "The gateway's own account at Kling may not do this (its code \(code)).",
                zh: "网关自身在可灵的账户没有此权限（错误码 \(code)）。")
        case 1304:
            return LocalizedText(
                en:
                    "Kling does not take requests from the gateway's address (its code \(code), the IP list).",
                zh: "可灵不接受来自网关地址的请求（错误码 \(code)，IP 白名单）。")
        default: return nil
        }
    }

    static let tellOperator = LocalizedText(
        en: "Only the gateway's operator can mend that: tell its support.", zh: "只有网关运营方能解决：请联系网关支持。")

    static let askOperator = LocalizedText(
        en:
            "Only the gateway's operator can mend that: tell its support; until then a new `submit` will fail as well.",
        zh: "只有网关运营方能解决：请联系网关支持；在此之前再次 `submit` 也会失败。")
}
