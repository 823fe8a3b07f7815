//! Keys of `strategy` and `analysis`.

use super::leaf::{
    DURATION, HEADER, METRIC, NAME, PERIOD, REQUESTS, SHARE, STICK, TEXT, TOLERANCE,
};
use super::shape::{Key, KeyRule, Ref, Shape, Support, Table, Word};

/// `strategy`.
pub static STRATEGY: Table = Table {
    what: "a strategy",
    of: "strategy",
    keys: &[
        Key::new(
            "strategy",
            &NAME,
            "Name of the strategy.",
            "strategy: canary-careful",
        )
        .required(),
        Key::new(
            "canary",
            &Shape::List(&Shape::Table(&STEP)),
            "Growing shares of traffic, each held and judged; the last one is 100%.",
            "canary:\n  - { to: 10%, hold: 10m }\n  - { to: 100% }",
        ),
        Key::new(
            "rolling",
            &Shape::Table(&ROLLING),
            "Replace instances in batches.",
            "rolling: { batch: 1, max-unavailable: 0 }",
        ),
        Key::new(
            "blue-green",
            &Shape::Table(&BLUE_GREEN),
            "Start the new beside the old, switch at once, keep the old warm.",
            "blue-green: { warm: 10m }",
        ),
        Key::new(
            "recreate",
            &Shape::Table(&RECREATE),
            "Stop the old, then start the new; there is a downtime.",
            "recreate: {}",
        ),
        Key::new(
            "stick-by",
            &Shape::Either(&STICK, &Shape::Table(&STICK_BY)),
            "Request header or cookie that keeps a user on one side of a canary.",
            "stick-by: { cookie: session }",
        ),
        Key::new(
            "analysis",
            &Shape::Ref(Ref::Analysis),
            "How the new revision is judged.",
            "analysis: standard",
        ),
        Key::new(
            "regression",
            &REGRESSION,
            "What a regression does: `roll-back` (undo at once), `pause` (stay and call a person), `tell`.",
            "regression: roll-back",
        ),
        Key::new(
            "alert-if-longer-than",
            &PERIOD,
            "People are told when a deployment takes longer.",
            "alert-if-longer-than: 90m",
        ),
        Key::new(
            "needs-quiet",
            &Shape::Bool,
            "It goes into production only in the quiet hours of each environment.",
            "needs-quiet: true",
        ),
    ],
};

static STEP: Table = Table {
    what: "a canary step",
    of: "canary",
    keys: &[
        Key::new(
            "to",
            &SHARE,
            "Share of the traffic on the new revision.",
            "to: 10%",
        )
        .required(),
        Key::new(
            "hold",
            &DURATION,
            "How long it is held and judged.",
            "hold: 10m",
        ),
        Key::new(
            "sign-off",
            &Shape::Table(&SIGN_OFF),
            "Who signs at this share, after the hold, before more traffic follows.",
            "sign-off: { sign: acceptance, from: qa }",
        ),
    ],
};

static ROLLING: Table = Table {
    what: "`rolling`",
    of: "rolling",
    keys: &[
        Key::new(
            "batch",
            &Shape::Count { min: 1, max: 1_000 },
            "Instances replaced at once.",
            "batch: 1",
        ),
        Key::new(
            "max-unavailable",
            &Shape::Count { min: 0, max: 1_000 },
            "How many instances fewer may serve meanwhile; 0 starts new ones first.",
            "max-unavailable: 0",
        ),
    ],
};

static BLUE_GREEN: Table = Table {
    what: "`blue-green`",
    of: "blue-green",
    keys: &[
        Key::new(
            "warm",
            &DURATION,
            "How long the old revision stays warm after the switch.",
            "warm: 10m",
        ),
        Key::new(
            "sign-off",
            &Shape::Table(&SIGN_OFF),
            "Who signs before the switch, while the new revision stands there whole and serves nobody.",
            "sign-off: { sign: acceptance, from: qa }",
        ),
    ],
};

