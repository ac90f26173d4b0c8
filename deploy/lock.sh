#!/bin/sh
# Resolves the locks anew (versions and hashes, no index address). Needs `uv` on PATH.
set -eu
cd "$(dirname "$0")/.."
flags="--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet"
uv pip compile $flags --group build pyproject.toml -o requirements.lock "$@"
uv pip compile $flags --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock "$@"
uv pip compile $flags --extra dev --extra bench -c requirements-dev.lock pyproject.toml -o requirements-bench.lock "$@"
