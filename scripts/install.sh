#!/bin/sh
# install.sh [postgres] [browser]: gets what is missing of them, and is quick
# where nothing is. As root it installs the system's packages with apt-get; as
# anyone else it says what to ask for, and goes on: tests that miss something
# say so and are skipped, and standalone fetches a PostgreSQL of its own.
set -u
cd "$(dirname "$0")/.." || exit 1

say() { echo "install: $*" >&2; }

# Names that package postgres and the page tests look for; keep them in step.
have_postgres() {
	[ -n "${PG_BIN:-}" ] && return 0
	for dir in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql* /opt/homebrew/opt/postgresql@*/bin; do
		[ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && return 0
	done
	command -v initdb >/dev/null && command -v pg_ctl >/dev/null && command -v postgres >/dev/null
}

have_browser() {
	for name in chromium chromium-browser google-chrome google-chrome-stable chrome headless-shell; do
		command -v "$name" >/dev/null && return 0
	done
	[ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
}

quietly() { # quietly COMMAND...: shows what it said only if it fails
	said=$("$@" </dev/null 2>&1) || { echo "$said" | tail -n 20 >&2; return 1; }
}

updated=
apt() { # apt PACKAGE
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
		return 1
	fi
	say "installing the package $1; this takes up to a minute"
	if [ -z "$updated" ]; then
		quietly apt-get update -qq || return 1
		updated=yes
	fi
	DEBIAN_FRONTEND=noninteractive quietly apt-get install -qq -y --no-install-recommends "$1"
}

for what in "$@"; do
	case $what in
	postgres)
		have_postgres && continue
		# Debian's package creates a cluster and starts it, unless it is told not to.
		if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && mkdir -p /etc/postgresql-common/createcluster.d; then
			echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/sluss.conf
		fi
		apt postgresql && have_postgres && continue
		say "no PostgreSQL here. Standalone fetches one by itself; tests of the ledger are skipped without."
		say "To get one: apt-get install postgresql (as root), or set PG_BIN to a folder with initdb, pg_ctl and postgres."
		;;
	browser)
		have_browser && continue
		apt chromium && have_browser && continue
		say "no browser here: the tests of the pages are skipped. To get one: apt-get install chromium (as root)."
		;;
	*)
		say "what is '$what'? Usage: scripts/install.sh [postgres] [browser]"
		exit 2
		;;
	esac
done
