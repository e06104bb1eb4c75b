import JSON

/// The catalogue in the form the validator reads it: names to slots, slots to types. Made once.
package final class CatalogTables: Sendable {
    let catalog: Catalog
    let models: [ModelTable]
    let modelNames: NameTable
    /// What people call the models, and the models themselves.
    let modelHints: (other: [NearestName.Hint], own: [NearestName.Hint])
    /// Slots first, then the aliases, then the frame words.
    let names: NameTable
    let slotCount: Int

    init(_ catalog: Catalog, rules: [Rule]) {
        self.catalog = catalog
        var names = Field.allCases.map(\.name)
        for model in catalog.models {
            for parameter in model.parameters
            where !names.contains(parameter.name) && names.count < FieldSet.slotCount {
                names.append(parameter.name)
            }
        }
        slotCount = names.count
        let slotNames = names
        let known = names
        aliases = Vocabulary.aliases.filter { !known.contains($0.word) }
        frames = Vocabulary.frames.filter { !known.contains($0.word) }
        names += aliases.map(\.word) + frames.map(\.word)
        self.names = NameTable(names)
        modelNames = NameTable(catalog.models.map(\.name))
        modelHints = (
            catalog.models.flatMap { model in model.aliases.map { NearestName.Hint($0, model.name) } },
            catalog.models.map { NearestName.Hint($0.name, $0.name) }
        )
        models = catalog.models.map { ModelTable($0, slots: slotNames, rules: rules) }
        mentionable = FieldSet(rawValue: (1 << UInt64(slotCount)) - 1)
    }

    let aliases: [Vocabulary.Alias]
    let frames: [(word: String, frame: Vocabulary.Frame)]
    let mentionable: FieldSet

    /// What a member's name is.
    enum Word {
        case slot(Int)
        case alias(Vocabulary.Alias)
        case frame(Vocabulary.Frame)
    }

    func word(_ number: Int) -> Word? {
        if number < slotCount { return .slot(number) }
        let alias = number - slotCount
        if alias < aliases.count { return .alias(aliases[alias]) }
        let frame = alias - aliases.count
        return frame < frames.count ? .frame(frames[frame].frame) : nil
    }

    func name(ofSlot slot: Int) -> String { slot < names.names.count ? names.names[slot] : "" }

    /// What `model` takes, whichever model a request was read as.
    var modelNameType: ParameterType {
        .choice(
            catalog.models.flatMap { model -> [Choice] in
                if case .choice(let names)? = model.parameter(.model)?.type { names } else { [] }
            })
    }

    /// The models that take a parameter.
    /// Where the first model that has a parameter tells of it.
    func source(ofSlot slot: Int) -> SourceLine? {
        models.lazy.compactMap { $0.takes.contains(slot: slot) ? $0.parameters[slot]?.source : nil }.first
    }

    func models(taking slot: Int) -> [Model] { models.filter { $0.takes.contains(slot: slot) }.map(\.model) }
}

