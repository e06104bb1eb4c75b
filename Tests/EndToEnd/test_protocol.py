"""The published contract: generated, valid, and what the server does."""

from __future__ import annotations

import json
import re
import subprocess
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness import CLIP, Case, RPCFailure, Server, binary
from schemas import DIALECT, PROTOCOL, jsonschema_rs, needs_jsonschema, read, within
from test_transcripts import Matcher, parse, unparse

NOBODY = "kt_00000000000000000000000000"
FILES = {path.relative_to(PROTOCOL) for path in PROTOCOL.rglob("*.json")}
SCHEMAS = [path for path in FILES if path.parts[0] == "schemas"]
OPENRPC: dict[str, Any] = read("openrpc.json")
METHODS: dict[str, dict[str, Any]] = {one["name"]: one for one in OPENRPC["methods"]}

# Calls that are in order, but for the task, which there is none of.
CALLS: dict[str, dict[str, Any]] = {
    "validate": {"request": CLIP},
    "submit": {"request": CLIP, "dryRun": True},
    "status": {"task": NOBODY},
    "wait": {"task": NOBODY, "timeoutSeconds": 0},
    "subscribe": {"task": NOBODY},
    "unsubscribe": {"subscription": "sub_0"},
    "cancel": {"task": NOBODY},
    "adopt": {"taskId": "task_nobody"},
    "download": {"task": NOBODY},
}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([binary(), *arguments], capture_output=True, text=True, timeout=20, check=False)


class Generated(Case):
    def test_what_is_committed_is_what_the_program_writes(self) -> None:
        folder = self.place.path / "new" / "protocol"
        folder.mkdir(parents=True)
        # Tables that say nothing: all of them are written anew.
        page = (PROTOCOL / "README.md").read_text()
        bare = re.sub(r"(<!-- generated: .*? -->).*?(<!-- end -->)", r"\1\2", page, flags=re.S)
        self.assertLess(len(bare), len(page) * 0.6)
        (folder / "README.md").write_text(bare)
        done = run("schema", "--write", str(folder))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        written = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
        self.assertEqual(written, FILES | {Path("README.md")})
        for path in sorted(written):
            with self.subTest(path=str(path)):
                self.assertEqual(
                    (folder / path).read_text(),
                    (PROTOCOL / path).read_text(),
                    f"protocol/{path} is out of date: kling-server schema --write protocol",
                )

    def test_a_table_that_there_is_none_of_is_told(self) -> None:
        page = self.place.path / "README.md"
        for text in ("<!-- generated: nonsense --><!-- end -->", "<!-- generated: errors -->"):
            page.write_text(text)
            done = run("schema", "--write", str(self.place.path))
            self.assertEqual((done.returncode, page.read_text()), (2, text))
            self.assertRegex(done.stderr, "nonsense|errors")

    def test_one_document_is_printed(self) -> None:
        names = run("schema").stdout.split()
        self.assertEqual(len(names), len(FILES))
        texts = {run("schema", name).stdout for name in names}
        self.assertEqual(texts, {(PROTOCOL / path).read_text() for path in FILES})
        for wrong in (("nothing",), ("openrpc", "task"), ("openrpc", "--write", str(self.place.path))):
            done = run("schema", *wrong)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertGreater(len(done.stderr), 10)
        nowhere = self.place.path / "file"
        nowhere.write_text("")
        self.assertEqual(run("schema", "--write", str(nowhere)).returncode, 2)

    def test_both_languages_are_there(self) -> None:
        for path in sorted(FILES):
            for place, one in objects(read(str(path))):
                if isinstance(one.get("description"), str):
                    self.assertRegex(one.get("x-description-zh", ""), "[\u4e00-\u9fff]", f"{path} {place}")


