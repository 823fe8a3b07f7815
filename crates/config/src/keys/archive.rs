//! Keys of `checkpoints`.

use super::leaf::{PERIOD, TEXT, URL};
use super::shape::{Key, Shape, Table};

/// `checkpoints`.
pub static CHECKPOINTS: Table = Table {
    what: "`checkpoints`",
    of: "checkpoints",
    keys: &[
        Key::new(
            "every",
            &PERIOD,
            "Longest time that grown entries are without a checkpoint elsewhere; a thousand entries do not wait for it. `1m` without it.",
            "every: 1m",
        ),
        Key::new(
            "to",
            &Shape::List(&Shape::Table(&DESTINATION)),
            "Destinations; each is tried by itself.",
            "to: [{ file: witness.note }]",
        )
        .required(),
    ],
};

static DESTINATION: Table = Table {
    what: "a destination of `checkpoints`",
    of: "checkpoints.to",
    keys: &[
        Key::new(
            "file",
            &TEXT,
            "File that holds the newest checkpoint, below the server's `--checkpoint-dir`.",
            "file: witness.note",
        ),
        Key::new(
            "git",
            &TEXT,
            "Git repository that gets a commit for each, below the server's `--checkpoint-dir`.",
            "git: witness",
        ),
        Key::new(
            "push",
            &Shape::Bool,
            "Push the branch of that repository afterwards.",
            "push: true",
        ),
        Key::new(
            "webhook",
            &URL,
            "Address that each is posted to as JSON.",
            "webhook: https://witness.acme.example/tidegate",
        ),
        Key::new(
            "key",
            &TEXT,
            "Reference to the key that signs what is posted, looked up where the server runs.",
            "key: secret:env/WITNESS_KEY",
        ),
    ],
};
