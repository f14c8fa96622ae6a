"""Who may do what with this service's API."""

from typing import Annotated

from shared.web.auth import Principal, require

Reader = Annotated[Principal, require("scoring:read")]
Writer = Annotated[Principal, require("scoring:write")]
Admin = Annotated[Principal, require("scoring:admin")]