/// One model in that form.
package final class ModelTable: Sendable {
    let model: Model
    let takes: FieldSet
    /// By slot; nil for what the model does not take.
    let parameters: [Parameter?]
    /// By slot, what the clean path needs, without a reference to count where it can be.
    let checks: [ValueCheck]
    /// By slot, the words of a choice and the numbers of a list of numbers.
    let choices: [NameTable?]
    let values: [[Int]]
    /// By slot, how many elements a list may have.
    let counts: [ClosedRange<Int>?]
    let rules: [Rule]
    /// The same, as the loop of the clean path wants them.
    let steps: [Step]
    let modes: [Mode]
    let defaultDuration: Int?
    let references: Model.ReferenceStyle
    let promptAdvice: Int

    struct Step: Sendable {
        let trigger: FieldSet
        let check: @Sendable (RequestView, inout Findings) -> Void
    }

    /// The model's name as JSON.
    let wireName: [UInt8]

    /// What a `mode` gives.
    struct Mode: Sendable {
        let resolution: String
        /// The same as JSON.
        let wireResolution: [UInt8]
        let timing: Model.Timing?
    }

    init(_ model: Model, slots: [String], rules: [Rule]) {
        self.model = model
        parameters = slots.map { model.parameter($0) }
        checks = parameters.map { $0.map { ValueCheck($0.type) } ?? .anything }
        choices = parameters.map { parameter in
            if case .choice(let choices)? = parameter?.type { NameTable(choices.map(\.value)) } else { nil }
        }
        values = parameters.map { if case .integers(let values)? = $0?.type { values } else { [] } }
        var takes = FieldSet()
        for (slot, parameter) in parameters.enumerated() where parameter != nil {
            takes.insert(FieldSet(slot: slot))
        }
        self.takes = takes
        counts = parameters.map { if case .array(_, let count)? = $0?.type { count } else { nil } }
        self.rules = rules.filter { $0.applies(model) }
        steps = self.rules.map { Step(trigger: $0.trigger, check: $0.check) }
        if case .choice(let choices)? = model.parameter(.mode)?.type {
            modes = choices.map { choice in
                Mode(
                    resolution: choice.resolution ?? choice.value,
                    wireResolution: Array(
                        JSONValue.string(choice.resolution ?? choice.value).description.utf8),
                    timing: model.timings.first { $0.mode == choice.value })
            }
        } else {
            modes = []
        }
        defaultDuration = model.parameter(.duration)?.defaultValue?.int
        references = model.references
        wireName = Array(JSONValue.string(model.name).description.utf8)
        promptAdvice = model.promptAdvice
    }

    func parameter(_ field: Field) -> Parameter? { parameters[field.rawValue] }
    func count(_ field: Field) -> ClosedRange<Int>? { counts[field.rawValue] }
}

/// A type, ready to be compared with a value of the tree. Without a reference, so that a look at it costs no
/// counting.
struct ValueCheck: Sendable {
    /// The kinds of value that have the right JSON type, as bits.
    let kinds: UInt16
    let range: Range
    let lowest: Int
    let highest: Int

    enum Range: UInt8, Sendable { case any, choice, bounds, values }

    static let anything = ValueCheck(kinds: .max)

    private init(kinds: UInt16, _ range: Range = .any, lowest: Int = 0, highest: Int = 0) {
        self.kinds = kinds
        self.range = range
        self.lowest = lowest
        self.highest = highest
    }

    init(_ type: ParameterType) {
        func bits(_ kinds: JSONTree.Kind...) -> UInt16 {
            kinds.reduce(0) { $0 | 1 << UInt16($1.rawValue) }
        }
        self =
            switch type {
            case .string, .url: ValueCheck(kinds: bits(.string))
            case .choice: ValueCheck(kinds: bits(.string), .choice)
            case .integer(let range):
                ValueCheck(kinds: bits(.number), .bounds, lowest: range.lowerBound, highest: range.upperBound)
            case .integers: ValueCheck(kinds: bits(.number), .values)
            case .boolean: ValueCheck(kinds: bits(.true, .false))
            case .array: ValueCheck(kinds: bits(.array))
            case .object: ValueCheck(kinds: bits(.object))
            }
    }

    /// Whether the value has the right JSON type.
    @inline(__always) func accepts(_ kind: JSONTree.Kind) -> Bool { kinds & 1 << UInt16(kind.rawValue) != 0 }
}

extension ModelTable {
    /// Whether a value of the right type is one of the allowed.
    @inline(__always) func allows(_ index: JSONTree.Index, slot: Int, in tree: borrowing JSONTree) -> Bool {
        let check = checks[slot]
        switch check.range {
        case .any: return true
        case .choice: return choices[slot]?.number(of: index, in: tree) != nil
        case .bounds: return tree.int(index).map { $0 >= check.lowest && $0 <= check.highest } ?? false
        case .values: return tree.int(index).map { values[slot].contains($0) } ?? false
        }
    }

    func allows(_ value: Int, slot: Int) -> Bool {
        let check = checks[slot]
        switch check.range {
        case .any, .choice: return true
        case .bounds: return value >= check.lowest && value <= check.highest
        case .values: return values[slot].contains(value)
        }
    }
}

extension JSONTree.Kind {
    /// The JSON type, nil for what the text does not have or is not JSON.
    var type: JSONType? {
        switch self {
        case .missing, .invalid: nil
        case .null: .null
        case .true, .false: .boolean
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }
}
