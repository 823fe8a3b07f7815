//! Keys of `window`, `freeze` and `holidays`. What their phrases mean is checked where everything is seen together.

use super::leaf::{DATE, NAME, TEXT, ZONE};
use super::shape::{Key, Ref, Shape, Support, Table, Word};
use super::surroundings::TIER;

/// `window`.
pub static WINDOW: Table = Table {
    what: "a window",
    of: "window",
    keys: &[
        Key::new(
            "window",
            &NAME,
            "Name of the window.",
            "window: office-hours",
        )
        .required(),
        Key::new(
            "allow",
            &Shape::OneOrMore(&TEXT),
            "When deployments may start: a phrase that says from when to when, or an RFC 5545 rule with `DTEND` or `DURATION`, or several; any of them opens it.",
            "allow: Mon-Thu 09:00-16:00",
        )
        .required(),
        Key::new(
            "deny",
            &Shape::OneOrMore(&TEXT),
            "When it is closed all the same: a phrase that says from when to when, or several. It closes only its own hours.",
            "deny: last Thu of month 12:00-14:00",
        ),
        Key::new(
            "zone",
            &ZONE,
            "IANA time zone of the phrases; that of each environment without it.",
            "zone: Europe/Berlin",
        ),
        Key::new(
            "at-most",
            &Shape::Count { min: 1, max: 1_000 },
            "Deployments that may be under way at a time in all environments that name it; any number without it.",
            "at-most: 5",
        ),
    ],
};

/// `freeze`.
pub static FREEZE: Table = Table {
    what: "a freeze",
    of: "freeze",
    keys: &[
        Key::new(
            "freeze",
            &NAME,
            "Name of the freeze.",
            "freeze: peak-season",
        )
        .required(),
        Key::new(
            "why",
            &TEXT,
            "Why, for those who wait.",
            "why: Black Friday to Cyber Monday",
        )
        .required(),
        Key::new(
            "around",
            &TEXT,
            "What it lies around: `fiscal-quarter-end`, a date, days that repeat, or an RFC 5545 rule. `from` and `until` are then offsets from it.",
            "around: fiscal-quarter-end",
        ),
        Key::new(
            "from",
            &TEXT,
            "First instant, such as `2026-11-25 00:00`; with `around` an offset, such as `3 working days before`.",
            "from: 2026-11-25 00:00",
        )
        .required(),
        Key::new(
            "until",
            &TEXT,
            "First instant after it, written like `from`; open-ended without it.",
            "until: 2026-12-01 06:00",
        ),
        Key::new(
            "zone",
            &ZONE,
            "IANA time zone; that of each environment without it.",
            "zone: America/New_York",
        ),
        Key::new(
            "services",
            &Shape::OneOrMore(&Shape::Ref(Ref::Service)),
            "Services that it holds; all without it.",
            "services: [payments, ledger]",
        ),
        Key::new(
            "environments",
            &Shape::OneOrMore(&Shape::Ref(Ref::Environment)),
            "Environments that it holds; all of tier `production` without it.",
            "environments: [prod-eu, prod-us]",
        ),
        Key::new(
            "teams",
            &Shape::OneOrMore(&Shape::Ref(Ref::Team)),
            "Services that it holds, by the team that owns them. Kinds of selector narrow each other.",
            "teams: [payments]",
        ),
        Key::new(
            "units",
            &Shape::OneOrMore(&Shape::Ref(Ref::Unit)),
            "Services that it holds, by business unit, with those of the units below it.",
            "units: [retail]",
        ),
        Key::new(
            "service-tiers",
            &Shape::OneOrMore(&Shape::Count { min: 1, max: 4 }),
            "Services that it holds, by their `tier`.",
            "service-tiers: [1, 2]",
        ),
        Key::new(
            "tiers",
            &Shape::OneOrMore(&TIER),
            "Environments that it holds, by their `tier`.",
            "tiers: [test, production]",
        ),
        Key::new(
            "operations",
            &Shape::OneOrMore(&OPERATION),
            "Kinds of work that it holds: `install`, `update`, `configuration`, `redeploy`, `rollback`; all without it.",
            "operations: [install, update]",
        ),
        Key::new(
            "in-flight",
            &IN_FLIGHT,
            "What happens to rollouts that it finds under way: they `finish`, `pause` before the next step until it ends, or `return` to what ran before; `finish` without it. A way back is never stopped.",
            "in-flight: pause",
        ),
        Key::new(
            "rollbacks",
            &GOING,
            "Whether returns to an earlier version, asked for as deployments of their own, `go` or `wait`; `go` without it.",
            "rollbacks: wait",
        ),
        Key::new(
            "first-installs",
            &GOING,
            "Whether services that come into an environment for the first time `go` or `wait`; `wait` without it.",
            "first-installs: go",
        ),
        Key::new(
            "let-through",
            &Shape::OneOrMore(&CLASS),
            "Change classes whose exceptions are in force at once, with a review owed: `emergency`, which names an incident. None without it.",
            "let-through: [emergency]",
        ),
        Key::new(
            "exception-by",
            &Shape::OneOrMore(&Shape::Ref(Ref::Team)),
            "Teams whose `members` grant exceptions, never the one who asked; nobody does without it.",
            "exception-by: [cfo-office]",
        ),
    ],
};

static OPERATION: Shape = Shape::Word(&[
    Word::full("install"),
    Word::full("update"),
    Word::full("configuration"),
    Word::full("redeploy"),
    Word::full("rollback"),
]);
static IN_FLIGHT: Shape = Shape::Word(&[
    Word::full("finish"),
    Word::full("pause"),
    Word::full("return"),
]);
static GOING: Shape = Shape::Word(&[Word::full("go"), Word::full("wait")]);
static CLASS: Shape = Shape::Word(&[
    Word::full("emergency"),
    Word::limited(
        "standard",
        "Pre-approved changes; this version knows no such class, so nothing is let through by it.",
        Support::Informs,
    ),
]);

/// `holidays`.
pub static HOLIDAYS: Table = Table {
    what: "a list of holidays",
    of: "holidays",
    keys: &[
        Key::new("holidays", &NAME, "Name of the list.", "holidays: acme").required(),
        Key::new(
            "days",
            &Shape::OneOrMore(&DATE),
            "Days that are no working days, in every zone. Lists add up.",
            "days: [2026-12-25, 2026-12-26]",
        ),
        Key::new(
            "import",
            &Shape::OneOrMore(&TEXT),
            "Public holidays of countries and regions by code, which count in the zones of that country, and iCalendar files with whole days that are no working days in any zone, as paths relative to this file. Days from 2020 to 2049 are taken.",
            "import: [DE-BE, US-NY, holidays/company.ics]",
        ),
    ],
};
