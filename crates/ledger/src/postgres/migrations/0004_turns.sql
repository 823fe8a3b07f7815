-- Counts the transactions that wrote: whoever keeps rows in memory knows by it that nobody wrote in between.
ALTER TABLE head ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
