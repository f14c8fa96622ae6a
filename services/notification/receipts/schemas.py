"""Reports over HTTP."""

from pydantic import Field

from shared.web.schemas import ResponseModel


class ReportTaken(ResponseModel):
    """`code` and `msg` are what Alibaba Cloud wants to read."""

    code: int = 0
    msg: str = "ok"
    taken: int = Field(description="how many reports concerned messages of ours")
