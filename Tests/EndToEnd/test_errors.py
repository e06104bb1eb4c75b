"""Every row of the table of errors, over real HTTP, in both languages: as a reply, and on a task."""

from __future__ import annotations

import itertools
import re
import unittest
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable

from harness import CLIP, ROOT, Case, RPCFailure, Server, wait_for

from gateway import Gateway
from task_book import KLING_WORDS

OTHER = {**CLIP, "prompt": "A silver dog in the rain"}
NUMBERS = itertools.count()
# What must never be advised where a create could be paid for twice.
AGAIN = re.compile(r"try again|submit again|resubmit|再试|重新提交一次", re.I)


class Scene:
    """One server in one language, and the gateway it talks to."""

    def __init__(
        self, case: ErrorCase, locale: str, faults: list[str], *arguments: str, key: bool = True
    ) -> None:
        self.case, self.locale = case, locale
        self.gateway = Gateway(speed=0, faults=faults).start()
        case.addCleanup(self.gateway.stop)
        journal = str(case.place.path / f"{next(NUMBERS)}.db")
        self.server: Server = case.server(
            "--gateway", self.gateway.url, "--locale", locale, "--journal", journal, *arguments,
            env={"KLING_API_KEY": "k" if key else None},
        )  # fmt: skip

    def refused(self, **params: Any) -> RPCFailure:
        return self.server.fails("submit", 20, **{"request": CLIP, **params})

    def submitted(self, **params: Any) -> dict[str, Any]:
        return self.server.submit(20, **params)

    def completed(self) -> str:
        task = self.submitted()["id"]
        self.end(task)
        return task

    def end(self, task: str) -> dict[str, Any]:
        """The task at its end, whichever that is."""
        self.gateway.clock.advance(10_000)
        return self.server.call("status", task=task, refresh=True)

    def unread(self, *faults: str) -> dict[str, Any]:
        """The task after a look at the gateway that did not work."""
        task = self.submitted()["id"]
        self.gateway.faults = list(faults)
        return self.server.call("status", 20, task=task, refresh=True)

    def unfetched(self, *faults: str) -> RPCFailure:
        """What a download is answered that does not work."""
        task = self.completed()
        self.gateway.faults = list(faults)
        return self.server.fails("download", 30, task=task, directory=str(self.case.place.videos))


Reply = Callable[[Scene], RPCFailure]
# What an error says of money, of repeating, and of the request to make instead.
Says = tuple[str, str, "str | None"]
# Of each row: the faults, what is called, and what the answer says.
Row = tuple[list[str], Reply, str, str, "str | None"]


def no_result(scene: Scene) -> RPCFailure:
    return scene.server.fails("download", task=scene.submitted()["id"])


def same_key(scene: Scene) -> RPCFailure:
    scene.submitted(idempotencyKey="one")
    return scene.refused(request=OTHER, idempotencyKey="one")


def down(scene: Scene) -> RPCFailure:
    task = scene.completed()
    scene.gateway.stop()
    return scene.server.fails("download", 30, task=task, directory=str(scene.case.place.videos))


def unknown_id(scene: Scene) -> RPCFailure:
    return scene.server.fails("adopt", taskId="task_unknown")


def file_is_there(scene: Scene) -> RPCFailure:
    path = scene.case.place.path / f"{scene.locale}.mp4"
    path.touch()
    return scene.server.fails("download", task=scene.completed(), path=str(path))


def file_cannot_be(scene: Scene) -> RPCFailure:
    blocked = scene.case.place.path / "file"
    blocked.touch()
    return scene.server.fails("download", task=scene.completed(), directory=str(blocked / "in"))


def journal_is_garbage(scene: Scene) -> RPCFailure:
    (scene.case.place.path / "garbage.db").write_bytes(b"no journal " * 500)
    return scene.refused()


def over_budget(scene: Scene) -> RPCFailure:
    scene.submitted()
    return scene.refused(request=OTHER)


def withdrawn(scene: Scene) -> RPCFailure:
    number = scene.server.ask("submit", {"request": CLIP, "waitFor": "completed"})
    wait_for(lambda: scene.gateway.creates, why="the create")
    wait_for(lambda: scene.server.call("list", states=["submitted"])["tasks"], why="its answer")
    scene.server.send("$/cancelRequest", {"id": number})
    return RPCFailure(scene.server.reply(number)["error"])


