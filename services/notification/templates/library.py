"""The shipped templates: loaded and checked once, rendered in a sandbox with bounded output."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notification.local_days import zone_of
from services.notification.templates.catalogue import CATALOGUE, SAMPLE_INSTANT, sample_member
from services.notification.templates.context import build_context
from services.notification.values import Member, RenderedMessage, RuleName
from shared.errors import InvalidInput

LIBRARY = Path(__file__).parent / "library"
_LIMITS = {"subject": 400, "txt": 20_000, "html": 50_000}


class TemplateLibrary:
    """Templates by language and rule. Construction fails when one is missing or broken; after it nothing changes."""

    def __init__(self, folder: Path = LIBRARY, *, brand: str, default_language: str, default_time_zone: str) -> None:
        sources = _read_sources(folder)
        self.languages = tuple(sorted({name.partition("/")[0] for name in sources}))
        self._brand = brand
        self._default_language = default_language
        self._default_time_zone = default_time_zone
        self._plain = _environment(sources, autoescape=False)
        self._html = _environment(sources, autoescape=True)
        self._check()

    def language_for(self, wanted: str) -> str:
        """The language spoken that is nearest to `wanted`: itself, another of the same tongue, else the default."""
        if wanted in self.languages:
            return wanted
        tongue = wanted.partition("-")[0]
        kin = [language for language in self.languages if language.partition("-")[0] == tongue]
        return kin[0] if kin else self._default_language

    def render(
        self, rule: RuleName, *, member: Member, facts: Mapping[str, str], happened_at: datetime
    ) -> RenderedMessage:
        """Raises InvalidInput (`template_failed`) when a template needs what `facts` do not hold or grows too long."""
        language = self.language_for(member.language)
        zone = zone_of(member.time_zone, default=self._default_time_zone)
        context = build_context(member=member, facts=facts, happened_at=happened_at, language=language, zone=zone)
        context["brand"] = self._brand
        # A subject shows on lock screens and travels in events, so it cannot even name the customer.
        impersonal = {name: value for name, value in context.items() if name != "customer"}
        return RenderedMessage(
            language=language,
            subject=" ".join(self._part(language, rule, "subject", impersonal).split()),
            text=self._part(language, rule, "txt", context),
            html=self._part(language, rule, "html", context),
        )

    def _part(self, language: str, rule: RuleName, part: str, context: Mapping[str, object]) -> str:
        environment = self._html if part == "html" else self._plain
        name = f"{language}/{rule}.{part}"
        pieces: list[str] = []
        length = 0
        try:
            for piece in environment.get_template(name).generate(context):
                length += len(piece)
                if length > _LIMITS[part]:
                    raise InvalidInput(
                        f"template {name} grew beyond {_LIMITS[part]} characters", code="template_failed", field="facts"
                    )
                pieces.append(piece)
        except TemplateError as error:
            raise InvalidInput(
                f"template {name} cannot be rendered: {error}", code="template_failed", field="facts"
            ) from error
        return "".join(pieces)

    def _check(self) -> None:
        if self._default_language not in self.languages:
            raise InvalidInput(
                f"there are no templates in the default language {self._default_language}; there are some in "
                f"{', '.join(self.languages)}",
                code="policy_invalid",
                field="default_language",
            )
        for language in self.languages:
            for rule, spec in CATALOGUE.items():
                self.render(rule, member=sample_member(language), facts=spec.facts, happened_at=SAMPLE_INSTANT)


def _read_sources(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.glob("*/*"))
        if path.suffix.removeprefix(".") in _LIMITS
    }


def _environment(sources: Mapping[str, str], *, autoescape: bool) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=DictLoader(sources),
        autoescape=autoescape,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
