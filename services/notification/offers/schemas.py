"""Documents and coupon codes over HTTP."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from shared.web.schemas import RequestModel, ResponseModel

ListName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,59}$", examples=["spring_offer"])]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the content, in hex")]


class DocumentRead(ResponseModel):
    digest: str = Field(description="by which a template names it")
    media_type: str
    size: int = Field(description="bytes")
    uploaded_by: str
    uploaded_at: datetime


class CodesAdded(RequestModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"codes": ["SPRING-7F3K", "SPRING-9Q2M"]}]})

    codes: Annotated[
        list[Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,64}$", description="printable ASCII without blanks")]],
        Field(min_length=1, max_length=5000),
    ]


class CouponListRead(ResponseModel):
    name: str
    free: int = Field(description="codes that were not given yet")
    given: int


class CodesTaken(CouponListRead):
    added: int = Field(description="of those sent; the others were on the list already")