def objects(value: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        yield place, value
        for name, one in value.items():
            yield from objects(one, f"{place}/{name}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from objects(one, f"{place}/{number}")


class Documents(unittest.TestCase):
    @needs_jsonschema
    def test_every_schema_is_one(self) -> None:
        for path in SCHEMAS:
            schema = read(str(path))
            jsonschema_rs.meta.validate(schema)
            self.assertEqual(schema["$schema"], DIALECT)
            self.assertEqual(schema["$id"], path.name)

    def test_references_lead_somewhere(self) -> None:
        for path in FILES:
            document = read(str(path))
            for place, one in objects(document):
                target = one.get("$ref")
                if not isinstance(target, str):
                    continue
                file, _, pointer = target.partition("#")
                found: Any = read(f"schemas/{file}") if file else document
                for token in pointer.split("/")[1:]:
                    found = found[token]
                self.assertTrue(found, f"{path} {place}")

    def test_the_document_is_openrpc(self) -> None:
        # OpenRPC 1.3.2: the members that each object may have, and those that it must.
        def check(value: dict[str, Any], needed: str, *others: str) -> None:
            names = {name for name in value if not name.startswith("x-")}
            self.assertLessEqual(set(needed.split()), names, value)
            self.assertLessEqual(names, {*needed.split(), *others}, value)

        check(OPENRPC, "openrpc info methods", "components", "servers", "externalDocs")
        check(OPENRPC["info"], "title version", "description")
        self.assertEqual(OPENRPC["openrpc"], "1.3.2")
        self.assertEqual(len(METHODS), len(OPENRPC["methods"]))
        check(OPENRPC["components"], "schemas errors")
        for error in OPENRPC["components"]["errors"].values():
            check(error, "code message", "data")
            self.assertIs(type(error["code"]), int)
        for method in (*OPENRPC["methods"], *OPENRPC["x-notifications"]):
            check(method, "name params", "summary", "paramStructure", "result", "errors")
            self.assertEqual(method["paramStructure"], "by-name")
            descriptors = [*method["params"], *([method["result"]] if "result" in method else [])]
            for one in descriptors:
                check(one, "name schema", "description", "summary", "required")
            names = [one["name"] for one in method["params"]]
            self.assertEqual(len(set(names)), len(names))
            for group in (*method.get("x-exactly-one", []), *method.get("x-at-most-one", [])):
                self.assertLessEqual(set(group), set(names))
            for error in method.get("errors", []):
                self.assertEqual(list(error), ["$ref"])
        for method in OPENRPC["methods"]:
            check(method, "name params result errors summary", "paramStructure")

    @needs_jsonschema
    def test_the_schemas_in_it_are_schemas(self) -> None:
        for one in OPENRPC["components"]["schemas"].values():
            jsonschema_rs.meta.validate({"$schema": DIALECT, **one})
        for method in (*OPENRPC["methods"], *OPENRPC["x-notifications"]):
            for one in (*method["params"], *([method["result"]] if "result" in method else [])):
                jsonschema_rs.meta.validate({"$schema": DIALECT, **one["schema"]})

    def test_every_code_has_sentences_in_both_languages(self) -> None:
        codes = read("diagnostics.json")["codes"]
        self.assertEqual(len({one["code"] for one in codes}), len(codes))
        for one in codes:
            levels = {sentence["level"] for sentence in one["sentences"]}
            self.assertIn(one["level"], levels)
            self.assertLessEqual(levels, {"error", "warning", "information", "hint", "off"})
            for sentence in one["sentences"]:
                self.assertEqual(set(sentence), {"level", "en", "zh", "source"})
                self.assertRegex(sentence["zh"], "[\u4e00-\u9fff]")
                facts = [set(re.findall(r"\{(\w+)", sentence[locale])) for locale in ("en", "zh")]
                self.assertLessEqual(facts[1], facts[0], one["code"])


def samples(schema: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """Values that a parameter's schema takes, and such that it does not."""
    right: list[Any] = []
    wrong: list[Any] = []
    kind = schema.get("type")
    if "const" in schema:
        right, wrong = [schema["const"]], [not schema["const"]]
    elif "enum" in schema:
        right, wrong = schema["enum"], ["nonsense", 5]
    elif "$ref" in schema:
        wrong = ["text", 5, []]
    elif kind in ("integer", "number"):
        right = [schema[name] for name in ("minimum", "maximum") if name in schema]
        wrong = [one + step for one, step in zip(right, (-1, 1))] + ["5", True]
        wrong += [1.5] if kind == "integer" else []
    elif kind == "array":
        inner = samples(schema["items"])
        right, wrong = [[], *([one] for one in inner[0])], ["text", {}, *([one] for one in inner[1])]
    elif kind == "object":
        inner = samples(schema.get("additionalProperties", {}))
        right, wrong = [{}], ["text", [], *({"code": one} for one in inner[1])]
    elif kind == "boolean":
        right, wrong = [True, False], ["true", 1, []]
    elif kind == "string":
        wrong = [5, {}, []]
    return right, wrong


class Behaviour(Case):
    """What the document says of the methods is what the server does."""

    def test_the_server_answers_with_the_document(self) -> None:
        server = self.server()
        self.assertEqual(server.call("rpc.discover"), OPENRPC)
        hello = server.call("hello")
        self.assertEqual(hello["methods"], list(METHODS))
        self.assertEqual(hello["notifications"], [one["name"] for one in OPENRPC["x-notifications"]])
        self.assertEqual(hello["server"]["version"], OPENRPC["info"]["version"])

    def refused(self, server: Server, method: str, params: dict[str, Any], *words: str) -> None:
        failure = server.fails(method, **params)
        self.assertEqual(failure.code, -32602, f"{method} {params}: {failure}")
        for word in words:
            self.assertIn(word, failure.message, f"{method} {params}")

    def test_each_method_takes_its_parameters_and_no_other(self) -> None:
        server = self.simulated()
        for name, method in METHODS.items():
            names = [one["name"] for one in method["params"]]
            with self.subTest(method=name):
                takes = f"it takes {', '.join(names)}" if names else "this method takes none"
                failure = server.fails(name, **{"~" * 40: 1})
                self.assertEqual(failure.code, -32602)
                self.assertTrue(failure.message.endswith(f'"{"~" * 40}"; {takes}'), failure.message)

    def test_needed_parameters_are_needed(self) -> None:
        server = self.simulated()
        for name, method in METHODS.items():
            for one in method["params"]:
                if one["required"]:
                    call = {key: value for key, value in CALLS[name].items() if key != one["name"]}
                    self.refused(server, name, call, f"{one['name']} is missing")
                    self.refused(server, name, {**call, one["name"]: None}, f"{one['name']} is missing")
            for group in method.get("x-exactly-one", []):
                rest = {key: value for key, value in CALLS[name].items() if key not in group}
                self.refused(server, name, rest, *group)
            for group in (*method.get("x-exactly-one", []), *method.get("x-at-most-one", [])):
                rest = {key: value for key, value in CALLS[name].items() if key not in group}
                both = {one: ["b"] if one == "tasks" else "a" for one in group[:2]}
                self.refused(server, name, {**rest, **both}, " one of ")

    def test_values_are_taken_and_refused_as_the_document_says(self) -> None:
        server = self.simulated()
        for name, method in METHODS.items():
            groups = method.get("x-exactly-one", [])
            for one in method["params"]:
                rest = dict(CALLS.get(name, {}))
                for group in groups:
                    if one["name"] in group:
                        rest = {key: value for key, value in rest.items() if key not in group}
                right, wrong = samples(one["schema"])
                for value in right:
                    with self.subTest(method=name, parameter=one["name"], value=value):
                        try:
                            server.call(name, **{**rest, one["name"]: value})
                        except RPCFailure as failure:
                            self.assertNotEqual(failure.code, -32602, failure)
                for value in wrong:
                    with self.subTest(method=name, parameter=one["name"], value=value):
                        self.refused(server, name, {**rest, one["name"]: value}, one["name"])

    def test_patterns_are_the_servers(self) -> None:
        server = self.simulated()
        patterns = {
            ("submit", "idempotencyKey"): (["a", "~" * 191], ["", " ", "a b", "~" * 192, "é"]),
            ("hello", "locale"): (["en", "ZH", "zh-CN", "en_US"], ["", "fr", "eng", "-en"]),
            ("validate", "locale"): (["en", "zh-Hant-TW"], ["fr", "english"]),
            ("list", "cursor"): ([NOBODY], ["", "kt_1", NOBODY + "0"]),
        }
        for (name, parameter), (right, wrong) in patterns.items():
            (schema,) = (one["schema"] for one in METHODS[name]["params"] if one["name"] == parameter)
            for value in (*right, *wrong):
                with self.subTest(method=name, parameter=parameter, value=value):
                    self.assertEqual(bool(re.search(schema["pattern"], value)), value in right)
                    try:
                        server.call(name, **CALLS.get(name, {}), **{parameter: value})
                        self.assertIn(value, right)
                    except RPCFailure as failure:
                        self.assertEqual((failure.code, value in wrong), (-32602, True), failure)

    def test_the_options_of_hello_are_those_of_the_document(self) -> None:
        server = self.simulated()
        (options,) = (one["schema"] for one in METHODS["hello"]["params"] if one["name"] == "options")
        names = list(options["properties"])
        self.refused(server, "hello", {"options": {"~" * 40: 1}}, f"there are {', '.join(names)}")
        for name, schema in options["properties"].items():
            server.call("hello", options={name: None})
            for value in ([], 1.5):
                self.refused(server, "hello", {"options": {name: value}}, name)
            for value in (schema.get("minimum"), schema.get("maximum")):
                if value is not None:
                    server.call("hello", options={name: value})
        budget = options["properties"]["budget"]["pattern"]
        for text in ("20/day", "300s/day", "20/day,300s/day", "20 / day, 300s/day", "x", "20", "20/hour", ""):
            taken = True
            try:
                server.call("hello", options={"budget": text})
            except RPCFailure:
                taken = False
            self.assertEqual(bool(re.search(budget, text)), taken, text)


@needs_jsonschema
class Results(Case):
    """Every answer and notification is as described, without a member that is not."""

    def check(self, validator: Any, value: Any, what: str) -> None:
        problems = [f"{list(one.instance_path)}: {one.message[:300]}" for one in validator.iter_errors(value)]
        self.assertEqual(problems, [], what)

    def call(self, server: Server, method: str, **params: Any) -> Any:
        result = server.call(method, 30, **params)
        self.check(within(OPENRPC, METHODS[method]["result"]["schema"]), result, f"{method} {params}")
        return result

    def fails(self, server: Server, method: str, **params: Any) -> RPCFailure:
        failure = server.fails(method, 30, **params)
        codes = {
            (error["code"], (error.get("data") or {}).get("type"))
            for one in METHODS[method]["errors"]
            for error in [OPENRPC["components"]["errors"][one["$ref"].rpartition("/")[2]]]
        }
        self.assertIn((failure.code, failure.data.get("type")), codes, failure)
        if failure.data:
            data = within(OPENRPC, {"$ref": "#/components/schemas/ErrorData"})
            self.check(data, failure.data, str(failure))
        return failure

    def test_answers(self) -> None:
        server = self.simulated(speed=500)
        self.call(server, "hello", client={"name": "test"}, logLevel="debug", options={"strict": None})
        for method in ("models", "shutdown", "list", "rpc.discover"):
            self.call(server, method)
        shots = [{"index": number, "prompt": "a", "duration": number + 1} for number in (1, 2)]
        board = {"model": "kling-v3", "multi_shot": True, "shot_type": "customize", "multi_prompt": shots}
        edit = {
            "model": "kling-video-o1",
            "prompt": "a",
            "video_list": [{"video_url": "https://a.com/1.mp4"}],
        }
        muddle = {"seconds": "6", "duration": 5, "modle": "x", "prompt": "@dog"}
        for request in (CLIP, board, edit, {}, muddle):
            self.call(server, "validate", request=request)
            self.call(server, "validate", text=json.dumps(request, indent=1))
            self.call(server, "validate", text=json.dumps([request, board]), locale="zh")
        for text in ("", "{", "[]", '{"model": "kling-v3" "prompt": "a", "a": {"b": 1, "b": 2}}', "5"):
            self.call(server, "validate", text=text)
        self.call(server, "submit", request=edit, dryRun=True)
        failure = self.fails(server, "submit", request={**CLIP, "duration": "5"})
        self.assertTrue(failure.data["diagnostics"])
        self.call(server, "subscribe", all=True)
        task = self.call(server, "submit", request=CLIP, idempotencyKey="k", labels={"a": "b"})
        for method in ("status", "wait"):
            self.call(server, method, task=task["id"])
        again = self.call(server, "submit", request=CLIP, idempotencyKey="k")
        self.assertIs(again["deduplicated"], True)
        twice = self.call(server, "submit", request=CLIP)
        self.assertEqual(twice["diagnostics"][0]["code"], "submit.possibleDuplicate")
        self.fails(server, "submit", request=board, idempotencyKey="k")
        self.call(server, "wait", tasks=[task["id"], twice["id"]])
        self.call(server, "list", limit=1)
        self.call(server, "download", task=task["id"], directory="videos")
        self.call(server, "download", task=task["id"], directory="videos")
        (self.place.path / "taken.mp4").write_bytes(b"")
        self.fails(server, "download", task=task["id"], path=str(self.place.path / "taken.mp4"))
        self.fails(server, "cancel", task=task["id"])
        self.fails(server, "status", task=NOBODY)
        self.fails(server, "adopt", taskId="task_nobody")
        mine = self.call(server, "subscribe", task=task["id"], since=0)
        other = self.call(server, "subscribe", all=True)
        self.call(server, "unsubscribe", subscription=other["subscription"])
        server.until(lambda: server.notifications("subscription/end"))
        self.assertEqual(server.notifications("subscription/end")[-1]["subscription"], mine["subscription"])
        for one in OPENRPC["x-notifications"]:
            seen = server.notifications(one["name"])
            self.assertTrue(seen, one["name"])
            names = {member["name"]: member["schema"] for member in one["params"]}
            needed = [member["name"] for member in one["params"] if member["required"]]
            whole = within(OPENRPC, {"type": "object", "properties": names, "required": needed})
            for params in seen:
                self.check(whole, params, one["name"])

    def test_answers_of_a_gateway_in_trouble(self) -> None:
        server = self.simulated("--max-active", "1", speed=1)
        held = self.call(server, "submit", request=CLIP)
        waiting = self.call(server, "submit", request={**CLIP, "prompt": "b"}, waitFor="queued")
        self.call(server, "status", task=waiting["id"])
        self.call(server, "cancel", task=waiting["id"])
        self.assertEqual(self.fails(server, "cancel", task=held["id"]).code, 409)
        self.call(server, "cancel", task=held["id"], abandon=True)
        budget = self.simulated("--budget", "0/day")
        self.fails(budget, "submit", request=CLIP)
        keyless = self.server("--gateway", "http://127.0.0.1:9")
        self.fails(keyless, "submit", request={**CLIP, "prompt": "c"})


class Page(Case):
    """The examples of the README, replayed."""

    def test_its_examples_hold(self) -> None:
        blocks = re.findall(r"```jsonrpc\n(.*?)```", (PROTOCOL / "README.md").read_text(), re.S)
        self.assertGreaterEqual(len(blocks), 5)
        for number, block in enumerate(blocks):
            with self.subTest(example=number):
                self.play(block, self.simulated())

    def play(self, block: str, server: Server) -> None:
        matcher, read = Matcher(), 0
        for line in block.splitlines():
            arrow, message = line[:3], pattern(line[4:])
            if arrow == "-->":
                server.send_raw(unparse(matcher.fill(message)))
                continue
            # `<--` is the next answer, `<~~` some notification to come.
            while True:
                found = parse(server.until(lambda at=read: server.messages[at:], 20)[0])
                read += 1
                is_notification = isinstance(found, dict) and "method" in found
                if is_notification != (arrow == "<~~"):
                    continue
                if not is_notification or matcher.matches(message, found):
                    break
            self.assertTrue(matcher.matches(message, found), f"{line}\n{unparse(found)}")


def pattern(text: str) -> Any:
    """An example as a transcript's pattern: `…` for members leaves room, in a string it names a value."""
    pieces = re.split(r'("(?:\\.|[^"\\])*")', text)
    # The strings are every second piece.
    pieces[::2] = [one.replace("…", '"$rest":true') for one in pieces[::2]]
    return loose(parse("".join(pieces)))


def loose(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: loose(one) for name, one in value.items()}
    if isinstance(value, list):
        return [loose(one) for one in value]
    if type(value) is not str or "…" not in value:
        return value
    return {"$regex": re.escape(value[1:]) + "$"} if value.startswith("…") else {"$id": value}


if __name__ == "__main__":
    unittest.main()
