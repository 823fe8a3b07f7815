//! Keys of `service`.

use super::leaf::{
    COMMAND, DURATION, HEALTH, NAME, PATH, PERIOD, REQUIREMENT, SOURCE, TEXT, VERSION,
};
use super::shape::{Key, KeyRule, Ref, Shape, Table, Word};
use super::surroundings::{STRATEGY_RULE, VALUES};

static KNOWN_ISSUE: Table = Table {
    what: "a known issue",
    of: "service",
    keys: &[
        Key::new("id", &NAME, "Name that stays.", "id: refunds").required(),
        Key::new(
            "text",
            &TEXT,
            "What is wrong.",
            "text: Refunds of more than 200 lines time out.",
        )
        .required(),
        Key::new(
            "workaround",
            &TEXT,
            "What to do meanwhile.",
            "workaround: Ask the customer to split them.",
        ),
        Key::new(
            "since",
            &VERSION,
            "First version that has it; every one before `fixed-in` without it.",
            "since: 1.2.0",
        ),
        Key::new(
            "fixed-in",
            &VERSION,
            "First version that has it no more.",
            "fixed-in: 1.4.0",
        ),
        Key::new(
            "public",
            &Shape::Bool,
            "Customers may read it.",
            "public: true",
        ),
    ],
};

/// `service`.
pub static SERVICE: Table = Table {
    what: "a service",
    of: "service",
    keys: &[
        Key::new("service", &NAME, "Name of the service.", "service: web").required(),
        Key::new(
            "owner",
            &Shape::Ref(Ref::Team),
            "Team that owns it.",
            "owner: web",
        )
        .required(),
        Key::new(
            "tier",
            &Shape::Count { min: 1, max: 4 },
            "Importance, 1 (highest) to 4; 3 without it.",
            "tier: 2",
        ),
        Key::new(
            "pipeline",
            &Shape::Ref(Ref::Pipeline),
            "Way of its releases; `standard` without it.",
            "pipeline: standard",
        ),
        Key::new(
            "strategy",
            &STRATEGY_RULE,
            "Strategy of its own, stronger than the pipeline's.",
            "strategy: { production: blue-green }",
        ),
        Key::new(
            "artifact",
            &TEXT,
            "Where its artifacts come from, for people.",
            "artifact: oci:registry.acme.example/web",
        ),
        Key::new(
            "provides",
            &Shape::Map(KeyRule::Name, &VERSION),
            "Interface versions it offers.",
            "provides: { web: 3.2.0 }",
        ),
        Key::new(
            "needs",
            &Shape::Map(KeyRule::Ref(Ref::Service), &REQUIREMENT),
            "Services that must run first, with the accepted versions.",
            "needs: { payments: ^3 }",
        ),
        Key::new(
            "run",
            &Shape::Table(&RUN),
            "How instances are started; without it Tidegate only records.",
            "run: { command: ./web, port: 8080 }",
        ),
        Key::new(
            "health",
            &Shape::Either(&HEALTH, &Shape::Table(&CHECK)),
            "Health check; without it the port must accept connections.",
            "health: GET /healthz",
        ),
        Key::new(
            "values",
            &VALUES,
            "Environment variables, kept apart from the package. Secrets as `secret:<store>/<path>`.",
            "values: { GREETING: hello }",
        ),
        Key::new(
            "environments",
            &Shape::Map(KeyRule::Ref(Ref::Environment), &Shape::Table(&OVERRIDE)),
            "Differences per environment.",
            "environments:\n  prod: { instances: 4 }",
        ),
        Key::new(
            "rollback",
            &Shape::Table(&ROLLBACK),
            "Limits of the way back.",
            "rollback: { within: 10m }",
        ),
        Key::new(
            "known-issues",
            &Shape::List(&Shape::Either(&TEXT, &Shape::Table(&KNOWN_ISSUE))),
            "Known issues, for support: each a text, or a map that says in which versions it is. It is shown where such a version runs, and goes away with the fix.",
            "known-issues:\n  - { id: refunds, text: Large refunds time out., workaround: Split them., since: 1.2.0, fixed-in: 1.4.0, public: true }",
        ),
        Key::new(
            "uses",
            &Shape::OneOrMore(&NAME),
            "Shared resources: of the services that name one, a single one is deployed at a time to all environments of tier `production` together.",
            "uses: [card-network]",
        ),
        Key::new(
            "expected",
            &PERIOD,
            "How long the steps of a deployment take, until enough were seen to tell.",
            "expected: 20m",
        ),
        Key::new(
            "cover-by",
            &Shape::OneOrMore(&Shape::Ref(Ref::Team)),
            "Teams that must be on duty while it is deployed to production; without it its owner and the owners of what it needs.",
            "cover-by: [payments, sre]",
        ),
        Key::new(
            "needs-quiet",
            &Shape::Bool,
            "It goes into production only in the quiet hours of each environment.",
            "needs-quiet: true",
        ),
        Key::new(
            "data-class",
            &DATA_CLASS,
            "Class of the data it handles, for risk and policies; counts as the most sensitive without it.",
            "data-class: confidential",
        ),
        Key::new(
            "visible-to",
            &Shape::AnyNumber(&Shape::Ref(Ref::Team)),
            "Teams that see it beside its owner, whoever administers its unit, `auditors` and admins; for everybody else it is not there. Everybody without it, and nobody else with `[]`.",
            "visible-to: [risk-compliance]",
        ),
        Key::new(
            "audience",
            &AUDIENCE,
            "Who uses it, for risk and policies; counts as customers without it.",
            "audience: customers",
        ),
        Key::new(
            "tags",
            &Shape::OneOrMore(&NAME),
            "Regulations that every release of it touches, for policies (`release.tags`) and `tidegate release list --tag`.",
            "tags: [mas-trm]",
        ),
        Key::restricts(
            "database",
            "Migrations. **Not enforced by this version**: refused.",
            "database: { engine: postgres }",
        ),
        Key::restricts(
            "flags",
            "Feature flags. **Not enforced by this version**: refused.",
            "flags:\n  new-page: { default: false }",
        ),
        Key::restricts(
            "synthetics",
            "Journeys tried after a deployment. **Not enforced by this version**: refused.",
            "synthetics: [pay-with-card]",
        ),
        Key::informs_as(
            "slo",
            &Shape::Table(&SLO),
            "Service level objective. This version does nothing with it; `exhausted` is refused.",
            "slo: { availability: 99.9%, window: 30d }",
        ),
    ],
};

