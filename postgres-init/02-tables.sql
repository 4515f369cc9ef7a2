-- One row per window and category. Rows are replaced many times a minute while their window is open: free space in each
-- page (fillfactor) and no index on a changing column keep those updates in place (HOT).
CREATE TABLE IF NOT EXISTS category_sales (
  window_start      timestamptz   NOT NULL,
  window_end        timestamptz   NOT NULL,
  category          text          COLLATE "C" NOT NULL,
  total_sales       numeric(20,2) NOT NULL CHECK (total_sales >= 0),
  transaction_count bigint        NOT NULL CHECK (transaction_count > 0),
  average_sale      numeric(20,2) GENERATED ALWAYS AS (round(total_sales / transaction_count, 2)) STORED,
  is_final          boolean       NOT NULL,
  correction_count  integer       NOT NULL DEFAULT 0 CHECK (correction_count >= 0),
  updated_at        timestamptz   NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (window_start, category),
  CHECK (window_end > window_start)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.02);

COMMENT ON TABLE category_sales IS 'Sales per one-minute event-time window and category, written by the Flink job.';
COMMENT ON COLUMN category_sales.is_final IS 'The watermark has passed the end of the window. Never goes back; a late event may still correct the row.';
COMMENT ON COLUMN category_sales.correction_count IS 'How often the row grew after it had become final.';

-- Rejected records by the minute of their Kafka record timestamp.
CREATE TABLE IF NOT EXISTS rejected_events (
  minute      timestamptz NOT NULL,
  reason      text        COLLATE "C" NOT NULL,
  event_count bigint      NOT NULL CHECK (event_count > 0),
  updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (minute, reason)
) WITH (fillfactor = 70);

-- Windows whose state was gone when more of their events arrived: they need a backfill. Empty in normal life.
CREATE TABLE IF NOT EXISTS repairs (
  window_start timestamptz PRIMARY KEY,
  seen_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One row per source subtask, every five seconds: tells a dead job from a day without sales.
CREATE TABLE IF NOT EXISTS job_heartbeat (
  subtask      integer     PRIMARY KEY,
  watermark    timestamptz,
  newest_event timestamptz,
  updated_at   timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

-- The log and the rules that the rows above were counted by. The job refuses to start when its own differ.
CREATE TABLE IF NOT EXISTS pipeline (
  only_row             boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
  topic                text        NOT NULL,
  topic_id             text        NOT NULL,
  window_size          interval    NOT NULL,
  max_out_of_orderness interval    NOT NULL,
  allowed_lateness     interval    NOT NULL,
  max_future_skew      interval    NOT NULL,
  counted_from         timestamptz NOT NULL,
  created_at           timestamptz NOT NULL DEFAULT clock_timestamp()
);
