"""Names of registrants: when two are the same, nearly the same, or only look related.

keys     one key per name, whatever its width, brackets, case or spaces
places   the provinces and cities that stand in names
parts    a name taken apart: place, core, legal form, branch
match    a claimed name against the registrant of a filing
texts    the reasons in words
"""

from suanbei.registry.cells.names.keys import entity_key
from suanbei.registry.cells.names.match import CONFIRMED, EntityMatch, MatchLevel, match_entity
from suanbei.registry.cells.names.parts import NameParts, core_name, name_parts
from suanbei.registry.cells.names.relation import is_branch_or_subsidiary_like
from suanbei.registry.cells.names.texts import MATCH_REASONS, describe_match

__all__ = [
    "CONFIRMED",
    "MATCH_REASONS",
    "EntityMatch",
    "MatchLevel",
    "NameParts",
    "core_name",
    "describe_match",
    "entity_key",
    "is_branch_or_subsidiary_like",
    "match_entity",
    "name_parts",
]
