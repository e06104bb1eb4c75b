import JSON
import Testing

@Suite struct NameTableTests {
    static let names = ["model", "model_name", "modes", "prompt", "a", "b", "", "你好", "image_list"]

    @Test func `each name is found, also where it is written with escapes`() {
        let table = NameTable(Self.names)
        for (number, name) in Self.names.enumerated() {
            for source in [JSONValue.string(name).description, escaped(name)] {
                let tree = JSONTree(source)
                #expect(table.number(of: tree.root, in: tree) == number)
            }
            #expect(table.number(of: name) == number)
        }
    }

    @Test(arguments: ["mode", "modem", "Model", "model_nam", "c", " ", "你", "mxdel"])
    func `any other string is not found`(name: String) {
        let tree = JSONTree(JSONValue.string(name).description)
        #expect(NameTable(Self.names).number(of: tree.root, in: tree) == nil)
    }

    @Test func `a hundred names do not hide each other`() {
        let names = (0..<100).map { "name\($0)" }
        let table = NameTable(names)
        for (number, name) in names.enumerated() {
            let tree = JSONTree("\"\(name)\"")
            #expect(table.number(of: tree.root, in: tree) == number)
        }
    }

    private func escaped(_ name: String) -> String {
        "\""
            + name.utf16.map {
                "\\u" + String(repeating: "0", count: 4 - String($0, radix: 16).count) + String($0, radix: 16)
            }.joined() + "\""
    }
}
