#!/bin/sh
# Begins as PostgreSQL's official image does: a cluster where there is none, what lies in docker-entrypoint-initdb.d, then
# the server.
set -eu
export PGDATA=/var/lib/postgresql/18/docker
as_postgres="setpriv --reuid=postgres --regid=postgres --clear-groups"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA"
  chown -R postgres:postgres /var/lib/postgresql
  # shellcheck disable=SC2086 # Words.
  $as_postgres initdb --pgdata="$PGDATA" --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" \
    --auth-local=trust --auth-host=scram-sha-256 $POSTGRES_INITDB_ARGS
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
  $as_postgres pg_ctl -o "-c listen_addresses='' -c unix_socket_directories=/tmp" -w start
  $as_postgres createdb --host=/tmp --username="$POSTGRES_USER" "$POSTGRES_DB"
  for file in /docker-entrypoint-initdb.d/*.sql; do
    $as_postgres psql --set ON_ERROR_STOP=1 --host=/tmp --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" --file="$file"
  done
  $as_postgres pg_ctl -w stop
fi
exec $as_postgres postgres -c listen_addresses='*' -c unix_socket_directories=/tmp
