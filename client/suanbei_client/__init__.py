"""A client for the API of Suanbei, for programs with and without asyncio."""

from suanbei_client.aio import AsyncSuanbei
from suanbei_client.client import Suanbei
from suanbei_client.errors import ApiError
from suanbei_client.types import (
    Change,
    Entity,
    EntityRef,
    Filing,
    FilingDetail,
    Reason,
    Receipt,
    Verdict,
)

__all__ = [
    "ApiError",
    "AsyncSuanbei",
    "Change",
    "Entity",
    "EntityRef",
    "Filing",
    "FilingDetail",
    "Reason",
    "Receipt",
    "Suanbei",
    "Verdict",
]
