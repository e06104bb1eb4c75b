package import JSON
package import KlingCore

/// Requests of chance that a model page allows, made from the catalogue: every parameter by its type, and
/// then what the pages say of several together.
package struct RandomRequests {
    private let random: any RandomSource

    package init(random: any RandomSource) { self.random = random }

    package func below(_ bound: Int) -> Int { Int(random.next() % UInt64(max(1, bound))) }
    package func chance(_ one: Int) -> Bool { below(one) == 0 }
    package func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

    /// A request for the model without an error; warnings and hints may be many.
    package func request(for model: Model) -> JSONObject {
        var values: [String: JSONValue] = [:]
        for parameter in model.parameters where parameter.isRequired || !chance(3) {
            values[parameter.name] = value(parameter.type)
        }
        tellStory(&values, model)
        describeElements(&values, model)
        limitFrames(&values, model)
        referToPictures(&values, model)
        if chance(4), let ratio = values["aspect_ratio"], values["size"] == nil {
            values["size"] = chance(2) ? nil : ratio
        }
        // In an order of chance; null for some that are left out.
        var members = values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        for parameter in model.parameters
        where !parameter.isRequired && values[parameter.name] == nil && chance(8) {
            members.append((parameter.name, .null))
        }
        for position in members.indices.reversed() { members.swapAt(position, below(position + 1)) }
        return JSONObject(members)
    }

    /// A value of the type that stands for itself, whatever the others are.
    private func value(_ type: ParameterType) -> JSONValue {
        switch type {
        case .string(let limit): return .string(text(limit: limit ?? 200))
        case .url: return .string(address("png"))
        case .choice(let choices): return .string(pick(choices).value)
        case .integer(let range):
            return number(range.lowerBound + below(range.upperBound - range.lowerBound + 1))
        case .integers(let values): return number(pick(values))
        case .boolean: return .bool(chance(2))
        case .array(let element, let count):
            let size = count.lowerBound + below(count.upperBound - count.lowerBound + 1)
            return .array((0..<size).map { _ in value(element) })
        case .object(let members):
            var object = JSONObject()
            for member in members where member.isRequired || chance(2) {
                object[member.name] = value(member.type)
            }
            return .object(object)
        }
    }

    /// A whole number, now and then as `5.0` or `50e-1`.
    private func number(_ value: Int) -> JSONValue {
        let spellings = ["\(value)", "\(value)", "\(value).0", "\(value * 10)e-1", "\(value)E0"]
        let tree = JSONTree(pick(spellings))
        return tree.value(tree.root)
    }

    /// Text that is not blank and refers to nothing.
    private func text(limit: Int) -> String {
        let pieces = [
            "a cat", " runs", "，日落", "电影质感", "😀", "e\u{301}", "\n", "\"", "\\", "\u{2028}", "3 < 5", " < b >",
            "me@example.com",
            "C:\\", "«mot»", "《书》", "👨‍👩‍👧", "\u{FEFF}", "\t", "<<< >>>", "@ home", "50 %", "{}[]", "\u{0}"
        ]
        var text = pick(["A", "猫", "😀"])
        for _ in 0..<below(12) {
            let piece = pick(pieces)
            guard text.unicodeScalars.count + piece.unicodeScalars.count <= limit else { break }
            text += piece
        }
        // Now and then as long as may be.
        if chance(20) {
            text += String(repeating: pick(["x", "字"]), count: limit - text.unicodeScalars.count)
        }
        return text
    }

    func address(_ suffix: String) -> String {
        let host = pick(["a.com", "图片.cn", "cdn.example.com:8443", "8.8.8.8", "[2001:db8::1]", "A-b_c.io"])
        let path = pick(["/", "/x/y/", "/猫/", "/%20/", "/a@b/", "/v1.2/"]) + String(below(100_000))
        return pick(["https://", "http://", "HTTPS://"]) + host + path
            + pick([".\(suffix)", "", ".\(suffix)?x=1#y"])
    }

    // MARK: - What parameters say together

    /// Storyboards: their shots are numbered and add up to the whole.
    private func tellStory(_ values: inout [String: JSONValue], _ model: Model) {
        guard case .array(_, let count)? = model.parameter("multi_prompt")?.type,
            case .integer(let seconds)? = model.parameter("duration")?.type
        else { return }
        guard values["multi_shot"] == true else { return }
        values["shot_type"] = pick(["customize", "intelligence"])
        guard values["shot_type"] == "customize" else { return }
        var total = values["duration"]?.int ?? model.parameter("duration")?.defaultValue?.int ?? 5
        if total < count.lowerBound { total = seconds.lowerBound }
        let shots = count.lowerBound + below(min(count.upperBound, total) - count.lowerBound + 1)
        // Cuts between the seconds of the whole.
        var cuts = Set([0, total])
        while cuts.count < shots + 1 { cuts.insert(1 + below(total - 1)) }
        let ends = cuts.sorted()
        values["multi_prompt"] = .array(
            (0..<shots).map { place in
                var shot: JSONObject = ["index": number(place + 1), "prompt": .string(text(limit: 512))]
                shot["duration"] = number(ends[place + 1] - ends[place])
                return .object(shot)
            })
        if chance(2) { values["prompt"] = nil }
    }

    /// Elements have names of their own, and prompts refer to some of them.
    private func describeElements(_ values: inout [String: JSONValue], _ model: Model) {
        guard model.parameter("element_list") != nil, let elements = values["element_list"]?.array else {
            return
        }
        var names = ["dog", "element_cat", "小狗", "my dog", "Dog2", "a.b", "d"]
        let named = elements.map { element -> JSONValue in
            var object = element.object ?? [:]
            let name = names.remove(at: below(names.count))
            object["name"] = .string(name)
            if let prompt = values["prompt"]?.string, !chance(3) {
                values["prompt"] = .string("\(prompt) @\(name) ")
            }
            return .object(object)
        }
        values["element_list"] = .array(named)
    }

    /// A clip that is edited takes one picture at most here, one that is imitated a first frame only.
    private func limitFrames(_ values: inout [String: JSONValue], _ model: Model) {
        guard case .array(.object, _)? = model.parameter("video_list")?.type, values["video_list"] != nil,
            let images = values["image_urls"]?.array
        else { return }
        values["image_urls"] = .array(Array(images.prefix(1)))
    }

    /// References to pictures that are there.
    private func referToPictures(_ values: inout [String: JSONValue], _ model: Model) {
        guard model.references == .imageTags, let prompt = values["prompt"]?.string else { return }
        let images = values["image_urls"]?.array?.count ?? 0
        var text = prompt
        for number in 0..<images where !chance(3) {
            text = chance(2) ? "\(text)<<<image_\(number + 1)>>>" : "<<<image_\(number + 1)>>>\(text)"
        }
        if values["video_list"] != nil, chance(3) { text += "<<<video_1>>>" }
        values["prompt"] = .string(text)
    }
}
