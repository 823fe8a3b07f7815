//! Keys of `policy` and `risk`.

use super::leaf::{BAND, CONDITION, DATE, NAME, PERIOD, TEXT};
use super::shape::{Key, KeyRule, Ref, Shape, Table, Word};
use super::surroundings::TIER;

/// `guardrail`.
pub static GUARDRAIL: Table = Table {
    what: "a guardrail",
    of: "guardrail",
    keys: &[
        Key::new(
            "guardrail",
            &NAME,
            "Name of the guardrail.",
            "guardrail: money",
        )
        .required(),
        Key::new(
            "unit",
            &Shape::Ref(Ref::Unit),
            "Business unit beyond which it forbids nothing; it holds in the whole company without it.",
            "unit: retail",
        ),
        Key::new(
            "owner",
            &Shape::Ref(Ref::Team),
            "Team that answers for it: nobody else changes or removes it.",
            "owner: risk-compliance",
        )
        .required(),
        Key::new(
            "forbid",
            &TEXT,
            "What nobody may do, as Cedar policies; each is a `forbid`.",
            "forbid: |\n  forbid (principal, action in Action::\"deploy\", resource)\n  when { resource has service && resource.service.tier == 1 }\n  unless { principal in resource.service.owner };",
        )
        .required(),
    ],
};

/// `policy`.
pub static POLICY: Table = Table {
    what: "a policy",
    of: "policy",
    keys: &[
        Key::new(
            "policy",
            &NAME,
            "Name of the policy.",
            "policy: dual-control-money",
        )
        .required(),
        Key::new(
            "unit",
            &Shape::Ref(Ref::Unit),
            "Business unit whose policy it is: it concerns its services alone, administrators of the unit may change it, and it only asks for more than the company does.",
            "unit: retail",
        ),
        Key::new(
            "owner",
            &Shape::Ref(Ref::Team),
            "Team that answers for it: nobody else weakens it, nor the soak, order and tier of environments and the tier, data class and audience of services it concerns.",
            "owner: risk-compliance",
        ),
        Key::new(
            "applies-to",
            &Shape::Table(&APPLIES_TO),
            "Which changes it concerns; all to tier `production` without it. Policies add up.",
            "applies-to: { services: [payments], tier: production }",
        ),
        Key::new(
            "forbid",
            &TEXT,
            "What it forbids to whom, as Cedar policies; each is a `forbid`. It stands alone, without `applies-to`.",
            "forbid: |\n  forbid (principal, action == Action::\"freeze lift\", resource)\n  unless { principal in Team::\"sre\" };",
        ),
        Key::new(
            "classes",
            &Shape::Table(&CLASSES),
            "Classes of changes and what each asks for.",
            "classes:\n  normal: { approvals: [{ from: owner, count: 1 }] }",
        ),
        Key::new(
            "approvals",
            &APPROVALS,
            "Who must say yes to every change it concerns, whatever its class.",
            "approvals:\n  - { from: owner, count: 1 }",
        ),
        Key::new(
            "sign-offs",
            &Shape::List(&Shape::Table(&SIGN_OFF)),
            "Meanings that teams sign beside the approvals.",
            "sign-offs:\n  - { sign: security, from: sec, when: service.data == \"restricted\" }",
        ),
        Key::new(
            "never-by",
            &Shape::OneOrMore(&PART),
            "Who must not be among those who say yes: `author` of a commit in it, `requester`, `deployer`.",
            "never-by: [author, requester, deployer]",
        ),
        Key::new(
            "bound-to",
            &Shape::OneOrMore(&BOUND_TO),
            "What a yes is for: the `plan` in any case, so that any change of artifact, configuration or steps voids it; with `risk-band` also the band of the risk score, so that it ends when the risk moves into another one.",
            "bound-to: [plan, risk-band]",
        ),
        Key::new(
            "valid",
            &PERIOD,
            "How long a yes is good; as long as the plan without it.",
            "valid: 72h",
        ),
        Key::new(
            "signed",
            &Shape::Bool,
            "A yes counts only with a signature of a registered key, which agents with a trust file check again.",
            "signed: true",
        ),
        Key::new(
            "needs-quiet",
            &CONDITION,
            "When a change goes only in the quiet hours of its environment, as a CEL expression over the facts in the reference. An emergency does not wait for them.",
            "needs-quiet: risk.score >= 60",
        ),
        Key::new(
            "scope",
            &SCOPE,
            "What the scope of the release must be: `locked`, with every item complete and owned. There is no other value. An emergency does not wait for it.",
            "scope: locked",
        ),
        Key::new(
            "documents",
            &Shape::OneOrMore(&DOCUMENT),
            "Parts of the document pack that must be there: `impact`, `rollback-plan`, `backout-criteria`, `known-issues`.",
            "documents: [impact, rollback-plan]",
        ),
        Key::new(
            "remind-after",
            &PERIOD,
            "When those who are asked are reminded.",
            "remind-after: 4h",
        ),
        Key::new(
            "escalate-after",
            &PERIOD,
            "When the question goes to the team of `escalate-to`.",
            "escalate-after: 8h",
        ),
        Key::new(
            "escalate-to",
            &Shape::Ref(Ref::Team),
            "Whose members may then decide instead of those who were asked.",
            "escalate-to: sre",
        ),
    ],
};

