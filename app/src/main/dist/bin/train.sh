#!/bin/sh
# train.sh ARTEFACT JAVA_HOME: runs the product once on an empty folder and keeps what the JVM learned as lib/agency.aot.
set -eu
artefact=$(CDPATH='' cd -- "$1" && pwd -P)
java_home=$2
log="$artefact/../train.log"
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT INT TERM
rm -f "$artefact/lib/agency.aot" "$artefact/lib/agency.aot.config"
# The order of jars must be the same for training and for running, so it is written down once.
(cd "$artefact/lib" && ls ./*.jar | sed 's|^\./||' | LC_ALL=C sort) >"$artefact/lib/class-path"

env -i PATH="$PATH" HOME="$data" JAVA_HOME="$java_home" AGENCY_AOT_OUTPUT="$artefact/lib/agency.aot" \
  AGENCY_EGRESS_ALLOW=127.0.0.0/8 \
  "$artefact/bin/agency" serve --data "$data/agency" --port 0 --no-model --rehearse >"$log" 2>&1 &
pid=$!
# `serve --rehearse` puts its own doors under load once it is ready and then stops itself; the limit is for a broken one.
waited=0
while kill -0 "$pid" 2>/dev/null; do
  sleep 0.2
  waited=$((waited + 1))
  if [ "$waited" -gt 1500 ]; then
    kill -9 "$pid" 2>/dev/null || true
    break
  fi
done
wait "$pid" 2>/dev/null || true
[ -f "$artefact/lib/agency.aot" ]
printf '%s\n' "$artefact" >"$artefact/lib/trained-in"
