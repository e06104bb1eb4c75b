/// Regular expressions as JSON Schema wants them: ECMA-262, without what other engines lack (no look-around).
enum SchemaPattern {
    /// White space beyond ASCII, for a character class.
    private static let wideSpace =
        #"\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000"#

    /// Characters without a form of their own (Default_Ignorable_Code_Point), for a character class.
    private static let invisible =
        #"\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164"#
        + #"\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8"#

    /// Text of which something can be seen.
    static let nonBlank = #"[^\u0009-\u000D\u0020"# + wideSpace + invisible + "]"

    /// Two numbers with a colon between, or what else a ratio or a size in pixels is written with.
    static let ratio = #"^[0-9.]+[:xX*/\u00D7][0-9.]+$"#

    /// An absolute http or https address, as ``URLExamination`` sees it.
    static let address = "^[Hh][Tt][Tt][Pp][Ss]?://(\(literal)|\(host))(:(\(port)))?(\(rest))?$"

    private static let literal = #"\[[^\u0000-\u0020\]/?#@]{2,}\]"#
    private static let host = #"\#(label)(\.\#(label))*\.?"#
    /// Letters, digits, `-`, `_` and what is beyond ASCII.
    private static let label =
        #"[^\u0000-\u002C\u002E\u002F\u003A-\u0040\u005B-\u005E\u0060\u007B-\u007F"# + wideSpace + "]+"
    private static let port =
        "[0-9]{0,4}|[0-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
    private static let rest = #"[/?#][^\u0000-\u0020\u005C\u007F"# + wideSpace + "]*"

    /// One of the names and nothing else.
    static func oneOf(_ names: [String]) -> String { "^(\(names.joined(separator: "|")))$" }
}
