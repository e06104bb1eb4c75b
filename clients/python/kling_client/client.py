"""The blocking face. Any number of threads may share one client."""

from __future__ import annotations

from concurrent.futures import TimeoutError as WaitTimeout
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from . import _calls
from ._actions import Action, Call, NextUpdate, Script, Step
from ._face import Face, dress
from ._feed import Feed
from ._generate import generate
from .model import Task

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Concatenate, ParamSpec, Self

    P = ParamSpec("P")

T = TypeVar("T")


def _blocking(build: Callable[P, Action[T]]) -> Callable[Concatenate[Kling, P], T]:
    def method(self: Kling, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._do(build(*args, **kwargs))

    return dress(method, build)


def _opening(build: Callable[P, Call[Feed]]) -> Callable[Concatenate[Kling, P], Updates]:
    def method(self: Kling, /, *args: P.args, **kwargs: P.kwargs) -> Updates:
        return Updates(self, self._run(build(*args, **kwargs)))

    return dress(method, build, lambda _: "Updates")


class Kling(Face):
    """A kling-server and its methods, blocking. Use as a context manager, or call `close`.

        with Kling(simulate=True) as kling:
            print(kling.generate({"model": "kling-v3", "prompt": "A cat in the sun"}, directory="."))

    Every failure is a `KlingError`. A KeyboardInterrupt in a call cancels that call alone. When the server
    dies, every waiting call and iteration raises `ServerGone`, and so does every later one: it is never
    restarted behind the caller's back.
    """

    hello = _blocking(_calls.hello)
    validate = _blocking(_calls.validate)
    submit = _blocking(_calls.submit)
    dry_run = _blocking(_calls.dry_run)
    status = _blocking(_calls.status)
    wait = _blocking(_calls.wait)
    subscribe = _opening(_calls.subscribe)
    follow = _opening(_calls.follow)
    unsubscribe = _blocking(_calls.unsubscribe)
    list = _blocking(_calls.list_tasks)
    cancel = _blocking(_calls.cancel)
    adopt = _blocking(_calls.adopt)
    download = _blocking(_calls.download)
    models = _blocking(_calls.models)
    call = _blocking(_calls.call)
    generate = _blocking(generate)

    def close(self) -> None:
        """End the server and wait until it is gone. Idempotent. The next server resumes unfinished tasks."""
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _do(self, action: Action[T]) -> T:
        if not isinstance(action, Script):
            return self._run(action)
        step = next(action.steps, None)
        try:
            while step is not None:
                try:
                    result = self._run(step)
                except BaseException as error:
                    step = action.steps.throw(error)
                else:
                    step = action.steps.send(result)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        raise RuntimeError("a script without a result")

    def _run(self, step: Step[T]) -> T:
        future = step.start(self._connection)
        try:
            return future.result(step.timeout)
        except WaitTimeout:
            if future.cancel():
                raise step.timed_out() from None
            return future.result()  # the answer came at the last moment
        except BaseException:
            future.cancel()
            raise


class Updates:
    """An iterator of `Task`, also a context manager. Leaving the loop, or `close`, ends the subscription."""

    def __init__(self, client: Kling, feed: Feed) -> None:
        self._client = client
        self._feed = feed

    @property
    def subscription(self) -> str:
        """The subscription's id."""
        return self._feed.subscription

    @property
    def seq(self) -> int | None:
        """The newest `seq` seen; pass it as `since` to go on from here later."""
        return self._feed.seq

    @property
    def tasks(self) -> list[Task]:
        """The tasks as they were when the subscription began."""
        return self._feed.tasks

    @property
    def snapshot(self) -> bool:
        """Whether the history asked for by `since` is gone and `tasks` stands in for it."""
        return self._feed.snapshot

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Task:
        return self.next()

    def next(self, timeout: float | None = None) -> Task:
        """Return the next update, waiting at most `timeout` seconds. After `CallTimeout` one can go on."""
        task = self._client._run(NextUpdate(self._feed, timeout))
        if task is None:
            raise StopIteration
        return task

    def close(self) -> None:
        """Unsubscribe and end the iteration, also one that another thread waits in."""
        self._feed.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        self._feed.close()
