#!/usr/bin/env bash
# A throw-away PostgreSQL server for the tests, on 127.0.0.1 and a free port:
#   bash scripts/postgres.sh start        prints its folder; the file `url` in it is for TEST_POSTGRES_URL
#   bash scripts/postgres.sh stop FOLDER  ends it and removes the folder
set -Eeuo pipefail

# Debian keeps the programs of each version in a folder of their own; the newest is last.
bin=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/initdb' 2>/dev/null | sort -V | tail -1)
bin=$(dirname "${bin:-$(command -v initdb || true)}")
if [ ! -x "$bin/initdb" ]; then
  echo "There is no PostgreSQL here: install it (Debian: apt-get install postgresql)." >&2
  exit 1
fi

# PostgreSQL does not run as root.
as_owner() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

stop() {
  # It may have died, or never have run.
  as_owner "$bin/pg_ctl" stop -D "$1/data" -m immediate -s 2>/dev/null || true
  rm -rf "$1"
}

start() {
  local folder port
  folder=$(mktemp -d "${TMPDIR:-/tmp}/smooth-agent-postgres-XXXXXX")
  trap 'stop "$folder"; exit 1' ERR HUP INT TERM
  if [ "$(id -u)" -eq 0 ]; then chown postgres "$folder"; fi
  as_owner "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --no-instructions >"$folder/initdb.log"
  port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
  local options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 -c fsync=on"
  # A server that kept our standard output would keep whoever reads it waiting.
  if ! as_owner "$bin/pg_ctl" start -D "$folder/data" -l "$folder/data/server.log" -w -s -o "$options" >/dev/null; then
    cat "$folder/data/server.log" >&2
    false
  fi
  echo "postgresql://postgres@127.0.0.1:$port/postgres" >"$folder/url"
  echo "$folder"
}

case "${1:-}" in
  start) start ;;
  stop) stop "${2:?the folder that start printed}" ;;
  *) sed -n '2,4s/^# //p' "$0" >&2 && exit 1 ;;
esac
