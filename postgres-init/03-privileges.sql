REVOKE ALL ON category_sales, rejected_events, repairs, job_heartbeat, pipeline FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON category_sales, rejected_events, repairs, job_heartbeat TO salespulse_writer;
GRANT SELECT, INSERT, UPDATE ON pipeline TO salespulse_writer;

GRANT SELECT ON category_sales, rejected_events, repairs, job_heartbeat, pipeline TO grafana_reader;

-- A reader can lift its own default_transaction_read_only. What everybody may do in a new database must not let it write
-- even then: no temporary tables, no large objects.
DO $$
BEGIN
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO salespulse_writer', current_database());
END
$$;
REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) FROM PUBLIC;
