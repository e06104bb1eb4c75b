"""Python's validators over the lines of a file, each with its usual reader of JSON. Usage: validate.py NAME FILE SCHEMA."""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Annotated, Any, Callable, Literal

name, file, schema_path = sys.argv[1:4]
lines = Path(file).read_bytes().splitlines()
schema: dict[str, Any] = json.loads(Path(schema_path).read_text(encoding="utf-8"))


def rust() -> Callable[[bytes], bool]:
    import jsonschema_rs
    import orjson

    is_valid = jsonschema_rs.validator_for(schema).is_valid
    return lambda line: is_valid(orjson.loads(line))


def fast() -> Callable[[bytes], bool]:
    import fastjsonschema
    import orjson

    check = fastjsonschema.compile(schema)

    def run(line: bytes) -> bool:
        try:
            check(orjson.loads(line))
        except fastjsonschema.JsonSchemaValueException:
            return False
        return True

    return run


def plain() -> Callable[[bytes], bool]:
    import jsonschema
    import orjson

    is_valid = jsonschema.Draft7Validator(schema).is_valid
    return lambda line: is_valid(orjson.loads(line))


def model() -> Callable[[bytes], bool]:
    from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, TypeAdapter, ValidationError

    text = Annotated[str, Field(min_length=1, max_length=2500)]

    class Strict(BaseModel):
        model_config = ConfigDict(extra="forbid")

    class Shot(Strict):
        index: Annotated[StrictInt, Field(ge=1, le=6)]
        prompt: Annotated[str, Field(min_length=1, max_length=512)]
        duration: Annotated[StrictInt, Field(ge=1, le=15)]

    url = Annotated[str, Field(pattern="^https?://")]

    class Element(Strict):
        name: str
        description: str
        element_input_urls: Annotated[list[url], Field(min_length=2, max_length=4)]

    class Request(Strict):
        model: Literal["kling-v3"]
        prompt: text | None = None
        negative_prompt: Annotated[str, Field(max_length=2500)] | None = None
        mode: Literal["std", "pro", "4k"] | None = None
        duration: Annotated[StrictInt, Field(ge=3, le=15)] | None = None
        aspect_ratio: Literal["16:9", "9:16", "1:1"] | None = None
        image_urls: Annotated[list[url], Field(min_length=1, max_length=2)] | None = None
        watermark: StrictBool | None = None
        audio: StrictBool | None = None
        multi_shot: StrictBool | None = None
        shot_type: Literal["customize", "intelligence"] | None = None
        multi_prompt: Annotated[list[Shot], Field(min_length=1, max_length=6)] | None = None
        element_list: Annotated[list[Element], Field(min_length=1, max_length=3)] | None = None

    Request.model_rebuild(_types_namespace=locals())
    read = TypeAdapter(Request).validate_json

    def run(line: bytes) -> bool:
        try:
            read(line)
        except ValidationError:
            return False
        return True

    return run


validators = {"jsonschema-rs": rust, "fastjsonschema": fast, "jsonschema": plain, "pydantic": model}
is_valid = validators[name]()
rates, invalid = [], 0
for _ in range(3 if name == "jsonschema" else 15):
    began = time.perf_counter_ns()
    invalid = sum(not is_valid(line) for line in lines)
    rates.append(len(lines) * 1e9 / (time.perf_counter_ns() - began))
print(json.dumps({"what": "validate", "perSecond": statistics.median(rates), "invalid": invalid}))
