#!/usr/bin/env bash
# Benchmarks. The last line of output is one JSON object.
#   tests/load/bench.sh BUILD dispatch [RECIPIENTS]
set -euo pipefail
build=$1
name=${2:?name a benchmark: dispatch}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/$name.sh"
