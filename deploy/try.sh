#!/bin/sh
# The topology of compose.yaml as real processes on this machine, with nothing left behind:
# PostgreSQL, two servers, two watchers and nginx. Debian: apt-get install postgresql nginx-light
set -eu
cd "$(dirname "$0")/.."
exec .venv/bin/python -m tests.trial.topology
