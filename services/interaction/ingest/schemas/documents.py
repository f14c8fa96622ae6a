"""Whole requests as structs: a batch of interactions, and CloudEvents in structured mode."""

from typing import Annotated, Any, Literal

import msgspec
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, create_model

from services.interaction.ingest.schemas.inbound import INBOUND_TYPES
from services.interaction.ingest.schemas.requests import InteractionStruct
from shared.structs import struct_union


class _Document(BaseModel):
    """The attributes that senders of events usually give; one that has others is read with the codec."""

    model_config = ConfigDict(extra="forbid")

    specversion: Literal["1.0"]
    id: str = Field(min_length=1, max_length=200)
    source: str = Field(min_length=1, max_length=200)
    time: AwareDatetime
    subject: Annotated[str, Field(max_length=200)] | None = None
    datacontenttype: Literal["application/json"] | None = None


def _document_of(event_type: str, model: type[BaseModel]) -> type[BaseModel]:
    kind: Any = Literal[event_type]
    return create_model(model.__name__, __base__=_Document, type=(kind, ...), data=(model, ...))


EVENT: Any = struct_union(tuple(_document_of(*item) for item in INBOUND_TYPES.items()), tag="type")
"""One event: its attributes, and its data as the struct of its type."""

BATCH: Any = msgspec.defstruct(
    "Batch", [("items", list.__class_getitem__(InteractionStruct))], forbid_unknown_fields=True
)
"""The body of /v1/interactions/batch."""
