import JSON
import KlingCore

/// The tables of `protocol/README.md`: what stands between `<!-- generated: NAME -->` and `<!-- end -->` is
/// written by the program, from the tables that calls are read by.
package enum ReadmeTables {
    private static let opening = "<!-- generated: "
    private static let closing = "<!-- end -->"

    /// The text with its tables written anew; the name of a table that there is none of, or that has no end.
    /// - Parameter others: tables of parts that this one does not know, by name: their rows, the head first.
    package static func update(
        _ text: String, others: [String: [[String]]] = [:]
    ) -> (text: String, problem: String?) {
        var result = ""
        var rest = text[...]
        while let start = rest.ranges(of: opening).first {
            guard let nameEnd = rest[start.upperBound...].ranges(of: " -->").first,
                let end = rest[nameEnd.upperBound...].ranges(of: closing).first
            else { return (text, String(rest[start.upperBound...].prefix(40))) }
            let name = String(rest[start.upperBound..<nameEnd.lowerBound])
            guard let table = table(name) ?? others[name].map({ table($0[0], Array($0.dropFirst())) }) else {
                return (text, name)
            }
            result += rest[..<nameEnd.upperBound] + "\n\n" + table + "\n\n" + closing
            rest = rest[end.upperBound...]
        }
        return (result + rest, nil)
    }

    private static func table(_ name: String) -> String? {
        switch name {
        case "methods": methods
        case "parameters": PlainDialect.methods.map(parameters).joined(separator: "\n\n")
        case "options": members(Context.options.map(\.member))
        case "notifications": Notification.all.map(section).joined(separator: "\n\n")
        case "errors": errors
        case "codes": codes
        default: Component(rawValue: name).map { members($0.members) }
        }
    }

    // MARK: Tables

    private static var methods: String {
        table(
            ["method", "for", "result"],
            PlainDialect.methods.map {
                ["[`\($0.name)`](#\(anchor($0.name)))", $0.documentation.en, $0.result().words]
            })
    }

    private static func anchor(_ name: String) -> String { name.filter { $0 != "." } }

    private static func parameters(_ method: PlainDialect.Method) -> String {
        var parts = ["#### `\(method.name)`", method.documentation.en]
        if !method.signature.parameters.isEmpty { parts.append(members(method.signature.parameters)) }
        for choice in method.signature.choices {
            let names = choice.names.map { "`\($0)`" }.joined(separator: ", ")
            switch choice {
            case .exactlyOne: parts.append("Exactly one of \(names).")
            case .atMostOne: parts.append("At most one of \(names).")
            }
        }
        if case .object(let result) = method.result(), !result.isEmpty {
            parts.append("It answers with:")
            parts.append(members(result))
        }
        if !method.errors.isEmpty {
            let words = method.errors.map { "\($0.code) `\($0.rawValue)`" }
            parts.append("Errors: \(words.joined(separator: ", ")).")
        }
        return parts.joined(separator: "\n\n")
    }

    private static func section(_ notification: Notification) -> String {
        "#### `\(notification.name)`\n\n\(notification.documentation.en)\n\n\(members(notification.parameters))"
    }

    private static func members(_ members: [Member]) -> String {
        table(
            ["member", "type", "", "meaning"],
            members.map { member in
                [
                    "`\(member.name)`", member.schema.words,
                    member.isRequired ? "always" : member.defaultValue.map { "default `\($0)`" } ?? "",
                    member.documentation.en
                ]
            })
    }

    private static var errors: String {
        table(
            ["code", "`data.type`", "when"],
            ErrorRow.all.map { [String($0.code), $0.type.map { "`\($0)`" } ?? "", $0.when.en] })
    }

    private static var codes: String {
        table(
            ["code", "level", "says, such as"],
            DiagnosticsDocument.entries.map { entry in
                ["`\(entry.code)`", entry.level.rawValue, entry.sentences.first?.words.en ?? ""]
            })
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        let lines = [head, head.map { _ in "---" }] + rows.map { $0.map(escaped) }
        return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    private static func escaped(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}

extension Component {
    var members: [Member] {
        if case .object(let members) = schema { members } else { [] }
    }
}

extension Schema {
    /// What a table calls it.
    var words: String {
        switch self {
        case .any: "any"
        case .string, .pattern: "string"
        case .time: "time"
        case .boolean: "boolean"
        case .integer(let range): "whole number" + Self.limits(range.lowerBound, range.upperBound)
        case .number(let range):
            "number" + (range.upperBound.isFinite ? " 0–\(JSONValue(range.upperBound))" : "")
        case .words(let words): words().map { "`\($0)`" }.joined(separator: ", ")
        case .only(let value): "`\(value)`"
        case .array(let element): "list of \(element.words)"
        case .map(.any): "object"
        case .map(let value): "object of \(value.words)"
        case .object(let members) where members.isEmpty: "`{}`"
        case .object(let members): "{\(members.map { "`\($0.name)`" }.joined(separator: ", "))}"
        case .component(let component): component.rawValue
        case .either(let choices): choices.map(\.words).joined(separator: ", or ")
        case .nullable(let schema): schema.words + ", or `null`"
        }
    }

    private static func limits(_ lower: Int, _ upper: Int) -> String {
        if lower == .min { return "" }
        return upper == .max ? (lower == 0 ? "" : " from \(lower)") : " \(lower)–\(upper)"
    }
}
