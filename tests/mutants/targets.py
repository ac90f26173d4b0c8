"""The modules in which a fault would be a wrong answer, each with the tests that protect it.

Quick tests first: a run ends with the first that fails. Property tests are left out: they take long, and what they
find differs from run to run.
"""

_NUMBERS = (
    "tests/registry/numbers/test_model.py",
    "tests/registry/numbers/test_edges.py",
    "tests/registry/numbers/test_find.py",
    "tests/registry/numbers/test_reading.py",
)
_NAMES = (
    "tests/registry/names/test_compare.py",
    "tests/registry/names/test_parts.py",
    "tests/registry/names/test_brands.py",
)
_REMARKS = ("tests/registry/test_remarks.py",)
_IMPORTS = (
    "tests/registry/test_derive.py",
    "tests/registry/test_companies.py",
    "tests/registry/test_batches.py",
    "tests/registry/test_imports.py",
    "tests/registry/test_gaps.py",
)
_VERIFY = (
    "tests/registry/verify/test_judgement.py",
    "tests/registry/verify/test_reasons.py",
    "tests/registry/verify/test_render.py",
    "tests/registry/verify/test_number_reasons.py",
    "tests/registry/verify/test_suggestions.py",
)
_PDF = (
    "tests/parsers/test_merge_pages.py",
    "tests/parsers/test_line_breaks.py",
    "tests/parsers/test_pdf_drawings.py",
    "tests/parsers/test_pdf_text.py",
    "tests/parsers/test_pdf_pages.py",
    "tests/parsers/test_golden.py",
)
_TABLES = (
    "tests/parsers/test_columns.py",
    "tests/parsers/test_docx.py",
    "tests/parsers/test_xlsx.py",
    "tests/parsers/test_html.py",
)

TARGETS: dict[str, tuple[str, ...]] = {
    "registry/cells/numbers/model.py": _NUMBERS,
    "registry/cells/numbers/normalise.py": _NUMBERS,
    "registry/cells/numbers/find.py": _NUMBERS,
    "registry/cells/numbers/find_algorithm.py": _NUMBERS,
    "registry/cells/numbers/find_genai.py": _NUMBERS,
    "registry/cells/names/parts.py": _NAMES,
    "registry/cells/names/brands.py": _NAMES,
    "registry/cells/names/compare.py": _NAMES,
    "registry/cells/flags.py": (*_TABLES, "tests/parsers/test_golden.py"),
    "registry/cells/remarks/grammar.py": _REMARKS,
    "registry/cells/remarks/reader.py": _REMARKS,
    "registry/cells/remarks/rules.py": _REMARKS,
    "registry/importing/derive.py": ("tests/registry/test_derive.py",),
    "registry/importing/filings.py": _IMPORTS,
    "registry/importing/batches.py": _IMPORTS,
    "registry/importing/companies.py": ("tests/registry/test_companies.py",),
    "registry/importing/grouping.py": ("tests/registry/test_grouping.py",),
    "registry/importing/gaps.py": _IMPORTS,
    "registry/verify/judgement.py": _VERIFY,
    "registry/verify/ownership.py": _VERIFY,
    "registry/verify/number_reasons.py": _VERIFY,
    "registry/verify/lookup.py": _VERIFY,
    "registry/verify/near_numbers.py": _VERIFY,
    "registry/verify/suggestions.py": _VERIFY,
    "registry/verify/render.py": _VERIFY,
    "parsers/pdf/merge_pages.py": _PDF,
    "parsers/pdf/lines.py": _PDF,
    "parsers/rows.py": (*_TABLES, "tests/parsers/test_golden.py"),
    "parsers/columns.py": (*_TABLES, "tests/parsers/test_golden.py"),
    "search_api/responses.py": (
        "tests/search_api/test_responses.py",
        "tests/search_api/test_hostile_input.py",
    ),
    "search_api/keys.py": ("tests/search_api/test_keys.py",),
    "search_api/response_cache.py": ("tests/search_api/test_response_cache.py",),
    "registry/receipts.py": ("tests/registry/test_receipts.py",),
    "registry/notifications/mail_opt_in.py": ("tests/search_api/test_watch_page.py",),
    "registry/notifications/event_filter.py": (
        "tests/alerts/test_event_filter.py",
        "tests/alerts/test_fanout.py",
    ),
    "alerts/fanout.py": ("tests/alerts/test_fanout.py", "tests/alerts/test_messages.py"),
    "alerts/channels.py": ("tests/alerts/test_channels.py", "tests/alerts/test_chat.py"),
    "search_api/export/formats.py": ("tests/search_api/test_export.py",),
    "search_api/bulk/table.py": (
        "tests/search_api/bulk/test_table.py",
        "tests/search_api/bulk/test_reading.py",
    ),
}
"""A module, by its path in the project, and the test files, run until the first failure."""
