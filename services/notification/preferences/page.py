"""The preferences page as HTML: complete without a script, a login, or anything fetched from elsewhere. Pure.

Every value is escaped; the style is part of the page and allowed by its hash, and nothing else is.
"""

import base64
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import DictLoader, Environment, StrictUndefined

from services.notification.audience.profile import permission_text
from services.notification.preferences.words import LANGUAGES, Words
from services.notification.values import Permission
from shared.contracts.common import Channel, Purpose

FOLDER = Path(__file__).parent / "pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    name: str
    label: str
    hint: str
    ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every page has: its language, whom it speaks for, and the token in its address, empty without one."""

    language: str
    brand: str
    token: str

    @property
    def words(self) -> Words:
        return LANGUAGES[self.language]


def what_of(words: Words, permission: Permission) -> str:
    channel, purpose = words.channels[permission.channel], words.purposes[permission.purpose][0]
    return words.pair.format(channel=channel, purpose=purpose)


class Pages:
    """Read once; after that nothing changes."""

    def __init__(self, folder: Path = FOLDER) -> None:
        sources = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}
        self._pages = Environment(
            loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._style = (folder / "style.css").read_text(encoding="utf-8")
        digest = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()
        # The address holds a token: it is to be kept, and passed on, by nobody.
        self.headers: Mapping[str, str] = {
            "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'",
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex, nofollow",
        }

    def choices(
        self,
        frame: Frame,
        rows: Mapping[Channel, tuple[Purpose, ...]],
        granted: Collection[Permission],
        *,
        stop: Permission | None = None,
        status: str | None = None,
    ) -> str:
        """All choices. `stop` is offered to be ended by one button first; `status` says what has just been done."""
        words = frame.words
        groups = [
            (words.channels[channel], [_box(words, Permission(channel, purpose), granted) for purpose in purposes])
            for channel, purposes in rows.items()
        ]
        return self._render("choices.html", frame, groups=groups, stop=stop and what_of(words, stop), status=status)

    def notice(self, frame: Frame, title: str, text: str, *, stop: Permission | None = None) -> str:
        """A page that only says something; `stop` may be ended on it all the same."""
        return self._render("notice.html", frame, heading=title, text=text, stop=stop and what_of(frame.words, stop))

    def _render(self, name: str, frame: Frame, **values: object) -> str:
        return self._pages.get_template(name).render(
            words=frame.words,
            language=frame.language,
            languages={tag: words.name for tag, words in LANGUAGES.items()},
            brand=frame.brand,
            token=frame.token,
            style=self._style,
            **values,
        )


def _box(words: Words, permission: Permission, granted: Collection[Permission]) -> Box:
    label, hint = words.purposes[permission.purpose]
    return Box(name=permission_text(permission), label=label, hint=hint, ticked=permission in granted)
