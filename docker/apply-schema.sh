#!/usr/bin/env bash
# Applies the schema and sets the passwords of all roles, on an empty and on an older database. It connects over
# PostgreSQL's socket, which asks for no password: so it also works when the passwords have just been changed.
set -euo pipefail

run_psql() {
  psql --host /var/run/postgresql --username postgres --dbname transactions_db \
    --no-psqlrc --quiet --set ON_ERROR_STOP=1 "$@"
}

# As one transaction, so that the job never sees half of a new schema.
files=()
for file in /postgres-init/*.sql; do
  files+=(--file "$file")
done
PGOPTIONS='-c client_min_messages=warning' run_psql --single-transaction "${files[@]}"

# Not as arguments, which everybody on the machine can list; not in the server's log either, should a statement fail.
run_psql <<'SQL'
\getenv postgres_password POSTGRES_PASSWORD
\getenv writer_password SALESPULSE_WRITER_PASSWORD
\getenv reader_password SALESPULSE_READER_PASSWORD
SET log_min_error_statement = panic;
ALTER ROLE postgres PASSWORD :'postgres_password';
ALTER ROLE salespulse_writer PASSWORD :'writer_password';
ALTER ROLE grafana_reader PASSWORD :'reader_password';
SQL
echo 'The schema is applied and the passwords are set.'
