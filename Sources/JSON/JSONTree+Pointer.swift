/// From a pointer to a place in the tree, and back.
extension JSONTree {
    /// The place that `pointer` names, or nil.
    package func index(at pointer: JSONPointer) -> Index? {
        var current = root
        for token in pointer.tokens {
            var children = elements(current)
            switch kind(current) {
            case .object:
                var found: Index?
                while let key = children.next(in: self), let value = children.next(in: self) {
                    if let name = string(key), name.utf8.elementsEqual(token.utf8) { found = value }
                }
                guard let found else { return nil }
                current = found
            case .array:
                guard var position = JSONPointer.arrayIndex(token) else { return nil }
                var found = children.next(in: self)
                while position > 0, found != nil {
                    found = children.next(in: self)
                    position -= 1
                }
                guard let found else { return nil }
                current = found
            default: return nil
            }
        }
        return current
    }

    /// The pointer to a place, relative to `base` (the root unless told otherwise). For the name of a member,
    /// the pointer to its value.
    package func pointer(to index: Index, from base: Index? = nil) -> JSONPointer {
        var tokens: [String] = []
        var current = base ?? root
        descend: while current != index {
            var children = elements(current)
            if kind(current) == .object {
                while let key = children.next(in: self), let value = children.next(in: self) {
                    if index == key || (value.raw <= index.raw && index.raw < nodes[Int(value.raw)].next) {
                        tokens.append(string(key) ?? "")
                        if index == key { break descend }
                        current = value
                        continue descend
                    }
                }
            } else {
                var position = 0
                while let child = children.next(in: self) {
                    if child.raw <= index.raw && index.raw < nodes[Int(child.raw)].next {
                        tokens.append(String(position))
                        current = child
                        continue descend
                    }
                    position += 1
                }
            }
            break
        }
        return JSONPointer(tokens: tokens)
    }

    /// The innermost value that covers a byte, the name of a member included; nil outside the root.
    package func index(atOffset offset: Int) -> Index? {
        var found: Index?
        var current: Index? = root
        while let candidate = current,
            range(candidate).contains(offset) || range(candidate).upperBound == offset
        {
            found = candidate
            current = nil
            var children = elements(candidate)
            while let child = children.next(in: self) {
                let range = range(child)
                if range.lowerBound > offset { break }
                if range.contains(offset) || range.upperBound == offset { current = child }
            }
        }
        return found
    }
}
