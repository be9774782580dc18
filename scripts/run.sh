#!/bin/sh
# Brings the reference application up on the embedded database: checks what it
# needs, builds, creates the database, migrates, loads data, serves.
#
#   make run                                real data where the machine has some
#   SOURCE=generated SCALE=50 make run      made-up data, 50 times the base set
#   FRAMEFOX_ADDR=127.0.0.1:9000 make run   another address
#
# A second run finds everything in place and only serves.
set -eu
cd "$(dirname "$0")/.."

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
[ -t 2 ] && [ -z "${NO_COLOR:-}" ] || say() { printf '==> %s\n' "$*" >&2; }
fail() { printf 'run: %s\n' "$*" >&2; exit 1; }

command -v go >/dev/null 2>&1 || fail "Go is not installed; get Go 1.26 or newer from https://go.dev/dl"
need=$(sed -n 's/^go //p' go.mod)
have=$(go env GOVERSION | sed 's/^go//; s/[^0-9.].*//')
lowest=$(printf '%s\n%s\n' "$need" "$have" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)
[ "$lowest" = "$need" ] || fail "Go $have is too old; this needs Go $need or newer"

if [ "$(go env CGO_ENABLED)" = 1 ] && command -v "$(go env CC)" >/dev/null 2>&1; then
	say "Go $have with a C compiler: SQLite is mattn/go-sqlite3"
	export GOFLAGS="${GOFLAGS:+$GOFLAGS }-tags=sqlite_fts5"
else
	say "Go $have without a C compiler: SQLite is modernc.org/sqlite (pure Go, slower)"
	export CGO_ENABLED=0
fi

say "Downloading modules and building (the first time takes a few minutes)"
mkdir -p bin
go build -v -o bin/ ./cmd/framefox ./cmd/server 2>&1 | awk '
	/^[a-z0-9.-]+(\/[A-Za-z0-9._@-]+)*$/ { n++; if (tty) printf "\r    %d packages compiled", n > "/dev/stderr"; else if (n % 20 == 0) printf "    %d packages compiled\n", n > "/dev/stderr"; next }
	/^go: downloading/ { d++; if (tty) printf "\r    %d modules downloaded", d > "/dev/stderr"; next }
	{ print > "/dev/stderr" }
	END { if (tty && (n || d)) printf "\n" > "/dev/stderr" }' tty="$([ -t 2 ] && echo 1)"
[ -x bin/framefox ] && [ -x bin/server ] || fail "the build failed; its messages are above"
go build -o bin/ ./cmd/framefox ./cmd/server || fail "the build failed; its messages are above"

say "Creating the database"
bin/framefox database create
say "Migrating"
bin/framefox database upgrade
say "Loading data"
bin/framefox load --source "${SOURCE:-auto}" --scale "${SCALE:-10}"
say "Serving"
exec bin/server