REPLIES: dict[str, list[Row]] = {
    "request_cancelled": [([], withdrawn, "unknown", "never", "wait")],
    "validation_error": [
        ([], lambda s: s.refused(request={**CLIP, "duration": "5"}), "no", "never", None),
    ],
    "invalid_request_error": [
        (["400"], Scene.refused, "no", "never", None),
        (["413"], Scene.refused, "no", "never", None),
        (["500-build_request_failed"], Scene.refused, "no", "never", None),
        (["400:message=Invalid parameter value (code%3A 1201)"], Scene.refused, "no", "never", None),
    ],
    "authentication_error": [
        (["401"], Scene.refused, "no", "never", None),
    ],
    "permission_error": [
        (["403"], Scene.refused, "no", "never", None),
        (["429:message=Trigger the IP whitelisting policy (1304)"], Scene.refused, "no", "never", None),
    ],
    "payment_required": [
        (["402"], Scene.refused, "no", "never", None),
        (["429:message=Account in arrears (code%3A 1101)"], Scene.refused, "no", "never", None),
        (["error-in-200:status=402"], Scene.refused, "no", "never", None),
    ],
    "task_not_found": [
        ([], lambda s: s.server.fails("status", task="kt_" + 26 * "0"), "no", "never", "list"),
        ([], unknown_id, "no", "never", None),
        ([], lambda s: s.server.fails("wait", task="task_unknown"), "no", "never", "list"),
    ],
    "conflict": [
        ([], same_key, "no", "never", "status"),
        ([], lambda s: s.server.fails("cancel", task=s.submitted()["id"]), "unknown", "never", "wait"),
        ([], lambda s: s.server.fails("cancel", task=s.completed()), "yes", "never", "status"),
        ([], no_result, "unknown", "never", "wait"),
        ([], file_is_there, "yes", "never", None),
    ],
    "result_expired": [
        (
            ["expired-link:forever"],
            lambda s: s.unfetched(),
            "yes", "never", "status",
        ),
    ],
    "rate_limit_error": [([], lambda s: s.unfetched("429:on=file"), "yes", "now", "download")],
    "budget_exceeded": [([], over_budget, "no", "after", None)],
    "server_error": [([], lambda s: s.unfetched("500:on=file"), "yes", "now", "download")],
    "bad_gateway": [
        (["redirect"], Scene.refused, "no", "never", None),
        ([], lambda s: s.unfetched("not-a-video"), "yes", "never", "download"),
    ],
    "unreachable": [
        ([], down, "yes", "now", "download"),
        ([], lambda s: s.unfetched("reset"), "yes", "now", "download"),
        ([], lambda s: s.unfetched("503:on=file"), "yes", "now", "download"),
        ([], lambda s: s.unfetched("truncated-body:on=file"), "yes", "now", "download"),
    ],
    "timeout": [([], lambda s: s.unfetched("504:on=file"), "yes", "now", "download")],
    "journal_unavailable": [([], journal_is_garbage, "no", "never", None)],
    "content_policy": [
        (["400:message=Failure to pass the risk control (code%3A 1301)"], Scene.refused, "no", "never", None),
        (["400:message=Trigger strategy of the platform (code%3A 1300)"], Scene.refused, "no", "never", None),
    ],
    "file_system_error": [([], file_cannot_be, "yes", "now", "download")],
}  # fmt: skip

# Tasks of which nobody knows whether they exist: fault of the create, type.
UNCONFIRMED = {
    "500:on=create": "server_error",
    "502:on=create": "bad_gateway",
    "503:on=create": "unreachable",
    "504:on=create": "timeout",
    "408:on=create": "timeout",
    "html-error:on=create": "bad_gateway",
    "garbage-200:on=create": "bad_gateway",
    "truncated-body:on=create": "bad_gateway",
    "error-in-200:on=create": "server_error",
    "reset-before-accept": "unreachable",
    "reset-after-accept": "unreachable",
}

# Kling's own codes of a task that has failed, and their types.
KLING = {
    1000: "authentication_error",
    1100: "payment_required",
    1101: "payment_required",
    1102: "payment_required",
    1103: "permission_error",
    1200: "invalid_request_error",
    1201: "invalid_request_error",
    1300: "content_policy",
    1301: "content_policy",
    1302: "rate_limit_error",
    1303: "rate_limit_error",
    1304: "permission_error",
    5000: "server_error",
}
PASSING = (1302, 1303)


