import JSON
import KlingCore
import Testing

/// What is changed without asking, and what is only offered.
@Suite struct ValidationSafetyTests {
    /// The text once all preferred fixes are made, as `check --fix` makes them.
    private func mended(_ text: String, _ options: JSONOptions = .json) -> String {
        var bytes = Array(text.utf8)
        for _ in 0..<40 {
            let edits = validate(bytes, options).fixesAtOnce.flatMap(\.fix.edits)
            if edits.isEmpty { break }
            bytes = TextEdit.apply(edits, to: bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func validate(_ bytes: [UInt8], _ options: JSONOptions = .json) -> Validation {
        Validator.standard.validate(
            document: JSONTree(bytes, options: options), options: ValidationOptions(edits: true))
    }

    private func fixes(_ text: String, _ code: String) -> [Fix] {
        validate(Array(text.utf8)).diagnostics.filter { $0.code == code }.flatMap(\.fixes)
    }

    @Test(arguments: [
        #"{"model":"kling-v3","prompt":"A cat"} and more"#, "model: kling-v3\nprompt: A cat",
        #"{"model":"kling-v3","prompt":"A cat","duration":NaN}"#,
        "{ # my model\n \"model\":\"kling-v3\",\"prompt\":\"A cat\"}",
        "{\"model\":\"kling-v3\",\"prompt\":\"A cat\n}",
        #"{"model":"kling-v3","prompt":"He says "hi" to "me, "a":1}"#,
        #"{"model":"kling-v3","prompt":"A cat" "prompt" "A dog","prompt":"A hen"}"#
    ])
    func `what somebody wrote is not thrown away for what it may mean`(text: String) {
        #expect(!validate(Array(text.utf8)).isValid)
        let result = mended(text).filter { !" \"{}:,\n".contains($0) }
        #expect(result == text.filter { !" \"{}:,\n".contains($0) })
    }

    @Test(arguments: [
        (
            "{\"model\":\"kling-v3\",\"prompt\":\"A cat\"}\n{\"model\":\"kling-v3\",\"prompt\":\"A dog\"}",
            "[{\"model\":\"kling-v3\",\"prompt\":\"A cat\"},\n{\"model\":\"kling-v3\",\"prompt\":\"A dog\"}]"
        ),
        (
            "```json\n{\"model\":\"kling-v3\",\"prompt\":\"A cat\"}\n```\n",
            "{\"model\":\"kling-v3\",\"prompt\":\"A cat\"}\n\n"
        ),
        ("\"model\":\"kling-v3\",\"prompt\":\"A cat\"", "{\"model\":\"kling-v3\",\"prompt\":\"A cat\"}"),
        ("{\"model\":\"kling-v3\",\"prompt\":\"A\ncat\"}", #"{"model":"kling-v3","prompt":"A\ncat"}"#),
        (
            #"{"model":"kling-v3","prompt":"He says "stop", then runs"}"#,
            #"{"model":"kling-v3","prompt":"He says \"stop\", then runs"}"#
        )
    ])
    func `what can mean one thing only is mended, and says the same`(text: String, expected: String) {
        #expect(mended(text) == expected)
        #expect(validate(Array(expected.utf8)).isValid)
    }

    @Test func `where the text may have been misread, nothing in the request is changed unasked`() {
        let text = #"{"model":"kling-v3","prompt":"a","mode":pro,"duration":"6"}"#
        #expect(mended(text) == text)
        let fix = fixes(text, "duration.quoted")
        #expect(fix.count == 1 && !fix[0].isPreferred)
        let lines = "{\"mode\":pro}\n{\"model\":\"kling-v3\",\"prompt\":\"a\",\"duration\":\"6\"}"
        #expect(mended(lines, .lines) == lines.replacing("\"6\"", with: "6"))
    }

    @Test func `shots in another order are sorted or numbered by who wrote them`() {
        let head = #"{"model":"kling-v3","multi_shot":true,"shot_type":"customize","multi_prompt":["#
        let end = #"{"index":2,"prompt":"the end","duration":3}"#
        let start = #"{"index":1,"prompt":"the beginning","duration":2}"#
        let text = head + end + "," + start + "]}"
        #expect(mended(text) == text)
        let offered = fixes(text, "shots.index")
        #expect(
            offered.map { $0.title(.en) } == [
                "Sort the list by `index`", "Number the shots 1, 2, 3 … in the order of the list"
            ])
        #expect(
            offered.map { String(decoding: TextEdit.apply($0.edits, to: Array(text.utf8)), as: UTF8.self) }
                == [
                    head + start + "," + end + "]}",
                    head + end.replacing("2,", with: "1,") + "," + start.replacing("1,", with: "2,") + "]}"
                ])
    }

    @Test(arguments: [
        ("[1,1]", true), ("[0,1]", true), ("[null,null]", true), ("[null,3]", true), (#"["1",2]"#, true),
        ("[3,1]", false),
        ("[2,1,1]", false), ("[1.5,2]", false), (#"["one",2]"#, false)
    ])
    func `shots are numbered anew unasked only when their numbers go up`(indices: String, isSafe: Bool) throws
    {
        let numbers = try #require(JSONTree(indices).value(JSONTree(indices).root).array)
        let shots = numbers.map { #"{"index":\#($0),"prompt":"a","duration":1}"# }.joined(separator: ",")
        let text =
            #"{"model":"kling-v3","multi_shot":true,"shot_type":"customize","duration":3,"multi_prompt":[\#(shots)]}"#
        let offered = fixes(text, "shots.index")
        #expect(!offered.isEmpty && offered.allSatisfy { $0.isPreferred == isSafe })
    }

    /// Each second of it is paid.
    @Test func `the length of the video is changed by who pays for it`() {
        func text(_ duration: String) -> String {
            #"{"model":"kling-v3",\#(duration)"multi_shot":true,"shot_type":"customize","multi_prompt":[{"index":1,"prompt":"a","duration":6},{"index":2,"prompt":"b","duration":6}]}"#
        }
        #expect(mended(text(#""duration":10,"#)) == text(#""duration":10,"#))
        #expect(fixes(text(#""duration":10,"#), "shots.sum").map(\.isPreferred) == [false, false])
        #expect(
            fixes(text(""), "shots.duration").map { $0.title(.en) } == [
                "Set `duration` to 12", "Set `duration` to 12"
            ])
        #expect(mended(text("")) == text(""))
    }

    @Test(arguments: [
        (
            #""multi_shot":"true","shot_type":"custom","multi_prompt":[{"prompt":"","duration":0}]"#,
            "Write true"
        ),
        (
            #""multi_shot":true,"shot_type":"customize","multi_prompt":{"prompt":"","duration":5}"#,
            #"Write [{"prompt":"","duration":5}]"#
        ),
        (#""prompt":"a","element_list":{"name":"dog"}"#, #"Write [{"name":"dog"}]"#)
    ])
    func `a value of another type is converted even while other errors are left`(
        members: String, title: String
    ) {
        let offered = fixes(#"{"model":"kling-v3",\#(members)}"#, "parameter.type")
        #expect(offered.map { $0.title(.en) } == [title])
        #expect(offered.allSatisfy { $0.isPreferred })
    }

    @Test(arguments: [
        ("\"HD\"", "Write \"std\"", false), ("\"high\"", "Write \"pro\"", false),
        ("\"fhd\"", "Write \"pro\"", false),
        ("\"PRO\"", "Write \"pro\"", true), ("\"pros\"", "Write \"pro\"", true),
        ("\"720p\"", "Write \"std\"", true),
        ("\"1080p\"", "Write \"pro\"", true), ("\"standard\"", "Write \"std\"", true), ("\"hgih\"", "", false)
    ])
    func `a guess at a mode is offered, a clear synonym is written`(mode: String, title: String, isSafe: Bool)
    {
        let offered = fixes(#"{"model":"kling-v3","prompt":"a","mode":\#(mode)}"#, "mode.value")
        #expect(offered.map { $0.title(.en) } == (title.isEmpty ? [] : [title]))
        #expect(offered.allSatisfy { $0.isPreferred == isSafe })
    }

    /// As values of their own they would take fifty times their text.
    @Test func `thousands of values are neither copied into a fix nor turned into something else`() {
        func list(_ count: Int, _ value: String) -> String {
            "[" + Array(repeating: value, count: count).joined(separator: ",") + "]"
        }
        func conflict(_ count: Int, _ other: String) -> [Fix] {
            let urls = #""imageUrls":\#(list(count, "1")),"image_urls":\#(list(count, other))"#
            return fixes(#"{"model":"kling-v3","prompt":"A cat",\#(urls)}"#, "parameter.aliasConflict")
        }
        #expect(conflict(4000, "2").count == 1)
        #expect(conflict(5000, "2").isEmpty)
        // The same twice is no conflict, however long.
        #expect(conflict(5000, "1").isEmpty)
        let twice = #""imageUrls":\#(list(5000, "1")),"image_urls":\#(list(5000, "1"))"#
        #expect(fixes(#"{"model":"kling-v3","prompt":"A cat",\#(twice)}"#, "parameter.alias").count == 1)
    }

    /// Behind the limit nothing was read: where the value ends is not known.
    @Test(arguments: [(511, 1), (512, 0)]) func `nothing is left out of a text that was not read to its end`(
        depth: Int, edits: Int
    ) {
        let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let found = fixes(
            #"{"model":"kling-v3","prompt":"x","foo":\#(deep),"mode":"std"}"#, "parameter.unknown")
        #expect(found.filter { !$0.edits.isEmpty }.count == edits)
    }
}
