"""The schemas of requests and the validator agree, on every label and on mutations of them."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from typing import Any, Callable

from harness import ROOT, Case, Server
from schemas import needs_jsonschema, read, validator

# The errors that a schema cannot express, and why. All others must be refused by the schema too.
BEYOND = {
    "document.duplicateKey": "a parser has dropped the double before a schema sees it",
    "document.moreProblems": "says only that there are more",
    "parameter.value": "of models that only a test knows",
    "parameter.count": "of models that only a test knows",
    "element.duplicateName": "two members of a list compared",
    "parameter.aliasConflict": "two members compared",
    "reference.range": "text against the length of a list",
    "reference.video": "text against another member",
    "shots.sum": "a sum",
}


def is_longer_than_the_whole(request: dict[str, Any]) -> bool:
    """Whether a shot's own limits are kept, so that only the video's length speaks against it."""
    seconds = [shot.get("duration") for shot in request.get("multi_prompt", [])]
    return all(isinstance(one, int) and 1 <= one <= 15 for one in seconds)


# Errors of which a schema sees only a part: whether a request is one of the others.
PARTLY: dict[str, Callable[[dict[str, Any]], bool]] = {"shots.duration": is_longer_than_the_whole}


def without_comments(text: str) -> str:
    """JSONC as JSON: comments and trailing commas gone."""
    string = r'("(?:\\.|[^"\\])*")'
    text = re.sub(string + r"|//[^\n]*|/\*.*?\*/", lambda one: one[1] or " ", text, flags=re.S)
    return re.sub(string + r"|,(?=\s*[\]}])", lambda one: one[1] or "", text)


def parsed(label: dict[str, Any]) -> Any:
    """The document of a label; a ValueError when it is no JSON."""
    text = label.get("text")
    if text is None:
        return label["request"]
    if label.get("language") == "jsonl":
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    value = json.loads(without_comments(text) if label.get("language") == "jsonc" else text)
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    return value


def labels() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((ROOT / "Tests" / "labelled").glob("*.jsonl")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            yield f"{path.stem}:{number}", json.loads(line)


def diagnostics(server: Server, text: str, language: str = "json") -> list[dict[str, Any]]:
    return server.call("validate", text=text, languageId=language)["diagnostics"]


def errors(found: list[dict[str, Any]]) -> set[str]:
    return {one["code"] for one in found if one["severity"] == "error"}


def without_doubles(value: Any, found: list[dict[str, Any]]) -> Any:
    """A request without the aliases that say what the parameter beside them says, which alone counts."""
    doubles = [
        one["path"][1:]
        for one in found
        if one["code"] == "parameter.alias" and one["fixes"][0]["patch"][0]["op"] == "remove"
    ]
    return {name: one for name, one in value.items() if name not in doubles} if doubles else value


@needs_jsonschema
class Agreement(Case):
    def setUp(self) -> None:
        super().setUp()
        self.document = validator(read("schemas/kling.schema.json"))
        self.models = {
            name: validator(read(f"schemas/{name}.schema.json")) for name in ("kling-v3", "kling-video-o1")
        }

    def problems(self, value: Any) -> list[str]:
        return [f"{list(one.instance_path)} {one.message[:200]}" for one in self.document.iter_errors(value)]

    def test_on_every_label(self) -> None:
        server, refused, seen = self.server(), set(), 0
        for place, label in labels():
            try:
                value = parsed(label)
            except ValueError:
                continue
            seen += 1
            text = label["text"] if "text" in label else json.dumps(value, ensure_ascii=False)
            found = diagnostics(server, text, label.get("language", "json"))
            codes = errors(found)
            value = without_doubles(value, found)
            problems = self.problems(value)
            with self.subTest(label=place, text=text[:300]):
                if not codes:
                    self.assertEqual(problems, [], "the validator finds no error")
                    model = value.get("model") if isinstance(value, dict) else None
                    for name, one in self.models.items():
                        if model is not None:
                            self.assertEqual(one.is_valid(value), name == model)
                elif problems:
                    refused |= codes if len(codes) == 1 else set()
                elif len(codes) == 1:
                    (code,) = codes
                    excused = code in BEYOND or (code in PARTLY and PARTLY[code](value))
                    self.assertTrue(excused, f"{code}: the schema does not refuse it")
        self.assertGreater(seen, 700)
        # What is said to be beyond a schema is; and each error that is not is seen alone in some label.
        self.assertEqual(refused & (set(BEYOND) - {"parameter.aliasConflict"}), set())
        expressible = {
            one["code"]
            for one in read("diagnostics.json")["codes"]
            if one["level"] == "error" and not one["code"].startswith("syntax.") and one["code"] not in BEYOND
        }
        self.assertEqual(expressible - refused, set(), "no label has it alone")

    def test_on_mutations_of_labels(self) -> None:
        chance = random.Random(20261121)
        values = [None, "", [], {}, 0, 1, 5, 5.0, 2.5, True, "a", " ", "5", "customize", "base", "16:9"]
        values += [["https://a.com/1.jpg"], ["https://a.com/1.jpg"] * 3, [{}], [None], "https://a.com/1.mp4"]
        names = ["multi_shot", "shot_type", "prompt", "video_list", "sound", "size", "imageUrls", "model"]
        names += ["element_id", "multi_prompt", "last_frame"]
        requests = [one for _, label in labels() for one in requests_of(label) if one.get("model")]
        server, agreed = self.server(), 0
        for _ in range(3000):
            request = copy.deepcopy(chance.choice(requests))
            for _ in range(chance.randint(1, 3)):
                holder = chance.choice(list(containers(request)))
                if isinstance(holder, dict):
                    name = chance.choice([*holder, *names])
                    if name in holder and chance.random() < 0.3:
                        del holder[name]
                    else:
                        holder[name] = copy.deepcopy(chance.choice(values))
                elif holder:
                    holder[chance.randrange(len(holder))] = copy.deepcopy(chance.choice(values))
            text = json.dumps(request, ensure_ascii=False)
            found = diagnostics(server, text)
            problems, codes = self.problems(without_doubles(request, found)), errors(found)
            if problems:
                self.assertTrue(codes, f"the schema alone refuses {text}: {problems}")
            else:
                unknown = codes - set(BEYOND) - set(PARTLY)
                self.assertEqual(unknown, set(), f"the validator alone refuses {text}")
                agreed += not codes
        self.assertGreater(agreed, 300)


def requests_of(label: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        value = parsed(label)
    except ValueError:
        return []
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def containers(value: Any) -> Iterator[Any]:
    if isinstance(value, (dict, list)):
        yield value
        for one in value.values() if isinstance(value, dict) else value:
            yield from containers(one)
