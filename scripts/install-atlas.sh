#!/bin/sh
# Builds the community edition of the stock atlas command line, at the version
# that .ci/atlas/go.mod pins, into .tools/atlas. The tests compare with it.
set -eu
cd "$(dirname "$0")/.."
tools=$(pwd)/.tools
mkdir -p "$tools"
cd .ci/atlas
GOFLAGS=-mod=readonly go build -tags sqlite_fts5 -trimpath -o "$tools/atlas" ariga.io/atlas/cmd/atlas
"$tools/atlas" version
