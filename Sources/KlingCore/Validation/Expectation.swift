/// What a parameter takes, as a part of a sentence: its values, where they can be named.
extension ParameterType {
    /// - Parameter isSeconds: a number counts seconds.
    func expectation(isSeconds: Bool = false) -> Fact {
        switch self {
        case .choice(let choices):
            let words = Fact.anyOf(choices.map { "\"\($0.value)\"" })
            return .words(
                LocalizedText(en: "\(words.text(.en)), in quotes", zh: "带引号的 \(words.text(.zh))"))
        case .integer, .integers:
            let values = RequestView.words(self)
            return .words(
                LocalizedText(
                    en: "a whole number\(isSeconds ? " of seconds" : ""), \(values.text(.en))",
                    zh: "整数\(isSeconds ? "秒" : "")（\(values.text(.zh))）"))
        case .array(of: .url, _):
            return .words(
                LocalizedText(
                    en: "a list in [ ] of public addresses (https://…)",
                    zh: "由公开地址（https://…）组成的 [ ] 列表"))
        case .array(of: .object(let members), _):
            let names = Fact.all(members.filter(\.isRequired).map { "`\($0.name)`" })
            return .words(
                LocalizedText(
                    en: "a list in [ ] of objects { } with \(names.text(.en))",
                    zh: "由包含 \(names.text(.zh)) 的 { } 对象组成的 [ ] 列表"))
        case .string, .url, .boolean, .array, .object: return .type(jsonType)
        }
    }
}
