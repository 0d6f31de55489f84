#!/bin/sh
# Kills the standalone program at a random moment of a demo, starts it again on
# the same data, and wants every batch closed and every book in agreement. The
# moments are drawn anew in each run; SEED makes a run repeatable.
#
#   scripts/kill-test.sh [RUNS]      20 unless given; KILLS=n kills in each run (1)
set -eu
cd "$(dirname "$0")/.."
runs=${1:-20}
kills=${KILLS:-1}
seed=${SEED:-$(date +%s)}
window=${WINDOW:-40} # seconds after the start within which it is killed

work=$(mktemp -d)
chmod 711 "$work"
pid=
cleanup() {
	if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then kill -9 "$pid"; fi
	if [ "${KEEP:-}" = "" ]; then rm -rf "$work"; fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

echo "building"
go build -C standalone -o "$work/standalone" .
echo "killing $runs demos, $kills times each; seed $seed"

run=1
while [ "$run" -le "$runs" ]; do
	data=$work/run-$run
	log=$work/run-$run.log
	moments=
	k=1
	while [ "$k" -le "$kills" ]; do
		moment=$(awk -v s="$((seed + run * 100 + k))" -v w="$window" 'BEGIN { srand(s); printf "%.2f", 1 + rand() * (w - 1) }')
		"$work/standalone" --demo --exit --data "$data" >>"$log" 2>&1 &
		pid=$!
		sleep "$moment"
		if kill -9 "$pid" 2>/dev/null; then moments="$moments ${moment}s"; else moments="$moments (ended before ${moment}s)"; fi
		wait "$pid" 2>/dev/null || true
		k=$((k + 1))
	done
	began=$(date +%s)
	if "$work/standalone" --demo --exit --data "$data" >>"$log" 2>&1; then
		echo "run $run: killed at$moments; closed and agreed $(($(date +%s) - began)) s after the restart"
	else
		echo "run $run: killed at$moments; FAILED:" >&2
		tail -n 40 "$log" >&2
		KEEP=1
		echo "its data and log are kept in $work" >&2
		exit 1
	fi
	pid=
	rm -rf "$data"
	run=$((run + 1))
done
echo "$runs of $runs: every batch closed, nothing doubled, nothing lost"
