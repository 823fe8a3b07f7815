//! Keys of `board`. What its phrases mean is checked where everything is seen together.

use super::leaf::{CONDITION, DATE, NAME, PERIOD, TEXT, ZONE};
use super::shape::{Key, KeyRule, Ref, Shape, Table, Word};

/// Most seats of a team, and most votes of a quorum.
const MOST: u64 = 50;

static SEATS: Table = Table {
    what: "a member",
    of: "members",
    keys: &[
        Key::new(
            "from",
            &Shape::Ref(Ref::Team),
            "Team whose members vote.",
            "from: sre",
        )
        .required(),
        Key::new(
            "count",
            &Shape::Count { min: 1, max: MOST },
            "How many of its members count, each once; 1 without it.",
            "count: 2",
        ),
    ],
};

/// Gates whose answer can be a proof: neither the board itself nor those that ask for a place.
static GATE: Shape = Shape::Word(&[
    Word::full("artifact"),
    Word::full("order"),
    Word::full("soak"),
    Word::full("dependency"),
    Word::full("hold"),
    Word::full("environment"),
    Word::full("no-drift"),
    Word::full("documents"),
    Word::full("approval"),
    Word::full("review-debt"),
    Word::full("train"),
    Word::full("window"),
    Word::full("freeze"),
    Word::full("schedule"),
    Word::full("cover"),
    Word::full("booking"),
    Word::full("calendar"),
    Word::full("vendor"),
    Word::full("apart"),
]);

static CRITERION: Table = Table {
    what: "a criterion",
    of: "criteria",
    keys: &[
        Key::new(
            "text",
            &TEXT,
            "What must hold, in words.",
            "text: the way back was rehearsed",
        )
        .required(),
        Key::new(
            "owner",
            &Shape::Ref(Ref::Team),
            "Team that sees to it.",
            "owner: sre",
        )
        .required(),
        Key::new(
            "gate",
            &GATE,
            "It holds while this gate of the deployment passes.",
            "gate: documents",
        ),
        Key::new(
            "holds",
            &CONDITION,
            "It holds while this condition does; a fact that is not known counts as if it did not.",
            "holds: risk.score < 80",
        ),
        Key::new(
            "answer",
            &Shape::Ref(Ref::Team),
            "It holds when a member of this team without a part in the change says so, for this very plan.",
            "answer: sre",
        ),
        Key::new(
            "valid",
            &PERIOD,
            "How long an answer is good; as long as the plan without it.",
            "valid: 7d",
        ),
    ],
};

/// `board`.
pub static BOARD: Table = Table {
    what: "a board",
    of: "board",
    keys: &[
        Key::new("board", &NAME, "Name of the board.", "board: weekly-cab").required(),
        Key::new(
            "meets",
            &TEXT,
            "When a sitting begins: a phrase for points in time.",
            "meets: every week on Wed at 14:00",
        )
        .required(),
        Key::new(
            "zone",
            &ZONE,
            "IANA time zone of its phrases; the company's without it.",
            "zone: Europe/Berlin",
        ),
        Key::new(
            "first",
            &DATE,
            "First day on which it may meet; `every 2 weeks` counts from it.",
            "first: 2026-12-02",
        ),
        Key::new(
            "lasts",
            &PERIOD,
            "How long a sitting lasts; what is undecided at its end moves to the next. 1 hour without it.",
            "lasts: 1h",
        ),
        Key::new(
            "chair",
            &Shape::Ref(Ref::Team),
            "Team whose members open a sitting before its time and are told when an expert does not answer; the members of the board without it.",
            "chair: release-office",
        ),
        Key::new(
            "members",
            &Shape::OneOrMore(&Shape::Either(&TEAM, &Shape::Table(&SEATS))),
            "Whose members sit on it: each team has one seat, or as many as `count` says. A seat is one person's, and one person has one seat.",
            "members: [sre, risk-compliance, { from: web, count: 2 }]",
        )
        .required(),
        Key::new(
            "quorum",
            &Shape::Count { min: 1, max: MOST },
            "How many seats must have voted for a decision; all of them without it.",
            "quorum: 3",
        ),
        Key::new(
            "reviews",
            &CONDITION,
            "Which changes it decides about. Standard changes and emergencies never wait for a board; a fact that is not known counts as if the condition held.",
            "reviews: change.class == \"normal\" && risk.score >= 60",
        )
        .required(),
        Key::new(
            "agenda-closes",
            &TEXT,
            "From when on its agenda takes nothing more, as an offset; when it begins without it. What comes later is decided at the next sitting.",
            "agenda-closes: 24h before",
        ),
        Key::new(
            "criteria",
            &Shape::Map(KeyRule::Name, &Shape::Table(&CRITERION)),
            "What must hold, by name, before its go lets a change start. What is not known counts as unmet.",
            "criteria:\n  rehearsed: { text: the way back was rehearsed, owner: sre, answer: sre }",
        ),
        Key::new(
            "freeze-criteria",
            &TEXT,
            "From when on the criteria of a sitting stay as they are whatever is applied, as an offset; when its agenda closes without it.",
            "freeze-criteria: 2 working days before",
        ),
    ],
};

static TEAM: Shape = Shape::Ref(Ref::Team);
