"""`kling-server check --format sarif`: by the rules of the format, and with the facts of the JSON report."""

from __future__ import annotations

import copy
import json
import re
import unittest
from typing import Any, Callable

import sarif
from check_case import BAD, GOOD, LEVELS, TEXTS, CheckCase
from harness import ROOT

NAMES = {None: "json", "jsonc": "jsonc", "jsonl": "jsonl"}


class SARIF(CheckCase):
    def sarif(self, *arguments: str) -> dict[str, Any]:
        """The run of a log that keeps every rule of the format."""
        log = json.loads(self.run_check(*arguments, "--format", "sarif").stdout)
        sarif.LOG(log, "")
        schema = sarif.official()
        if schema:
            found = [f"{list(one.instance_path)}: {one.message[:300]}" for one in schema.iter_errors(log)]
            self.assertEqual(found, [])
        return log["runs"][0]

    def agree(self, *names: str) -> None:
        """Every result is a diagnostic of the JSON report, with its region and its fixes in the text."""
        run = self.sarif(*names)
        said = [(one["path"], d) for one in self.report(*names) for d in one["diagnostics"]]
        self.assertEqual(len(run["results"]), len(said))
        self.assertEqual(run["invocations"], [{"executionSuccessful": True}])
        texts = {
            name: sarif.Text(
                (self.place.path / name).read_bytes().decode("utf-8", "replace"), run["newlineSequences"]
            )
            for name, _ in said
        }
        for result, (name, diagnostic) in zip(run["results"], said):
            with self.subTest(name=name, code=diagnostic["code"]):
                self.assertEqual(result["ruleId"], diagnostic["code"])
                self.assertEqual(result["level"], LEVELS[diagnostic["severity"]])
                self.assertEqual(sarif.read_message(result["message"]["text"]), diagnostic["message"])
                self.check_place(result["locations"][0], name, diagnostic["range"], texts[name])
                related = diagnostic.get("related", [])
                self.assertEqual(len(result.get("relatedLocations", [])), len(related))
                for location, one in zip(result.get("relatedLocations", []), related):
                    self.check_place(location, name, one["range"], texts[name])
                    self.assertEqual(sarif.read_message(location["message"]["text"]), one["message"])
                fixes = [fix for fix in diagnostic.get("fixes", []) if fix.get("edits")]
                self.assertEqual(len(result.get("fixes", [])), len(fixes))
                for fix, one in zip(result.get("fixes", []), fixes):
                    self.assertEqual(sarif.read_message(fix["description"]["text"]), one["title"])
                    self.check_fix(fix, name, one["edits"], texts[name])

    def check_place(self, location: Any, name: str, span: Any, text: sarif.Text) -> None:
        physical = location["physicalLocation"]
        self.assertEqual(physical["artifactLocation"]["uri"], name)
        # LSP counts from 0, and a byte order mark as a character; the end is exclusive in both.
        want = self.region(span, text)
        self.assertEqual(physical["region"], want)
        text.content(physical["region"])

    @staticmethod
    def region(span: Any, text: sarif.Text) -> dict[str, int]:
        def column(position: Any) -> int:
            mark = 1 if text.mark and position["line"] == 0 else 0
            return max(position["character"] + 1 - mark, 1)

        start, end = span["start"], span["end"]
        return {
            "startLine": start["line"] + 1,
            "startColumn": column(start),
            "endLine": end["line"] + 1,
            "endColumn": column(end),
        }

    def check_fix(self, fix: Any, name: str, edits: Any, text: sarif.Text) -> None:
        (change,) = fix["artifactChanges"]
        self.assertEqual(change["artifactLocation"]["uri"], name)
        wanted = [
            {"deletedRegion": self.region(edit["range"], text), "insertedContent": {"text": edit["newText"]}}
            for edit in edits
        ]
        self.assertEqual(change["replacements"], wanted)
        before = text.replaced([])
        self.assertNotEqual(text.replaced(change["replacements"]), before)

    def test_every_kind_of_text(self) -> None:
        self.agree(*(self.path(f"t{number}.json", text).name for number, text in enumerate(TEXTS)))

    def test_every_labelled_request_in_both_languages(self) -> None:
        names = []
        for path in sorted((ROOT / "Tests" / "labelled").glob("*.jsonl")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                label = json.loads(line)
                text = label.get("text") or json.dumps(label.get("request"), ensure_ascii=False)
                name = f"{path.stem}-{number}.kling.{NAMES[label.get('language')]}"
                names.append(self.path(name, text.encode("utf-8", "surrogatepass")).name)
        self.assertGreater(len(names), 800)
        self.agree(*names)
        run = self.sarif(*names, "--locale", "zh")
        self.assertEqual(run["language"], "zh-CN")
        self.assertEqual(run["tool"]["driver"]["language"], "zh-CN")

    def test_lines_end_as_the_log_says_and_a_byte_order_mark_is_no_column(self) -> None:
        for number, text in enumerate(
            (
                BAD.replace(",", ",\r"),
                BAD.replace(",", ",\r\n"),
                BAD.replace(",", ",\n"),
                "\ufeff" + BAD,
                "\ufeff" + BAD.replace(",", ",\n"),
                '\ufeff{"model":"kling-v3"}',
                BAD.replace("A cat", "猫 😀"),
            )
        ):
            name = self.path(f"n{number}.json", text).name
            with self.subTest(text=text):
                self.agree(name)
                run = self.sarif(name)
                (result,) = run["results"]
                physical = result["locations"][0]["physicalLocation"]
                content = sarif.Text(text, run["newlineSequences"]).content(physical["region"])
                self.assertEqual(content, '"5"' if "duration" in text else "{")
        name = self.path("fixed.json", "\ufeff" + BAD.replace("A cat", "猫 😀")).name
        (result,) = self.sarif(name)["results"]
        text = sarif.Text("\ufeff" + BAD.replace("A cat", "猫 😀"), ["\r\n", "\n", "\r"])
        fixed = text.replaced(result["fixes"][0]["artifactChanges"][0]["replacements"])
        self.assertEqual(fixed, "\ufeff" + BAD.replace("A cat", "猫 😀").replace('"5"', "5"))

    def test_no_file_wrong_and_many_wrong(self) -> None:
        self.assertEqual(self.sarif(str(self.path("good.json")))["results"], [])
        names = [self.path(f"n{number}.json", BAD).name for number in range(30)]
        self.assertEqual(len(self.sarif(*names)["results"]), 30)
        run = self.sarif("nowhere.json", *names)
        self.assertEqual(run["invocations"], [{"executionSuccessful": False}])
        unread = [one for one in run["results"] if "ruleId" not in one]
        self.assertEqual(len(unread), 1)
        self.assertNotIn("region", unread[0]["locations"][0]["physicalLocation"])

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
        described = self.sarif(str(self.path("a.json")))["tool"]["driver"]["rules"]
        rules = {rule["id"]: sarif.read_message(rule["shortDescription"]["text"]) for rule in described}
        self.assertIn("{ }", rules["syntax.empty"])
        for rule in rules.values():
            self.assertNotRegex(rule, r"\{\w")
        codes = {
            one
            for text in TEXTS
            for one in re.findall(r"\[([\w.]+)\]$", self.run_check("-", input=text).stdout.decode(), re.M)
        }
        self.assertLessEqual(codes, set(rules))
        self.assertEqual(
            [rule["id"] for rule in described if not rule["defaultConfiguration"].get("enabled", True)],
            ["prompt.language"],
        )


class Rules(CheckCase):
    """Each rule of the format can be broken."""

    def log(self) -> Any:
        text = TEXTS[6].replace("std", "hd") + GOOD
        name = self.path("x.json", text).name
        other = self.path(
            "y.json", '{"model":"kling-v3","prompt":"a","size":"1:1","aspect_ratio":"16:9"}'
        ).name
        return json.loads(self.run_check(name, other, "--format", "sarif").stdout)

    def test_a_broken_log_is_seen(self) -> None:
        good = self.log()
        sarif.LOG(good, "")

        def result(log: Any) -> Any:
            return next(
                one for one in log["runs"][0]["results"] if "fixes" in one and "relatedLocations" in one
            )

        def region(log: Any) -> Any:
            return result(log)["locations"][0]["physicalLocation"]["region"]

        def artifact(log: Any) -> Any:
            return result(log)["locations"][0]["physicalLocation"]["artifactLocation"]

        def change(log: Any) -> Any:
            return result(log)["fixes"][0]["artifactChanges"][0]

        def driver(log: Any) -> Any:
            return log["runs"][0]["tool"]["driver"]

        slips: dict[str, Callable[[Any], object]] = {
            "version": lambda log: log.update(version="2.0.0"),
            "member of the log": lambda log: log.update(run=[]),
            "no runs": lambda log: log.update(runs=[]),
            "no tool": lambda log: log["runs"][0].pop("tool"),
            "column kind": lambda log: log["runs"][0].update(columnKind="bytes"),
            "newlines": lambda log: log["runs"][0].update(newlineSequences=[]),
            "language of the run": lambda log: log["runs"][0].update(language="zh-CN"),
            "invocation": lambda log: log["runs"][0]["invocations"][0].update(executionSuccessful="yes"),
            "name": lambda log: driver(log).pop("name"),
            "semantic version": lambda log: driver(log).update(semanticVersion="1"),
            "two rules of one name": lambda log: driver(log)["rules"][1].update(
                id=driver(log)["rules"][0]["id"]
            ),
            "the same rule twice": lambda log: driver(log)["rules"].append(driver(log)["rules"][0]),
            "level of a rule": lambda log: driver(log)["rules"][0]["defaultConfiguration"].update(
                level="hint"
            ),
            "enabled": lambda log: driver(log)["rules"][0]["defaultConfiguration"].update(enabled="no"),
            "member of a rule": lambda log: driver(log)["rules"][0].update(severity="error"),
            "level": lambda log: result(log).update(level="hint"),
            "level none": lambda log: result(log).update(level="none"),
            "no message": lambda log: result(log).pop("message"),
            "placeholder": lambda log: result(log)["message"].update(text="not {0}"),
            "empty message": lambda log: result(log)["message"].update(text=""),
            "markdown": lambda log: result(log)["message"].update(markdown="*a*"),
            "index": lambda log: result(log).update(ruleIndex=result(log)["ruleIndex"] + 1),
            "index beyond": lambda log: result(log).update(ruleIndex=10_000),
            "index of nothing": lambda log: result(log).pop("ruleId"),
            "no index": lambda log: result(log).pop("ruleIndex"),
            "no location": lambda log: result(log).update(locations=[]),
            "member of a result": lambda log: result(log).update(path="/a"),
            "line 0": lambda log: region(log).update(startLine=0),
            "column 0": lambda log: region(log).update(startColumn=0),
            "column as text": lambda log: region(log).update(startColumn="1"),
            "column true": lambda log: region(log).update(startColumn=True),
            "ends before": lambda log: region(log).update(endLine=region(log)["startLine"], endColumn=1),
            "no end": lambda log: region(log).pop("endColumn"),
            "a space": lambda log: artifact(log).update(uri="a b.json"),
            "a colon": lambda log: artifact(log).update(uri="a:b.json"),
            "a percent sign": lambda log: artifact(log).update(uri="100%.json"),
            "small digits": lambda log: artifact(log).update(uri="a%3a"),
            "two slashes": lambda log: artifact(log).update(uri="file://x.json"),
            "not ASCII": lambda log: artifact(log).update(uri="猫.json"),
            "the same place twice": lambda log: result(log)["relatedLocations"].append(
                result(log)["relatedLocations"][0]
            ),
            "the same fix twice": lambda log: result(log)["fixes"].append(result(log)["fixes"][0]),
            "no changes": lambda log: result(log)["fixes"][0].update(artifactChanges=[]),
            "no replacements": lambda log: change(log).update(replacements=[]),
            "no region": lambda log: change(log)["replacements"][0].pop("deletedRegion"),
            "bare text": lambda log: change(log)["replacements"][0].update(insertedContent="5"),
            "overlap": lambda log: change(log)["replacements"].append(change(log)["replacements"][0]),
            "two changes of one file": lambda log: result(log)["fixes"][0]["artifactChanges"].append(
                {**change(log), "replacements": change(log)["replacements"][:1]}
            ),
        }
        for what, slip in slips.items():
            with self.subTest(what=what):
                log = copy.deepcopy(good)
                slip(log)
                self.assertTrue(log != good)
                with self.assertRaises(sarif.Invalid):
                    sarif.LOG(log, "")


if __name__ == "__main__":
    unittest.main()