class ErrorCase(Case):
    def rows(self) -> dict[str, int]:
        """The types of the published table, with their codes."""
        page = (ROOT / "protocol" / "README.md").read_text()
        table = page.partition("<!-- generated: errors -->")[2].partition("<!-- end -->")[0]
        return {kind: int(code) for code, kind in re.findall(r"^\| (-?\d+) \| `(\w+)` \|", table, re.M)}

    def each(self) -> Iterator[str]:
        yield from ("en", "zh")

    def assert_says(self, error: dict[str, Any], locale: str, kind: str, says: Says) -> None:
        billed, retry, next = says
        data = error["data"]
        self.assertEqual(error["code"], self.rows()[kind])
        self.assertEqual((data["type"], data["billed"]), (kind, billed), error)
        self.assertRegex(data["retry"], r"^after:\d+$" if retry == "after" else f"^{retry}$")
        self.assertEqual(data.get("next", {}).get("method"), next, error)
        is_chinese = re.search(r"[\u4e00-\u9fff]", error["message"]) is not None
        self.assertEqual(is_chinese, locale == "zh", error["message"])
        self.assertIn("message", data)
        if billed != "no":
            self.assertNotRegex(error["message"], AGAIN)


class Replies(ErrorCase):
    def test_there_is_a_case_for_every_row(self) -> None:
        self.assertEqual(set(REPLIES), set(self.rows()))

    def test_every_row_says_what_it_costs_and_what_to_do(self) -> None:
        # Side by side: a download that does not work is tried several times before it is given up.
        with ThreadPoolExecutor(8) as pool:
            found = [
                (locale, kind, number, pool.submit(self.one, locale, kind, case))
                for locale in self.each()
                for kind, cases in REPLIES.items()
                for number, case in enumerate(cases)
            ]
            for locale, kind, number, result in found:
                with self.subTest(locale=locale, kind=kind, number=number):
                    result.result()

    def one(self, locale: str, kind: str, row: Row) -> None:
        faults, call, billed, retry, next = row
        arguments = ["--budget", "1/day"] if kind == "budget_exceeded" else []
        if kind == "journal_unavailable":
            arguments = ["--journal", str(self.place.path / "garbage.db")]
        scene = Scene(self, locale, faults, *arguments)
        found = call(scene)
        error = {"code": found.code, "message": found.message, "data": found.data}
        self.assert_says(error, locale, kind, (billed, retry, next))
        if billed == "no" and kind not in ("conflict", "budget_exceeded"):
            self.assertEqual(scene.gateway.creates, 0)
        # What is offered instead is a request that the server takes.
        offered = found.data.get("next")
        if offered and offered["method"] in ("list", "status", "wait"):
            scene.gateway.faults = []
            params = offered["params"]
            if offered["method"] == "wait":
                params = {**params, "timeoutSeconds": 0}
            scene.server.call(offered["method"], **params)
        scene.server.close()
        scene.gateway.stop()

    def test_without_a_key(self) -> None:
        for locale in self.each():
            scene = Scene(self, locale, [], key=False)
            found = scene.refused()
            error = {"code": found.code, "message": found.message, "data": found.data}
            self.assert_says(error, locale, "authentication_error", ("no", "never", None))
            self.assertIn("KLING_API_KEY", found.message)


