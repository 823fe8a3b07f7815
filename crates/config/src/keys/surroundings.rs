//! Keys of `tidegate`, `teams`, `environments` and `pipeline`.

use super::archive::CHECKPOINTS;
use super::identity::{SIGN_IN, TRUST};
use super::leaf::{DURATION, FORMAT, NAME, SHARE, SOURCE, TEXT, URL, ZONE};
use super::shape::{Key, KeyRule, Ref, Shape, Support, Table, Word};

const WHATEVER: &str = "Known; this version does nothing with it.";

/// `tidegate`.
pub static TIDEGATE: Table = Table {
    what: "the `tidegate` document",
    of: "tidegate",
    keys: &[
        Key::new(
            "tidegate",
            &FORMAT,
            "Format of the whole tree, written once.",
            "tidegate: 1",
        )
        .required(),
        Key::new(
            "company",
            &TEXT,
            "Name of the company, for people.",
            "company: Acme Pay",
        ),
        Key::new(
            "zone",
            &ZONE,
            "IANA time zone used wherever a rule or environment names none; `UTC` without it.",
            "zone: Europe/Berlin",
        ),
        Key::new(
            "connect",
            &Shape::Table(&CONNECT),
            "Neighbours.",
            "connect:\n  prometheus: { url: \"http://prometheus:9090\" }",
        ),
        Key::new(
            "fiscal-year-starts",
            &MONTH,
            "First month of the fiscal year, for `fiscal-quarter-end`; January without it.",
            "fiscal-year-starts: February",
        ),
        Key::new(
            "auditors",
            &Shape::OneOrMore(&Shape::Ref(Ref::Team)),
            "Teams whose members see everything, also services with `visible-to` of others. It gives no right to change anything.",
            "auditors: [internal-audit]",
        ),
        Key::new(
            "public-feeds",
            &Shape::OneOrMore(&FEED),
            "What anybody may read without signing in, at `/feeds/<name>.json`; nothing without it.",
            "public-feeds: [known-issues]",
        ),
        Key::new(
            "sign-in",
            &Shape::Table(&SIGN_IN),
            "Identity provider at which people sign in, beside accounts of this server.",
            "sign-in: { oidc: https://id.acme.example }",
        ),
        Key::new(
            "trust",
            &Shape::List(&Shape::Table(&TRUST)),
            "Builds that register artifacts with the token of their own CI.",
            "trust:\n  - gitlab-ci: { projects: [acme/ledger], refs: [main] }",
        ),
        Key::new(
            "checkpoints",
            &Shape::Table(&CHECKPOINTS),
            "Places that the server hands its newest signed checkpoint to by itself.",
            "checkpoints:\n  to: [{ file: witness.note }]",
        ),
    ],
};

static FEED: Shape = Shape::Word(&[Word::full("known-issues")]);

static MONTH: Shape = Shape::Word(&[
    Word::full("January"),
    Word::full("February"),
    Word::full("March"),
    Word::full("April"),
    Word::full("May"),
    Word::full("June"),
    Word::full("July"),
    Word::full("August"),
    Word::full("September"),
    Word::full("October"),
    Word::full("November"),
    Word::full("December"),
]);

static CONNECT: Table = Table {
    what: "`connect`",
    of: "connect",
    keys: &[
        Key::new(
            "prometheus",
            &Shape::Table(&PROMETHEUS),
            "Server that answers `prometheus:` queries of an analysis.",
            "prometheus: { url: \"http://prometheus:9090\" }",
        ),
        Key::informs("slack", WHATEVER, "slack: { token: secret:slack/bot }"),
        Key::informs(
            "pagerduty",
            WHATEVER,
            "pagerduty: { routing-key: secret:pagerduty/changes }",
        ),
        Key::informs(
            "servicenow",
            WHATEVER,
            "servicenow: { url: \"https://servicenow.acme.example\" }",
        ),
        Key::informs(
            "grafana",
            WHATEVER,
            "grafana: { url: \"https://grafana.acme.example\" }",
        ),
    ],
};

static PROMETHEUS: Table = Table {
    what: "`connect.prometheus`",
    of: "prometheus",
    keys: &[Key::new(
        "url",
        &URL,
        "Base address.",
        "url: \"http://prometheus:9090\"",
    )
    .required()],
};

