//! Keys of `vendor`, `legacy` and `environment-booking`. What their phrases mean is checked where everything is seen together.

use super::leaf::{DATE, DURATION, NAME, PERIOD, TEXT, ZONE};
use super::shape::{Key, Ref, Shape, Table};

/// `vendor`.
pub static VENDOR: Table = Table {
    what: "a vendor",
    of: "vendor",
    keys: &[
        Key::new(
            "vendor",
            &NAME,
            "Name of the third party.",
            "vendor: card-network",
        )
        .required(),
        Key::new(
            "owner",
            &Shape::Ref(Ref::Team),
            "Team of ours that speaks with it.",
            "owner: payments",
        )
        .required(),
        Key::new(
            "maintenance",
            &Shape::OneOrMore(&TEXT),
            "Hours in which its contract lets it work: phrases that say from when to when; at any time without it.",
            "maintenance: Sun 02:00-06:00",
        ),
        Key::new(
            "notice",
            &TEXT,
            "How long before it must announce work: days, working days or hours.",
            "notice: 10 days",
        ),
        Key::new(
            "zone",
            &ZONE,
            "IANA time zone of these; the company's without it.",
            "zone: America/New_York",
        ),
        Key::new(
            "services",
            &Shape::OneOrMore(&Shape::Ref(Ref::Service)),
            "Services that depend on it.",
            "services: [payments]",
        ),
        Key::new(
            "calendar-fresh-for",
            &PERIOD,
            "How long its calendar counts after it was imported; older, or never imported, it is no data, and its services wait in production.",
            "calendar-fresh-for: 2d",
        ),
    ],
};

/// `legacy`.
pub static LEGACY: Table = Table {
    what: "a system that cannot be moved",
    of: "legacy",
    keys: &[
        Key::new("legacy", &NAME, "Name of the constraint.", "legacy: settlement").required(),
        Key::new(
            "why",
            &TEXT,
            "What runs, and why it cannot be moved, for those who wait.",
            "why: Nightly settlement on the mainframe",
        )
        .required(),
        Key::new(
            "runs",
            &Shape::OneOrMore(&TEXT),
            "When it runs: phrases of points in time, with `for`, or phrases that say from when to when.",
            "runs: every day at 22:00",
        )
        .required(),
        Key::new("for", &PERIOD, "How long a run lasts.", "for: 3h"),
        Key::new(
            "restart-margin",
            &DURATION,
            "Time after a run in which it may have to be started again: kept free, too.",
            "restart-margin: 30m",
        ),
        Key::new(
            "zone",
            &ZONE,
            "IANA time zone; the company's without it.",
            "zone: Europe/Berlin",
        ),
        Key::new(
            "services",
            &Shape::OneOrMore(&Shape::Ref(Ref::Service)),
            "Services it concerns; all without it.",
            "services: [ledger]",
        ),
        Key::new(
            "environments",
            &Shape::OneOrMore(&Shape::Ref(Ref::Environment)),
            "Environments it concerns; all of tier `production` without it.",
            "environments: [prod-eu]",
        ),
        Key::new(
            "owner",
            &Shape::Ref(Ref::Team),
            "Team that owns the constraint.",
            "owner: ledger",
        )
        .required(),
        Key::new(
            "review-by",
            &DATE,
            "Until when the owner has looked whether it is still needed.",
            "review-by: 2027-03-01",
        )
        .required(),
    ],
};

/// `environment-booking`.
pub static BOOKING: Table = Table {
    what: "a booking",
    of: "environment-booking",
    keys: &[
        Key::new(
            "environment-booking",
            &NAME,
            "Name of the booking.",
            "environment-booking: load-test",
        )
        .required(),
        Key::new(
            "why",
            &TEXT,
            "What for, for those who wait.",
            "why: Load test before the launch",
        )
        .required(),
        Key::new(
            "environment",
            &Shape::Ref(Ref::Environment),
            "Environment that is booked.",
            "environment: staging",
        )
        .required(),
        Key::new(
            "team",
            &Shape::Ref(Ref::Team),
            "Team it is booked for: only services that it owns are deployed there meanwhile.",
            "team: payments",
        )
        .required(),
        Key::new(
            "times",
            &Shape::OneOrMore(&TEXT),
            "When, as phrases that say from when to when and repeat.",
            "times: Mon-Fri 09:00-12:00",
        ),
        Key::new(
            "from",
            &TEXT,
            "First instant of a booking that happens once.",
            "from: 2026-12-01 09:00",
        ),
        Key::new(
            "until",
            &TEXT,
            "First instant after it.",
            "until: 2026-12-01 18:00",
        ),
        Key::new(
            "zone",
            &ZONE,
            "IANA time zone; that of the environment without it.",
            "zone: Europe/Berlin",
        ),
    ],
};