class Tasks(ErrorCase):
    def test_a_refused_task_keeps_why(self) -> None:
        for locale in self.each():
            for kind, cases in REPLIES.items():
                for faults, call, billed, retry, next in cases:
                    if call is not Scene.refused:
                        continue
                    with self.subTest(locale=locale, kind=kind, faults=faults):
                        scene = Scene(self, locale, faults)
                        scene.refused()
                        (task,) = scene.server.call("list")["tasks"]
                        self.assertEqual((task["state"], task["billed"]), ("failed", "no"))
                        self.assert_says(task["error"], locale, kind, (billed, retry, next))
                        self.assertEqual(task["error"]["data"]["task"], task["id"])
                        scene.server.close()

    def test_a_task_that_may_exist_is_unconfirmed_and_says_how_to_find_out(self) -> None:
        for locale in self.each():
            for fault, kind in UNCONFIRMED.items():
                with self.subTest(locale=locale, fault=fault):
                    scene = Scene(self, locale, [fault])
                    task = scene.submitted()
                    self.assertEqual((task["state"], task["billed"]), ("unconfirmed", "unknown"))
                    self.assert_says(task["error"], locale, kind, ("unknown", "never", None))
                    self.assertIn("`adopt`", task["error"]["message"])
                    self.assertEqual(scene.gateway.create_requests, 1)
                    scene.server.close()

    def test_a_task_in_line_says_why_it_is_not_taken(self) -> None:
        for locale in self.each():
            for fault, kind in (
                ("429:retry-after=600", "rate_limit_error"),
                ("429-1303:retry-after=600", "rate_limit_error"),
                ("503-retry-after:retry-after=600", "unreachable"),
            ):
                with self.subTest(locale=locale, fault=fault):
                    scene = Scene(self, locale, [fault])
                    task = scene.submitted(timeoutSeconds=0)["id"]
                    shown = wait_for(
                        lambda s=scene, t=task: (r := s.server.call("status", task=t))["error"] and r, 10
                    )
                    self.assertEqual((shown["state"], shown["billed"]), ("queued", "no"))
                    self.assert_says(shown["error"], locale, kind, ("no", "never", "wait"))
                    scene.server.close()

    def test_a_task_that_cannot_be_read_says_why_and_goes_on(self) -> None:
        for locale in self.each():
            for fault, kind in (
                ("401", "authentication_error"),
                ("403", "permission_error"),
                ("404", "task_not_found"),
                ("408", "timeout"),
                ("429", "rate_limit_error"),
                ("429:retry-after=7", "rate_limit_error"),
                ("500", "server_error"),
                ("502", "bad_gateway"),
                ("503", "unreachable"),
                ("503-retry-after:retry-after=9", "unreachable"),
                ("504", "timeout"),
                ("garbage-200", "bad_gateway"),
                ("html-error", "bad_gateway"),
                ("truncated-body", "bad_gateway"),
                ("error-in-200", "server_error"),
                ("redirect", "bad_gateway"),
                ("reset", "unreachable"),
            ):
                with self.subTest(locale=locale, fault=fault):
                    scene = Scene(self, locale, [])
                    task = scene.unread(f"{fault}:on=read")
                    self.assertEqual((task["state"], task["degraded"]), ("submitted", True))
                    # It is asked for again by itself: to submit anew would pay twice.
                    self.assert_says(task["error"], locale, kind, ("unknown", "never", "wait"))
                    scene.server.call("cancel", task=task["id"], abandon=True)
                    given_up = scene.server.call("status", task=task["id"])
                    self.assertEqual((given_up["state"], given_up["error"]), ("abandoned", None))
                    self.assertEqual(given_up["billed"], "yes")
                    scene.server.close()

    def test_a_task_that_is_being_sent_says_nothing_of_the_attempt_before(self) -> None:
        scene = Scene(self, "en", ["429:x1:retry-after=1:on=create"])
        server = scene.server
        server.call("subscribe", all=True)
        task = scene.submitted(timeoutSeconds=10)
        for one in server.notifications("task/update"):
            shown = one["params"]["task"] if "params" in one else one["task"]
            if shown["state"] == "submitting":
                self.assertIsNone(shown["error"])
        self.assertEqual((task["state"], task["error"]), ("submitted", None))

    def test_klings_own_codes_are_told_apart_on_a_task_that_has_failed(self) -> None:
        self.assertLessEqual(set(KLING_WORDS), set(KLING))
        for locale in self.each():
            for code, kind in KLING.items():
                # What a task that has failed costs is known only when the gateway says so.
                costs = (("", "unknown"), (":cost=0", "no"), (":cost=0.5", "yes"))
                for cost, billed in costs if code in PASSING or locale == "en" else costs[:1]:
                    with self.subTest(locale=locale, code=code, cost=cost):
                        scene = Scene(self, locale, [f"failed:code={code}{cost}"])
                        task = scene.end(scene.submitted()["id"])
                        self.assertEqual((task["state"], task["billed"]), ("failed", billed))
                        passes = code in PASSING and billed == "no"
                        retry, next = ("after:60", "submit") if passes else ("never", None)
                        self.assert_says(task["error"], locale, kind, (billed, retry, next))
                        self.assertIn(str(code), task["error"]["data"]["message"])
                        if passes:
                            offered = task["error"]["data"]["next"]["params"]
                            self.assertEqual(offered["request"]["prompt"], CLIP["prompt"])
                        scene.server.close()


if __name__ == "__main__":
    unittest.main()
