"""The words in force: the shipped files, checked at the start, and the versions that were activated in their place."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Template, TemplateError, TemplateSyntaxError

from services.notification.local_days import zone_of
from services.notification.templates.catalogue import CATALOGUE, SAMPLE_INSTANT, sample_member
from services.notification.templates.context import build_context
from services.notification.templates.sandbox import BoundedEnvironment
from services.notification.templates.version import SHIPPED_VERSION, TemplateKey, TemplateVersion
from services.notification.values import Member, RenderedMessage
from shared.contracts.common import Channel
from shared.errors import InvalidInput

LIBRARY = Path(__file__).parent / "library"
_LIMITS = {"subject": 400, "txt": 20_000, "html": 100_000}
_SOURCES = {"subject": "subject", "txt": "text", "html": "html"}
# What a template may run into beside its own errors: a division by zero, a text compared with a number, and the like.
_FAULTS = (TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class _Compiled:
    version: TemplateVersion
    parts: Mapping[str, Template]


class TemplateLibrary:
    """Templates by rule, language and channel. Construction fails when a shipped one is missing or broken.

    `adopt` puts other versions in force, all at once; nothing else changes after construction.
    """

    def __init__(self, folder: Path = LIBRARY, *, brand: str, default_language: str, default_time_zone: str) -> None:
        self._sources, self._plain, self._html = _read_shipped(folder)
        self.languages = tuple(sorted({name.partition("/")[0] for name in self._sources}))
        self._brand = brand
        self._default_language = default_language
        self._default_time_zone = default_time_zone
        self._active: Mapping[TemplateKey, TemplateVersion] = {}
        self._known: dict[TemplateKey, _Compiled] = {}
        self.generation = 0
        """How many activations those in force follow from."""
        self._check()

    def language_for(self, wanted: str) -> str:
        """The language spoken that is nearest to `wanted`: itself, another of the same tongue, else the default."""
        if wanted in self.languages:
            return wanted
        tongue = wanted.partition("-")[0]
        kin = [language for language in self.languages if language.partition("-")[0] == tongue]
        return kin[0] if kin else self._default_language

    def adopt(self, versions: Iterable[TemplateVersion], *, generation: int) -> None:
        """Puts these in force, and the shipped words wherever none of them applies.

        They are compiled when they are first used: one that cannot be, holds up those messages alone that would say it.
        """
        self._active = {version.key: version for version in versions}
        self._known = {}
        self.generation = generation

    def in_force(self, rule: str, language: str, channel: Channel | None) -> int:
        """The number of the version that would be said."""
        found = self._find(rule, language, channel)
        return found.version if found is not None else SHIPPED_VERSION

    def coupon_list_of(self, template: str, language: str, channel: Channel) -> str | None:
        """The list that messages of the words in force get a code from; None where they give none away."""
        found = self._find(template, self.language_for(language), channel) if self._active else None
        return found.coupon_list if found is not None else None

    def versions_in_force(self) -> Mapping[TemplateKey, int]:
        """Those that stand in the place of the shipped ones."""
        return {key: version.version for key, version in self._active.items()}

    def shipped(self, rule: str, language: str) -> TemplateVersion:
        """Raises KeyError for a language that is not spoken."""
        subject, text, html = (self._sources[f"{language}/{rule}.{part}"] for part in ("subject", "txt", "html"))
        return TemplateVersion(
            key=TemplateKey(rule, language), version=SHIPPED_VERSION, subject=subject, text=text, html=html
        )

    def render(
        self,
        rule: str,
        *,
        member: Member,
        facts: Mapping[str, str],
        happened_at: datetime,
        channel: Channel | None = None,
    ) -> RenderedMessage:
        """What is in force. Raises InvalidInput (`template_failed`) when it needs what `facts` do not hold, loops or
        grows too much, or otherwise cannot be rendered.
        """
        version = self._find(rule, self.language_for(member.language), channel)
        compiled = None
        if version is not None:
            compiled = self._known.get(version.key) or self._compiled(version)
            self._known[version.key] = compiled
        return self._rendered(rule, compiled, member=member, facts=facts, happened_at=happened_at)

    def render_version(
        self, version: TemplateVersion, *, member: Member, facts: Mapping[str, str], happened_at: datetime
    ) -> RenderedMessage:
        """One version, in force or not. Raises InvalidInput (`template_invalid`, `template_failed`)."""
        compiled = self._compiled(version)
        rule = version.key.template
        return self._rendered(rule, compiled, member=member, facts=facts, happened_at=happened_at)

    def _find(self, rule: str, language: str, channel: Channel | None) -> TemplateVersion | None:
        for spoken in (language,) if rule in CATALOGUE else self._nearest(language):
            own = self._active.get(TemplateKey(rule, spoken, channel)) or self._active.get(TemplateKey(rule, spoken))
            if own is not None:
                return own
        return None

    def _nearest(self, language: str) -> Iterable[str]:
        """In which languages a template without shipped words is looked for: better another one than nothing."""
        return dict.fromkeys((language, self._default_language, *self.languages))

    def _rendered(
        self,
        rule: str,
        compiled: _Compiled | None,
        *,
        member: Member,
        facts: Mapping[str, str],
        happened_at: datetime,
    ) -> RenderedMessage:
        if compiled is None and rule not in CATALOGUE:
            raise InvalidInput(f"no words of {rule} are in force", code="template_failed", field="template")
        language = compiled.version.key.language if compiled is not None else self.language_for(member.language)
        zone = zone_of(member.time_zone, default=self._default_time_zone)
        given = {**compiled.version.defaults, **facts} if compiled is not None else facts
        context = build_context(member=member, facts=given, happened_at=happened_at, language=language, zone=zone)
        context["brand"] = self._brand
        # A subject shows on lock screens and travels in events, so it cannot even name the customer.
        impersonal = {name: value for name, value in context.items() if name != "customer"}
        parts = {
            part: self._part(part, f"{language}/{rule}.{part}", compiled, impersonal if part == "subject" else context)
            for part in _LIMITS
        }
        return RenderedMessage(
            language=language,
            subject=" ".join(parts["subject"].split()),
            text=parts["txt"],
            html=parts["html"],
            attached=compiled.version.attachments if compiled is not None else (),
        )

    def _part(self, part: str, name: str, compiled: _Compiled | None, context: Mapping[str, object]) -> str:
        environment = self._environment(part)
        pieces: list[str] = []
        length = 0
        try:
            template = compiled.parts[part] if compiled is not None else environment.get_template(name)
            for piece in template.generate(environment.context_of(context)):
                length += len(piece)
                if length > _LIMITS[part]:
                    raise InvalidInput(
                        f"template {name} grew beyond {_LIMITS[part]} characters", code="template_failed", field="facts"
                    )
                pieces.append(piece)
        except _FAULTS as error:
            raise InvalidInput(
                f"template {name} cannot be rendered: {error}", code="template_failed", field="facts"
            ) from error
        return "".join(pieces)

    def _compiled(self, version: TemplateVersion) -> _Compiled:
        parts: dict[str, Template] = {}
        for part, source in _SOURCES.items():
            try:
                parts[part] = self._environment(part).from_string(getattr(version, source))
            except TemplateSyntaxError as error:
                raise _invalid(f"line {error.lineno}: {error.message}", version, source) from error
            except _FAULTS as error:
                raise _invalid(str(error), version, source) from error
        return _Compiled(version, parts)

    def _environment(self, part: str) -> BoundedEnvironment:
        return self._html if part == "html" else self._plain

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


def _invalid(reason: str, version: TemplateVersion, source: str) -> InvalidInput:
    field = "mjml" if source == "html" and version.mjml is not None else source
    return InvalidInput(reason, code="template_invalid", field=field)


@functools.cache
def _read_shipped(folder: Path) -> tuple[Mapping[str, str], BoundedEnvironment, BoundedEnvironment]:
    """The sources, and who compiles them as text and as HTML: once in a process, which compiling makes dear."""
    sources = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.glob("*/*"))
        if path.suffix.removeprefix(".") in _LIMITS
    }
    return sources, BoundedEnvironment(sources, autoescape=False), BoundedEnvironment(sources, autoescape=True)
