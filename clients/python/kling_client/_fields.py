"""How an answer's members become fields: each field names its wire spelling and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Callable, TypeVar

_V = TypeVar("_V", bound="WireValue")


@dataclass(frozen=True)
class WireValue:
    """A read-only value from the wire. `raw` is the whole JSON object, with members not known here.

    A member that is absent, null or of another JSON type than its field leaves the field at its default:
    a newer server never breaks an older client.
    """

    raw: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_wire(cls: type[_V], value: Any) -> _V:
        """Read one from its JSON object; anything else is a value without members."""
        raw = dict(value) if isinstance(value, Mapping) else {}
        known: dict[str, Any] = {}
        for name, spec in cls.__dataclass_fields__.items():
            key = spec.metadata.get("wire")
            if key is None or raw.get(key) is None:
                continue
            read = spec.metadata["read"](raw[key])
            if read is not None:
                known[name] = read
        return cls(raw=raw, **known)


def anything(key: str) -> Any:
    """A member of any JSON type."""
    return _field(key, None, lambda value: value)


def text(key: str, default: str | None = None) -> Any:
    """A string."""
    return _field(key, default, _typed(str))


def flag(key: str) -> Any:
    """A boolean, false when absent."""
    return _field(key, False, _typed(bool))


def integer(key: str) -> Any:
    """A whole number."""
    return _field(key, None, lambda value: value if _is_number(value, int) else None)


def number(key: str) -> Any:
    """A number."""
    return _field(key, None, lambda value: value if _is_number(value, (int, float)) else None)


def time(key: str) -> Any:
    """RFC 3339, as an aware datetime."""
    return _field(key, None, _time)


def mapping(key: str) -> Any:
    """An object, empty when absent."""
    return field(default_factory=dict, metadata={"wire": key, "read": _typed(dict)})


def optional_mapping(key: str) -> Any:
    """An object, None when absent."""
    return _field(key, None, _typed(dict))


def array(key: str) -> Any:
    """An array, empty when absent."""
    return field(default_factory=list, metadata={"wire": key, "read": _typed(list)})


def array_of(key: str, cls: type[WireValue]) -> Any:
    """An array of `cls`, empty when absent."""

    def read(value: Any) -> list[WireValue] | None:
        return [cls.from_wire(item) for item in value] if isinstance(value, list) else None

    return field(default_factory=list, metadata={"wire": key, "read": read})


def _field(key: str, default: Any, read: Callable[[Any], Any]) -> Any:
    return field(default=default, metadata={"wire": key, "read": read})


def _typed(kind: type) -> Callable[[Any], Any]:
    return lambda value: value if isinstance(value, kind) else None


def _is_number(value: Any, kind: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _time(value: Any) -> datetime | None:
    # Python 3.9 and 3.10 do not read the Z of RFC 3339.
    try:
        return datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
