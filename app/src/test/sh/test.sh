#!/bin/sh
# test.sh CHECKOUT [suite ...]: sets up what the tests need, then runs every suite (or those named).
set -eu
here=$1
shift
cd "$here"
. app/src/main/dist/bin/find-java.sh

say() { printf '%s\n' "$*"; }

# Debian packages that tests call: libgomp1 is what the local models' engine links, Chromium opens our pages.
missing=""
[ -n "$(ldconfig -p 2>/dev/null | grep libgomp.so.1)" ] || missing="$missing libgomp1"
command -v unshare >/dev/null 2>&1 || missing="$missing util-linux"
command -v python3 >/dev/null 2>&1 || missing="$missing python3 python3-venv"
case "${1:-all}" in
  all | e2e)
    command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
    ;;
esac
if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "Installing$missing ..."
    # A list of packages that cannot be renewed may still be good enough.
    # shellcheck disable=SC2086
    { apt-get update -qq || true; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing; } >/dev/null ||
      say "Could not install$missing. Tests that need it will say so. By hand: apt-get install$missing"
  else
    say "Missing:$missing. Install with: sudo apt-get install$missing"
  fi
fi
command -v node >/dev/null 2>&1 || say "Node.js is missing: the tests with npm clients will be skipped by name (CI skips nothing)."

case "${1:-all}" in
  all) modules="" ;;
  --help | -h)
    say "Usage: agency test [kernel|platform|access|ledger|gateway|app|e2e]"
    say "Sets up what the tests need and runs all of them, or one module's with those it stands on."
    exit 0
    ;;
  kernel | platform | access | ledger | gateway | app) modules="-pl $1 -am" ;;
  e2e) modules="-pl e2e -am" ;;
  *)
    say "agency: there is no suite '$1'; there are: kernel platform access ledger gateway app e2e"
    exit 2
    ;;
esac

# The end-to-end suite starts the finished artefact, so that is built first.
case "${1:-all}" in
  all | e2e) ./agency build ;;
esac

# shellcheck disable=SC2086
mvn -B -ntp -Pe2e,bench $modules verify
