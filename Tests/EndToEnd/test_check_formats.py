"""`kling-server check` from outside: what is said of a problem in each format."""

from __future__ import annotations

import json
import re
import unicodedata
import unittest
from typing import Any
from urllib.parse import unquote

from check_case import BAD, GOOD, LEVELS, WARNED, CheckCase

TEXTS = (
    GOOD,
    BAD,
    WARNED,
    "",
    f"[{GOOD},\n{BAD}]",
    '{"model":"kling-v3",\r\n"prompt":"猫 😀 @dog","duration":"5"}',
    '{"model":"kling-v3","prompt":"a" "mode":\'std\',}',
    '{"model":"kling-video-o1","prompt":"<<<image_3>>> 猫","image_urls":["https://a.com/1.jpg"]}',
    '{"model":"kling-v3","prompt":"a","prompt":"b","sound":true,"size":"1:1","duration":3.5}',
)


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


class SARIF(CheckCase):
    """The structure by the specification (SARIF 2.1.0, sections by number), as far as check uses it."""

    def sarif(self, *arguments: str) -> dict[str, Any]:
        log = json.loads(self.run_check(*arguments, "--format", "sarif").stdout)
        self.check_log(log)
        return log["runs"][0]

    def members(self, value: Any, required: set[str], optional: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        self.assertIsInstance(value, dict)
        self.assertLessEqual(required, set(value))
        self.assertLessEqual(set(value), required | optional)

    def check_log(self, log: Any) -> None:
        # §3.13
        self.members(log, {"$schema", "version", "runs"})
        self.assertEqual(log["version"], "2.1.0")
        self.assertRegex(log["$schema"], r"^https://.*sarif.*2\.1\.0.*\.json$")
        self.assertEqual(len(log["runs"]), 1)
        run = log["runs"][0]
        # §3.14
        self.members(run, {"tool", "results", "columnKind", "invocations"})
        self.assertEqual(run["columnKind"], "utf16CodeUnits")
        self.members(run["invocations"][0], {"executionSuccessful"})
        self.assertIsInstance(run["invocations"][0]["executionSuccessful"], bool)
        # §3.19
        self.members(run["tool"], {"driver"})
        driver = run["tool"]["driver"]
        self.members(driver, {"name", "version", "semanticVersion", "rules"})
        self.assertRegex(driver["semanticVersion"], r"^\d+\.\d+\.\d+$")
        # §3.49
        ids = [rule["id"] for rule in driver["rules"]]
        self.assertEqual(len(ids), len(set(ids)))
        for rule in driver["rules"]:
            self.members(rule, {"id", "shortDescription", "defaultConfiguration"})
            self.check_message(rule["shortDescription"])
            self.assertNotRegex(rule["shortDescription"]["text"], r"\{\w")
            self.assertIn(rule["defaultConfiguration"]["level"], ("none", "note", "warning", "error"))
        for result in run["results"]:
            self.check_result(result, ids)

    def check_message(self, message: Any) -> None:
        # §3.11
        self.members(message, {"text"})
        self.assertIsInstance(message["text"], str)
        self.assertTrue(message["text"])

    def check_result(self, result: Any, ids: list[str]) -> None:
        # §3.27
        self.members(
            result, {"level", "message", "locations"}, {"ruleId", "ruleIndex", "relatedLocations", "fixes"}
        )
        self.assertIn(result["level"], ("note", "warning", "error"))
        self.check_message(result["message"])
        if "ruleId" in result:
            self.assertEqual(ids[result["ruleIndex"]], result["ruleId"])
        self.assertEqual(len(result["locations"]), 1)
        for location in result["locations"] + result.get("relatedLocations", []):
            self.members(location, {"physicalLocation"}, {"message"})
            if "message" in location:
                self.check_message(location["message"])
            physical = location["physicalLocation"]
            self.members(physical, {"artifactLocation"}, {"region"})
            self.check_artifact(physical["artifactLocation"])
            if "region" in physical:
                self.check_region(physical["region"])
        # §3.55
        for fix in result.get("fixes", []):
            self.members(fix, {"description", "artifactChanges"})
            self.check_message(fix["description"])
            self.assertEqual(len(fix["artifactChanges"]), 1)
            for change in fix["artifactChanges"]:
                self.members(change, {"artifactLocation", "replacements"})
                self.check_artifact(change["artifactLocation"])
                self.assertTrue(change["replacements"])
                for replacement in change["replacements"]:
                    self.members(replacement, {"deletedRegion", "insertedContent"})
                    self.check_region(replacement["deletedRegion"])
                    self.members(replacement["insertedContent"], {"text"})

    def check_artifact(self, artifact: Any) -> None:
        # §3.4.3: a URI reference (RFC 3986).
        self.members(artifact, {"uri"})
        self.assertRegex(artifact["uri"], r"^(file:///)?([A-Za-z0-9\-._~!$&'()*+,;=@/]|%[0-9A-F]{2})+$")

    def check_region(self, region: Any) -> None:
        # §3.30.5: from 1; the end column is behind the last character.
        self.members(region, {"startLine", "startColumn", "endLine", "endColumn"})
        self.assertTrue(all(type(number) is int and number >= 1 for number in region.values()), region)
        self.assertLessEqual(
            (region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"])
        )

    def test_every_kind_of_text(self) -> None:
        names = [self.path(f"t{number}.json", text).name for number, text in enumerate(TEXTS)]
        run = self.sarif(*names)
        report = self.report(*names)
        said = [(one["path"], d) for one in report for d in one["diagnostics"]]
        self.assertEqual(len(run["results"]), len(said))
        for result, (name, diagnostic) in zip(run["results"], said):
            self.assertEqual(result["ruleId"], diagnostic["code"])
            self.assertEqual(result["level"], LEVELS[diagnostic["severity"]])
            self.assertEqual(result["message"]["text"], diagnostic["message"])
            physical = result["locations"][0]["physicalLocation"]
            self.assertEqual(physical["artifactLocation"]["uri"], name)
            span = diagnostic["range"]
            self.assertEqual(
                physical["region"],
                {
                    "startLine": span["start"]["line"] + 1,
                    "startColumn": span["start"]["character"] + 1,
                    "endLine": span["end"]["line"] + 1,
                    "endColumn": span["end"]["character"] + 1,
                },
            )
            edits = [fix["edits"] for fix in diagnostic.get("fixes", []) if fix.get("edits")]
            changes = [fix["artifactChanges"][0]["replacements"] for fix in result.get("fixes", [])]
            self.assertEqual(
                [[r["insertedContent"]["text"] for r in one] for one in changes],
                [[e["newText"] for e in one] for one in edits],
            )

    def test_no_file_wrong_and_many_wrong(self) -> None:
        self.assertEqual(self.sarif(str(self.path("good.json")))["results"], [])
        names = [self.path(f"n{number}.json", BAD).name for number in range(30)]
        self.assertEqual(len(self.sarif(*names)["results"]), 30)
        self.assertEqual(len(self.sarif(*names, "--locale", "zh")["results"]), 30)
        self.sarif("nowhere.json", *names)

    def test_names_become_uris(self) -> None:
        for name, uri in (
            ("a b.json", "a%20b.json"),
            ("猫.json", "%E7%8C%AB.json"),
            ("a:b#c?d[e].json", "a%3Ab%23c%3Fd%5Be%5D.json"),
            ("100%.json", "100%25.json"),
            ("sub/x.json", "sub/x.json"),
        ):
            self.path(name, BAD)
            (result,) = self.sarif(name)["results"]
            self.assertEqual(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], uri)
        path = self.path("x.json", BAD)
        (result,) = self.sarif(str(path))["results"]
        self.assertEqual(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], path.as_uri())

    def test_rules_say_what_is_literal_and_leave_facts_out(self) -> None:
        rules = {
            rule["id"]: rule["shortDescription"]["text"]
            for rule in self.sarif(str(self.path("a.json")))["tool"]["driver"]["rules"]
        }
        self.assertIn("{ }", rules["syntax.empty"])
        codes = {
            one
            for text in TEXTS
            for one in re.findall(r"\[([\w.]+)\]$", self.run_check("-", input=text).stdout.decode(), re.M)
        }
        self.assertLessEqual(codes, set(rules))


if __name__ == "__main__":
    unittest.main()
