//! Keys of `window`, `freeze` and `holidays`. What their phrases mean is checked where everything is seen together.

use super::leaf::{DATE, NAME, TEXT, ZONE};
use super::shape::{Key, Ref, Shape, Table};

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
            "When deployments may start: a phrase that says from when to when, or several; any of them opens it.",
            "allow: Mon-Thu 09:00-16:00",
        )
        .required(),
        Key::new(
            "zone",
            &ZONE,
            "IANA time zone of the phrases; that of each environment without it.",
            "zone: Europe/Berlin",
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
            "What it lies around: `fiscal-quarter-end`, a date, or days that repeat. `from` and `until` are then offsets from it.",
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
        Key::restricts(
            "let-through",
            "Change classes that may go all the same; this version knows no classes. **Not enforced by this version**: refused.",
            "let-through: [emergency]",
        ),
        Key::restricts(
            "exception-by",
            "Teams that grant exceptions; this version knows no such authority. **Not enforced by this version**: refused.",
            "exception-by: [cfo-office]",
        ),
    ],
};

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
            "iCalendar files with whole days that are no working days, as paths relative to this file. Days from 2020 to 2049 are taken.",
            "import: [holidays/de-be.ics]",
        ),
    ],
};
