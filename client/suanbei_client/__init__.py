"""A client for the API of Suanbei, for programs with and without asyncio."""

from suanbei_client.client import ApiError, AsyncSuanbei, Suanbei
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
