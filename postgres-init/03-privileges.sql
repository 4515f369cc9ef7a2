REVOKE ALL ON category_sales, rejected_events, repairs, job_heartbeat, pipeline FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON category_sales, rejected_events, repairs, job_heartbeat TO salespulse_writer;
GRANT SELECT, INSERT, UPDATE ON pipeline TO salespulse_writer;

GRANT SELECT ON category_sales, rejected_events, repairs, job_heartbeat, pipeline TO grafana_reader;
