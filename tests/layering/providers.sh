#!/bin/sh
# docs/providers.md is what the manifests say. $1: the repository, $2: the program.
set -eu
cd "$1"
"$2" plugin table plugins/*/manifest.json | diff docs/providers.md - >/dev/null || {
    echo "docs/providers.md is not what the manifests of plugins/ say: run ./dev docs"
    exit 1
}
