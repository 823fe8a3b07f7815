-- The Merkle tree over the records of the ledger, and signed checkpoints of it.

-- Roots of the complete subtrees, largest first; null in a ledger from before, until it is planted.
ALTER TABLE head ADD COLUMN frontier BYTEA;
-- Leaf of the entry.
ALTER TABLE ledger ADD COLUMN leaf BYTEA;

-- Complete tiles: 256 hashes of one level, one after the other.
CREATE TABLE tile (
    ledger_id BIGINT NOT NULL,
    level BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (ledger_id, level, idx)
);

-- Signed notes, by the number of entries they speak of.
CREATE TABLE checkpoint (
    ledger_id BIGINT NOT NULL,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (ledger_id, size)
);

-- Public keys that sign checkpoints, and the newest entry when each was first used.
CREATE TABLE checkpoint_key (
    ledger_id BIGINT NOT NULL,
    verifier TEXT COLLATE "C" NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (ledger_id, verifier)
);
