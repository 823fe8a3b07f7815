//! Keys of `checkpoints` and `retention`.

use super::leaf::{KEEP, NAME, PERIOD, TEXT, URL};
use super::shape::{Key, Ref, Shape, Table, Word};

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

/// `retention`.
pub static RETENTION: Table = Table {
    what: "a retention rule",
    of: "retention",
    keys: &[
        Key::new(
            "retention",
            &NAME,
            "Name of the rule.",
            "retention: payments-output",
        )
        .required(),
        Key::new(
            "keep",
            &KEEP,
            "How long; of several rules that speak of one body the longest counts, and without one it is kept for good.",
            "keep: 7 years",
        )
        .required(),
        Key::new(
            "of",
            &Shape::OneOrMore(&CLASS),
            "Classes: `output` (what programs wrote) and `verdict-evidence` (figures behind verdicts); both without it.",
            "of: output",
        ),
        Key::new(
            "services",
            &Shape::OneOrMore(&Shape::Ref(Ref::Service)),
            "Services that it speaks of; all without it.",
            "services: [payments]",
        ),
        Key::new(
            "environments",
            &Shape::OneOrMore(&Shape::Ref(Ref::Environment)),
            "Environments that it speaks of; all without it.",
            "environments: [prod-eu]",
        ),
        Key::new(
            "tags",
            &Shape::OneOrMore(&NAME),
            "Regulatory tags: it speaks of releases that have one of them; of all without it.",
            "tags: [mas-trm]",
        ),
    ],
};

static CLASS: Shape = Shape::Word(&[Word::full("output"), Word::full("verdict-evidence")]);
