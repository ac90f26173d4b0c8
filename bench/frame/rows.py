"""What a bench gives: rows of figures, each with its baseline and its target."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


class Unmeasured(Exception):
    """A bench that cannot run here; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Target:
    """A limit of the ratio, or of our own figure where there is no baseline; the limit is met."""

    limit: float
    is_least: bool

    def is_met(self, value: float) -> bool:
        """Whether a value keeps to the limit."""
        return value >= self.limit if self.is_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {self.limit:g}"


def at_least(limit: float) -> Target:
    """Not less than this."""
    return Target(limit, is_least=True)


def at_most(limit: float) -> Target:
    """Not more than this."""
    return Target(limit, is_least=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured: every run of ours and of the baseline, in the order of the turns.

    `against` names the baseline; without one there is no ratio, and a target is for our own figure.
    `unit` is of both. `note` is what a reader should know of how the figures came about.
    """

    what: str
    unit: str
    ours: Sequence[float]
    baseline: Sequence[float] = ()
    against: str = ""
    target: Target | None = None
    note: str = ""

    @property
    def our_figure(self) -> float:
        """The median of our runs."""
        return median(self.ours)

    @property
    def their_figure(self) -> float | None:
        """The median of the baseline's runs; None without a baseline."""
        return median(self.baseline) if self.baseline else None

    @property
    def ratio(self) -> float | None:
        """Our median over the baseline's; None without a baseline, or over nothing."""
        theirs = self.their_figure
        return self.our_figure / theirs if theirs else None

    @property
    def spread(self) -> tuple[float, float] | None:
        """Smallest and largest ratio of one turn; None where there are none."""
        if not all(self.baseline) or not self.baseline or len(self.ours) != len(self.baseline):
            return None
        ratios = [own / other for own, other in zip(self.ours, self.baseline, strict=True)]
        return min(ratios), max(ratios)

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None without a target."""
        if self.target is None:
            return None
        if not self.baseline:
            return self.target.is_met(self.our_figure)
        return self.ratio is not None and self.target.is_met(self.ratio)
