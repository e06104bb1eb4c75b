"""`kling-server check` from outside: what is said of a problem in each format."""

from __future__ import annotations

import json
import re
import unicodedata
import unittest
from urllib.parse import unquote

from check_case import BAD, GOOD, TEXTS, CheckCase


def columns(text: str) -> int:
    """What a terminal takes for the text (Unicode Standard Annex 11)."""
    return sum(
        0
        if unicodedata.category(one) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(one) in "WF"
        else 1
        for one in text
    )


class Text(CheckCase):
    def excerpt(self, content: str | bytes, *arguments: str) -> tuple[str, str, str]:
        """Head, source line and carets of the first problem."""
        path = self.path("x.json", content)
        lines = self.run_check(str(path), *arguments).stdout.decode().split("\n")
        head, source, carets = lines[:3]
        number, bar, source = source.partition(" | ")
        margin, _, carets = carets.partition(" | ")
        self.assertEqual((bar, len(margin)), (" | ", len(number)))
        return head, source, carets

    def test_a_problem_is_shown_like_a_compiler_does(self) -> None:
        self.path("bad.json", '{\n  "model": "kling-v3",\n  "prompt": "A cat",\n  "duration": "5"\n}\n')
        self.assertEqual(
            self.run_check("bad.json").stdout.decode(),
            "bad.json:4:15: error: `duration` must be a number, not a string: write 5 without quotes."
            " [duration.quoted]\n"
            '  4 |   "duration": "5"\n'
            "    |               ^^^\n"
            "    = fix: Write 5 without quotes\n"
            "1 file checked: 1 error, 0 warnings\n",
        )
        self.assertEqual(
            self.run_check(str(self.path("good.json"))).stdout, b"1 file checked: 0 errors, 0 warnings\n"
        )
        shown = self.run_check("bad.json", "--locale", "zh").stdout.decode()
        self.assertRegex(shown, r"^bad\.json:4:15: 错误: .*[\u4e00-\u9fff].* \[duration\.quoted\]\n")
        self.assertIn("    = 修正：", shown)
        self.assertTrue(shown.endswith("已检查 1 个文件：1 个错误，0 个警告\n"))

    def test_a_change_of_the_text_alone_is_shown_as_a_fix_too(self) -> None:
        broken = '{"model":"kling-v3","prompt":"A cat",}'
        twice = '{"model":"kling-v3","prompt":"A cat","mode":"std","mode":"pro"}'
        for content, title in ((broken, "Remove `,`"), (twice, "Remove this `mode`, which does not count")):
            with self.subTest(content=content):
                shown = self.run_check(str(self.path("x.json", content))).stdout.decode()
                self.assertIn(f"    = fix: {title}\n", shown)
        # What is only offered is shown with --fix and without.
        unsure = '{"model":"kling-v3","prompt":"A cat"} and more'
        path = str(self.path("x.json", unsure))
        shown = self.run_check(path).stdout
        self.assertIn(b"= fix: ", shown)
        self.assertEqual(self.run_check(path, "--fix").stdout, shown)

    def test_where_somebody_has_to_choose_the_choices_are_shown(self) -> None:
        path = str(self.path("x.json", '{"prompt":"A cat"}'))
        shown = self.run_check(path).stdout.decode()
        self.assertIn("    = fix: Add `model`: kling-v3\n    = or: Add `model`: kling-video-o1\n", shown)
        self.assertIn("\n    = 或：", self.run_check(path, "--locale", "zh").stdout.decode())
        self.assertEqual(self.run_check(path, "--fix").stdout.decode(), shown)

    def test_of_several_requests_it_says_how_this_input_can_be_read(self) -> None:
        lines = f"{GOOD}\n{GOOD}\n"
        shown = self.run_check("-", input=lines).stdout.decode()
        self.assertIn("`--language jsonl`", shown)
        self.assertNotIn(".jsonl", shown)
        shown = self.run_check(str(self.path("x.json", lines))).stdout.decode()
        self.assertIn("name the file .jsonl", shown)
        self.assertEqual(self.run_check("-", "--language", "jsonl", input=lines).returncode, 0)

    def test_carets_stand_under_what_they_mean(self) -> None:
        for before in (
            "",
            "\t\t",
            "猫在阳光下",
            "e\u0301a\u0308o\u0302\u0323",
            "😀🚀🪀",
            "⌚✅❌⭐",
            "ｆｕｌｌ　width",
            "한국어 カタカナ",
            "か\u3099",
            "\u200b\u200d",
            "ä ö ü ß €",
            "𠀀𠀁",
            "\u4dc0",
        ):
            with self.subTest(before=before):
                inside = f'{{"model":"kling-v3","prompt":"A {before}","duration":"5"}}'.replace("\t", "\\t")
                head, source, carets = self.excerpt(inside)
                self.assertIn("[duration.quoted]", head)
                at = source.index('"5"')
                self.assertEqual(carets, " " * columns(source[:at]) + "^^^")

    def test_the_last_line_counts_whatever_is_shown(self) -> None:
        hints = self.path(
            "hints.json", '{"model":"kling-v3","prompt":"a","mode":null,"negative_prompt":"","duration":"5"}'
        )
        both = self.path(
            "both.json",
            '{"model":"kling-video-o1","prompt":"a","image_urls":["https://a.com/1.jpg"],"mode":null}',
        )
        for names, locale, expected in (
            ([hints], "en", "1 file checked: 1 error, 0 warnings, 2 hints"),
            ([hints], "zh", "已检查 1 个文件：1 个错误，0 个警告，2 条提示"),
            ([both], "en", "1 file checked: 0 errors, 0 warnings, 1 for information, 1 hint"),
            ([both], "zh", "已检查 1 个文件：0 个错误，0 个警告，1 条信息，1 条提示"),
            ([hints, both], "en", "2 files checked: 1 error, 0 warnings, 1 for information, 3 hints"),
        ):
            with self.subTest(names=names, locale=locale):
                shown = self.run_check(*map(str, names), "--locale", locale).stdout.decode()
                self.assertEqual(shown.splitlines()[-1], expected)
                if locale == "en":
                    said = [d for one in self.report(*map(str, names)) for d in one["diagnostics"]]
                    counted = sum(map(int, re.findall(r"(\d+) (?!files?\b)", expected)))
                    self.assertEqual(counted, len(said))

    def test_a_tab_takes_one_column_in_both_lines(self) -> None:
        _, source, carets = self.excerpt('{"model":"kling-v3","prompt":"a",\n\t\t"duration":\t"5"}')
        self.assertEqual(source, '  "duration": "5"}')
        self.assertEqual(carets.rstrip(), " " * source.index('"5"') + "^^^")

    def test_a_very_long_line_is_cut_on_both_sides(self) -> None:
        for filler in ("x", "猫", "e\u0301"):
            with self.subTest(filler=filler):
                long = filler * 1000
                text = f'{{"model":"kling-v3","prompt":"{long}","duration":"5","negative_prompt":"{long}"}}'
                _, source, carets = self.excerpt(text)
                self.assertTrue(source.startswith("…") and source.endswith("…"), source)
                self.assertLessEqual(columns(source), 104)
                at = source.index('"5"')
                self.assertEqual(carets, " " * columns(source[:at]) + "^^^")
        self.path("megabytes.json", f'{{"model":"kling-v3","prompt":"{"x" * 5_000_000}","duration":"5"}}')
        self.assertLess(len(self.run_check("megabytes.json").stdout), 2000)

    def test_texts_with_unusual_ends(self) -> None:
        for content, place, expected in (
            ("", "1:1", ("", "^")),
            ("\n", "1:1", ("", "^")),
            ("{", "1:1", ("{", "^")),
            (BAD, "1:49", None),
            (BAD.replace(",", ",\r\n"), "3:12", ('"duration":"5"}', " " * 11 + "^^^")),
            (BAD.replace(",", ",\r"), "3:12", ('"duration":"5"}', " " * 11 + "^^^")),
            ("\ufeff" + BAD, "1:50", None),
            (BAD.replace(",", ",\n") + "\n\n\n", "3:12", ('"duration":"5"}', " " * 11 + "^^^")),
        ):
            with self.subTest(content=content[:20]):
                head, source, carets = self.excerpt(content)
                self.assertTrue(head.split("x.json:")[1].startswith(place + ":"), head)
                if expected:
                    self.assertEqual((source, carets), expected)

    def test_bytes_that_are_not_utf8_and_control_characters_are_shown_harmless(self) -> None:
        for content in (
            b'{"model":"kling-v3","prompt":"a\xff\xc3b\xed\xa0\x80","duration":"5"}',
            b'{"model":"kling-v3","prompt":"a\x1b[31mb\x07","duration":"5"}',
            '{"model":"kling-v3","prompt":"\u202eabc","duration":"5"}'.encode(),
            b'{"model":"kling-v3","prompt":"a","\\u001b[2J\\u202e":1}',
        ):
            with self.subTest(content=content):
                path = self.path("x.json", content)
                shown = self.run_check(str(path)).stdout.decode()
                self.assertIsNone(re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown), shown)
        path = self.path("ev\x1b[31mil\nname.json", BAD)
        shown = self.run_check(path.name).stdout.decode()
        self.assertNotIn("\x1b", shown)
        self.assertTrue(shown.startswith("ev�[31mil�name.json:1:49: error: "), shown)

    def test_colours_are_for_terminals(self) -> None:
        self.path("bad.json", BAD)
        self.assertNotIn(b"\x1b", self.run_check("bad.json").stdout)
        plain = self.run_check("bad.json").stdout
        for env, isColoured in (
            ({"FORCE_COLOR": "1"}, True),
            ({"FORCE_COLOR": "0"}, False),
            ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
            ({"NO_COLOR": ""}, False),
        ):
            shown = self.run_check("bad.json", env={"FORCE_COLOR": None, "NO_COLOR": None, **env}).stdout
            self.assertEqual(b"\x1b[1;31m" in shown, isColoured, env)
            self.assertEqual(re.sub(rb"\x1b\[[\d;]*m", b"", shown), plain)
        for env, isColoured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
            shown, _ = self.on_terminal("bad.json", **env)
            self.assertEqual(b"\x1b[1;31m" in shown, isColoured, env)
        for format in ("json", "sarif", "github"):
            shown = self.run_check("bad.json", "--format", format, env={"FORCE_COLOR": "1"}).stdout
            self.assertNotIn(b"\x1b", shown)


