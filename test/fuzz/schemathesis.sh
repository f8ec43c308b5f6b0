#!/usr/bin/env bash
# Schemathesis on a running Milepost: all its default checks, stateful runs among them, for a bounded time. It installs itself
# into a temporary place (or uses the one that MILEPOST_SCHEMATHESIS names), starts the service on free ports, and leaves no
# process and no file behind. Its last lines are mocha's words, "N passing" and "N failing", of its phases; where the service
# does not start, they are the service's own, and none of those.
#
#   MILEPOST_FUZZ_SECONDS    how long (150)
#   MILEPOST_FUZZ_SEED       repeats the calls of a run that has named it
#   MILEPOST_SCHEMATHESIS    the command, where it is installed already
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

VERSION=4.32.5
seconds=${MILEPOST_FUZZ_SECONDS:-150}
work=$(mktemp -d)
service=

clean_up() {
  if [ -n "$service" ]; then
    kill -TERM "$service" 2>/dev/null
    for _ in $(seq 60); do kill -0 "$service" 2>/dev/null || break; sleep 0.5; done
    kill -KILL "$service" 2>/dev/null
  fi
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

not_run() {
  echo "schemathesis: not run ($1)"
  exit 0
}

install() {
  command -v python3 >/dev/null || not_run "no Python"
  python3 -m venv "$work/venv" >"$work/install" 2>&1 || not_run "Python has no venv"
  timeout 180 "$work/venv/bin/pip" install --quiet "schemathesis==$VERSION" >>"$work/install" 2>&1 || not_run "pip cannot have it"
  schemathesis=$work/venv/bin/schemathesis
}

free_port() {
  node -p 'const s = require("net").createServer().listen(0); const { port } = s.address(); s.close(); port'
}

schemathesis=${MILEPOST_SCHEMATHESIS:-}
[ -n "$schemathesis" ] || install

port=$(free_port)
export ADMIN_TOKEN=the-fuzzers-admin-token
env -u AWS_ENDPOINT_URL MILEPOST_DIR="$work/milepost" API_PORT="$port" ENDPOINT_PORT="$(free_port)" ORDERS_PER_MINUTE=100000 FAILED_CALLS_PER_MINUTE=1000000 LOG_LEVEL=warn \
  node start/main.ts >"$work/service.log" 2>&1 </dev/null &
service=$!
is_ready() {
  for _ in $(seq 120); do
    kill -0 "$service" 2>/dev/null || return 1
    curl -sf -o /dev/null --max-time 5 "http://127.0.0.1:$port/ready" && return 0
    sleep 0.5
  done
  return 1
}
# Calls to nobody would all be refused, and be told as failures of the API.
if ! is_ready; then
  echo "schemathesis: the service did not start; the end of what it said:"
  tail -n 20 "$work/service.log"
  exit 1
fi

# The console's pages are tried as whoever is signed in; its forms lack their token, so none of them does anything.
MILEPOST_SESSION=$(curl -s -o /dev/null -D - --data-urlencode "token=$ADMIN_TOKEN" "http://127.0.0.1:$port/console/sign-in" |
  sed -n 's/^[Ss]et-[Cc]ookie: [^=]*=\([^;]*\);.*/\1/p')
export MILEPOST_SESSION

# With FORCE_COLOR it would draw as on a terminal, whatever its value; and it leaves what it learned where it runs.
fuzz=$PWD/test/fuzz
cd "$work" || exit 1
SCHEMATHESIS_HOOKS=$fuzz/hooks.py env -u FORCE_COLOR timeout -k 10 $((seconds + 60)) "$schemathesis" --config-file "$fuzz/schemathesis.toml" \
  run "http://127.0.0.1:$port/openapi.json" -H "Authorization: Bearer $ADMIN_TOKEN" --max-time "$seconds" --no-color \
  ${MILEPOST_FUZZ_SEED:+--seed "$MILEPOST_FUZZ_SEED"} 2>&1 | tee "$work/log"
status=${PIPESTATUS[0]}

grep -aE '"level":(50|60)| error ' "$work/service.log" | head -n 20
passing=$(grep -acE '^ ✅  (Examples|Coverage|Fuzzing|Stateful) \(' "$work/log")
failing=$((4 - passing))
printf '\n  %d passing\n' "$passing"
[ "$failing" = 0 ] || printf '  %d failing\n' "$failing"
[ "$failing" = 0 ] && [ "$status" = 0 ]
