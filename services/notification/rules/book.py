"""The rules in force at one moment, found by what triggers them. Pure."""

from collections.abc import Iterable, Iterator

from services.notification.rules.document import Rule


class RuleBook:
    """What one transaction works by: it never changes."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_name = {rule.name: rule for rule in rules}
        self._ends = frozenset(kind for rule in self for kind in rule.document.cancel_when)
        self._on_event: dict[str, list[Rule]] = {}
        self._on_occasion: dict[str, list[Rule]] = {}
        for rule in sorted(self._by_name.values(), key=lambda rule: (-rule.document.priority, rule.name)):
            trigger = rule.document.on
            if rule.is_retired:
                continue
            if trigger.event is not None:
                self._on_event.setdefault(trigger.event, []).append(rule)
            elif trigger.occasion is not None:
                self._on_occasion.setdefault(trigger.occasion, []).append(rule)

    @property
    def ends(self) -> frozenset[str]:
        """The kinds of events that end the waiting of anything."""
        return self._ends

    def find(self, name: str) -> Rule | None:
        """The version in force, else the last one retired; None for a rule that never was in force."""
        return self._by_name.get(name)

    def on_event(self, kind: str) -> tuple[Rule, ...]:
        """The rules that a kind of event triggers, the highest priority first."""
        return tuple(self._on_event.get(kind, ()))

    def on_occasion(self, kind: str) -> tuple[Rule, ...]:
        return tuple(self._on_occasion.get(kind, ()))

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._by_name.values())
