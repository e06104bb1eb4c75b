"""Replays protocol/transcripts on the built binary, in both framings; README.md there has the steps."""

from __future__ import annotations

import json
import re
import unittest
from pathlib import Path
from typing import Any

from harness import ROOT, Case, Server

FOLDER = ROOT / "protocol" / "transcripts"
TYPES = {"string": str, "boolean": bool, "array": list, "object": dict}


class Number(str):
    """A number as it is spelled."""

    __slots__ = ()


def parse(text: str | bytes) -> Any:
    return json.loads(text, parse_int=Number, parse_float=Number)


def unparse(value: Any) -> str:
    """JSON again, numbers as they were spelled."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{unparse(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(unparse, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


class Matcher:
    def __init__(self) -> None:
        self.named: dict[str, Any] = {}

    def fill(self, value: Any) -> Any:
        """Puts named values in their places."""
        if isinstance(value, dict):
            if set(value) == {"$id"}:
                return self.named[value["$id"]]
            return {name: self.fill(one) for name, one in value.items()}
        return [self.fill(one) for one in value] if isinstance(value, list) else value

    def matches(self, pattern: Any, value: Any) -> bool:
        if isinstance(pattern, dict):
            name = next(iter(pattern), "")
            if name.startswith("$") and name != "$rest" and len(pattern) == 1:
                return self._placeholder(name, pattern[name], value)
            if not isinstance(value, dict):
                return False
            wanted = {name: one for name, one in pattern.items() if name != "$rest"}
            if set(wanted) - set(value) or (not pattern.get("$rest") and set(value) - set(wanted)):
                return False
            return all(self.matches(one, value[name]) for name, one in wanted.items())
        if isinstance(pattern, list):
            return (
                isinstance(value, list)
                and len(pattern) == len(value)
                and all(map(self.matches, pattern, value))
            )
        return type(pattern) is type(value) and pattern == value

    def _placeholder(self, kind: str, given: Any, value: Any) -> bool:  # noqa: PLR0911
        if kind == "$any":
            return True
        if kind == "$id":
            if given not in self.named:
                self.named[given] = value
            return self.matches(self.named[given], value)
        if kind == "$regex":
            return type(value) is str and re.search(given, value) is not None
        if kind == "$type":
            return type(value) is (Number if given == "number" else TYPES[given])
        if kind == "$has":
            return isinstance(value, list) and all(any(self.matches(one, v) for v in value) for one in given)
        if kind == "$unordered":
            left = list(value) if isinstance(value, list) else []
            for one in given:
                hit = next((number for number, v in enumerate(left) if self.matches(one, v)), None)
                if hit is None:
                    return False
                del left[hit]
            return isinstance(value, list) and not left
        raise ValueError(f"unknown placeholder {kind}")


class Transcripts(Case):
    def play(self, path: Path, framing: str) -> None:
        steps = [parse(line) for line in path.read_text().splitlines() if line.strip()]
        server = self.server(*steps[0].get("server", []), framing=framing)
        matcher, answers, notes = Matcher(), 0, 0
        for number, step in enumerate(steps[1:], 2):
            with self.subTest(file=path.name, line=number, framing=framing):
                if "send" in step:
                    sent = step["send"]
                    server.send_raw(sent if type(sent) is str else unparse(matcher.fill(sent)))
                elif "expect" in step:
                    answers += 1
                    found = self.message(server, answers, notification=False)
                    self.assertTrue(
                        matcher.matches(step["expect"], found),
                        f"{unparse(found)} for {unparse(step['expect'])}",
                    )
                elif "notify" in step:
                    while True:
                        notes += 1
                        if matcher.matches(step["notify"], self.message(server, notes, notification=True)):
                            break
                elif "end" in step:
                    self.assertEqual(server.finish(), int(step["end"]), server.log())
                    self.assertEqual(len(server.answers()), answers)

    def message(self, server: Server, number: int, *, notification: bool) -> Any:
        """The message of that number among the notifications, or among the rest."""
        seen: list[bytes] = []
        at = 0

        def find() -> bytes | None:
            nonlocal at
            while at < len(server.messages):
                message = server.messages[at]
                at += 1
                if message.startswith(b'{"jsonrpc":"2.0","method":') == notification:
                    seen.append(message)
            return seen[number - 1] if len(seen) >= number else None

        return parse(server.until(find, 20, "notification" if notification else "answer"))


def add(path: Path, framing: str) -> None:
    def test(self: Transcripts) -> None:
        self.play(path, framing)

    setattr(Transcripts, f"test_{path.stem.replace('-', '_')}_in_{framing}", test)


for file in sorted(FOLDER.glob("*.jsonl")):
    for kind in ("lines", "headers"):
        add(file, kind)


class TheFolder(unittest.TestCase):
    def test_it_has_the_transcripts_that_are_promised(self) -> None:
        names = {path.stem for path in FOLDER.glob("*.jsonl")}
        self.assertLessEqual({"json-rpc-section-7", "ids", "first-look", "one-video"}, names)


if __name__ == "__main__":
    unittest.main()
