"""The filters of search as command line options, read off their one definition."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError

from suanbei.common.errors import UsageError
from suanbei.search_api.params import FilterParams

Params = TypeVar("Params", bound=FilterParams)
Command = Callable[..., None]
_NOT_OPTIONS = ("q", "limit", "cursor", "facets")


def with_filters(model: type[Params]) -> Callable[[Command], Command]:
    """Give a command the text and an option for each filter, before options of its own.

    The command gets them as its first argument, an instance of the model. A value that does not fit is
    a UsageError that names the option.
    """

    def decorate(command: Command) -> Command:
        _, *own = inspect.signature(command).parameters.values()
        names = [name for name in model.model_fields if name not in _NOT_OPTIONS]

        @wraps(command)
        def run(text: list[str] | None = None, **given: Any) -> None:
            chosen = {name: given[name] for name in names if given[name] is not None}
            try:
                asked = model.model_validate(chosen | {"q": " ".join(text or ())})
            except ValidationError as error:
                first = error.errors()[0]
                said = f"--{first['loc'][0]} {first['input']}: {first['msg']}"
                raise UsageError(said) from error
            command(asked, **{parameter.name: given[parameter.name] for parameter in own})

        words = Annotated[list[str] | None, typer.Argument(metavar="TEXT", help="any fragment")]
        parameters = [_keyword("text", words, None)]
        parameters += [_keyword(name, _option(model, name), None) for name in names]
        parameters += [_keyword(one.name, one.annotation, one.default) for one in own]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return decorate


def _keyword(name: str, kind: Any, default: Any) -> inspect.Parameter:
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, keyword, default=default, annotation=kind)


def _option(model: type[FilterParams], name: str) -> Any:
    """The type of an option; its help is what the parameter means, or which values it takes."""
    schema = model.model_json_schema()
    described = schema["properties"][name]
    items = described.get("items", described)
    reference = items.get("$ref") or next(iter(items.get("allOf", [{}]))).get("$ref", "")
    values = schema.get("$defs", {}).get(reference.rsplit("/", 1)[-1], {}).get("enum", [])
    said = str(described.get("description") or ", ".join(value for value in values if value))
    option = typer.Option("--" + name.replace("_", "-"), help=said, show_default=False)
    kind: Any = list[str] if described.get("type") == "array" else str
    return Annotated[kind | None, option]
