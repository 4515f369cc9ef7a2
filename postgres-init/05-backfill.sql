-- What backfills have computed and not merged yet. A run's rows are removed when it ends; those of a killed run by the next one.
CREATE TABLE IF NOT EXISTS backfill_runs (
  run_id     bigint      PRIMARY KEY,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE IF NOT EXISTS backfill_sales (
  run_id            bigint        NOT NULL,
  window_start      timestamptz   NOT NULL,
  window_end        timestamptz   NOT NULL,
  category          text          COLLATE "C" NOT NULL,
  total_sales       numeric(20,2) NOT NULL,
  transaction_count bigint        NOT NULL,
  PRIMARY KEY (run_id, window_start, category)
);

CREATE TABLE IF NOT EXISTS backfill_rejections (
  run_id      bigint      NOT NULL,
  minute      timestamptz NOT NULL,
  reason      text        COLLATE "C" NOT NULL,
  event_count bigint      NOT NULL,
  PRIMARY KEY (run_id, minute, reason)
);

-- How far a run has read. Times are epoch milliseconds; null before the first valid record.
CREATE TABLE IF NOT EXISTS backfill_progress (
  run_id              bigint  NOT NULL,
  partition           integer NOT NULL,
  next_offset         bigint  NOT NULL,
  record_count        bigint  NOT NULL,
  newest_event_time   bigint,
  newest_valid_record bigint,
  PRIMARY KEY (run_id, partition)
);

REVOKE ALL ON backfill_runs, backfill_sales, backfill_rejections, backfill_progress FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON backfill_runs, backfill_sales, backfill_rejections, backfill_progress TO salespulse_writer;
-- A staging table fills within seconds, before autovacuum counts it: a run counts it itself before it merges.
GRANT MAINTAIN ON backfill_sales TO salespulse_writer;