class Formats(CheckCase):
    def test_json_is_what_validate_says(self) -> None:
        server = self.server()
        for locale in ("en", "zh"):
            for strict in (False, True):
                for number, text in enumerate(TEXTS):
                    with self.subTest(text=text, locale=locale, strict=strict):
                        path = self.path(f"t{number}.json", text)
                        options = ["--locale", locale] + (["--strict"] if strict else [])
                        (one,) = self.report(str(path), *options)
                        said = server.call("validate", text=text, locale=locale, strict=strict)
                        self.assertEqual(one["path"], str(path))
                        self.assertEqual(one["valid"], said["valid"])
                        self.assertEqual(one["diagnostics"], said["diagnostics"])

    def test_json_is_one_document_for_any_number_of_files(self) -> None:
        for count in (1, 2, 5):
            names = [self.path(f"n{number}.json").name for number in range(count)]
            self.assertEqual(self.names(*names), names)

    def test_github_commands(self) -> None:
        self.path("bad.json", BAD)
        self.assertEqual(
            self.run_check("bad.json", "--format", "github").stdout.decode(),
            "::error file=bad.json,line=1,col=49,endColumn=51,title=duration.quoted::"
            "`duration` must be a number, not a string: write 5 without quotes.\n",
        )
        name = "a,b:c%d\ne.json"
        self.path(name, '{"model":"kling-v3","prompt":"a","50%\\r\\noff":1,"mode":"猫\\n"}')
        shown = self.run_check(name, "--format", "github").stdout.decode()
        lines = shown.splitlines()
        self.assertEqual(len(lines), 2)
        for line in lines:
            match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
            assert match, line
            properties = dict(pair.split("=", 1) for pair in match[2].split(","))
            self.assertEqual(unquote(properties["file"]), name)
            self.assertNotRegex(match[3].replace("%25", "").replace("%0A", "").replace("%0D", ""), r"%")
        self.assertIn("50%25", shown)
        levels = {"x": 1, "prompt": "a", "model": "kling-v3", "negative_prompt": None}
        self.path("levels.json", json.dumps(levels))
        shown = self.run_check("levels.json", "--format", "github").stdout.decode()
        self.assertEqual(re.findall(r"^::(\w+)", shown, re.M), ["warning", "notice"])

    def test_github_shows_a_problem_over_several_lines_without_columns(self) -> None:
        self.path("list.json", '[\n"a\nb"]')
        for line in self.run_check("list.json", "--format", "github").stdout.decode().splitlines():
            self.assertRegex(
                line, r"^::error file=list\.json,line=\d+(,col=\d+,endColumn=\d+)?,title=[\w.]+::"
            )


if __name__ == "__main__":
    unittest.main()
