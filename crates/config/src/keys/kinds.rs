//! Kinds of document, in the order in which readers without key order look for them.

use super::archive::RETENTION;
use super::board::BOARD;
use super::calendar::{FREEZE, HOLIDAYS, WINDOW};
use super::layers::{BOOKING, LEGACY, VENDOR};
use super::policy::{GUARDRAIL, POLICY, RISK, RISK_QUESTION};
use super::service::SERVICE;
use super::shape::{Key, Support, Table};
use super::strategy::{ANALYSIS, STRATEGY};
use super::surroundings::{ENVIRONMENTS, PIPELINE, TEAMS, TIDEGATE, UNITS};
use super::template::TEMPLATE;
use super::train::TRAIN;

/// A kind.
#[derive(Debug)]
pub struct Kind {
    /// Its key.
    pub name: &'static str,
    /// What its documents hold.
    pub body: Body,
    /// For people.
    pub doc: &'static str,
}

/// What documents of a kind hold.
#[derive(Debug)]
pub enum Body {
    /// Known keys; the kind's own is the first and holds the name.
    Table(&'static Table),
    /// One key with a map of names.
    Map(&'static Table),
    /// Not supported by this version.
    Without(Support),
}

const fn without(name: &'static str, support: Support, doc: &'static str) -> Kind {
    Kind {
        name,
        body: Body::Without(support),
        doc,
    }
}

use Support::{Informs, Restricts};

/// All kinds in order. Of two in one document, the one that stands earlier here is the kind.
pub static KINDS: &[Kind] = &[
    Kind {
        name: "service",
        body: Body::Table(&SERVICE),
        doc: "A deployable program: who owns it, how it runs, how it moves.",
    },
    Kind {
        name: "pipeline",
        body: Body::Table(&PIPELINE),
        doc: "The way of a release through environments.",
    },
    Kind {
        name: "strategy",
        body: Body::Table(&STRATEGY),
        doc: "How a new revision replaces the old one.",
    },
    Kind {
        name: "analysis",
        body: Body::Table(&ANALYSIS),
        doc: "How the health of a new revision is judged.",
    },
    Kind {
        name: "train",
        body: Body::Table(&TRAIN),
        doc: "A scheduled departure that releases wait for.",
    },
    Kind {
        name: "window",
        body: Body::Table(&WINDOW),
        doc: "Times when deployments may start.",
    },
    Kind {
        name: "freeze",
        body: Body::Table(&FREEZE),
        doc: "A planned time in which nothing may start.",
    },
    Kind {
        name: "holidays",
        body: Body::Table(&HOLIDAYS),
        doc: "Days that are no working days.",
    },
    Kind {
        name: "board",
        body: Body::Table(&BOARD),
        doc: "People who decide about changes together, at times that repeat.",
    },
    Kind {
        name: "policy",
        body: Body::Table(&POLICY),
        doc: "Approvals and change classes.",
    },
    Kind {
        name: "risk",
        body: Body::Table(&RISK),
        doc: "Weights and bands of the risk score.",
    },
    Kind {
        name: "guardrail",
        body: Body::Table(&GUARDRAIL),
        doc: "What nobody may do, whatever else lets them.",
    },
    without("channel", Informs, "Where messages go."),
    without("notify", Informs, "Which events are told to whom."),
    Kind {
        name: "template",
        body: Body::Table(&TEMPLATE),
        doc: "What a part of a document pack begins with.",
    },
    Kind {
        name: "environment-booking",
        body: Body::Table(&BOOKING),
        doc: "An environment reserved for a team.",
    },
    Kind {
        name: "vendor",
        body: Body::Table(&VENDOR),
        doc: "A third party whose work concerns services of ours.",
    },
    Kind {
        name: "legacy",
        body: Body::Table(&LEGACY),
        doc: "Runs of a system that cannot be moved.",
    },
    without("checklist", Restricts, "Points that must be ticked."),
    Kind {
        name: "risk-question",
        body: Body::Table(&RISK_QUESTION),
        doc: "A question whose answer counts for the risk.",
    },
    without("target", Restricts, "Agents by label."),
    without("quota", Restricts, "How much may happen."),
    without("journey", Restricts, "A user's way that must work."),
    without("increment", Informs, "A planning increment."),
    without("audience", Informs, "People who are told."),
    Kind {
        name: "retention",
        body: Body::Table(&RETENTION),
        doc: "How long bodies beside the log are kept.",
    },
    without("metrics", Informs, "Figures of a report."),
    without("benchmark", Informs, "Figures to compare with."),
    Kind {
        name: "units",
        body: Body::Map(&UNITS_DOCUMENT),
        doc: "Business units by name.",
    },
    Kind {
        name: "teams",
        body: Body::Map(&TEAMS_DOCUMENT),
        doc: "Teams by name.",
    },
    Kind {
        name: "environments",
        body: Body::Map(&ENVIRONMENTS_DOCUMENT),
        doc: "Environments by name.",
    },
    Kind {
        name: "tidegate",
        body: Body::Table(&TIDEGATE),
        doc: "Company-wide settings.",
    },
];

static TEAMS_DOCUMENT: Table = Table {
    what: "the `teams` document",
    of: "the document; team names stand below `teams`",
    keys: &[Key::new(
        "teams",
        &TEAMS,
        "Teams by name.",
        "teams:\n  web: { group: okta/web }",
    )
    .required()],
};

static UNITS_DOCUMENT: Table = Table {
    what: "the `units` document",
    of: "the document; names of units stand below `units`",
    keys: &[Key::new(
        "units",
        &UNITS,
        "Business units by name.",
        "units:\n  retail: { teams: [web], roles: { web: operator } }",
    )
    .required()],
};

static ENVIRONMENTS_DOCUMENT: Table = Table {
    what: "the `environments` document",
    of: "the document; environment names stand below `environments`",
    keys: &[Key::new(
        "environments",
        &ENVIRONMENTS,
        "Environments by name.",
        "environments:\n  prod: { tier: production }",
    )
    .required()],
};

/// Kinds that occur once in a tree.
pub static SINGLETONS: &[&str] = &["units", "teams", "environments", "tidegate"];

/// Kinds that are read and checked, and that nothing enforces yet: refused.
pub static UNENFORCED: &[&str] = &[];

/// A kind by its key.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|k| k.name == name)
}
