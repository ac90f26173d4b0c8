"""`suanbei search`; and the filters of search as options, for every command that takes them."""

import inspect
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Annotated, Any, TypeVar, get_args, get_origin

import typer
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from rich.table import Table
from rich.text import Text as Styled

from suanbei.common.errors import UsageError
from suanbei.common.settings import Settings
from suanbei.common.terminal import AsJsonLines, print_json, terminal
from suanbei.common.texts import Language, Text, language_of
from suanbei.registry.cells.divisions import division
from suanbei.registry.cells.vocabulary import STATUS_TEXTS
from suanbei.search_api.commands.opening import open_filled
from suanbei.search_api.deps import Services
from suanbei.search_api.filings import search_filings
from suanbei.search_api.params import FilterParams, SearchParams

app = typer.Typer()

Params = TypeVar("Params", bound=FilterParams)
Command = Callable[..., None]
_NOT_OPTIONS = ("q", "limit", "cursor", "facets")
HEADERS = (
    Text("备案编号", "number"),
    Text("名称", "name"),
    Text("主体", "entity"),
    Text("应用产品", "product"),
    Text("清单", "list"),
    Text("状态", "status"),
)
FOUND = Text("共 {total} 项，显示 {shown} 项", "{total} found, {shown} shown")
MEANT = Text("您是不是要找：{texts}", "did you mean: {texts}")
READ_AS = Text("按“{text}”检索", "searched for: {text}")
FILTERED = Text("“{word}”作为筛选条件：{value}", "“{word}” taken as a filter: {value}")
NAMED = Text(
    "主体：{name}（{active} 项有效，共 {filings} 项）",
    "company: {name} ({active} active of {filings})",
)
LIMITED = Text("检索达到时限，可能有遗漏", "the search reached its time limit: some may be missing")


def with_filters(model: type[Params]) -> Callable[[Command], Command]:
    """Give a command the text and an option for each filter, before options of its own.

    The command gets them as its first argument, an instance of the model. A value that does not fit is
    a UsageError that names the option.
    """

    def decorate(command: Command) -> Command:
        _, *own = inspect.signature(command).parameters.values()
        fields = {n: one for n, one in model.model_fields.items() if n not in _NOT_OPTIONS}

        @wraps(command)
        def run(text: list[str] | None = None, **given: Any) -> None:
            chosen = {name: given[name] for name in fields if given[name] is not None}
            try:
                asked = model.model_validate(chosen | {"q": " ".join(text or ())})
            except ValidationError as error:
                first = error.errors()[0]
                option = str(first["loc"][0]).replace("_", "-")
                raise UsageError(f"--{option} {first['input']}: {first['msg']}") from error
            command(asked, **{parameter.name: given[parameter.name] for parameter in own})

        words = Annotated[list[str] | None, typer.Argument(metavar="TEXT", help="any fragment")]
        options = {"text": words} | {name: _option(name, one) for name, one in fields.items()}
        by_name = inspect.Parameter.KEYWORD_ONLY
        parameters = [
            inspect.Parameter(name, by_name, default=None, annotation=kind)
            for name, kind in options.items()
        ]
        parameters += [one.replace(kind=by_name) for one in own]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return decorate


def _option(name: str, field: FieldInfo) -> Any:
    """The type of an option; its help is what the parameter means, or which values it takes."""
    kind = field.annotation
    several = get_origin(kind) is list
    if several:
        [kind] = get_args(kind)
    values = kind if isinstance(kind, type) and issubclass(kind, StrEnum) else ()
    said = field.description or ", ".join(filter(None, values))
    option = typer.Option("--" + name.replace("_", "-"), help=said, show_default=False)
    given: Any = list[str] if several else str
    return Annotated[given | None, option]


@app.command()
@with_filters(SearchParams)
def search(
    asked: SearchParams,
    limit: Annotated[int, typer.Option(min=1, max=100, help="so many at most")] = 20,
    as_json: AsJsonLines = False,
) -> None:
    """Find filings by any fragment. 按任意片段查找备案。"""
    settings = Settings.load()
    parts = Services(settings, open_filled(settings))
    with parts.database.read() as session:
        query = asked.model_copy(update={"limit": limit, "facets": False}).query(session)
    answer = search_filings(parts, query)
    if as_json:
        for item in answer["items"]:
            print_json(item)
    else:
        _show(settings, answer)
    if not answer["total"]:
        raise typer.Exit(1)


def _show(settings: Settings, answer: dict[str, Any]) -> None:
    language = language_of(settings.language)
    table = Table(box=None, pad_edge=False)
    for place, header in enumerate(HEADERS):
        # A number is there to be copied: it is never broken.
        table.add_column(header.say(language), overflow="fold", no_wrap=not place)
    for item in answer["items"]:
        marked = item["match"]["highlights"]
        table.add_row(
            _marked(item["number"], marked.get("number")),
            _marked(item["name"], marked.get("name")),
            _marked(item["entity"]["name"], marked.get("entity")),
            _marked(item["product"], marked.get("product")),
            item["first_period"],
            STATUS_TEXTS[item["status"]].say(language),
        )
    console = terminal()
    if interpreted := answer["interpreted"]:
        if interpreted["text"]:
            console.print(READ_AS.say(language, text=interpreted["text"]))
        for one in interpreted["filters"]:
            value = _value_text(one, language)
            console.print(FILTERED.say(language, word=one["word"], value=value))
    for one in answer["companies"]:
        console.print(
            NAMED.say(language, name=one["name"], active=one["active"], filings=one["filings"])
        )
    if answer["items"]:
        console.print(table)
    if answer["did_you_mean"]:
        console.print(MEANT.say(language, texts="  ".join(answer["did_you_mean"])))
    if answer["limited"]:
        console.print(LIMITED.say(language))
    console.print(FOUND.say(language, total=answer["total"], shown=len(answer["items"])))


def _value_text(one: dict[str, str], language: Language) -> str:
    if one["name"] == "status":
        return STATUS_TEXTS[one["value"]].say(language)
    city = division(one["value"].ljust(6, "0")) if one["name"] == "division" else None
    return city.name if city else one["value"]


def _marked(text: str, ranges: list[tuple[int, int]] | None) -> Styled:
    styled = Styled(text)
    for start, end in ranges or ():
        styled.stylize("bold", start, end)
    return styled
