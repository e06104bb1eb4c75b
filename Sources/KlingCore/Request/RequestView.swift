package import JSON

/// A request as the rules read it: every parameter in its slot, found in one pass over the members.
///
/// Nothing is copied out of the tree; a reader asks the tree for the bytes when it needs them. A class,
/// because it is handed to every rule: one reference, not three hundred bytes.
package final class RequestView: Sendable {
    package let tree: JSONTree
    package let object: JSONTree.Index
    let tables: CatalogTables
    /// The model's table; of a request whose model is missing or unknown, the most likely model's.
    package let table: ModelTable
    let modelIsKnown: Bool

    /// Written in the request, under its own name or an alias, whatever the value.
    package let mentioned: FieldSet
    /// Those with a value that counts: not null, not an empty string or array, and valid JSON.
    package let present: FieldSet
    /// An empty string or array.
    let empty: FieldSet
    /// `null`.
    let null: FieldSet
    /// Written under an alias only.
    let aliased: FieldSet
    /// A name may be there twice.
    let mayRepeat: Bool
    private let slots: Slots

    package var model: Model { table.model }

    struct Slot: Sendable {
        var key: JSONTree.Index
        var value: JSONTree.Index
    }
    typealias Slots = InlineArray<32, Slot>

    /// - Precondition: `object` is an object of `tree`; anything else reads as an empty one.
    init(_ tree: JSONTree, at object: JSONTree.Index, tables: CatalogTables, as forced: ModelTable? = nil) {
        self.tree = tree
        self.object = object
        self.tables = tables
        var members = Members(slots: Slots(repeating: Slot(key: object, value: object)))
        members.read(tree, at: object, tables)
        let named = members.present.contains(.model) ? members.slots[0].value : nil
        let table = named.flatMap { tables.modelNames.number(ofString: $0, in: tree) }
            .map { tables.models[$0] }
        modelIsKnown = table != nil
        self.table =
            forced ?? table
            ?? tables.likelyModel(
                named: named.flatMap { tree.onlyString($0) }, given: members.present,
                refersByTag: members.present.contains(.prompt)
                    && tree.refersByTag(members.slots[Field.prompt.rawValue].value))
        slots = members.slots
        var mentioned = members.mentioned
        if table == nil { mentioned.insert(.noModel) }
        if !members.null.union(members.empty).isEmpty { mentioned.insert(.idle) }
        if !mentioned.intersection(tables.mentionable).subtracting(self.table.takes).isEmpty {
            mentioned.insert(.otherModel)
        }
        let prompt = members.slots[Field.prompt.rawValue].value
        if !members.present.contains(.prompt) || tree.kind(prompt) != .string || tree.isBlank(prompt) {
            mentioned.insert(.promptless)
        }
        self.mentioned = mentioned
        present = members.present
        empty = members.empty
        null = members.null
        aliased = members.aliased
        mayRepeat = members.repeats || members.foreign > 1
    }

    /// The members as they are found.
    private struct Members {
        var slots: Slots
        var mentioned = FieldSet.always
        var present = FieldSet()
        var empty = FieldSet()
        var null = FieldSet()
        var aliased = FieldSet()
        /// A parameter is there twice.
        var repeats = false
        /// How many are no parameter of any model.
        var foreign = 0

        @inline(__always) mutating func read(
            _ tree: borrowing JSONTree, at object: JSONTree.Index, _ tables: CatalogTables
        ) {
            guard tree.kind(object) == .object else { return }
            let names = tables.names
            let slotCount = tables.slotCount
            var hasAliases = false
            var members = tree.elements(object)
            while let key = members.next(in: tree), let value = members.next(in: tree) {
                if let number = names.number(of: key, in: tree) {
                    if number < slotCount {
                        take(number, key, value, in: tree)
                        continue
                    }
                    hasAliases = true
                }
                foreign += 1
                mentioned.insert(.irregular)
            }
            if hasAliases { readAliases(tree, at: object, tables) }
        }

        /// An alias counts where the parameter's own name is not written, or has no value, wherever it stands.
        private mutating func readAliases(
            _ tree: borrowing JSONTree, at object: JSONTree.Index, _ tables: CatalogTables
        ) {
            let names = tables.names
            var members = tree.elements(object)
            while let key = members.next(in: tree), let value = members.next(in: tree) {
                guard let field = RequestView.field(ofAlias: key, value, in: tree, tables) else { continue }
                if mentioned.contains(field) {
                    // Of several with one name the last counts.
                    let number = names.number(of: key, in: tree)
                    let isSameName =
                        aliased.contains(field)
                        && names.number(of: slots[field.rawValue].key, in: tree) == number
                    let givesWay = null.union(empty).contains(field) && !tree.isDropped(value)
                    guard isSameName || givesWay else { continue }
                }
                take(field.rawValue, key, value, in: tree)
                aliased.insert(FieldSet(field))
            }
        }

        private mutating func take(
            _ slot: Int, _ key: JSONTree.Index, _ value: JSONTree.Index, in tree: borrowing JSONTree
        ) {
            let bit = FieldSet(slot: slot)
            if !mentioned.isDisjoint(with: bit) {
                mentioned.insert(.irregular)
                repeats = true
                present.remove(bit)
                empty.remove(bit)
                null.remove(bit)
            }
            mentioned.insert(bit)
            slots[slot & 31] = Slot(key: key, value: value)
            switch tree.kind(value) {
            case .missing, .invalid: break
            case .null: null.insert(bit)
            default: if tree.isDropped(value) { empty.insert(bit) } else { present.insert(bit) }
            }
        }
    }

    /// The parameter that a member means though it is called otherwise.
    static func field(
        ofAlias key: JSONTree.Index, _ value: JSONTree.Index, in tree: borrowing JSONTree,
        _ tables: CatalogTables
    ) -> Field? {
        guard let number = tables.names.number(of: key, in: tree),
            case .alias(let alias)? = tables.word(number),
            !alias.onlyRatios || tree.isRatio(value) || tree.isDropped(value)
        else { return nil }
        return alias.field
    }
}

