"""MJML, which mail programs cannot read, compiled to the HTML that all of them can: when a version is saved. Pure.

The statements of a template stand in it untouched, inside `mj-text` and the like, or in `mj-raw` around whole sections.
Nothing is fetched and nothing included: mrml, the port of MJML to Rust, is given no way to.
"""

import mrml

from shared.errors import InvalidInput

MOST_TAGS = 2_000
"""Tags within tags are followed by recursion: 6,000 of them were seen to exhaust the stack, which ends the process."""


def compile_mjml(source: str) -> str:
    """Raises InvalidInput (`template_invalid`) saying what is wrong, for what is no MJML."""
    if source.count("<") > MOST_TAGS:
        raise _invalid(f"it has more than {MOST_TAGS} tags")
    try:
        return str(mrml.to_html(source).content)
    except OSError as error:
        raise _invalid(str(error)) from None


def _invalid(reason: str) -> InvalidInput:
    return InvalidInput(f"this is no MJML: {reason}", code="template_invalid", field="mjml")
