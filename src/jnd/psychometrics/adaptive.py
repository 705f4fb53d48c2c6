"""Adaptive methods by name, for one observer each or for all together.

Every method has ``ask()`` → level, ``tell(level, answer)`` → next state, ``finished``, ``estimate()``,
``to_json()`` and ``from_json()``. States are values: no clock, no browser, no hidden random generator.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Protocol, Self

from jnd._lookup import lookup
from jnd.psychometrics.adjustment import Adjustment
from jnd.psychometrics.bisection import Bisection
from jnd.psychometrics.constant_stimuli import ConstantStimuli
from jnd.psychometrics.quest_plus import QuestPlus
from jnd.psychometrics.staircase import Staircase


class AdaptiveMethod(Protocol):
    """What every adaptive method offers."""

    @property
    def answers(self) -> tuple[tuple[float, Any], ...]:
        """(level, answer) of every trial in order."""

    @property
    def finished(self) -> bool:
        """Whether the method needs no more answers."""

    def ask(self) -> float:
        """The level to show next."""

    def tell(self, level: float, answer: Any) -> Self:  # each method has its own answers
        """The state after an answer."""

    def estimate(self) -> float:
        """The threshold so far."""

    def to_json(self) -> str:
        """The state as text."""


ADAPTIVE_METHODS: Final[Mapping[str, Any]] = {
    "quest_plus": QuestPlus,
    "staircase": Staircase,
    "bisection": Bisection,
    "constant_stimuli": ConstantStimuli,
    "adjustment": Adjustment,
}


def load_adaptive(text: str) -> AdaptiveMethod:
    """The state of any adaptive method from its JSON.

    Raises
    ------
    ValueError
        Not JSON of an adaptive method; UnknownNameError for a method that is not known.
    """
    try:
        method = json.loads(text)["method"]
    except (json.JSONDecodeError, KeyError, TypeError):
        raise ValueError('this is not the JSON of an adaptive method: it has no key "method"') from None
    loaded: AdaptiveMethod = lookup(ADAPTIVE_METHODS, method, kind="adaptive method").from_json(text)
    return loaded


@dataclass(frozen=True)
class AdaptiveScope:
    """One adaptive state per observer, or one that all observers share (the collective observer).

    A collective threshold asks each question of whoever comes next; it estimates the population's function
    with fewer answers than one search per person.
    """

    start: AdaptiveMethod
    """State before any answer."""
    scope: Literal["observer", "collective"] = "observer"
    states: Mapping[str, AdaptiveMethod] = field(default_factory=dict)
    """By observer; a collective scope has the one key ""."""
    log: tuple[tuple[str, float, Any], ...] = ()
    """(observer, level, answer) in order."""

    def state(self, observer: str) -> AdaptiveMethod:
        """The state that serves ``observer``."""
        return self.states.get(self._key(observer), self.start)

    def ask(self, observer: str) -> float:
        """The level to show to ``observer`` next."""
        return self.state(observer).ask()

    def tell(self, observer: str, level: float, answer: Any) -> "AdaptiveScope":
        """The scope after an answer of ``observer``."""
        told = self.state(observer).tell(level, answer)
        states = dict(self.states) | {self._key(observer): told}
        return replace(self, states=states, log=(*self.log, (observer, float(level), answer)))

    def to_json(self) -> str:
        """Start and log; the states are computed again from them."""
        return json.dumps({"scope": self.scope, "start": json.loads(self.start.to_json()), "log": self.log})

    @classmethod
    def from_json(cls, text: str) -> "AdaptiveScope":
        """The scope that :meth:`to_json` saved."""
        saved = json.loads(text)
        scope = cls(load_adaptive(json.dumps(saved["start"])), saved["scope"])
        for observer, level, answer in saved["log"]:
            scope = scope.tell(observer, level, answer)
        return scope

    def _key(self, observer: str) -> str:
        return "" if self.scope == "collective" else observer
