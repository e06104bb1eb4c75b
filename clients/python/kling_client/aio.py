"""The asyncio face: the same calls, awaited. It may be used from any running event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from . import _calls
from ._actions import Action, Call, NextUpdate, Script, Step
from ._face import Face, dress
from ._feed import Feed
from ._generate import generate
from .model import Task

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator
    from types import TracebackType

    from typing_extensions import Concatenate, ParamSpec, Self

    P = ParamSpec("P")

T = TypeVar("T")


def _awaiting(build: Callable[P, Action[T]]) -> Callable[Concatenate[AsyncKling, P], Coroutine[Any, Any, T]]:
    async def method(self: AsyncKling, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._do(build(*args, **kwargs))

    return dress(method, build)


def _opening(build: Callable[P, Call[Feed]]) -> Callable[Concatenate[AsyncKling, P], AsyncUpdates]:
    def method(self: AsyncKling, /, *args: P.args, **kwargs: P.kwargs) -> AsyncUpdates:
        return AsyncUpdates(self, build(*args, **kwargs))

    return dress(method, build, lambda _: "AsyncUpdates")


class AsyncKling(Face):
    """A kling-server and its methods, awaited. Use with ``async with``, or await `close`.

        async with AsyncKling(simulate=True) as kling:
            async for task in kling.follow(await kling.submit({"model": "kling-v3", "prompt": "A cat"})):
                print(task.state, task.progress)

    Cancelling an await sends `$/cancelRequest`; a task already accepted goes on. See `Kling` for the rest.
    """

    hello = _awaiting(_calls.hello)
    validate = _awaiting(_calls.validate)
    submit = _awaiting(_calls.submit)
    dry_run = _awaiting(_calls.dry_run)
    status = _awaiting(_calls.status)
    wait = _awaiting(_calls.wait)
    subscribe = _opening(_calls.subscribe)
    follow = _opening(_calls.follow)
    unsubscribe = _awaiting(_calls.unsubscribe)
    list = _awaiting(_calls.list_tasks)
    cancel = _awaiting(_calls.cancel)
    adopt = _awaiting(_calls.adopt)
    download = _awaiting(_calls.download)
    models = _awaiting(_calls.models)
    call = _awaiting(_calls.call)
    generate = _awaiting(generate)

    async def close(self) -> None:
        """End the server and wait until it is gone. Idempotent."""
        await asyncio.get_running_loop().run_in_executor(None, self._finalizer)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _do(self, action: Action[T]) -> T:
        if not isinstance(action, Script):
            return await self._run(action)
        step = next(action.steps, None)
        try:
            while step is not None:
                try:
                    result = await self._run(step)
                except BaseException as error:
                    step = action.steps.throw(error)
                else:
                    step = action.steps.send(result)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        raise RuntimeError("a script without a result")

    async def _run(self, step: Step[T]) -> T:
        return await self._outcome(step.start(self._connection), step)

    async def _outcome(self, future: Future[T], step: Step[T]) -> T:
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), step.timeout)
        except asyncio.TimeoutError:
            if future.cancel() or future.cancelled():
                raise step.timed_out() from None
            return future.result()  # the answer came at the last moment
        except BaseException:
            future.cancel()
            raise


class AsyncUpdates:
    """An async iterator of `Task`, also a context manager. Awaiting it waits for the subscription.

    The request leaves at once, the iteration starts with its answer. Leaving the loop ends the subscription.
    """

    def __init__(self, client: AsyncKling, call: Call[Feed]) -> None:
        self._client = client
        self._call = call
        self._opening = call.start(client._connection)
        self._feed: Feed | None = None

    @property
    def feed(self) -> Feed:
        """The subscription's `subscription`, `seq`, `tasks` and `snapshot`, once awaited or iterated."""
        if self._feed is None:
            raise RuntimeError("not subscribed yet: await it first")
        return self._feed

    def __await__(self) -> Generator[Any, None, Self]:
        return self._opened().__await__()

    async def _opened(self) -> Self:
        if self._feed is None:
            self._feed = await self._client._outcome(self._opening, self._call)
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Task:
        await self._opened()
        task = await self._client._run(NextUpdate(self.feed))
        if task is None:
            raise StopAsyncIteration
        return task

    async def aclose(self) -> None:
        """Unsubscribe and end the iteration, also one that another coroutine waits in."""
        self._opening.cancel()
        if self._feed is not None:
            self._feed.stop()

    async def __aenter__(self) -> Self:
        return await self._opened()

    async def __aexit__(self, *_: Any) -> None:
        await self.aclose()

    def __del__(self) -> None:
        opening = getattr(self, "_opening", None)
        if opening is not None and not opening.cancel():
            _close_opened(opening)


def _close_opened(opening: Future[Feed]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
