-- The ledger and everything that commits with it. Times are microseconds since the Unix epoch, bodies are JSON text that is
-- never rewritten, digests are 32 raw bytes. Text is compared byte by byte.

-- One row per ledger: the newest entry.
CREATE TABLE head (
    ledger_id BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    hash BYTEA NOT NULL
);

-- The truth. `body` is null when it was erased.
CREATE TABLE ledger (
    ledger_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    stream TEXT COLLATE "C" NOT NULL,
    rev BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    body TEXT,
    body_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (ledger_id, seq),
    UNIQUE (ledger_id, stream, rev)
);

-- Newest fold of each stream. `wake` is unset, next, rest or never; next has a row in `due`.
CREATE TABLE state (
    ledger_id BIGINT NOT NULL,
    stream TEXT COLLATE "C" NOT NULL,
    rev BIGINT NOT NULL,
    fold BIGINT NOT NULL,
    body TEXT NOT NULL,
    wake TEXT NOT NULL DEFAULT 'unset' CHECK (wake IN ('unset', 'next', 'rest', 'never')),
    PRIMARY KEY (ledger_id, stream)
);
-- For the sweep: resting and ended streams are the many.
CREATE INDEX state_owing ON state (ledger_id, stream) WHERE wake IN ('unset', 'next');

-- Timers.
CREATE TABLE due (
    ledger_id BIGINT NOT NULL,
    stream TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    because TEXT NOT NULL,
    PRIMARY KEY (ledger_id, stream),
    FOREIGN KEY (ledger_id, stream) REFERENCES state (ledger_id, stream)
);
CREATE INDEX due_at ON due (ledger_id, at, stream);

-- Triggers that make a stream due earlier; they go when its timer goes.
CREATE TABLE waits (
    ledger_id BIGINT NOT NULL,
    trigger_on TEXT COLLATE "C" NOT NULL,
    stream TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (ledger_id, trigger_on, stream),
    FOREIGN KEY (ledger_id, stream) REFERENCES due (ledger_id, stream) ON DELETE CASCADE
);
CREATE INDEX waits_of ON waits (ledger_id, stream, trigger_on);

-- Outside work. `seq` is the newest entry when it was asked for.
CREATE TABLE action (
    ledger_id BIGINT NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    stream TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    body TEXT NOT NULL,
    created BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    epoch BIGINT NOT NULL DEFAULT 0,
    lease_by TEXT COLLATE "C",
    lease_until BIGINT,
    PRIMARY KEY (ledger_id, id)
);
CREATE INDEX action_in ON action (ledger_id, environment, seq, id);
CREATE INDEX action_of ON action (ledger_id, stream, seq, id);

-- Answers to commands, for commands that are sent again.
CREATE TABLE reply (
    ledger_id BIGINT NOT NULL,
    command_id TEXT COLLATE "C" NOT NULL,
    fingerprint BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (ledger_id, command_id)
);
CREATE INDEX reply_expires ON reply (ledger_id, expires, command_id);

-- Rows of all read models; which and how is the business of those who fold them.
CREATE TABLE model (
    ledger_id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (ledger_id, name, key)
);

-- Evidence too bulky for an entry.
CREATE TABLE blob (
    ledger_id BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    size BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (ledger_id, digest)
);

-- Streams kept aside until a person looks.
CREATE TABLE quarantine (
    ledger_id BIGINT NOT NULL,
    stream TEXT COLLATE "C" NOT NULL,
    because TEXT NOT NULL,
    PRIMARY KEY (ledger_id, stream)
);

-- Access tokens by the hash of their text; the text itself is nowhere.
CREATE TABLE token (
    ledger_id BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    body TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT,
    PRIMARY KEY (ledger_id, hash)
);