static APPLIES_TO: Table = Table {
    what: "`applies-to`",
    of: "applies-to",
    keys: &[
        Key::new(
            "services",
            &Shape::OneOrMore(&Shape::Ref(Ref::Service)),
            "Services by name.",
            "services: [payments, ledger]",
        ),
        Key::new(
            "teams",
            &Shape::OneOrMore(&Shape::Ref(Ref::Team)),
            "Services by owning team.",
            "teams: [payments]",
        ),
        Key::new(
            "service-tiers",
            &Shape::OneOrMore(&Shape::Count { min: 1, max: 4 }),
            "Services by importance.",
            "service-tiers: [1, 2]",
        ),
        Key::new(
            "environments",
            &Shape::OneOrMore(&Shape::Ref(Ref::Environment)),
            "Environments by name.",
            "environments: [prod-eu]",
        ),
        Key::new(
            "tier",
            &Shape::OneOrMore(&TIER),
            "Environments by tier; `production` without it and without `environments`.",
            "tier: production",
        ),
        Key::new(
            "tiers",
            &Shape::OneOrMore(&TIER),
            "The same as `tier`.",
            "tiers: [test, production]",
        ),
    ],
};

static CLASSES: Table = Table {
    what: "`classes`",
    of: "classes",
    keys: &[
        Key::new(
            "standard",
            &Shape::Table(&CLASS),
            "Approved beforehand: given by itself when `when` holds.",
            "standard: { when: risk.score < 30, approvals: [] }",
        ),
        Key::new(
            "normal",
            &Shape::Table(&CLASS),
            "Everything that is nothing else.",
            "normal: { approvals: [{ from: owner, count: 1 }] }",
        ),
        Key::new(
            "major",
            &Shape::Table(&CLASS),
            "Needs more than a normal one.",
            "major: { when: risk.score >= 60, approvals: [{ from: owner, count: 2 }] }",
        ),
        Key::new(
            "emergency",
            &Shape::Table(&CLASS),
            "Repairs an incident; a person declares it.",
            "emergency: { needs: [incident, reason], expires: 4h }",
        ),
    ],
};

static CLASS: Table = Table {
    what: "a class of changes",
    of: "classes",
    keys: &[
        Key::new(
            "when",
            &CONDITION,
            "When a change has it, as a CEL expression over the facts in the reference.",
            "when: risk.score < 30 && !change.migrates",
        ),
        Key::new(
            "approvals",
            &APPROVALS,
            "Who must say yes; `[]` for nobody.",
            "approvals: [{ from: owner, count: 1 }]",
        ),
        Key::new(
            "needs",
            &Shape::OneOrMore(&NEEDED),
            "What whoever declares it writes down: `incident`, `reason`, `root-cause`.",
            "needs: [incident, reason]",
        ),
        Key::new(
            "expires",
            &PERIOD,
            "How long the permission lasts.",
            "expires: 4h",
        ),
        Key::new(
            "review-within",
            &TEXT,
            "When the review is due: `2 working days`, `10 days`, `48 hours`.",
            "review-within: 2 working days",
        ),
        Key::new(
            "until",
            &DATE,
            "Last day on which the class is given.",
            "until: 2027-06-30",
        ),
        Key::new(
            "documents",
            &Shape::OneOrMore(&DOCUMENT),
            "Parts of the document pack.",
            "documents: [impact]",
        ),
    ],
};

static APPROVALS: Shape = Shape::AnyNumber(&Shape::Table(&APPROVAL));

static APPROVAL: Table = Table {
    what: "an approval",
    of: "approvals",
    keys: &[
        Key::new(
            "from",
            &NAME,
            "Whose members: `owner` for the team that owns the service, or a team.",
            "from: owner",
        )
        .required(),
        Key::new(
            "count",
            &Shape::Count { min: 1, max: 20 },
            "How many, each another person; 1 without it.",
            "count: 1",
        ),
    ],
};

static SIGN_OFF: Table = Table {
    what: "a sign-off",
    of: "sign-offs",
    keys: &[
        Key::new("sign", &NAME, "What the signature means, such as `security`, `privacy`, `legal`, `regulatory`, `acceptance`.", "sign: security").required(),
        Key::new("from", &NAME, "Whose members sign: `owner` or a team.", "from: sec").required(),
        Key::new("when", &CONDITION, "When it is asked for; always without it.", "when: service.data == \"restricted\""),
        Key::new("signed-in-within", &PERIOD, "How long ago whoever signs may have signed in; any time without it.", "signed-in-within: 15m"),
    ],
};

