"""What the two faces share: construction, lifetime, and binding a method to its one definition."""

from __future__ import annotations

import inspect
import os
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Callable, TypeVar

from ._connection import Connection, Listener
from ._options import Path, Server, launch
from ._process import ServerProcess

F = TypeVar("F", bound=Callable[..., Any])


class Face:
    """Starts kling-server, and ends it when this object is closed, collected, or the interpreter exits.

    If this process dies without any of these, SIGKILL included, the server notices by its closed pipes.
    """

    def __init__(
        self,
        *,
        server: Server | None = None,
        simulate: bool | str = False,
        gateway: str | None = None,
        api_key: str | None = None,
        journal: Path | None = None,
        max_active: int | None = None,
        budget: str | None = None,
        download_dir: Path | None = None,
        locale: str | None = None,
        args: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        on_notification: Listener | None = None,
    ) -> None:
        """Start the server.

        `server`: the binary, or a whole command (default: found, see the README). `simulate`: True, or a SPEC
        such as "speed=50,fault=stuck"; needs no key and no network. `api_key` travels in the environment,
        never in the arguments. `args` and `env` are added to the server's own. `on_notification(method,
        params)` is called for every notification, on the reading thread: it must be quick and must not make
        calls.
        """
        start = launch(
            server,
            simulate=simulate,
            gateway=gateway,
            api_key=api_key,
            journal=journal,
            max_active=max_active,
            budget=budget,
            download_dir=download_dir,
            locale=locale,
            args=args,
            env=env,
        )
        process = ServerProcess(start, None if cwd is None else os.fspath(cwd))
        self._connection = Connection(process, on_notification)
        # Runs at collection and at exit; the connection must not refer back to this object.
        self._finalizer = weakref.finalize(self, self._connection.close)

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._connection.process.pid

    @property
    def is_open(self) -> bool:
        """Whether calls can be made: neither closed nor has the server gone."""
        return self._connection.is_open

    def __repr__(self) -> str:
        return f"<{type(self).__name__} server pid={self.pid} {'open' if self.is_open else 'closed'}>"


def dress(method: F, build: Callable[..., Any], result: Callable[[str], str] = lambda name: name) -> F:
    """Give a bound method the name, documentation and signature of its definition, for `help` and editors."""
    signature = inspect.signature(build)
    receiver = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    returns = str(signature.return_annotation)
    returns = returns[returns.find("[") + 1 : -1]
    method.__name__ = build.__name__.replace("list_tasks", "list")
    method.__doc__ = build.__doc__
    method.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[receiver, *signature.parameters.values()], return_annotation=result(returns)
    )
    return method
