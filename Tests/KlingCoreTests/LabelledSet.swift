import Foundation
import JSON
import KlingCore
import Testing

/// One line of `Tests/labelled`: a request, and every problem that the contract sees in it.
struct Labelled: Sendable, CustomTestStringConvertible {
    /// The file's name without its extension, and the line, counted from 1.
    let place: String
    let bytes: [UInt8]
    /// `code path` pairs, sorted; the path of the root is empty.
    let expected: [String]
    let json: JSONOptions
    let options: ValidationOptions
    /// What is sent: a request, a list of them, or null when nothing is; nil when the label does not say.
    let normalized: JSONValue?
    /// Members that the summary must have.
    let summary: JSONObject?

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var tree: JSONTree { JSONTree(bytes, options: json) }
    var testDescription: String { "\(place) \(text.prefix(120))" }

    func validate() -> Validation { validate(bytes) }

    /// Other text, read in the label's language and mode.
    func validate(_ bytes: [UInt8]) -> Validation {
        Validator.standard.validate(document: JSONTree(bytes, options: json), options: options)
    }
}

/// The label as the file says it. A member that is not known here fails the reading: a slip in a label must
/// not make it weaker.
extension Labelled {
    init(_ line: JSONValue, source: [UInt8], place: String) throws {
        let label = try #require(line.object, "\(place): no object")
        let known = ["text", "request", "expect", "language", "strict", "severities", "normalized", "summary"]
        for member in label { try #require(known.contains(member.name), "\(place): \(member.name)") }
        self.place = place
        if let text = label["text"] {
            bytes = Array(try #require(text.string, "\(place): text").utf8)
        } else {
            bytes = source
        }
        expected = try #require(label["expect"]?.array, "\(place): expect").map { pair in
            let code = try #require(pair[0]?.string, "\(place): code")
            let path = try #require(pair[1]?.string, "\(place): path")
            return "\(code) \(path)"
        }
        .sorted()
        json =
            switch label["language"]?.string {
            case nil: .json
            case "jsonc": .jsonc
            case "jsonl": .lines
            default: throw LabelError(place: place)
            }
        var severities: [String: Severity] = [:]
        for (code, level) in label["severities"]?.object ?? [:] {
            guard let severity = Severity(rawValue: level.string ?? "") else {
                throw LabelError(place: place)
            }
            severities[code] = severity
        }
        options = ValidationOptions(
            strict: label["strict"]?.bool ?? false, severities: severities, edits: true)
        normalized = label["normalized"]
        summary = label["summary"]?.object
    }
}

struct LabelError: Error {
    let place: String
}

/// The files of `Tests/labelled`.
enum LabelledFiles {
    static let topics = [
        "document", "scalars", "images", "shots", "elements", "references", "video", "syntax",
        "normalisation", "examples"
    ]

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "labelled")

    static func read(_ topic: String) throws -> [Labelled] {
        let data = try Data(contentsOf: folder.appending(path: "\(topic).jsonl"))
        var labels: [Labelled] = []
        var number = 0
        for line in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            guard !line.isEmpty else { continue }
            let tree = JSONTree(Array(line))
            let place = "\(topic):\(number)"
            try #require(tree.isValid, "\(place): \(tree.problems)")
            // The request keeps its spelling: `5.0` is not `5`.
            let request = tree.member("request", of: tree.root).map { Array(tree.source[tree.range($0)]) }
            labels.append(try Labelled(tree.value(tree.root), source: request ?? [], place: place))
        }
        return labels
    }
}

/// Every label; empty when a file cannot be read, which a test of its own says.
let labelledSet: [Labelled] = LabelledFiles.topics.flatMap { (try? LabelledFiles.read($0)) ?? [] }
