/// Ratios as people write them.
enum Ratio {
    static func nearest(to text: String, in words: [String]) -> String? {
        let lower = text.lowercased()
        let isPortrait = ["portrait", "vertical", "tall", "竖"].contains { lower.hasPrefix($0) }
        if !lower.utf8.contains(where: { (0x30...0x39).contains($0) }) {
            if isPortrait { return words.first { $0 == "9:16" } }
            if ["landscape", "horizontal", "wide", "横"].contains(where: { lower.hasPrefix($0) }) {
                return words.first { $0 == "16:9" }
            }
            if ["square", "方"].contains(where: { lower.hasPrefix($0) }) { return words.first { $0 == "1:1" } }
        }
        // Two numbers and anything between: the ratio itself, or width and height in pixels.
        var numbers: [Int] = []
        var current: Int?
        for byte in text.utf8.prefix(40) {
            if (0x30...0x39).contains(byte) {
                current = min((current ?? 0) * 10 + Int(byte - 0x30), 1_000_000)
            } else if let number = current {
                numbers.append(number)
                current = nil
            }
        }
        if let current { numbers.append(current) }
        guard numbers.count == 2, numbers[0] > 0, numbers[1] > 0 else { return nil }
        // `portrait_16_9` is another vendor's word for 9:16.
        if isPortrait, numbers[0] > numbers[1] { numbers.swapAt(0, 1) }
        return words.first { word in
            let parts = word.split(separator: ":").compactMap { Int($0) }
            return parts.count == 2 && parts[0] * numbers[1] == parts[1] * numbers[0]
        }
    }
}
