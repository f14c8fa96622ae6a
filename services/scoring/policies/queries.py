"""Where the policy comes from: a file that the settings name, or the one that is shipped."""

from importlib import resources
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from services.scoring.policies.document import parse_policy
from services.scoring.policies.policy import Policy
from shared.errors import InvalidInput


def read_policy(path: Path | None = None) -> Policy:
    """The policy in the file at `path`, or the shipped default. Raises InvalidInput naming what is wrong with it."""
    if path is None:
        return parse_policy(resources.files(__package__).joinpath("default.json").read_text("utf-8"))
    try:
        return parse_policy(path.read_text("utf-8"))
    except OSError as error:
        raise InvalidInput(f"the policy file {path} cannot be read: {error}", code="policy_unreadable") from error


async def _policy_of(request: Request) -> Policy:
    policy: Policy = request.app.state.policy
    return policy


PolicyDep = Annotated[Policy, Depends(_policy_of)]
"""The policy this process scores under."""