static DATA_CLASS: Shape = Shape::Word(&[
    Word::full("public"),
    Word::full("internal"),
    Word::full("confidential"),
    Word::full("restricted"),
]);

static AUDIENCE: Shape = Shape::Word(&[Word::full("staff"), Word::full("customers")]);

static COMMAND_OR_LIST: Shape = Shape::Either(&COMMAND, &Shape::List(&SOURCE));

static RUN: Table = Table {
    what: "`run`",
    of: "run",
    keys: &[
        Key::new("command", &COMMAND_OR_LIST, "Program and arguments, split at blanks or as a list; `$PORT` and `${NAME}` of the values are filled in, no shell is involved.", "command: ./web --port $PORT").required(),
        Key::new("prepare", &COMMAND_OR_LIST, "Run once per unpacked release before the first start.", "prepare: ./install"),
        Key::new("port", &Shape::Count { min: 1, max: 65_535 }, "Public port that the router listens on; without it the program takes no requests.", "port: 8080"),
        Key::new("instances", &Shape::Count { min: 1, max: 1_000 }, "Instances; 1 without it.", "instances: 2"),
        Key::new("grace", &DURATION, "Time between the request to stop and the kill.", "grace: 10s"),
    ],
};

static CHECK: Table = Table {
    what: "`health`",
    of: "health",
    keys: &[
        Key::new("get", &PATH, "Path asked with GET.", "get: /healthz"),
        Key::new("every", &PERIOD, "Between two checks.", "every: 5s"),
        Key::new("timeout", &PERIOD, "One check may take.", "timeout: 2s"),
        Key::new(
            "deadline",
            &PERIOD,
            "From start to the first healthy answer.",
            "deadline: 60s",
        ),
    ],
};