/// One team.
static TEAM: Table = Table {
    what: "a team",
    of: "teams",
    keys: &[
        Key::new(
            "group",
            &TEXT,
            "Group at the identity provider whose members are the team.",
            "group: okta/web",
        ),
        Key::new("chat", &TEXT, "Chat channel.", "chat: \"#team-web\""),
        Key::new(
            "on-call",
            &TEXT,
            "On-call schedule.",
            "on-call: \"pagerduty:PSRE1\"",
        ),
        Key::new(
            "members",
            &Shape::OneOrMore(&TEXT),
            "Accounts of its members, as tokens name them: they decide for the team.",
            "members: [dina, hugo]",
        ),
        Key::new(
            "cover",
            &Shape::OneOrMore(&TEXT),
            "When somebody of the team is on duty: phrases that say from when to when. Production changes of its services must lie inside it as a whole; a team without it restricts nothing.",
            "cover: Mon-Fri 08:00-20:00",
        ),
        Key::new(
            "zone",
            &ZONE,
            "IANA time zone of `cover`; the company's without it.",
            "zone: Europe/Berlin",
        ),
    ],
};

/// `teams`.
pub static TEAMS: Shape = Shape::Map(KeyRule::Name, &Shape::Table(&TEAM));

/// One business unit.
static UNIT: Table = Table {
    what: "a business unit",
    of: "units",
    keys: &[
        Key::new(
            "parent",
            &Shape::Ref(Ref::Unit),
            "The unit it is part of. Roles and rules there hold here as well.",
            "parent: retail",
        ),
        Key::new(
            "teams",
            &Shape::OneOrMore(&Shape::Ref(Ref::Team)),
            "Its teams; the services that they own are the unit's.",
            "teams: [web, payments]",
        ),
        Key::new(
            "services",
            &Shape::OneOrMore(&Shape::Ref(Ref::Service)),
            "Services that are the unit's whoever owns them.",
            "services: [ledger]",
        ),
        Key::new(
            "environments",
            &Shape::OneOrMore(&Shape::Ref(Ref::Environment)),
            "Its environments: nobody else deploys there, holds or opens them. Those of no unit are the company's, where each unit deploys what is its own.",
            "environments: [retail-prod]",
        ),
        Key::new(
            "roles",
            &Shape::Map(KeyRule::Ref(Ref::Team), &LOCAL_ROLE),
            "What members of a team may do in the unit and those below it, beside the role they have everywhere: `viewer`, `publisher`, `approver`, `operator` or `admin`.",
            "roles: { web: operator, shop-leads: admin }",
        ),
    ],
};

/// `units`.
pub static UNITS: Shape = Shape::Map(KeyRule::Name, &Shape::Table(&UNIT));

static LOCAL_ROLE: Shape = Shape::Word(&[
    Word::full("viewer"),
    Word::full("publisher"),
    Word::full("approver"),
    Word::full("operator"),
    Word::full("admin"),
]);

/// Values.
pub static VALUES: Shape = Shape::Map(KeyRule::Variable, &SOURCE);

/// One environment.
static ENVIRONMENT: Table = Table {
    what: "an environment",
    of: "environments",
    keys: &[
        Key::new("tier", &TIER, "What it is for: `dev`, `test` or `production`. Decides the strategy a pipeline gives it.", "tier: production").required(),
        Key::new("after", &AFTER, "Environments a release must have succeeded in first.", "after: staging"),
        Key::new("deploy", &ARRIVAL, "When a release enters by itself: `manual` (never), `on-arrival` (every new release), `when-green` (as soon as `after` is healthy).", "deploy: when-green"),
        Key::new("soak", &DURATION, "How long a release must be healthy in each of `after` first.", "soak: 2h"),
        Key::new("region", &TEXT, "Region, for people.", "region: eu-central-1"),
        Key::new("zone", &ZONE, "IANA time zone of this environment's rules; the company's without it.", "zone: Europe/Berlin"),
        Key::new("one-at-a-time", &Shape::Bool, "At most one deployment of any service at a time.", "one-at-a-time: true"),
        Key::new("at-most", &Shape::Count { min: 1, max: 1_000 }, "Deployments that may be under way here at a time; any number without it.", "at-most: 5"),
        Key::new("unscheduled", &UNSCHEDULED, "What becomes of a deployment that the calendar does not let start now and that was given no time: `queue` (it waits for its next slot) or `refuse`.", "unscheduled: refuse"),
        Key::new("values", &VALUES, "Environment variables of every service here; a service's own value wins.", "values: { LOG_LEVEL: info }"),
        Key::new("port-offset", &Shape::Count { min: 0, max: 64_511 }, "Added to the port of every service here, so that several environments fit on one host.", "port-offset: 100"),
        Key::new("window", &Shape::Ref(Ref::Window), "Window in which deployments may start; at any time without it. The whole operation must fit into it.", "window: office-hours-eu"),
        Key::new("quiet", &Shape::OneOrMore(&TEXT), "Hours of little traffic, by the clocks of this environment: phrases that say from when to when. What `needs-quiet` goes only in them.", "quiet: every day 02:00-05:00"),
        Key::new("traffic", &Shape::Table(&TRAFFIC), "Expected traffic by hour, by the clocks of this environment: hours under a share of the peak are quiet as well.", "traffic: { by-hour: [3, 2, 2, 2, 3, 5, 9, 20, 40, 60, 70, 75, 80, 80, 75, 70, 70, 75, 90, 100, 80, 50, 20, 8], quiet-under: 10% }"),
        Key::new("never-with", &Shape::OneOrMore(&Shape::Ref(Ref::Environment)), "Environments that must never change while this one does; it holds both ways.", "never-with: [prod-us]"),
        Key::restricts("data", "What data may be here. **Not enforced by this version**: refused.", "data: anonymised"),
    ],
};

