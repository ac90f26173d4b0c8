"""`suanbei receipt`: a check that can be proven later, and the proof."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from suanbei.common.errors import ReceiptInvalid, UsageError
from suanbei.common.files import read_whole
from suanbei.common.settings import Settings
from suanbei.common.terminal import AsJson, print_answer, print_json
from suanbei.common.texts import Text, language_of
from suanbei.registry.receipts import check_receipt, public_key_set

app = typer.Typer()

AS_SIGNED = Text(
    "{file}：与签发时一致；{issued_at} 签发，编号 {id}",
    "{file}: as signed, {issued_at}, receipt {id}",
)


@app.command()
def receipt(
    words: Annotated[
        list[str], typer.Argument(metavar="NUMBER | check FILE | keys", help="- reads stdin")
    ],
    entity: Annotated[str, typer.Option(help="the company said to own the number")] = "",
    reference: Annotated[str, typer.Option(help="your own reference, printed on it")] = "",
    keys: Annotated[
        Path | None,
        typer.Option(help="with check: the JWK set, as /.well-known/jwks.json gives it"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A signed record of a check, as JSON; `check FILE --keys FILE` proves one. 核验回执。"""
    settings = Settings.load()
    if words[0] == "check":
        if len(words) != 2 or keys is None:
            raise UsageError("receipt check: FILE and --keys JWKS-FILE are wanted")
        _check(words[1], keys, settings, as_json=as_json)
    elif words == ["keys"]:
        from suanbei.registry.database import open_database

        with open_database(settings).read() as session:
            print_json(public_key_set(session, settings))
    elif len(words) == 1:
        from suanbei.search_api.commands.opening import open_filled
        from suanbei.search_api.deps import Services
        from suanbei.search_api.receipts import issue_for_number

        parts, language = Services(settings, open_filled(settings)), language_of(settings.language)
        issued = issue_for_number(parts, words[0], entity, reference, language)
        typer.echo(orjson.dumps(issued, option=orjson.OPT_INDENT_2).decode())
        answer = issued["answer"]
        raise typer.Exit(0 if answer["verdict"] == "active" and not answer["others"] else 1)
    else:
        raise UsageError("receipt: one number at a time")


def _check(file: str, keys: Path, settings: Settings, *, as_json: bool) -> None:
    """Check a receipt offline: without registry and network.

    Raises:
        ReceiptInvalid: it is not as it was signed.
    """
    try:
        issued = orjson.loads(read_whole(file))
    except orjson.JSONDecodeError as error:
        raise ReceiptInvalid(f"{file}: not as it was signed: no JSON ({error})") from error
    try:
        key_set = orjson.loads(read_whole(keys))
    except orjson.JSONDecodeError as error:
        raise UsageError(f"{keys}: no JSON ({error})") from error
    check_receipt(issued, key_set)
    facts = {"file": file, "issued_at": issued["issued_at"], "id": issued["id"]}
    print_answer(AS_SIGNED, settings, as_json, **facts)