static OVERRIDE: Table = Table {
    what: "the differences of a service in one environment",
    of: "environments",
    keys: &[
        Key::new(
            "values",
            &VALUES,
            "Values here; they win over all others.",
            "values: { GREETING: hello }",
        ),
        Key::new(
            "instances",
            &Shape::Count { min: 1, max: 1_000 },
            "Instances here.",
            "instances: 4",
        ),
        Key::new(
            "strategy",
            &Shape::Ref(Ref::Strategy),
            "Strategy here.",
            "strategy: canary",
        ),
        Key::new(
            "port",
            &Shape::Count {
                min: 1,
                max: 65_535,
            },
            "Public port here; the environment's offset is not added.",
            "port: 9080",
        ),
    ],
};

static DECIDES: Table = Table {
    what: "`decides`",
    of: "decides",
    keys: &[
        Key::new(
            "owner",
            &Shape::Ref(Ref::Team),
            "Team that is asked first; the owner of the service without it.",
            "owner: payments",
        ),
        Key::new(
            "deputy",
            &Shape::Ref(Ref::Team),
            "Team that is asked when that one does not answer.",
            "deputy: sre",
        ),
        Key::new(
            "escalate",
            &Shape::OneOrMore(&Shape::Ref(Ref::Team)),
            "Teams that are asked after that, one after the other.",
            "escalate: [release-office, cto-office]",
        ),
        Key::new(
            "executive",
            &Shape::Ref(Ref::Team),
            "Team that may let it stay against its criteria, for a time; nobody may without it.",
            "executive: cto-office",
        ),
        Key::new(
            "answer-within",
            &PERIOD,
            "How long each of them has for an answer; 10 minutes without it.",
            "answer-within: 10m",
        ),
        Key::new(
            "otherwise",
            &Shape::Word(&[Word::full("roll-back"), Word::full("stay")]),
            "What happens when nobody answered: the way back without it.",
            "otherwise: roll-back",
        ),
        Key::new(
            "criteria",
            &Shape::OneOrMore(&TEXT),
            "When it goes back, in words, as agreed before the release. Shown to those who decide.",
            "criteria:\n  - more than 2% of payments fail for 5 minutes",
        ),
        Key::new(
            "confirm",
            &Shape::Bool,
            "Whether a deployment to production starts only once somebody of `owner` or `deputy` confirmed that they decide, and is on duty.",
            "confirm: true",
        ),
    ],
};

static ROLLBACK: Table = Table {
    what: "`rollback`",
    of: "rollback",
    keys: &[
        Key::new(
            "within",
            &PERIOD,
            "The way back must be finished in this time, else a person is called.",
            "within: 10m",
        ),
        Key::new(
            "decides",
            &Shape::Table(&DECIDES),
            "Who decides when figures are bad and nothing goes back by itself, and what happens without an answer.",
            "decides: { owner: payments, deputy: sre, answer-within: 10m }",
        ),
        Key::restricts(
            "data-loss",
            "Data that may be lost on the way back. **Not enforced by this version**: refused.",
            "data-loss: 0s",
        ),
        Key::informs(
            "limits",
            "What a way back does not undo, for people. This version does not show it.",
            "limits:\n  - See runbook R-17.",
        ),
    ],
};

static SLO: Table = Table {
    what: "`slo`",
    of: "slo",
    keys: &[
        Key::informs(
            "availability",
            "Share of good requests.",
            "availability: 99.9%",
        ),
        Key::informs("latency", "Latency objective.", "latency: p95 300ms"),
        Key::informs("window", "Over which time.", "window: 30d"),
        Key::restricts(
            "exhausted",
            "What an exhausted budget forbids. **Not enforced by this version**: refused.",
            "exhausted: emergency-only",
        ),
    ],
};
