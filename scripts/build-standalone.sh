#!/bin/sh
# build-standalone.sh: builds bin/standalone and shows that it goes on. With the
# Temporal server it is some 1,800 packages: the first build takes minutes, a
# later one seconds.
set -eu
cd "$(dirname "$0")/../standalone"

start=$(date +%s)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
tty=; [ -t 2 ] && tty=yes

# progress TOTAL: counts what the go command names, in one line of a terminal,
# or in a line now and then of a log.
progress() {
	awk -v total="$1" -v tty="$tty" '
		function show(text) { if (tty) printf "\r\033[K%s", text; else print text; fflush() }
		/^go: downloading/ { if (++fetched % 50 == 0 || tty) show("  fetched " fetched " modules, the last " $3) }
		/^[a-z][^ :]*$/    { if (++built % 100 == 0 || tty) show("  built " built " of " total " packages, the last " $1) }
		END { if (tty) printf "\r\033[K" }' >&2
}

# What the build cache has not yet; fetches modules too, where they are missing.
{ go list -e -deps -f '{{if .Stale}}{{.ImportPath}}{{end}}' . 2>&1 >"$work/stale" || true; } | progress 0
missing=$(wc -l <"$work/stale")
if [ "$missing" -ge 100 ]; then
	echo "First build of the Temporal server: 4 to 7 minutes on two cores; later builds: seconds. $((missing)) packages:" >&2
fi

# go build -v names each package as it is built.
{ go build -v -o ../bin/standalone . 2>&1 || touch "$work/failed"; } | tee "$work/log" | progress "$((missing))"
if [ -e "$work/failed" ]; then
	grep -v '^go: downloading' "$work/log" | grep -E '[ :]' | tail -n 40 >&2
	echo "The build of standalone failed; its last words are above." >&2
	exit 1
fi
[ "$missing" -lt 100 ] || echo "Built in $(($(date +%s) - start)) seconds." >&2
