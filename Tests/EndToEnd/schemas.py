"""The published schemas, for tests: read, tightened, and checked by jsonschema-rs where that is installed."""

from __future__ import annotations

import json
import sys
import unittest
from typing import Any

from harness import ROOT

PROTOCOL = ROOT / "protocol"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

# Tests/run.sh installs it there.
sys.path += map(str, sorted((ROOT / ".build" / "jsonschema" / "lib").glob("python3*/site-packages")))
try:
    import jsonschema_rs
except ImportError:
    jsonschema_rs = None  # type: ignore[assignment]

needs_jsonschema = unittest.skipUnless(
    jsonschema_rs, "jsonschema-rs is not installed in .build/jsonschema: PyPI cannot be reached"
)


def read(path: str) -> Any:
    return json.loads((PROTOCOL / path).read_text())


def validator(schema: dict[str, Any]) -> Any:
    """Of a schema that may refer to the published files by their names."""
    files = [read(f"schemas/{path.name}") for path in (PROTOCOL / "schemas").glob("*.json")]
    registry = jsonschema_rs.Registry([(f"json-schema:///{one['$id']}", one) for one in files])
    return jsonschema_rs.Draft202012Validator(
        schema, registry=registry, base_uri="json-schema:///", validate_formats=False
    )


def closed(schema: Any) -> Any:
    """The same, with nothing in an object that is not described; what is published leaves room for more."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    tight = {name: closed(one) for name, one in schema.items()}
    if isinstance(tight.get("properties"), dict) and tight.get("type") == "object":
        tight.setdefault("additionalProperties", False)
    return tight


def within(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """A validator of a schema inside the OpenRPC document, tightened."""
    return validator(closed({"$schema": DIALECT, **schema, "components": document["components"]}))
