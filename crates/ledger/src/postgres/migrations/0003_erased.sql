-- The entry of the erasure that took words out of the body; null where the body is as it was written.
ALTER TABLE ledger ADD COLUMN erased BIGINT;
