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
echo "==> Engines" >&2
go test -count=1 -run '^TestEngines$' -v ./framework/testkit | grep -vE '^(=== |--- |PASS|ok)' >&2 || {
	echo "test: an engine that must be tested is missing; the lines above say which" >&2
	exit 1
}
echo "==> Tests" >&2
exec go test "$@"
