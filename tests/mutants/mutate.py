"""Which mutants a module has, and which of them are tried.

The operators are cosmic-ray's (`==` for `!=`, `and` for `or`, a number one more, a loop that never runs …).
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

Position = tuple[int, int]
SEED = "suanbei"
_ONLY_SPEED = re.compile(r"@((lru_)?cache|dataclass)\b")
"""Lines whose change makes the code slower, or lets it write what it does not write."""
_NOBODYS_FAULTS = re.compile(
    r".*_(Is|IsNot|Is_(?!NotEq)\w+|IsNot_(?!Eq)\w+|USub_Invert|\w+_(LShift|RShift|Pow)|(?!Bit)\w+_Bit\w+)"
)
"""`is` for `==` says the same of None, True and members of enumerations; nobody writes `|` for `+`."""


@dataclass(frozen=True)
class Mutant:
    """One change of a module's text: the operator, its occurrence and the line (from 1) it changes."""

    operator: str
    occurrence: int
    line: int
    text: str

    def apply(self, source: str) -> str:
        """The text of the module with this change."""
        changed = mutate_code(source, get_operator(self.operator)(), self.occurrence)
        if changed is None:
            raise LookupError(f"{self.operator} has no occurrence {self.occurrence}")
        return str(changed)

    def describe(self, source: str) -> str:
        """Where the change is, and what becomes of the lines."""
        before, after = source.splitlines(), self.apply(source).splitlines()
        new = [line.strip() for line in after if line not in before][:1]
        return f"{self.line}: {self.text}  →  {new[0] if new else '(gone)'}  [{self.operator}]"


def sample(path: Path, most: int) -> list[Mutant]:
    """Up to `most` mutants of a module, the same ones as long as their lines are the same.

    Every place is changed in one way before any is changed in a second one.
    """
    source = path.read_text("utf-8")
    places: dict[Position, list[tuple[str, Mutant]]] = {}
    for position, mutant in _mutants(source):
        text = f"{SEED} {path.name} {mutant.text} {mutant.operator} {position[1]}"
        places.setdefault(position, []).append((hashlib.sha256(text.encode()).hexdigest(), mutant))
    ranked = [
        (turn, key, mutant)
        for found in places.values()
        for turn, (key, mutant) in enumerate(sorted(found, key=lambda one: one[0]))
    ]
    return [mutant for _, _, mutant in sorted(ranked, key=lambda one: one[:2])[:most]]


def _mutants(source: str) -> Iterator[tuple[Position, Mutant]]:
    tree, lines = get_ast(source), source.splitlines()
    nodes = list(ast_nodes(tree))
    types = [span for node in nodes for span in _annotations(node)]
    for name in sorted(operator_names()):
        operator = get_operator(name)
        if _NOBODYS_FAULTS.fullmatch(name) or operator.arguments():
            continue
        positions = (start for node in nodes for start, _ in operator().mutation_positions(node))
        for occurrence, start in enumerate(positions):
            text = lines[start[0] - 1]
            if _ONLY_SPEED.match(text) or text[start[1] :].startswith("*,"):
                continue
            if name.endswith("ExceptionReplacer") and "." in text:
                continue  # the library fails on names of exceptions with a dot
            if not any(first <= start < last for first, last in types):
                yield start, Mutant(name, occurrence, start[0], text.strip())


def _annotations(node: Any) -> list[tuple[Position, Position]]:
    """Where a node holds types: nothing there changes what the module does."""
    held = node.children[1] if node.type == "annassign" else None
    if node.type in {"funcdef", "param"}:
        held = node.annotation
    return [(held.start_pos, held.end_pos)] if held is not None else []
