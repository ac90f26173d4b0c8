#!/bin/sh
# Installs Suanbei on each version of Python that it is made for, and does the main job there. Needs uv.
#   sh deploy/try_versions.sh [VERSION or path of an interpreter]…
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- 3.11 3.12 3.13
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset SUANBEI_DATABASE_URL SUANBEI_SEARCH_URL
export SUANBEI_LANGUAGE=en
for version in "$@"; do
    rm -rf "${work:?}"/*
    echo "== Python $version"
    uv venv -q --python "$version" "$work/env"
    uv pip install -q --python "$work/env/bin/python" --require-hashes -r requirements.lock
    uv pip install -q --python "$work/env/bin/python" --no-deps --no-build-isolation .
    uv pip uninstall -q --python "$work/env/bin/python" setuptools # needed to install, not to run
    (
        cd "$work"
        export SUANBEI_HOME="$work/home"
        env/bin/python -VV
        env/bin/suanbei load
        env/bin/suanbei verify 网信算备330110507206401230035号
        env/bin/suanbei search 抖音 | head -3
    )
done
