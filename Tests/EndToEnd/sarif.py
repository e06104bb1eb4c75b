"""What SARIF 2.1.0 (OASIS Standard; sections by number) asks of what check writes, and no other member."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Callable

from schemas import jsonschema_rs

Check = Callable[[Any, str], None]

LEVELS = ("none", "note", "warning", "error")
# RFC 3986, appendix A: a path of any form, or `file://` with one that begins with a slash.
URI = re.compile(r"(file://(?=/))?(?:[A-Za-z0-9\-._~!$&'()*+,;=@/]|%[0-9A-F]{2})+")


class Invalid(AssertionError):
    """What is written breaks a rule of the format."""


def need(holds: bool, where: str, rule: str) -> None:
    if not holds:
        raise Invalid(f"{where}: {rule}")


def text(value: Any, where: str) -> None:
    need(isinstance(value, str) and value != "", where, "a string that says something")


def any_text(value: Any, where: str) -> None:
    need(isinstance(value, str), where, "a string")


def truth(value: Any, where: str) -> None:
    need(isinstance(value, bool), where, "true or false")


def number(minimum: int) -> Check:
    def check(value: Any, where: str) -> None:
        need(type(value) is int and value >= minimum, where, f"a whole number from {minimum}")

    return check


def one_of(*words: str) -> Check:
    def check(value: Any, where: str) -> None:
        need(value in words, where, f"one of {words}")

    return check


def matching(pattern: str) -> Check:
    def check(value: Any, where: str) -> None:
        need(isinstance(value, str) and bool(re.fullmatch(pattern, value)), where, f"like {pattern}")

    return check


def array(element: Check, minimum: int = 0, maximum: int | None = None, unique: bool = False) -> Check:
    def check(value: Any, where: str) -> None:
        need(isinstance(value, list), where, "an array")
        need(len(value) >= minimum, where, f"at least {minimum}")
        need(maximum is None or len(value) <= maximum, where, f"at most {maximum}")
        for position, one in enumerate(value):
            element(one, f"{where}/{position}")
        if unique:
            # §3.7.3
            written = [json.dumps(one, sort_keys=True) for one in value]
            need(len(set(written)) == len(written), where, "no two elements the same")

    return check


def members(required: dict[str, Check], optional: dict[str, Check] | None = None, *more: Check) -> Check:
    """An object with these members and no others; then what speaks of several of them."""
    known = {**required, **(optional or {})}

    def check(value: Any, where: str) -> None:
        need(isinstance(value, dict), where, "an object")
        need(set(required) <= set(value), where, f"has {sorted(required)}")
        need(set(value) <= set(known), where, f"has nothing but {sorted(known)}")
        for name, one in value.items():
            known[name](one, f"{where}/{name}")
        for rule in more:
            rule(value, where)

    return check


def message_text(value: Any, where: str) -> None:
    text(value, where)
    # §3.11.5: no placeholder without arguments; a brace that is meant is doubled.
    need(not re.search(r"[{}]", re.sub(r"\{\{|\}\}", "", value)), where, "single braces are placeholders")


def read_message(value: str) -> str:
    """As a viewer shows it (§3.11.5)."""
    return value.replace("{{", "{").replace("}}", "}")


def uri(value: Any, where: str) -> None:
    # §3.4.3
    need(isinstance(value, str) and bool(URI.fullmatch(value)), where, "a URI reference")
    # RFC 3986 §4.2: a colon in the first segment would be read as a scheme.
    need(value.startswith("file:///") or ":" not in value, where, "no colon in a relative reference")


def region_order(region: dict[str, int], where: str) -> None:
    # §3.30.7, §3.30.8: the end is not before the start; the end column is behind the last character.
    start = (region["startLine"], region["startColumn"])
    end = (region["endLine"], region["endColumn"])
    need(start <= end, where, "ends where it begins or behind")


def distinct_artifacts(fix: dict[str, Any], where: str) -> None:
    # §3.55.3
    uris = [change["artifactLocation"]["uri"] for change in fix["artifactChanges"]]
    need(len(set(uris)) == len(uris), where, "one change for each artifact")


def whole_replacements(change: dict[str, Any], where: str) -> None:
    # §3.56.3: each replacement speaks of the text as it was, so no two may touch the same characters.
    spans = sorted(
        ((one["startLine"], one["startColumn"]), (one["endLine"], one["endColumn"]))
        for one in (replacement["deletedRegion"] for replacement in change["replacements"])
    )
    for (_, end), (start, _) in zip(spans, spans[1:]):
        need(end <= start, where, "no two replacements overlap")


def unique_ids(rules: Any, where: str) -> None:
    ids = [rule["id"] for rule in rules]
    need(len(set(ids)) == len(ids), where, "one descriptor for each rule")


def rules_are_pointed_at(run: dict[str, Any], where: str) -> None:
    # §3.27.5, §3.27.6: the index is that of the rule, and there is none without one.
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for position, result in enumerate(run["results"]):
        here = f"{where}/results/{position}"
        need(("ruleId" in result) == ("ruleIndex" in result), here, "a rule has its index")
        if "ruleId" in result:
            need(result["ruleIndex"] < len(ids), here, "the index is in the list")
            need(ids[result["ruleIndex"]] == result["ruleId"], here, "the index is that of the rule")


def one_language(run: dict[str, Any], where: str) -> None:
    # §3.14.7, §3.19.21
    driver = run["tool"]["driver"]
    need(run.get("language") == driver.get("language"), where, "the rules are in the language of the run")


LANGUAGE = matching(r"[a-z]{2}(-[A-Z]{2})?")
VERSION = matching(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
# §3.11, §3.12
MESSAGE = members({"text": message_text})
# §3.4
ARTIFACT = members({"uri": uri})
# §3.30: from 1.
REGION = members(
    {name: number(1) for name in ("startLine", "startColumn", "endLine", "endColumn")}, None, region_order
)
# §3.28, §3.29
PLACE = members({"artifactLocation": ARTIFACT}, {"region": REGION})
LOCATION = members({"physicalLocation": PLACE})
RELATED = members({"physicalLocation": PLACE, "message": MESSAGE})
# §3.55, §3.56, §3.57, §3.3
REPLACEMENT = members({"deletedRegion": REGION, "insertedContent": members({"text": any_text})})
CHANGE = members(
    {"artifactLocation": ARTIFACT, "replacements": array(REPLACEMENT, minimum=1)}, None, whole_replacements
)
FIX = members(
    {"description": MESSAGE, "artifactChanges": array(CHANGE, minimum=1, unique=True)},
    None,
    distinct_artifacts,
)
# §3.27
RESULT = members(
    # `none` is for results that are no failures (§3.27.10).
    {"level": one_of("note", "warning", "error"), "message": MESSAGE, "locations": array(LOCATION, 1, 1)},
    {
        "ruleId": text,
        "ruleIndex": number(0),
        "relatedLocations": array(RELATED, minimum=1, unique=True),
        "fixes": array(FIX, minimum=1, unique=True),
    },
)
# §3.49, §3.50
RULE = members(
    {
        "id": text,
        "shortDescription": MESSAGE,
        "defaultConfiguration": members({}, {"level": one_of(*LEVELS), "enabled": truth}),
    }
)
# §3.18, §3.19
TOOL = members(
    {
        "driver": members(
            {
                "name": text,
                "version": text,
                "semanticVersion": VERSION,
                "rules": array(RULE, minimum=1, unique=True),
            },
            {"language": LANGUAGE},
        )
    }
)
# §3.14, §3.20
RUN = members(
    {
        "tool": TOOL,
        "results": array(RESULT),
        "columnKind": one_of("utf16CodeUnits", "unicodeCodePoints"),
        "newlineSequences": array(text, minimum=1, unique=True),
        "invocations": array(members({"executionSuccessful": truth}), 1, 1),
    },
    {"language": LANGUAGE},
    rules_are_pointed_at,
    one_language,
    lambda run, where: unique_ids(run["tool"]["driver"]["rules"], where),
)
# §3.13
LOG = members(
    {
        "$schema": matching(r"https://.*sarif.*2\.1\.0.*\.json"),
        "version": one_of("2.1.0"),
        "runs": array(RUN, 1, 1),
    }
)


def official() -> Any:
    """A validator of the schema that OASIS publishes, where SARIF_SCHEMA names a copy of it; else nothing."""
    path = os.environ.get("SARIF_SCHEMA")
    if not path:
        return None
    return jsonschema_rs.validator_for(json.loads(Path(path).read_text()), validate_formats=True)


class Text:
    """A file's text by lines and columns (§3.30.2): no byte order mark, columns in units of UTF-16."""

    def __init__(self, source: str, newlines: list[str]) -> None:
        self.mark = "\ufeff" if source.startswith("\ufeff") else ""
        ends = "|".join(map(re.escape, newlines))
        # The line ends stand in the odd places.
        pieces = re.split(f"({ends})", source[len(self.mark) :])
        self.lines = [one.encode("utf-16-le", "surrogatepass") for one in pieces[::2]]
        self.ends = [one.encode("utf-16-le") for one in pieces[1::2]] + [b""]

    def offset(self, line: int, column: int) -> int:
        """In bytes of UTF-16; a place that is not in the text fails."""
        need(1 <= line <= len(self.lines), f"line {line}", f"the text has {len(self.lines)}")
        content = self.lines[line - 1]
        need(
            2 * (column - 1) <= len(content), f"{line}:{column}", f"the line has {len(content) // 2} columns"
        )
        before = sum(len(one) + len(end) for one, end in zip(self.lines[: line - 1], self.ends))
        return before + 2 * (column - 1)

    def span(self, region: dict[str, int]) -> tuple[int, int]:
        return (
            self.offset(region["startLine"], region["startColumn"]),
            self.offset(region["endLine"], region["endColumn"]),
        )

    def content(self, region: dict[str, int]) -> str:
        start, end = self.span(region)
        return self.joined[start:end].decode("utf-16-le", "surrogatepass")

    @property
    def joined(self) -> bytes:
        return b"".join(line + end for line, end in zip(self.lines, self.ends))

    def replaced(self, replacements: list[dict[str, Any]]) -> str:
        """The text with a fix made (§3.57)."""
        whole = self.joined
        pieces = [(self.span(one["deletedRegion"]), one["insertedContent"]["text"]) for one in replacements]
        for (start, end), new in sorted(pieces, reverse=True):
            whole = whole[:start] + new.encode("utf-16-le", "surrogatepass") + whole[end:]
        return self.mark + whole.decode("utf-16-le", "surrogatepass")
