"""Names of registrants: when two are the same, nearly the same, or only look related.

parts      one key per name, whatever its width, script, brackets, case or spaces; a name taken
           apart: places, core, legal form, branch
compare    a claimed name against the names and products of a registrant
brands     what people call companies: data/brands.yml
"""

from suanbei.registry.cells.names.brands import (
    Brand,
    BrandKind,
    brands,
    brands_inside,
    brands_named,
)
from suanbei.registry.cells.names.compare import (
    CONFIRMED,
    EntityMatch,
    MatchLevel,
    match_entity,
    similar_names,
)
from suanbei.registry.cells.names.parts import (
    NameParts,
    entity_key,
    is_full_name,
    name_parts,
    names_no_company,
    simplified,
)

__all__ = [
    "CONFIRMED", "Brand", "BrandKind", "EntityMatch", "MatchLevel", "NameParts", "brands",
    "brands_inside", "brands_named", "entity_key", "is_full_name", "match_entity", "name_parts",
    "names_no_company", "similar_names", "simplified",
]  # fmt: skip