static SIGN_OFF: Table = Table {
    what: "a sign-off inside a rollout",
    of: "sign-off",
    keys: &[
        Key::new(
            "sign",
            &NAME,
            "What the signature means, such as `acceptance`, `security`, `privacy`, `legal`, `regulatory`.",
            "sign: acceptance",
        )
        .required(),
        Key::new(
            "from",
            &NAME,
            "Whose members sign: `owner` or a team. Whoever asked for the deployment never does.",
            "from: qa",
        )
        .required(),
        Key::new(
            "within",
            &PERIOD,
            "How long the rollout waits before it is taken back.",
            "within: 14d",
        ),
        Key::new("signed-in-within", &PERIOD, "How long ago whoever signs may have signed in; any time without it.", "signed-in-within: 15m"),
        Key::new(
            "remind-after",
            &PERIOD,
            "Time between two reminders of those who are asked.",
            "remind-after: 1d",
        ),
        Key::new(
            "escalate-after",
            &PERIOD,
            "After how long another team is told as well; it does not sign.",
            "escalate-after: 3d",
        ),
        Key::new(
            "escalate-to",
            &Shape::Ref(Ref::Team),
            "Which team is told as well.",
            "escalate-to: release-office",
        ),
    ],
};

static RECREATE: Table = Table {
    what: "`recreate`, which has none",
    of: "recreate",
    keys: &[],
};

static STICK_BY: Table = Table {
    what: "`stick-by`",
    of: "stick-by",
    keys: &[
        Key::new(
            "header",
            &HEADER,
            "Name of a request header.",
            "header: x-user-id",
        ),
        Key::new("cookie", &HEADER, "Name of a cookie.", "cookie: session"),
    ],
};

static REGRESSION: Shape = Shape::Word(&[
    Word::full("roll-back"),
    Word::full("pause"),
    Word::full("tell"),
]);

/// `analysis`.
pub static ANALYSIS: Table = Table {
    what: "an analysis",
    of: "analysis",
    keys: &[
        Key::new(
            "analysis",
            &NAME,
            "Name of the analysis.",
            "analysis: golden-signals",
        )
        .required(),
        Key::new(
            "compare",
            &COMPARE,
            "What the new revision is compared with. This version takes the running revision in the same minutes.",
            "compare: running",
        ),
        Key::new(
            "every",
            &PERIOD,
            "How often the comparison is shown.",
            "every: 30s",
        ),
        Key::new(
            "at-least",
            &REQUESTS,
            "Requests on each side below which nothing counts as healthy.",
            "at-least: 200 requests",
        ),
        Key::new(
            "no-data",
            &NO_DATA,
            "What happens when a hold ends without enough data: `pause` or `roll-back`; never a pass.",
            "no-data: pause",
        ),
        Key::new(
            "metrics",
            &Shape::Map(KeyRule::Name, &Shape::Table(&METRICS)),
            "Metrics by name.",
            "metrics: { errors: { router: errors, tolerate: +0.5pp, critical: true } }",
        )
        .required(),
    ],
};

static COMPARE: Shape = Shape::Word(&[
    Word::full("running"),
    Word::limited(
        "baseline",
        "this version compares with the running revision in the same minutes",
        Support::Informs,
    ),
]);
static NO_DATA: Shape = Shape::Word(&[Word::full("pause"), Word::full("roll-back")]);

static METRICS: Table = Table {
    what: "a metric",
    of: "metrics",
    keys: &[
        Key::new("better", &Shape::Word(&[Word::full("lower"), Word::full("higher")]), "Which direction is good; `lower` for what the router counts.", "better: lower"),
        Key::new("tolerate", &TOLERANCE, "How much worse than the running revision is still accepted: percentage points or a share.", "tolerate: +0.5pp").required(),
        Key::new("critical", &Shape::Bool, "A regression of this metric decides alone.", "critical: true"),
        Key::new("router", &METRIC, "Counted by the router: `errors` or `latency-p95`.", "router: errors"),
        Key::new("prometheus", &TEXT, "A PromQL query; `$service` and `$track` are filled in.", "prometheus: sum(rate(errors{track=\"$track\"}[1m]))"),
    ],
};
