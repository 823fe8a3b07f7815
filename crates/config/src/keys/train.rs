//! Keys of `train`. What its phrases mean is checked where everything is seen together.

use super::leaf::{DATE, NAME, PERIOD, QUOTA, TEXT, ZONE};
use super::shape::{Key, KeyRule, Ref, Shape, Table, Word};

static CADENCE: Table = Table {
    what: "`cadence`",
    of: "cadence",
    keys: &[
        Key::new(
            "slow-after",
            &QUOTA,
            "More failed passengers than this share, over that many departures with passengers: one step slower.",
            "slow-after: 20% failed over 3 departures",
        )
        .required(),
        Key::new(
            "recover-after",
            &QUOTA,
            "At most this share over that many departures: one step quicker. More departures and a smaller share than `slow-after`.",
            "recover-after: 5% failed over 6 departures",
        )
        .required(),
        Key::new(
            "steps",
            &Shape::OneOrMore(&TEXT),
            "Phrases that stand in for `departs`, slower and slower.",
            "steps: [every 4 weeks on Tue at 10:00]",
        )
        .required(),
        Key::new(
            "notice",
            &PERIOD,
            "Between the proposal of another rhythm and its effect; a person may refuse it meanwhile. 1 day without it.",
            "notice: 2d",
        ),
    ],
};

static MISSED: Shape = Shape::Word(&[Word::full("next-train"), Word::full("ask")]);
static TRIGGER: Shape = Shape::Word(&[Word::full("date"), Word::full("features")]);

static HOTFIXES: Table = Table {
    what: "a rule for hotfixes",
    of: "train",
    keys: &[
        Key::new(
            "until",
            &PERIOD,
            "How long before the departure nobody may board any more.",
            "until: 4h",
        )
        .required(),
        Key::new(
            "tags",
            &Shape::OneOrMore(&NAME),
            "Tags of the release, or of its service, of which it needs one.",
            "tags: [hotfix]",
        )
        .required(),
    ],
};

/// `train`.
pub static TRAIN: Table = Table {
    what: "a train",
    of: "train",
    keys: &[
        Key::new("train", &NAME, "Name of the train.", "train: retail").required(),
        Key::new(
            "carries",
            &Shape::OneOrMore(&Shape::Ref(Ref::Service)),
            "Services that travel with it: their releases enter its environments only as passengers of a departure that has left.",
            "carries: [web, payments]",
        )
        .required(),
        Key::new(
            "departs",
            &TEXT,
            "When it leaves: a phrase for points in time.",
            "departs: every 2 weeks on Tue at 10:00",
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
            "First day on which it may leave; `every 2 weeks` counts from it.",
            "first: 2026-12-01",
        ),
        Key::new(
            "scope-closes",
            &TEXT,
            "From when on nobody may board, as an offset; at the next later cut-off without it.",
            "scope-closes: 3 working days before",
        ),
        Key::new(
            "code-closes",
            &TEXT,
            "From when on passengers must be green in the environments before its own, as an offset; when it leaves without it.",
            "code-closes: 2 working days before",
        ),
        Key::new(
            "go-no-go",
            &TEXT,
            "From when on somebody must say go, as an offset. Without a go it does not leave; without this key nobody need say it.",
            "go-no-go: 1 working day before",
        ),
        Key::new(
            "decided-by",
            &Shape::Ref(Ref::Team),
            "Team whose `members` say go, admit who is late, let it leave early, postpone and cancel; without it the teams that own what it carries, and where these have no known members, everybody who may operate.",
            "decided-by: release-office",
        ),
        Key::new(
            "missed",
            &MISSED,
            "What happens to a release that misses a cut-off: `next-train` moves it, `ask` waits for a person until the departure.",
            "missed: ask",
        ),
        Key::new(
            "hotfixes",
            &Shape::Table(&HOTFIXES),
            "Which releases may board after the scope closed; every other one that comes late is refused. Without it they do what `missed` says.",
            "hotfixes: { until: 4h, tags: [hotfix] }",
        ),
        Key::new(
            "capacity",
            &Shape::Count { min: 1, max: 50 },
            "Most passengers of a departure; those beyond it move to the next. 50 without it.",
            "capacity: 5",
        ),
        Key::new(
            "to",
            &Shape::OneOrMore(&Shape::Ref(Ref::Environment)),
            "Environments that its passengers enter only with it; those of tier `production` without it.",
            "to: [prod-eu, prod-us]",
        ),
        Key::new(
            "patience",
            &PERIOD,
            "How long after its instant a departure may still leave; then it is postponed to the next free date. 1 day without it.",
            "patience: 4h",
        ),
        Key::new(
            "trigger",
            &TRIGGER,
            "What makes it leave: its `date`, or its `features` once they are complete (at its date plus `patience` without those that are not).",
            "trigger: features",
        ),
        Key::new(
            "features",
            &Shape::Map(KeyRule::Name, &Shape::OneOrMore(&TEXT)),
            "Features promised for its next departure, with the releases that each needs.",
            "features: { one-page-checkout: [web@8.14.0, payments@3.3.0] }",
        ),
        Key::new(
            "cadence",
            &Shape::Table(&CADENCE),
            "How it slows down after failures and recovers; without it the rhythm stays.",
            "cadence: { slow-after: 20% failed over 3 departures, recover-after: 5% failed over 6 departures, steps: every 4 weeks on Tue at 10:00 }",
        ),
        Key::new(
            "hands",
            &Shape::Map(
                KeyRule::Ref(Ref::Team),
                &Shape::Count { min: 1, max: tidegate_core::limits::HANDS as u64 },
            ),
            "People that a departure needs, by team: members on duty by the team's `cover` when it leaves, and not busy with a departure that has left. It waits for them up to `patience`.",
            "hands: { testing: 2, support: 1 }",
        ),
    ],
};