extension JSONTree {
    /// Whether a value counts as none: null, an empty string or an empty array.
    func isDropped(_ value: Index) -> Bool {
        switch kind(value) {
        case .null: true
        case .string: contentRange(value).isEmpty
        case .array: count(value) == 0
        default: false
        }
    }
}

// MARK: - Reading

extension RequestView {
    package func has(_ field: Field) -> Bool { present.contains(field) }

    /// The value of a parameter, nil when it is not there or does not count.
    package func value(_ field: Field) -> JSONTree.Index? {
        present.contains(field) ? slots[field.rawValue].value : nil
    }

    /// The value as written, null and empty ones included.
    func written(slot: Int) -> Slot? { mentioned.contains(slot: slot) ? slots[slot & 31] : nil }
    func written(_ field: Field) -> Slot? { written(slot: field.rawValue) }

    /// The value, when it is a string that counts.
    package func string(_ field: Field) -> JSONTree.Index? {
        guard let value = value(field), tree.kind(value) == .string else { return nil }
        return value
    }

    /// Whether a value is true, or says so in another type: that is an error, but what follows from it is judged all the same.
    package func isTrue(_ field: Field) -> Bool {
        guard let value = value(field) else { return false }
        switch tree.kind(value) {
        case .true: return true
        case .string, .number:
            guard tree.range(value).count <= 8 else { return false }
            return converted(value, to: .boolean) == true
        default: return false
        }
    }

    /// The elements of an array; empty when there is none. A lone object where a list of objects belongs is an error, but it
    /// is looked at as the only one of the list.
    package func list(_ field: Field) -> JSONTree.Elements {
        guard let value = value(field) else { return JSONTree.Elements.none }
        if tree.kind(value) == .array { return tree.elements(value) }
        return isLone(field, value) ? tree.alone(value) : JSONTree.Elements.none
    }

    /// Elements of an array, 0 when there is none.
    package func count(_ field: Field) -> Int {
        guard let value = value(field) else { return 0 }
        return tree.kind(value) == .array ? tree.count(value) : isLone(field, value) ? 1 : 0
    }

    /// Pictures of the request. A lone address where the list belongs is an error, but a picture too.
    var pictures: Int { string(.imageURLs) == nil ? count(.imageURLs) : 1 }

    private func isLone(_ field: Field, _ value: JSONTree.Index) -> Bool {
        guard tree.kind(value) == .object else { return false }
        return field == .multiPrompt || field == .elementList || field == .videoList
    }

    /// The seconds in force: what is written, a quoted number included, or the model's default; nil when what
    /// is written is none of the allowed.
    package var duration: Int? {
        // The clean path: a number that the model allows.
        if present.contains(.duration) {
            let value = slots[Field.duration.rawValue].value
            if tree.kind(value) == .number, let seconds = tree.int(value) {
                return table.allows(seconds, slot: Field.duration.rawValue) ? seconds : nil
            }
        }
        guard mentioned.contains(.duration), !null.contains(.duration), !empty.contains(.duration) else {
            return table.defaultDuration
        }
        guard let value = value(.duration),
            let seconds = tree.kind(value) == .string ? tree.quotedNumber(value) : tree.int(value),
            table.allows(seconds, slot: Field.duration.rawValue)
        else { return nil }
        return seconds
    }

    /// Who makes the shots.
    enum Storyboard { case none, customize, intelligence, undecided }

    var storyboard: Storyboard {
        guard table.takes.contains(.multiShot), isTrue(.multiShot) else { return .none }
        guard let type = string(.shotType) else { return .undecided }
        if tree.string(type, equals: "customize") { return .customize }
        return tree.string(type, equals: "intelligence") ? .intelligence : .undecided
    }

    /// Whether there is text to make a video from.
    var hasPrompt: Bool { !mentioned.contains(.promptless) }
}

// MARK: - Places

extension RequestView {
    /// The opening bracket: where something is missing.
    package var container: Place { Place(tokens: [], range: tree.opening(object)) }

    /// A parameter's value, under the name it is written with; the container when it is not written.
    package func place(_ field: Field) -> Place { place(slot: field.rawValue) }

    func place(slot: Int) -> Place {
        guard let written = written(slot: slot) else { return container }
        var place = Place(
            tokens: [tree.string(written.key) ?? ""], range: tree.range(written.value),
            line: slot < table.parameters.count ? table.parameters[slot]?.source : nil)
        if let field = Field(rawValue: slot), isLone(field, written.value) { place.isLone = true }
        return place
    }

    /// A member of an entry that has no value: where null is written, or else the entry.
    func place(ofMember name: String, in entry: JSONTree.Index, at opening: Place) -> Place {
        var place = opening
        var members = tree.elements(entry)
        while let key = members.next(in: tree), let value = members.next(in: tree) {
            if tree.string(key) == name { place = opening.child(name, tree.range(value)) }
        }
        return place
    }

    /// The name of a parameter with its quotes.
    func name(slot: Int) -> Place {
        guard let written = written(slot: slot) else { return container }
        return place(slot: slot).at(tree.range(written.key))
    }

    package func name(_ field: Field) -> Place { name(slot: field.rawValue) }

    /// The name a parameter is written with.
    func spelling(_ field: Field) -> String {
        guard let written = written(field) else { return field.name }
        return tree.string(written.key) ?? field.name
    }

    package func pointer(_ field: Field) -> JSONPointer { JSONPointer(tokens: [spelling(field)]) }
}