static PART: Shape = Shape::Word(&[
    Word::full("author"),
    Word::full("requester"),
    Word::full("deployer"),
]);
static NEEDED: Shape = Shape::Word(&[
    Word::full("incident"),
    Word::full("reason"),
    Word::full("root-cause"),
]);
static BOUND_TO: Shape = Shape::Word(&[Word::full("plan"), Word::full("risk-band")]);
static SCOPE: Shape = Shape::Word(&[Word::full("locked")]);
pub static DOCUMENT: Shape = Shape::Word(&[
    Word::full("impact"),
    Word::full("rollback-plan"),
    Word::full("backout-criteria"),
    Word::full("known-issues"),
]);

/// `risk`.
pub static RISK: Table = Table {
    what: "a model of risk",
    of: "risk",
    keys: &[
        Key::new("risk", &NAME, "Name of the model.", "risk: default").required(),
        Key::new("owner", &Shape::Ref(Ref::Team), "Team that answers for it: nobody else lets changes count as less risky, by weights, bands, questions or by tier, data class and audience of services.", "owner: risk-compliance"),
        Key::new("weights", &Shape::Table(&WEIGHTS), "Percent of the score by factor, 100 together. A factor that is not named does not count.", "weights: { impact: 25, complexity: 15, novelty: 10, rollback: 20, history: 15, experience: 5, timing: 10 }").required(),
        Key::new("bands", &Shape::Map(KeyRule::Name, &BAND), "Names of the scores from 0 to 100, without gap or overlap; `low` 0-29, `medium` 30-59, `high` 60-79, `extreme` 80-100 without it.", "bands: { low: 0-29, medium: 30-59, high: 60-79, extreme: 80-100 }"),
    ],
};

/// `risk-question`.
pub static RISK_QUESTION: Table = Table {
    what: "a question about the risk",
    of: "risk-question",
    keys: &[
        Key::new("risk-question", &NAME, "Name of the question.", "risk-question: rehearsed").required(),
        Key::new("ask", &TEXT, "What is asked, as people read it.", "ask: Was the way back rehearsed with this version?").required(),
        Key::new("factor", &FACTOR, "Factor of the risk score in which the answer counts.", "factor: rollback").required(),
        Key::new("share", &Shape::Count { min: 1, max: 100 }, "Its share of that factor in percent; what is measured has the rest.", "share: 40").required(),
        Key::new("answers", &Shape::Map(KeyRule::Name, &PERCENT), "The answers there are, and how risky each is, from 0 to 100. Without an answer it counts at its worst.", "answers: { done: 0, partly: 50, missing: 100 }").required(),
        Key::new("applies-to", &Shape::Table(&APPLIES_TO), "Which changes it is asked about; all to tier `production` without it.", "applies-to: { services: [payments] }"),
    ],
};

static FACTOR: Shape = Shape::Word(&[
    Word::full("impact"),
    Word::full("visibility"),
    Word::full("complexity"),
    Word::full("novelty"),
    Word::full("rollback"),
    Word::full("experience"),
    Word::full("history"),
    Word::full("timing"),
]);

static PERCENT: Shape = Shape::Count { min: 0, max: 100 };

static WEIGHTS: Table = Table {
    what: "the weights",
    of: "weights",
    keys: &[
        Key::new(
            "impact",
            &PERCENT,
            "How much it hurts when it goes wrong: tier of the environment and of the service, data, services that need it.",
            "impact: 25",
        ),
        Key::new(
            "visibility",
            &PERCENT,
            "How many would see it: audience, public port, interruption.",
            "visibility: 10",
        ),
        Key::new(
            "complexity",
            &PERCENT,
            "How much changes: commits, settings, instances, steps.",
            "complexity: 15",
        ),
        Key::new(
            "novelty",
            &PERCENT,
            "How new it is: first time here, days since one held, runs of the strategy.",
            "novelty: 10",
        ),
        Key::new(
            "rollback",
            &PERCENT,
            "How hard the way back is.",
            "rollback: 20",
        ),
        Key::new(
            "experience",
            &PERCENT,
            "How often deployments of the team held in 90 days.",
            "experience: 5",
        ),
        Key::new(
            "history",
            &PERCENT,
            "How many deployments of the service were taken back in 90 days.",
            "history: 15",
        ),
        Key::new(
            "timing",
            &PERCENT,
            "How bad the moment is: freezes ahead, hours, end of the week, what else changes.",
            "timing: 10",
        ),
    ],
};
