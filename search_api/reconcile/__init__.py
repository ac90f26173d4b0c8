"""Reconciliation Service API 0.2 (W3C Community Group), as OpenRefine speaks it.

    queries      what a client sends, checked, and the candidates that it gets
    companies    candidates for a company's name
    filings      candidates for a filing's number or name
    properties   what companies and filings have to offer, and the values of it

The manifest, suggestions and previews are those of `routes/reconcile.py`.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""
