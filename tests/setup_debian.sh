#!/bin/sh
# What some tests need beside Python, from Debian: a browser for the pages, PostgreSQL, a proxy,
# a clock that can be moved.
# `make test` calls this where it may install packages; without it those tests are skipped, loudly.
set -eu
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 0
missing=""
command -v chromium >/dev/null || missing="$missing chromium"
fc-list 2>/dev/null | grep -qi cjk || missing="$missing fonts-noto-cjk"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || missing="$missing libfaketime"
[ -x /usr/sbin/nginx ] || missing="$missing nginx-light"
[ -z "$missing" ] && exit 0
export DEBIAN_FRONTEND=noninteractive
apt-get update -q && apt-get install -qy --no-install-recommends $missing ||
    echo "tests/setup_debian.sh: could not install$missing: the tests that need it are skipped" >&2
