-- The two roles. Passwords are not here: whoever applies these files sets them (ALTER ROLE … PASSWORD …).
-- Every file in this folder is plain SQL that can be applied again at any time, to an empty or to an older database.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'salespulse_writer') THEN
    CREATE ROLE salespulse_writer LOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'grafana_reader') THEN
    CREATE ROLE grafana_reader LOGIN;
  END IF;
END
$$;

-- A writer that hangs must lose its locks before its successor gives up.
ALTER ROLE salespulse_writer SET lock_timeout = '5s';
ALTER ROLE salespulse_writer SET statement_timeout = '10s';
ALTER ROLE salespulse_writer SET transaction_timeout = '15s';
ALTER ROLE salespulse_writer SET idle_in_transaction_session_timeout = '5s';
ALTER ROLE salespulse_writer SET timezone = 'UTC';

ALTER ROLE grafana_reader CONNECTION LIMIT 20;
ALTER ROLE grafana_reader SET default_transaction_read_only = on;
ALTER ROLE grafana_reader SET statement_timeout = '5s';
ALTER ROLE grafana_reader SET timezone = 'UTC';
-- The default 4 is for spinning disks: a month of one-minute windows would be read with the rest of the table. And a
-- dashboard that refreshes every two seconds must not take the cores that the writer needs.
ALTER ROLE grafana_reader SET random_page_cost = 1.1;
ALTER ROLE grafana_reader SET max_parallel_workers_per_gather = 0;
-- Compiling a query (a tenth of a second) takes longer than running it, and it would be done again at every refresh.
ALTER ROLE grafana_reader SET jit = off;