/// Expected traffic.
static TRAFFIC: Table = Table {
    what: "expected traffic",
    of: "traffic",
    keys: &[
        Key::new("by-hour", &HOURS, "Expected traffic of each of the 24 hours of a day, beginning at 00:00, in any unit.", "by-hour: [3, 2, 2, 2, 3, 5, 9, 20, 40, 60, 70, 75, 80, 80, 75, 70, 70, 75, 90, 100, 80, 50, 20, 8]").required(),
        Key::new("weekend", &HOURS, "The same for Saturday and Sunday; as on other days without it.", "weekend: [9, 8, 6, 5, 5, 5, 6, 8, 9, 20, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 30, 20, 9]"),
        Key::new("quiet-under", &SHARE, "Hours with less than this share of the highest are quiet.", "quiet-under: 10%").required(),
    ],
};
static HOURS: Shape = Shape::List(&Shape::Count {
    min: 0,
    max: 1_000_000_000_000,
});

pub(super) static TIER: Shape = Shape::Word(&[
    Word::full("dev"),
    Word::full("test"),
    Word::full("production"),
]);
static ARRIVAL: Shape = Shape::Word(&[
    Word::full("manual"),
    Word::full("on-arrival"),
    Word::full("when-green"),
]);
static UNSCHEDULED: Shape = Shape::Word(&[Word::full("queue"), Word::full("refuse")]);
static AFTER: Shape = Shape::OneOrMore(&Shape::Ref(Ref::Environment));

/// `environments`.
pub static ENVIRONMENTS: Shape = Shape::Map(KeyRule::Name, &Shape::Table(&ENVIRONMENT));

/// A strategy, or one for each place.
pub static STRATEGY_RULE: Shape = Shape::Either(
    &Shape::Ref(Ref::Strategy),
    &Shape::Map(KeyRule::Where, &Shape::Ref(Ref::Strategy)),
);

/// `pipeline`.
pub static PIPELINE: Table = Table {
    what: "a pipeline",
    of: "pipeline",
    keys: &[
        Key::new(
            "pipeline",
            &NAME,
            "Name of the pipeline.",
            "pipeline: standard",
        )
        .required(),
        Key::new(
            "path",
            &Shape::List(&Shape::Ref(Ref::Environment)),
            "Environments in order; without it all of them, in the order of `after`.",
            "path: [dev, staging, prod]",
        ),
        Key::new(
            "strategy",
            &STRATEGY_RULE,
            "Strategy for all environments, or by environment, tier and `default`.",
            "strategy: { production: canary, default: rolling }",
        ),
        Key::new(
            "watch",
            &DURATION,
            "Time after the last step in which a regression still rolls back.",
            "watch: 30m",
        ),
        Key::new(
            "steps",
            &Shape::List(&STEP),
            "Steps of a deployment. This version knows `rollout`.",
            "steps: [rollout]",
        ),
        Key::restricts(
            "gates",
            "Conditions before an environment. **Not enforced by this version**: refused.",
            "gates:\n  production: [no-incident]",
        ),
    ],
};

static STEP: Shape = Shape::Word(&[
    Word::full("rollout"),
    Word::limited(
        "migrate-expand",
        "a migration before the rollout",
        Support::Restricts,
    ),
    Word::limited(
        "migrate-contract",
        "a migration after the rollout",
        Support::Restricts,
    ),
    Word::limited("smoke", "tests after the rollout", Support::Restricts),
    Word::limited(
        "synthetics",
        "journeys tried after the rollout",
        Support::Restricts,
    ),
]);
