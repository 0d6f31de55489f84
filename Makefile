# `make` lists what can be done. Tools are built once by their pinned version,
# and kept by Go's build cache; go.mod does not know them.
GOLANGCI      := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
WORKFLOWCHECK := go run go.temporal.io/sdk/contrib/tools/workflowcheck@v0.6.0

VERSION ?= 0.1.0

# The machine's own Go builds everything; a newer one is not fetched.
export GOTOOLCHAIN ?= local

.DEFAULT_GOAL := help
.PHONY: help demo up test unit check lint fmt recordings bench record kill-test quota-test install

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  The first build of the Temporal server takes 4 to 7 minutes on two cores; later ones take seconds."

demo: ## run everything on this machine, with simulated registries and sample batches (ARGS="--flags")
	@scripts/install.sh postgres
	@scripts/build-standalone.sh
	@bin/standalone --demo $(ARGS)

up: ## run everything on this machine, with what is configured (ARGS="--data ~/sluss --config sluss.yaml")
	@scripts/install.sh postgres
	@scripts/build-standalone.sh
	@bin/standalone $(ARGS)

test: ## install what the tests miss, then run every test of both modules
	@scripts/install.sh postgres browser
	@scripts/build-standalone.sh
	@bin/standalone --install || echo "install: tests that need PostgreSQL are skipped" >&2
	go test ./...
	go test -C standalone -timeout 30m ./...

check: lint test ## all that must hold before a change is merged: formatting, linters, tests

lint: ## formatting, linters, determinism of the workflows; no tests
	@scripts/build-standalone.sh
	$(GOLANGCI) fmt --diff ./...
	cd standalone && $(GOLANGCI) fmt --diff --config ../.golangci.yml ./...
	go vet ./...
	go vet -C standalone ./...
	$(GOLANGCI) run ./...
	cd standalone && $(GOLANGCI) run --config ../.golangci.yml ./...
	$(WORKFLOWCHECK) -config workflowcheck.yaml ./workflows/... 2>&1 | (! grep -Ev "^  |^go: ")
	go generate ./api && git diff --exit-code -- api/generated.go # the API's server and client are those of api/openapi.yaml

fmt: ## format all Go code
	$(GOLANGCI) fmt ./...
	cd standalone && $(GOLANGCI) fmt --config ../.golangci.yml ./...

unit: ## the tests of the main module only: no build of the Temporal server
	go test ./...

recordings: ## say how many recorded exchanges with Trackdéchets the simulator answers alike
	@go test -count=1 -v -run Recorded ./registries/trackdechets/... ./simulators/trackdechets/... | grep -E 'exchanges agree$$|^(ok|FAIL|---)'

bench: ## measure everything beside its bar: one line BAR for each; fails if one is short (an hour or more, on a machine that does nothing else)
	@scripts/install.sh postgres
	@scripts/build-standalone.sh
	scripts/bench.sh

record: ## record histories with this code, for the replay tests of later code (VERSION=0.1.0)
	@scripts/install.sh postgres
	@scripts/build-standalone.sh
	bin/standalone --demo --exit --record workflows/testdata/$(VERSION)

kill-test: ## kill processes at the worst moments, and count what the registries got
	@scripts/install.sh postgres
	@scripts/build-standalone.sh
	scripts/kill-test.sh

quota-test: ## real processes at a registry's real limits: 5 000 calls, none too many (15 to 20 minutes)
	@scripts/install.sh postgres
	go test -C standalone -v -timeout 60m -run TestInstallation/quota -quota-calls 5000 -quota-limit 1000/1m .
	go test -v -timeout 60m -run '^$$' -bench TwoWorkers -benchtime 1x ./worker/engine -quota-calls 5000 -quota-limit 1000/1m

install: ## install PostgreSQL and a browser where there are none
	@scripts/install.sh postgres browser
