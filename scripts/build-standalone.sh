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
	fetched=0 built=0
	while read -r first second third _; do
		case "$first $second" in
		"go: downloading")
			fetched=$((fetched + 1))
			show "$fetched" 50 "fetched $fetched modules, the last $third"
			;;
		[a-z]*" ")
			built=$((built + 1))
			show "$built" 100 "built $built of $1 packages, the last $first"
			;;
		esac
	done
	[ -z "$tty" ] || printf '\r\033[K' >&2
}

show() { # show COUNT EVERY TEXT
	if [ -n "$tty" ]; then
		printf '\r\033[K  %s' "$3" >&2
	elif [ $(($1 % $2)) = 0 ]; then
		echo "  $3" >&2
	fi
}

# What the build cache has not yet; fetches modules too, where they are missing.
{ go list -e -deps -f '{{if .Outdated}}{{.ImportPath}}{{end}}' . 2>&1 >"$work/outdated" || true; } | progress 0
missing=$(wc -l <"$work/outdated")
if [ "$missing" -ge 100 ]; then
	echo "First build of the Temporal server: 4 to 7 minutes on two cores; later builds: seconds. $((missing)) packages:" >&2
fi

# go build -v names each package as it is built. Without symbols it links in a
# third of the time, and without the commit it need not link after each one.
{ go build -v -buildvcs=false -ldflags='-s -w' -o ../bin/standalone . 2>&1 || touch "$work/failed"; } | tee "$work/log" | progress "$((missing))"
if [ -e "$work/failed" ]; then
	grep -v '^go: downloading' "$work/log" | grep -E '[ :]' | tail -n 40 >&2
	echo "The build of standalone failed; its last words are above." >&2
	exit 1
fi
[ "$missing" -lt 100 ] || echo "Built in $(($(date +%s) - start)) seconds." >&2
