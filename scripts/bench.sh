#!/bin/sh
# Runs all benchmarks and prints each bar once more at the end. Exits with 1 if one is
# short. The sizes are those of docs/performance.md; smaller ones are for trying it:
#   BATCHES=40 OPEN=2000 LEDGER=5000 CALLS=300 LIMIT=60/6s scripts/bench.sh
set -u
cd "$(dirname "$0")/.."
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT

measure() {
	echo "+ $*"
	"$@" 2>&1 | tee -a "$lines"
}
export BENCH_BATCHES="${BATCHES:-400}"
measure go test -run '^$' -bench 'Inbox|Recording' -timeout 2h ./ledger -ledger-batches "${LEDGER:-50000}" -ledger-open "${LEDGER_OPEN:-20000}"
measure go test -C standalone -run '^$' -bench 'Batch$' -benchtime 1x -timeout 2h .
measure go test -C standalone -run '^$' -bench 'Import$' -benchtime 1x -timeout 2h . -import-rows "${ROWS:-5000}"
measure go test -C standalone -v -run TestInstallation/quota -timeout 2h . -quota-calls "${CALLS:-5000}" -quota-limit "${LIMIT:-1000/1m}"
measure go test -C standalone -run '^$' -bench 'OpenBatches$' -benchtime 1x -timeout 4h . -open-batches "${OPEN:-100000}"
measure go test -run '^$' -bench . ./quota ./worker/engine

echo
grep '^BAR ' "$lines"
if grep -q '^FAIL' "$lines" || grep -q '^BAR .* short$' "$lines" || ! grep -q '^BAR ' "$lines"; then
	echo "a bar is short, or a benchmark failed" >&2
	exit 1
fi
