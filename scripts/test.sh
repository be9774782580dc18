#!/bin/sh
# Runs all tests. SQLite is always tested; PostgreSQL, MySQL/MariaDB and the
# browser where this machine offers them. What was not run is said first, and
# is a failure where CI=true.
#
#   make test                       everything
#   sh scripts/test.sh ./ent/...    some packages
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- ./...

command -v go >/dev/null 2>&1 || { echo "test: Go is not installed; get Go 1.26 or newer from https://go.dev/dl" >&2; exit 1; }
# The fast SQLite, where there is a C compiler; see docs/guide/databases.md.
export GOFLAGS="${GOFLAGS:+$GOFLAGS }-tags=sqlite_fts5"
echo "==> Engines" >&2
engines=$(go test -count=1 -run '^TestEngines$' -v ./framework/testkit 2>&1) && found=yes || found=no
printf '%s\n' "$engines" | grep -vE '^(===|---|    ---|testkit:|PASS|FAIL|ok)' >&2 || true
if [ "$found" = no ]; then
	echo "test: an engine that has to be tested is missing; the lines above say which" >&2
	exit 1
fi
for browser in chromium chromium-browser google-chrome; do
	command -v "$browser" >/dev/null 2>&1 && break
	browser=
done
echo "    browser      ${browser:-NOT RUN: no Chromium found; the GraphiQL page is not tested in a browser}" >&2

atlas=.tools/atlas
[ -x "$atlas" ] || atlas=$(command -v atlas) || atlas=
echo "    stock atlas  ${atlas:-NOT RUN: not installed; sh scripts/install-atlas.sh builds it, then its commands are compared with ours}" >&2

echo "==> Tests" >&2
# A package that tests on three engines may take minutes on a small machine.
exec go test -timeout 20m "$@"
