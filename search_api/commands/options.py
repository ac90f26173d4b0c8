"""The filters of search as command line options, read off their one definition."""

import inspect
from collections.abc import Callable, Mapping
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

    The command gets them as its first argument, an instance of the model.
    """

    def decorate(command: Command) -> Command:
        _, *own = inspect.signature(command).parameters.values()
        names = [name for name in model.model_fields if name not in _NOT_OPTIONS]

        @wraps(command)
        def run(text: list[str] | None = None, **given: Any) -> None:
            asked = read_params(model, {name: given[name] for name in names}, text)
            command(asked, **{parameter.name: given[parameter.name] for parameter in own})

        options = [_option(model, name) for name in names]
        parameters = [_TEXT, *options, *(_keyword(p.name, p.annotation, p.default) for p in own)]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return decorate


def _keyword(name: str, kind: Any, default: Any) -> inspect.Parameter:
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, keyword, default=default, annotation=kind)


_TEXT = _keyword(
    "text",
    Annotated[list[str] | None, typer.Argument(metavar="TEXT", help="any fragment")],
    None,
)


def _option(model: type[FilterParams], name: str) -> inspect.Parameter:
    many = model.model_fields[name].get_default() == []
    flag = "--" + name.replace("_", "-")
    option = typer.Option(flag, help=_help(model, name), show_default=False)
    kind: Any = list[str] | None if many else str | None
    return _keyword(name, Annotated[kind, option], None)


def _help(model: type[FilterParams], name: str) -> str:
    """What the parameter means, or which values it takes."""
    schema = model.model_json_schema()
    described = schema["properties"][name]
    items = described.get("items", described)
    reference = items.get("$ref") or next(iter(items.get("allOf", [{}]))).get("$ref", "")
    values = schema.get("$defs", {}).get(reference.rsplit("/", 1)[-1], {}).get("enum", [])
    return str(described.get("description") or ", ".join(value for value in values if value))


def read_params(model: type[Params], given: Mapping[str, Any], text: list[str] | None) -> Params:
    """Options as parameters.

    Raises:
        UsageError: a value that does not fit, naming the option.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        return model.model_validate(chosen | {"q": " ".join(text or ())})
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"--{first['loc'][0]} {first['input']}: {first['msg']}") from error
