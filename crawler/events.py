"""What the crawling process tells the one that started it: one JSON object per line."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceStarted(_Event):
    """The first request of a source is about to be made."""

    event: Literal["source_started"] = "source_started"
    source: str
    at: AwareDatetime


class SourceFinished(_Event):
    """Nothing more will come of a source."""

    event: Literal["source_finished"] = "source_finished"
    source: str
    at: AwareDatetime


class Asked(_Event):
    """A request is about to be sent: the crawl is alive. `attempt` counts from 1."""

    event: Literal["asked"] = "asked"
    url: str
    attempt: int


class Waiting(_Event):
    """A request failed (`code`) and will be made again; its host is left alone for `seconds`."""

    event: Literal["waiting"] = "waiting"
    source: str
    url: str
    code: str
    seconds: float


class NoticeFound(_Event):
    """A notice of a source, read (with its documents) or known already.

    `leftovers` are labels of links that look like documents but match no pattern of the source.
    """

    event: Literal["notice_found"] = "notice_found"
    source: str
    url: str
    title: str
    published_on: date | None
    documents: int
    known: bool = False
    leftovers: tuple[str, ...] = ()


class DocumentFound(_Event):
    """A document that will be fetched, or that is `known` and will not."""

    event: Literal["document_found"] = "document_found"
    source: str
    url: str
    label: str
    known: bool = False


class DocumentFetched(_Event):
    """A document's body lies in `file`, a name in the folder of the job."""

    event: Literal["document_fetched"] = "document_fetched"
    source: str
    url: str
    label: str
    ordinal: int | None
    notice_url: str
    notice_title: str
    published_on: date | None
    file: str
    sha256: str
    fetched_at: AwareDatetime


class Failed(_Event):
    """A page, list or document that could not be had, after `attempts` requests.

    `label` is the document's; empty for pages and lists. `code` is that of suanbei.common.errors.
    """

    event: Literal["failed"] = "failed"
    source: str
    url: str
    label: str = ""
    code: str
    message: str
    attempts: int = 1


class Logged(_Event):
    """A log record of the crawling process."""

    event: Literal["logged"] = "logged"
    level: int
    name: str
    message: str


class Finished(_Event):
    """The last line of a crawl that came to its end."""

    event: Literal["finished"] = "finished"


class Broken(_Event):
    """The crawl cannot go on, whatever the sources: a full disk. The last line."""

    event: Literal["broken"] = "broken"
    message: str


Event = (
    SourceStarted | SourceFinished | Asked | Waiting | NoticeFound | DocumentFound
    | DocumentFetched | Failed | Logged | Finished | Broken
)  # fmt: skip

_EVENTS: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="event")])


def encode(event: Event) -> bytes:
    """An event as one line, newline included."""
    return _EVENTS.dump_json(event) + b"\n"


def decode(line: bytes) -> Event:
    """The event of a line.

    Raises:
        ValueError: the line is no event.
    """
    return _EVENTS.validate_json(line)
