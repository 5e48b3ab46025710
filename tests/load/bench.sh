#!/usr/bin/env bash
# Runs one benchmark. Its last line of output is one JSON object; what it does meanwhile is said on standard error.
#   tests/load/bench.sh BUILD NAME [OPTION]…
set -euo pipefail
build=${1:?usage: bench.sh BUILD NAME}
name=${2:-}
shift $(($# < 2 ? $# : 2))
here=$(cd "$(dirname "$0")" && pwd)

usage() {
  echo "./dev bench NAME [[--recipients] N] [--seconds N] [--runs N] [--rivals \"NAME …\"]"
  for file in "$here"/benches/*.sh; do printf '  %-9s %s\n' "$(basename "$file" .sh)" "$(sed -n '1s/^# //p' "$file")"; done
}
[ -f "$here/benches/$name.sh" ] || { usage >&2; exit 2; }

# Each benchmark has its own defaults for what is not given.
recipients= seconds= runs=
unset rivals
while [ $# -gt 0 ]; do
  case $1 in
    --rivals) rivals=${2?$1 needs names, or '' for none} ;;
    --recipients | --seconds | --runs)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { echo "$1 needs a number above 0" >&2; exit 2; }
      printf -v "${1#--}" %s "$2"
      ;;
    [1-9]*[!0-9]*) usage >&2; exit 2 ;;
    [1-9]*) recipients=$1; shift; continue ;;
    *) usage >&2; exit 2 ;;
  esac
  shift 2
done

# shellcheck source=tests/load/lib.sh
. "$here/lib.sh"
# shellcheck source=/dev/null
. "$here/benches/$name.sh"
