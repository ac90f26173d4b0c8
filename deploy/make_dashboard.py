"""Write the Grafana dashboard: `python -m deploy.make_dashboard`."""

import json
from pathlib import Path
from typing import Any

PLACE = Path(__file__).parent / "monitoring/dashboard.json"
_ROUTES = "sum by (route) (rate(suanbei_requests_total[5m]))"
_QUANTILE = "histogram_quantile({q}, sum by (le) (rate(suanbei_request_seconds_bucket[5m])))"
PANELS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("Up", "stat", "none", {"{{instance}}": "suanbei_up"}),
    ("Filings", "stat", "none", {"filings": "max(suanbei_filings)"}),
    ("Newest list", "stat", "none", {"{{series}}": "max by (series) (suanbei_newest_list)"}),
    ("Alarms", "stat", "none", {"{{monitor}}": "max by (monitor) (suanbei_alarms)"}),
    ("Requests", "timeseries", "reqps", {"{{route}}": _ROUTES}),
    (
        "Answers by status",
        "timeseries",
        "reqps",
        {"{{status}}": "sum by (status) (rate(suanbei_requests_total[5m]))"},
    ),
    (
        "Latency",
        "timeseries",
        "s",
        {f"p{q[2:]}": _QUANTILE.format(q=q) for q in ("0.50", "0.95", "0.99")},
    ),
    (
        "In progress",
        "timeseries",
        "none",
        {"{{instance}}": "suanbei_requests_in_progress"},
    ),
    (
        "Since a source was read",
        "timeseries",
        "s",
        {"{{source}}": "max by (source) (suanbei_crawl_age_seconds)"},
    ),
    (
        "Failed passes in a row",
        "timeseries",
        "none",
        {"{{source}}": "max by (source) (suanbei_crawl_failures)"},
    ),
    ("Messages", "timeseries", "none", {"{{state}}": "max by (state) (suanbei_deliveries)"}),
    ("Index lag", "timeseries", "none", {"{{instance}}": "suanbei_index_lag"}),
    ("Memory", "timeseries", "bytes", {"{{instance}}": "process_resident_memory_bytes"}),
    ("Events", "timeseries", "none", {"events": "max(suanbei_events)"}),
    ("Parts at work", "timeseries", "none", {"{{part}}": "max by (part) (suanbei_part_alive)"}),
    (
        "Age of the oldest message that waits",
        "timeseries",
        "s",
        {"lag": "max(suanbei_delivery_lag_seconds)"},
    ),
)


def dashboard() -> dict[str, Any]:
    """The dashboard as Grafana imports it."""
    return {
        "title": "Suanbei 算备",
        "uid": "suanbei",
        "schemaVersion": 39,
        "version": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "tags": ["suanbei"],
        "templating": {"list": [{"name": "source", "type": "datasource", "query": "prometheus"}]},
        "panels": [_panel(place, *panel) for place, panel in enumerate(PANELS)],
    }


def _panel(place: int, title: str, kind: str, unit: str, queries: dict[str, str]) -> dict[str, Any]:
    small = kind == "stat"
    row, column = (0, place * 6) if small else (4 + (place - 4) // 2 * 8, (place - 4) % 2 * 12)
    source = {"type": "prometheus", "uid": "${source}"}
    return {
        "id": place + 1,
        "title": title,
        "type": kind,
        "datasource": source,
        "gridPos": {"x": column, "y": row, "w": 6 if small else 12, "h": 4 if small else 8},
        "fieldConfig": {"defaults": {"unit": unit}, "overrides": []},
        "targets": [
            {"refId": chr(65 + n), "expr": query, "legendFormat": legend, "datasource": source}
            for n, (legend, query) in enumerate(queries.items())
        ],
    }


def text() -> str:
    """The file."""
    return json.dumps(dashboard(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PLACE.write_text(text(), "utf-8")
