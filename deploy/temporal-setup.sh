#!/bin/sh
# Prepares Temporal for Sluss, in the image temporalio/admin-tools; both steps
# may be run again. "database" creates Temporal's two databases and brings their
# schema up to date, "namespace" creates the namespace and the search attributes.
set -eu

case ${1:-} in
database)
	for pair in temporal:temporal temporal_visibility:visibility; do
		name=${pair%%:*}
		temporal-sql-tool --db "$name" create-database
		temporal-sql-tool --db "$name" setup-schema -v 0.0
		temporal-sql-tool --db "$name" update-schema --schema-name "postgresql/v12/${pair##*:}"
	done
	;;
namespace)
	namespace=${TEMPORAL_NAMESPACE:-default}
	until temporal operator cluster health >/dev/null 2>&1; do sleep 1; done
	# Days are enough: what must be kept for years is in the ledger.
	temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1 ||
		temporal operator namespace create --namespace "$namespace" --retention 72h
	known=$(temporal operator search-attribute list --namespace "$namespace")
	add() { # add NAME TYPE
		echo "$known" | grep -qw "$1" ||
			temporal operator search-attribute create --namespace "$namespace" --name "$1" --type "$2"
	}
	add Stage Keyword
	add WaitingFor Keyword
	add Registry KeywordList
	add Country Keyword
	add Due Datetime
	add Overdue Bool
	add Blocked Bool
	add Recorded Int
	;;
*)
	echo "Usage: temporal-setup.sh database | namespace" >&2
	exit 2
	;;
esac
