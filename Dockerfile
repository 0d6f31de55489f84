# Images of Sluss. Targets: worker (also starter: the command line, the pages
# and the API) and standalone (everything on one machine, and the simulators;
# its first build carries the Temporal server and takes 4 to 7 minutes on two
# cores).
#
# No container engine was at hand where this was written: the images were not
# built.
ARG GO=1.26.8
ARG DEBIAN=12.11-slim

FROM golang:${GO}-bookworm AS source
WORKDIR /src
ENV CGO_ENABLED=0 GOFLAGS=-buildvcs=false GOTOOLCHAIN=local GOCACHE=/cache/build GOMODCACHE=/cache/modules
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/cache go mod download
COPY . .

FROM source AS build
RUN --mount=type=cache,target=/cache go build -trimpath -ldflags='-s -w' -o /out/ ./worker ./starter

FROM source AS build-standalone
RUN --mount=type=cache,target=/cache go build -C standalone -trimpath -ldflags='-s -w' -o /out/standalone .

FROM debian:${DEBIAN} AS base
RUN apt-get update \
	&& apt-get install -y --no-install-recommends ca-certificates tzdata \
	&& rm -rf /var/lib/apt/lists/* \
	&& useradd --system --create-home --home-dir /var/lib/sluss sluss \
	&& install --directory --owner=sluss /var/lib/sluss/simulators
WORKDIR /var/lib/sluss
USER sluss

FROM base AS worker
COPY --from=build /out/worker /out/starter /usr/local/bin/
CMD ["worker"]

FROM base AS standalone
USER root
# The programs, without a cluster: standalone makes one in its data folder.
RUN mkdir -p /etc/postgresql-common/createcluster.d \
	&& echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.d/sluss.conf \
	&& apt-get update \
	&& apt-get install -y --no-install-recommends postgresql-15 \
	&& rm -rf /var/lib/apt/lists/*
USER sluss
COPY --from=build-standalone /out/standalone /usr/local/bin/
CMD ["standalone"]
