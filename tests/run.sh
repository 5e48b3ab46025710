#!/usr/bin/env bash
# Runs every test of a build, with a private MariaDB that ends with us.
#   tests/run.sh BUILD [arguments of ctest]
set -euo pipefail
build=$1
shift
here=$(cd "$(dirname "$0")" && pwd)

# In memory when there is some: the tests make and drop many tables and databases. Speed is measured elsewhere.
base=$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")
folder=$(mktemp -d "$base/dakiya-test.XXXXXX")
cleanup() {
  "$here/mariadb.sh" stop "$folder" || true
  rm -rf "$folder"
}
trap cleanup EXIT

eval "$("$here/mariadb.sh" start "$folder")"
export DAKIYA_TEST_MYSQL_REQUIRED=1
mkdir "$folder/tmp"
chmod 755 "$folder"  # Postfix, which a test starts, has users of its own
export TMPDIR=$folder/tmp
ctest --test-dir "$build" --output-on-failure --parallel "$(nproc)" "$@"
