"""QUEST+ [Watson2017]: the next level is the one whose answer is expected to tell most about the parameters.

One implementation for its family: QUEST (one free parameter), Psi [Kontsevich1999] (threshold and slope) and
Psi-marginal [Prins2013] (some parameters are a nuisance: only the uncertainty about the others counts).

The expected loss of entropy equals the mutual information of answer and parameters,
H(answer) − Σ posterior · H(answer | parameters); the second entropy never changes, so a trial costs two
products of a table with the posterior.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy

from jnd._lookup import lookup
from jnd.psychometrics.psychometric_function import SIGMOIDS

Array = npt.NDArray[np.float64]
Model = Callable[[Array, Mapping[str, Array]], Array]
"""(S, 1) levels, parameters (1, N) by name → probability of the answer 1, (S, N), or of each answer, (R, S, N)."""

DEFAULTS: Final = {"guess_rate": 0.5, "lapse_rate": 0.02}
"""Of the asymptotes that are not among the parameters: two-alternative forced choice [Watson2017]."""


def weibull_db(levels: Array, parameters: Mapping[str, Array]) -> Array:
    """Weibull in decibel [Watson2017, equation 8]: parameters threshold (dB), slope, guess_rate, lapse_rate."""
    guess, lapse = (parameters.get(name, np.array(value)) for name, value in DEFAULTS.items())
    strength = 10 ** (parameters["slope"] * (levels - parameters["threshold"]) / 20)
    return np.asarray(1 - lapse - (1 - guess - lapse) * np.exp(-strength))


def _sigmoid_model(name: str) -> Model:
    def model(levels: Array, parameters: Mapping[str, Array]) -> Array:
        shape = SIGMOIDS[name]
        guess, lapse = (parameters.get(rate, np.array(value)) for rate, value in DEFAULTS.items())
        x, m = levels, parameters["threshold"]
        if shape.logarithmic:
            x, m = np.log(x), np.log(m)
        z = shape.centre + shape.spread * (x - m) / parameters["width"]
        return np.asarray(guess + (1 - guess - lapse) * shape.distribution(np.asarray(z)))

    return model


MODELS: Final[Mapping[str, Model]] = {"weibull_db": weibull_db} | {
    name: _sigmoid_model(name) for name in SIGMOIDS
}
"""Psychometric functions by name: the sigmoids have parameters threshold and width."""


@dataclass(frozen=True, slots=True, eq=False)
class _Design:
    """What does not change from trial to trial."""

    levels: Array
    parameters: dict[str, Array]
    prior: Array
    answer_probability: Array
    """(R, S, N)"""
    conditional_entropy: Array
    """(S, N) in nats."""
    settings: dict[str, Any]
    """As given, for JSON."""


class QuestPlus:
    """State of QUEST+: ask for the next level, tell the answer, get the next state.

    Parameters
    ----------
    levels : the levels that exist, any order; larger is easier to see.
    parameters : grid of each parameter of the model, for example ``{"threshold": [...], "width": [...]}``.
    model : name in :data:`MODELS`, or a function (then give it to :meth:`from_json` again).
    fixed : values of parameters of the model that are known, for example ``{"guess_rate": 0.0}``.
    prior : probability of each grid value by parameter; even where left out.
    nuisance : parameters that the choice of levels does not try to learn (Psi-marginal).
    most_trials : finished after so many answers.
    enough_certainty : finished when the posterior standard deviation of the first parameter falls below.
    easy_every : every so many trials the largest level is asked, so that observers see what to look for and
        lapses can be told from low thresholds; 0 never.

    >>> quest = QuestPlus([1, 2, 3, 4], {"threshold": [1, 2, 3, 4], "width": [1.0]}, model="normal")
    >>> quest = quest.tell(quest.ask(), 1)
    >>> len(quest.answers)
    1
    """

    method: Final = "quest_plus"

    def __init__(
        self,
        levels: npt.ArrayLike,
        parameters: Mapping[str, npt.ArrayLike],
        *,
        model: str | Model = "normal",
        fixed: Mapping[str, float] | None = None,
        prior: Mapping[str, npt.ArrayLike] | None = None,
        nuisance: Sequence[str] = (),
        most_trials: int | None = None,
        enough_certainty: float | None = None,
        easy_every: int = 0,
    ) -> None:
        x = np.asarray(levels, dtype=np.float64).ravel()
        grids = {name: np.atleast_1d(np.asarray(v, dtype=np.float64)) for name, v in parameters.items()}
        if x.size < 1 or not grids or any(not g.size for g in grids.values()):
            raise ValueError("QUEST+ needs levels and a grid of at least one value for each parameter")
        for name in (*nuisance, *(prior or {})):
            lookup(grids, name, kind="parameter of the grid")
        if len(nuisance) >= len(grids):
            raise ValueError("all parameters are a nuisance; leave at least one to be learnt")
        names = list(grids)
        mesh = np.meshgrid(*grids.values(), indexing="ij")
        values = {name: m.ravel()[None, :] for name, m in zip(names, mesh, strict=True)}
        values |= {name: np.array([[value]]) for name, value in (fixed or {}).items()}
        function = lookup(MODELS, model, kind="model of QUEST+") if isinstance(model, str) else model
        try:
            p = np.asarray(function(x[:, None], values), dtype=np.float64)
        except KeyError as error:
            raise ValueError(
                f"the model needs a grid or a fixed value of the parameter {error}; got {', '.join(values)}"
            ) from None
        if p.ndim == 2:
            p = np.stack([1 - p, p])
        if np.any((p < 0) | (p > 1)) or p.shape[1:] != (x.size, mesh[0].size):
            raise ValueError("the model must give probabilities in [0, 1], (S, N) or (R, S, N)")
        weights = np.ones(mesh[0].shape)
        for axis, name in enumerate(names):
            share = np.asarray((prior or {}).get(name, np.ones(grids[name].size)), dtype=np.float64)
            if share.shape != grids[name].shape or np.any(share < 0) or share.sum() == 0:
                raise ValueError(f"the prior of {name} needs one weight of 0 or more per grid value")
            weights = weights * share.reshape([-1 if i == axis else 1 for i in range(len(names))])
        self._nuisance_axes = tuple(names.index(name) for name in nuisance)
        settings: dict[str, Any] = {
            "levels": x.tolist(),
            "parameters": {name: g.tolist() for name, g in grids.items()},
            "model": model if isinstance(model, str) else None,
            "fixed": dict(fixed or {}),
            "prior": {k: np.asarray(v, dtype=np.float64).tolist() for k, v in (prior or {}).items()},
            "nuisance": list(nuisance),
            "most_trials": most_trials,
            "enough_certainty": enough_certainty,
            "easy_every": easy_every,
        }
        self._design = _Design(
            x,
            grids,
            (weights / weights.sum()).ravel(),
            np.ascontiguousarray(p),
            -xlogy(p, p).sum(axis=0),
            settings,
        )
        self._posterior = self._design.prior
        self.answers: tuple[tuple[float, int], ...] = ()

    @property
    def posterior(self) -> Array:
        """Probability of each parameter combination, one axis per parameter in their order, sum 1."""
        return self._posterior.reshape([g.size for g in self._design.parameters.values()])

    def ask(self, pending: Sequence[float] = ()) -> float:
        """The level to show next.

        Parameters
        ----------
        pending : levels of trials that others were given and did not answer yet, in any order. The next level is
            chosen as if each had an answer, drawn by the chances that the state gives it [Snoek2012, section 3.2], so
            that observers who come at once are not all asked the same. The same state and levels give the same choice.
            The state learns nothing from it. [Watson2017] has one observer, who answers before the next trial.

        Raises
        ------
        ValueError
            A pending level that is not one of the levels.
        """
        d = self._design
        every = d.settings["easy_every"]
        if every and (len(self.answers) + len(pending)) % every == every - 1:
            return float(d.levels.max())
        posterior = self._posterior
        chances = np.random.default_rng([len(self.answers), len(pending)]).random(len(pending))
        for level, chance in zip(sorted(pending), chances, strict=True):
            posterior = self._imagined(posterior, level, chance)
        if self._nuisance_axes:
            return float(d.levels[int(np.argmin(self._expected_marginal_entropy(posterior)))])
        p1 = d.answer_probability[1:] @ posterior  # (R − 1, S)
        p0 = np.maximum(1 - p1.sum(axis=0), 0.0)
        information = -xlogy(p1, p1).sum(axis=0) - xlogy(p0, p0) - d.conditional_entropy @ posterior
        return float(d.levels[int(np.argmax(information))])

    def tell(self, level: float, answer: int) -> "QuestPlus":
        """The state after ``answer`` (1 seen or correct, 0 not; or an index of more answers) at ``level``.

        Raises
        ------
        ValueError
            A level that is not one of the levels, or an answer that the model does not know.
        """
        d = self._design
        if answer not in range(len(d.answer_probability)):
            raise ValueError(f"answer must be from 0 to {len(d.answer_probability) - 1}, got {answer}")
        posterior = self._posterior * d.answer_probability[int(answer), self._index(level)]
        total = posterior.sum()
        if total <= 0:
            raise ValueError(
                f"answer {answer} at level {level:g} is impossible for every parameter of the grid; "
                f"give the model a lapse rate above 0"
            )
        new = object.__new__(QuestPlus)
        new._design, new._nuisance_axes = d, self._nuisance_axes
        new._posterior = posterior / total
        new.answers = (*self.answers, (float(level), int(answer)))
        return new

    @property
    def finished(self) -> bool:
        """Whether a stopping rule is met; without rules never."""
        most, enough = (self._design.settings[key] for key in ("most_trials", "enough_certainty"))
        if most is not None and len(self.answers) >= most:
            return True
        return enough is not None and self.standard_deviation(next(iter(self._design.parameters))) < enough

    def marginal(self, parameter: str) -> tuple[Array, Array]:
        """Grid and posterior probability of one parameter."""
        grid: Array = lookup(self._design.parameters, parameter, kind="parameter of the grid")
        axis = list(self._design.parameters).index(parameter)
        others = tuple(i for i in range(self.posterior.ndim) if i != axis)
        return grid, self.posterior.sum(axis=others)

    def estimate(self, parameter: str | None = None, *, kind: str = "mean") -> float:
        """Posterior "mean" or "median" of a parameter (the first by default), or its value at the joint "mode"."""
        name = next(iter(self._design.parameters)) if parameter is None else parameter
        grid, weight = self.marginal(name)
        if kind == "mean":
            return float(grid @ weight)
        if kind == "median":
            order = np.argsort(grid)
            middle = int(np.searchsorted(np.cumsum(weight[order]), 0.5 - 1e-12))
            return float(grid[order][middle])
        if kind == "mode":
            best = np.unravel_index(int(np.argmax(self._posterior)), self.posterior.shape)
            return float(grid[int(best[list(self._design.parameters).index(name)])])
        raise ValueError(f'kind must be "mean", "median" or "mode", got "{kind}"')

    def standard_deviation(self, parameter: str | None = None) -> float:
        """Posterior standard deviation of a parameter (the first by default)."""
        name = next(iter(self._design.parameters)) if parameter is None else parameter
        grid, weight = self.marginal(name)
        mean = float(grid @ weight)
        return float(np.sqrt(np.square(grid - mean) @ weight))

    def interval(self, parameter: str | None = None, confidence: float = 0.95) -> tuple[float, float]:
        """Central credible interval, interpolated between the middles of the grid's cells."""
        name = next(iter(self._design.parameters)) if parameter is None else parameter
        grid, weight = self.marginal(name)
        order = np.argsort(grid)
        grid, weight = grid[order], weight[order]
        if grid.size == 1:
            return float(grid[0]), float(grid[0])
        middles = 0.5 * (grid[1:] + grid[:-1])
        edges = np.concatenate([[2 * grid[0] - middles[0]], middles, [2 * grid[-1] - middles[-1]]])
        cumulative = np.concatenate([[0.0], np.cumsum(weight)])
        low, high = np.interp([(1 - confidence) / 2, (1 + confidence) / 2], cumulative, edges)
        return float(low), float(high)

    def to_json(self) -> str:
        """Settings and answers; the state is computed again from them."""
        if self._design.settings["model"] is None:
            raise ValueError("a model given as a function cannot be saved; use a name of MODELS")
        return json.dumps(
            {
                "method": self.method,
                "settings": self._design.settings,
                "answers": [list(a) for a in self.answers],
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "QuestPlus":
        """The state that :meth:`to_json` saved."""
        saved = json.loads(text)
        state = cls(**saved["settings"])
        for level, answer in saved["answers"]:
            state = state.tell(level, answer)
        return state

    def _index(self, level: float) -> int:
        levels = self._design.levels
        index = int(np.argmin(np.abs(levels - level)))
        if not math.isclose(levels[index], level, rel_tol=1e-12, abs_tol=1e-12):
            raise ValueError(
                f"level {level:g} is not one of this test's levels; the nearest is {levels[index]:g}"
            )
        return index

    def _imagined(self, posterior: Array, level: float, chance: float) -> Array:
        """The posterior after the answer at ``level`` that ``chance``, in [0, 1), picks from what ``posterior`` expects."""
        probability = self._design.answer_probability[:, self._index(level)]  # (R, N)
        reached = np.cumsum(probability @ posterior)
        answer = int(np.searchsorted(reached, chance * reached[-1], "right"))
        imagined = posterior * probability[answer]
        return np.asarray(imagined / imagined.sum())

    def _expected_marginal_entropy(self, posterior: Array) -> Array:
        d = self._design
        sizes = [g.size for g in d.parameters.values()]
        axes = tuple(axis + 1 for axis in self._nuisance_axes)
        total = np.zeros(d.levels.size)
        for probability in d.answer_probability:
            joint = (probability * posterior).reshape([-1, *sizes])
            marginal = joint.sum(axis=axes).reshape(d.levels.size, -1)
            share = marginal.sum(axis=1)
            # Σ share · H(marginal / share) = share ln share − Σ marginal ln marginal
            total += xlogy(share, share) - xlogy(marginal, marginal).sum(axis=1)
        return total


def psi(
    levels: npt.ArrayLike,
    thresholds: npt.ArrayLike,
    widths: npt.ArrayLike,
    *,
    lapse_rates: npt.ArrayLike = (0.0, 0.02, 0.04),
    guess_rate: float = 0.5,
    function: str = "normal",
    marginal: bool = True,
    most_trials: int | None = None,
) -> QuestPlus:
    """Psi-marginal [Prins2013]: learn the threshold (and width), with the lapse rate as a nuisance.

    ``marginal=False`` learns all three alike: Psi [Kontsevich1999] with a lapse rate.
    """
    return QuestPlus(
        levels,
        {"threshold": thresholds, "width": widths, "lapse_rate": lapse_rates},
        model=function,
        fixed={"guess_rate": guess_rate},
        nuisance=("lapse_rate",) if marginal else (),
        most_trials=most_trials,
    )
