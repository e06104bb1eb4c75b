/// The members of a JSON object, in source order.
///
/// Look-up is linear: the objects of this service have a dozen members. A name is held once; setting it again
/// replaces the value in its place.
public struct JSONObject: Sendable, Hashable {
    public typealias Member = (name: String, value: JSONValue)

    @usableFromInline var names: [String]
    @usableFromInline var values: [JSONValue]

    public init() {
        names = []
        values = []
    }

    /// Of members with the same name the last one counts, in the place of the first (RFC 8259 §4).
    public init(_ members: some Sequence<(String, JSONValue)>) {
        self.init()
        names.reserveCapacity(members.underestimatedCount)
        values.reserveCapacity(members.underestimatedCount)
        for (name, value) in members { self[name] = value }
    }

    public var count: Int { names.count }
    public var isEmpty: Bool { names.isEmpty }

    @inlinable public subscript(name: String) -> JSONValue? {
        get {
            guard let index = index(of: name) else { return nil }
            return values[index]
        }
        set {
            if let index = index(of: name) {
                if let newValue {
                    values[index] = newValue
                } else {
                    names.remove(at: index)
                    values.remove(at: index)
                }
            } else if let newValue {
                names.append(name)
                values.append(newValue)
            }
        }
    }

    /// The same as setting a member, for thousands of them one after the other.
    /// - Parameter seen: hashes of the names that are there, once they are many.
    mutating func set(_ name: String, to value: JSONValue, _ seen: inout Set<Int>) {
        // Few names are compared as quickly as they are hashed.
        guard count >= 32 else { return self[name] = value }
        if seen.isEmpty { seen = Set(names.map(Self.hash)) }
        if seen.insert(Self.hash(name)).inserted {
            names.append(name)
            values.append(value)
        } else {
            self[name] = value
        }
    }

    private static func hash(_ name: String) -> Int {
        var name = name
        return name.withUTF8 { bytes in
            var hasher = Hasher()
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
            return hasher.finalize()
        }
    }

    /// Names are compared code point by code point (RFC 8259 §8.3); Swift's own comparison takes `é` and `e` with an accent for
    /// the same.
    @inlinable func index(of name: String) -> Int? {
        // The lengths tell most names apart at once.
        let length = name.utf8.count
        for place in names.indices where names[place].utf8.count == length {
            if names[place].hasBytes(of: name) { return place }
        }
        return nil
    }

    /// Equality does not depend on the order of the members (RFC 6902 §4.6).
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        if left.names == right.names { return left.values == right.values }
        return left.allSatisfy { right[$0.name] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for name in names.sorted() { hasher.combine(name) }
    }
}

extension JSONObject: RandomAccessCollection, ExpressibleByDictionaryLiteral {
    public var startIndex: Int { 0 }
    public var endIndex: Int { names.count }
    public subscript(position: Int) -> Member { (names[position], values[position]) }

    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

extension String {
    /// Whether both are the same in UTF-8; most have their bytes in one piece.
    @usableFromInline func hasBytes(of other: String) -> Bool {
        let quick = utf8.withContiguousStorageIfAvailable { own in
            other.utf8.withContiguousStorageIfAvailable { own.elementsEqual($0) }
        }
        return (quick ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}
