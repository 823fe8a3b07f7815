//! Every code this version gives out, once. A code never changes its meaning and is never given out again.

use super::Severity::{self, Error, Warning};

/// A kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// `TG0012`.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// In a few words.
    pub title: &'static str,
    /// Why it is a problem and what to do.
    pub explanation: &'static str,
    /// A text that has it.
    pub example: &'static str,
}

/// The code with this id, in any case of letters.
#[must_use]
pub fn explain(id: &str) -> Option<&'static Code> {
    CODES
        .iter()
        .copied()
        .find(|c| c.id.eq_ignore_ascii_case(id))
}

macro_rules! codes {
    ($($name:ident = $id:literal $severity:ident $title:literal, $why:literal, $example:literal;)*) => {
        $(
            #[doc = $title]
            pub static $name: &Code =
                &Code { id: $id, severity: $severity, title: $title, explanation: $why, example: $example };
        )*
        /// All codes in order.
        pub static CODES: &[&Code] = &[$($name),*];
    };
}

codes! {
    // Reading.
    SYNTAX = "TG0001" Error "not YAML",
        "The text cannot be read as YAML 1.2. Reading of this document ends here; the other documents and files are still checked. The usual reasons are an open bracket or quote, a `:` without a blank after it, and lines of one map that do not begin in the same column.",
        "service: web\nrun: { command: ./web";
    TOO_LARGE = "TG0002" Error "file too large",
        "Files of more than 1 MiB are not read. Configuration written by people is far smaller; a larger file is nearly always there by mistake.",
        "";
    DUPLICATE_KEY = "TG0003" Error "key written twice",
        "One map holds the same key twice. YAML readers disagree on which one counts, so none does: keep one.",
        "service: web\nowner: me\nowner: you";
    ANCHOR = "TG0004" Error "anchor or alias",
        "`&name` and `*name` are not used in the configuration: a value must be readable where it stands. Names are references already (a strategy, an analysis); write other values out.",
        "path: &all [dev, prod]";
    TAB = "TG0005" Error "tab in the indentation",
        "YAML allows only spaces for indentation.",
        "environments:\n\tdev: { tier: dev }";
    TAG = "TG0006" Error "tag",
        "`!!str`, `!include` and other tags are not used: the meaning of a value follows from its key.",
        "owner: !!str me";
    DISGUISED = "TG0007" Warning "value that other YAML readers change",
        "This value means one thing in YAML 1.2, which Tidegate reads, and another in YAML 1.1, which many tools still read: unquoted `yes`, `no`, `on`, `off`, `y`, `n` become booleans, `010` becomes eight, `12:30` becomes 750. Put it in quotes, or write what is meant.",
        "values: { CUTOFF: 12:30 }";
    NO_MAP = "TG0008" Error "document that is no map",
        "Every document is a map whose first key is the kind and whose value is the name.",
        "- service: web";
    CREDENTIAL = "TG0009" Error "credential in the configuration",
        "A password, token or key stands in the configuration as text, where everybody who reads the repository can read it. Put it into a secret store, refer to it as `secret:<store>/<path>`, and replace the credential: it must count as known to others.",
        "values: { DB_PASSWORD: ... }";
    NO_KIND = "TG0010" Error "document without a known kind",
        "The first key of a document says what it is: `service`, `pipeline`, `strategy`, `analysis`, `window`, `freeze`, `holidays`, `teams`, `environments` or `tidegate`.",
        "servce: web";
    KIND_ORDER = "TG0011" Error "document with two kinds",
        "Some words are a kind and a field (`service` has `pipeline`). Readers without key order take the first one of a fixed list; where that list and the first key disagree, the document would mean two things. Begin with the kind, and put two things into two documents, separated by `---`.",
        "pipeline: standard\nservice: web";
    UNKNOWN_KEY = "TG0012" Error "unknown key",
        "The key does not exist at this place. It is an error, because a misspelt control that is silently ignored is worse than none.",
        "service: web\nstratergy: canary";
    MISSING_KEY = "TG0013" Error "missing key",
        "A key that has no default is not there.",
        "service: web";
    WRONG_TYPE = "TG0014" Error "wrong type",
        "The value has another shape than the key takes: a list where a word is needed, text where a number is needed, a number where text is needed.",
        "run: { command: ./web, port: \"8080\" }";
    WRONG_UNIT = "TG0015" Error "wrong or missing unit",
        "Quantities are written with their unit: `30s`, `10m`, `2h`, `90d`, `5%`, `+0.5pp`. A bare number is right only for a count or a level.",
        "canary:\n  - { to: 10, hold: 5 }";
    NOT_ENFORCED = "TG0016" Error "control that this version does not enforce",
        "The configuration states a control (a train, a gate, a policy, a migration) which this version cannot enforce yet. Running without it in silence would be worse than not running, so the configuration is refused. Remove the control knowingly, or keep the version that enforces it.",
        "policy: dual-control-money";
    NOT_USED = "TG0017" Warning "setting that this version does not use",
        "The setting is known and restricts nothing, but this version does nothing with it: no message is sent, no neighbour is asked.",
        "channel: releases\nslack: \"#releases\"";
    FORMAT = "TG0018" Error "format version",
        "Once in the tree, `tidegate: 1` says in which format it is written. This version reads format 1.",
        "tidegate: 2";
    BAD_NAME = "TG0019" Error "not a name",
        "Names are DNS labels, because they become parts of host names, paths and metrics: 1 to 63 lower-case letters, digits and `-`, starting and ending with a letter or digit.",
        "service: Web_Shop";
    DUPLICATE_DOCUMENT = "TG0020" Error "defined twice",
        "Two documents define the same thing. Documents do not add up; keep one.",
        "service: web\n---\nservice: web";
    UNKNOWN_WORD = "TG0021" Error "unknown word",
        "The key takes one of a few words, and this is none of them.",
        "regression: rollback";
    OUT_OF_RANGE = "TG0022" Error "number out of range",
        "The number is smaller or larger than the key takes.",
        "run: { command: ./web, port: 80800 }";
    BAD_SECRET = "TG0023" Error "unreadable secret reference",
        "A reference to a secret is written `secret:<store>/<path>`.",
        "values: { TOKEN: \"secret:\" }";
    BAD_ZONE = "TG0024" Error "unknown time zone",
        "Zones are names of the IANA database, such as `Europe/Berlin` or `UTC`. An unknown zone is never taken as UTC.",
        "zone: Europe/Berln";
    BAD_VERSION = "TG0025" Error "unreadable version",
        "`provides` takes full versions (`3.2.0`), `needs` takes requirements (`^3`, `>=3.1, <4`).",
        "provides: { payments: 3 }";
    BAD_HEALTH = "TG0026" Error "unreadable health check",
        "A health check is written `GET /path`. Any answer from 200 to 399 is healthy.",
        "health: POST /healthz";
    BAD_COMMAND = "TG0027" Error "unreadable command",
        "A command is a program and its arguments, split at blanks with simple quotes; no shell is involved. Write it as a list when an argument is unusual, and start a shell by name when one is needed: `[sh, -c, \"...\"]`.",
        "run: { command: \"./web 'open\" }";
    BAD_VARIABLE = "TG0028" Error "not a variable name",
        "Names of environment variables are letters, digits and `_`, not beginning with a digit. `PORT` is set by Tidegate.",
        "values: { MY-NAME: x }";
    // The whole.
    NOTHING_THERE = "TG0101" Error "reference to nothing",
        "The name leads to no document. Names are checked across all files.",
        "service: web\nowner: me\npipeline: standrad";
    ENVIRONMENT_CYCLE = "TG0102" Error "environments wait for each other",
        "Following `after` leads back to the same environment, so no release could ever enter any of them.",
        "environments:\n  a: { tier: test, after: b }\n  b: { tier: test, after: a }";
    NEEDS_CYCLE = "TG0103" Error "services need each other",
        "Following `needs` leads back to the same service, so none of them could ever be deployed first.",
        "service: a\nowner: me\nneeds: { b: ^1 }\n---\nservice: b\nowner: me\nneeds: { a: ^1 }";
    PATH_ORDER = "TG0104" Error "path against `after`",
        "A pipeline visits an environment before one that must come first.",
        "pipeline: standard\npath: [prod, staging]";
    UNREACHABLE = "TG0105" Warning "environment that no pipeline visits",
        "No release can come here. Add it to the path of a pipeline, or remove it.",
        "pipeline: standard\npath: [dev]";
    PATH_GAP = "TG0106" Error "environment missing from the path",
        "A pipeline visits an environment, but not one that must be passed first, so a release on this path could never enter.",
        "pipeline: standard\npath: [dev, prod]";
    NEVER_GREEN = "TG0107" Error "arrival that never comes",
        "`deploy: when-green` waits for the environment before; without `after` there is none. `soak` counts the time there and needs it as well.",
        "environments:\n  dev: { tier: dev, deploy: when-green }";
    TWICE_ON_PATH = "TG0108" Error "environment twice on a path",
        "A release passes an environment once.",
        "pipeline: standard\npath: [dev, prod, dev]";
    SAME_PORT = "TG0109" Error "two services on one port",
        "Two services would listen on the same port of the same host. Each needs its own `run.port`; `port-offset` moves all ports of an environment.",
        "service: a\nowner: me\nrun: { command: ./a, port: 80 }\n---\nservice: b\nowner: me\nrun: { command: ./b, port: 80 }";
    PORT_TOO_HIGH = "TG0110" Error "port above 65535",
        "`run.port` plus the environment's `port-offset` is no port.",
        "environments:\n  dev: { tier: dev, port-offset: 60000 }";
    OFF_PATH = "TG0111" Error "setting for an environment that is not visited",
        "The setting names an environment that the service's pipeline does not visit, so it would never hold.",
        "service: web\nenvironments:\n  qa: { instances: 2 }";
    NO_PORT = "TG0112" Error "health check without a port",
        "A health path is asked on the port that the program gets; without `run.port` there is none.",
        "run: { command: ./worker }\nhealth: GET /healthz";
    NEEDS_OTHER = "TG0113" Warning "needed version is not provided",
        "A service says which interface version it provides, and another needs a different one.",
        "needs: { ledger: ^5 }  # while `ledger` provides 4.1.0";
    NO_VALUE = "TG0114" Error "command uses a value that is not there",
        "`${NAME}` in a command is filled in from the values; in some environment on the way there is none.",
        "run: { command: \"./web --region ${REGION}\" }";
    // Policies and risk.
    WEIGHTS = "TG0301" Error "weights that are not 100 together",
        "The weights of a model of risk are percent of the score, so together they are 100. Factors that are not named do not count.",
        "risk: default\nweights: { impact: 50, history: 40 }";
    BANDS = "TG0302" Error "bands that do not cover each score once",
        "Every score from 0 to 100 has exactly one name: the bands of a model of risk lie next to each other, without gap or overlap.",
        "bands: { low: 0-29, high: 40-100 }";
    TWO_MODELS = "TG0303" Error "two models of risk",
        "Every change is scored with one model, so that scores compare. Keep one.",
        "risk: default\n---\nrisk: careful";
    BAD_CONDITION = "TG0304" Error "unreadable condition",
        "A condition is one CEL expression over the declared facts, such as `risk.score < 30 && !change.migrates`: `&&`, `||`, `!`, comparisons, `in` with a list, `+`, `-` and `*`. Names and types are checked here, because a condition that fails later would hold changes back. Functions and loops are not taken.",
        "when: risk.scor < 30";
    CLASS_RULE = "TG0305" Error "class without its condition, or with one too many",
        "Standard and major changes are told by a condition. An emergency never is: a person declares it, and writes down why.",
        "classes:\n  standard: { approvals: [] }";
    ESCALATION = "TG0306" Error "half of an escalation",
        "A question that nobody answers goes to another team after a time: `escalate-after` and `escalate-to` belong together.",
        "escalate-after: 8h";
    NEVER_KNOWN = "TG0307" Error "condition on what is never known",
        "Classes are told from facts about the change, so a condition that gives a class cannot name `change.class`; sign-offs can. A condition on what is never known would always count as met.",
        "classes:\n  major: { when: change.class == \"major\" }";
    QUESTION = "TG0308" Error "question about the risk that cannot count",
        "A question takes its share of a factor that has a weight, all questions of a factor together at most 100 percent, and it has at least two answers that differ in risk. Otherwise its answer would change nothing.",
        "risk-question: rehearsed\nask: Was the way back rehearsed?\nfactor: rollback\nshare: 40\nanswers: { done: 50, missing: 50 }";
    NOBODY = "TG0310" Error "approval rule that can never be satisfied",
        "Each yes comes from another person. The teams that are asked do not have so many members, so every change would wait for ever. Teams with a `group` are not counted: their members are known at the identity provider.",
        "approvals:\n  - { from: risk-compliance, count: 2 }  # while risk-compliance has one member";
    DEPENDS = "TG0311" Warning "approval rule without a deputy",
        "The teams that are asked have exactly as many members as are needed, and `never-by` excludes those who have a part in a change. As soon as one of them wrote, asked for or deploys it, nobody is left to say yes.",
        "approvals:\n  - { from: owner, count: 1 }  # while the owner has one member\nnever-by: [author]";
    UNCOVERED = "TG0312" Warning "service that no policy concerns",
        "There are policies about changes, and none concerns this service in production. What nobody thought of is not let through: all policies hold for it together. Say what it needs in a policy that concerns it, or leave `applies-to` away in one.",
        "policy: money\napplies-to: { services: [payments] }  # while there is a service web";
    // Windows, freezes and holidays.
    BAD_PHRASE = "TG0401" Error "unreadable time",
        "Times are written as phrases: `Mon-Thu 09:00-16:00`, `last Fri of month 20:00-24:00`, `3 working days before`, `2026-11-25 00:00`. Nothing is guessed, so what is not one of them is refused at the word where reading ends.",
        "window: office-hours\nallow: Mon-Thurday 09:00-16:00";
    NO_SPAN = "TG0402" Error "window that does not say until when",
        "A window opens and closes, so each of its phrases says from when to when, or names whole days. A point in time (`every week on Tue at 10:00`) and an RFC 5545 rule without `DTEND` or `DURATION` say only when something begins.",
        "window: office-hours\nallow: every week on Tue at 10:00";
    FREEZE_END = "TG0403" Error "beginning or end of a freeze that does not fit",
        "A freeze either lies between two dates, or `around` something that repeats; then `from` and `until` are offsets from it, such as `3 working days before`.",
        "freeze: quarter-close\nwhy: the books are closed\nfrom: 3 working days before";
    FREEZE_ORDER = "TG0404" Error "freeze that ends before it begins",
        "`until` lies after `from`. It is the first instant at which work may start again; a date without a time is its first instant.",
        "freeze: peak\nwhy: Black Friday\nfrom: 2026-12-01\nuntil: 2026-11-25";
    UNCOUNTED = "TG0405" Error "repetition that is counted from nowhere",
        "`every 2 weeks` is every other week from a first one on. Add the first day: `from 2026-12-01`.",
        "window: maintenance\nallow: every 2 weeks on Tue 20:00-24:00";
    BAD_DATE = "TG0406" Error "unreadable date",
        "Dates are written as year, month and day (`2026-12-25`) and exist in the calendar.",
        "holidays: acme\ndays: [2026-02-30]";
    UNIMPORTED = "TG0407" Error "holidays that cannot be imported",
        "`import` names lists of public holidays by the code of their country or region, and iCalendar files below the folder of the configuration, relative to the file that names them. A file is taken whole or not at all, because a missing day would move every freeze that counts working days; each of its events is one whole day or several.",
        "holidays: acme\nimport: [XX-YY]";
    UNCOUNTED_LIST = "TG0408" Warning "holidays of a country where nothing is counted",
        "Public holidays count where a rule is read in a zone of their country: those of Berlin in Europe/Berlin, those of New York in America/New_York. No environment, freeze, train, vendor and not the company is in one, so the list moves nothing.",
        "tidegate: 1\nzone: UTC\n---\nholidays: acme\nimport: [DE-BE]";
    NEVER_OPENS = "TG0410" Error "window that never opens in 400 days",
        "The calendar is looked at 400 days ahead. A window that does not open by then counts as never open, so nothing could be deployed there. An environment that is closed on purpose is said with a freeze without `until`.",
        "window: maintenance\nallow: Sun 20:00-24:00 from 2099-01-01";
    UNUSED_WINDOW = "TG0411" Warning "window that no environment names",
        "A window restricts the environments that name it with `window`. Without one it restricts nothing, which is probably not what was meant.",
        "window: office-hours\nallow: Mon-Thu 09:00-16:00";
    NO_AUTHORITY = "TG0412" Warning "freeze for which nobody can grant an exception",
        "`exception-by` names the teams whose members grant exceptions. A team without `members` grants none, so whoever asks waits for nobody. List the accounts of those who decide at the team.",
        "freeze: peak\nwhy: Black Friday\nfrom: 2026-11-25\nexception-by: [cfo-office]  # while cfo-office has no members";
    HOLDS_NOTHING = "TG0413" Warning "freeze that holds nothing",
        "No service goes to any environment that the freeze concerns, or all the operations that it names are let through. It would hold nothing, which is probably not what was meant.",
        "freeze: peak\nwhy: Black Friday\nfrom: 2026-11-25\nservices: [web]\nenvironments: [prod-us]  # where web never goes";
    NEVER_FREE = "TG0414" Warning "environment whose window never opens outside a freeze",
        "Each opening of the window in the next 400 days lies inside freezes of all services, so nothing could be deployed there. Two rules that shut an environment together are most often a mistake; one that is closed on purpose needs a freeze and no window.",
        "window: office-hours\nallow: Mon-Thu 09:00-16:00\n---\nfreeze: for-now\nwhy: audit\nfrom: 2026-01-01  # without an end, and prod has `window: office-hours`";
    // Trains.
    TRAIN_FROZEN = "TG0420" Warning "train that would leave inside a freeze",
        "A departure inside a freeze leaves, and its passengers wait for the end of the freeze. That may be what you want; often another date is meant.",
        "train: retail\ncarries: [web]\ndeparts: every week on Tue at 10:00  # while a freeze holds that Tuesday";
    NEVER_LEAVES = "TG0421" Error "train that never leaves in 400 days",
        "The calendar is looked at 400 days ahead. A train without a departure by then would hold its services for good.",
        "train: retail\ncarries: [web]\ndeparts: every week on Tue at 10:00\nfirst: 2099-01-01";
    NO_DEPARTURE = "TG0422" Error "departure that is no point in time",
        "A train leaves at points in time that repeat, such as `every 2 weeks on Tue at 10:00`; not on whole days, from when to when, or only once.",
        "train: retail\ncarries: [web]\ndeparts: Mon-Thu 09:00-16:00";
    CUT_OFF = "TG0423" Error "cut-off that does not lie before the departure",
        "`scope-closes`, `code-closes` and `go-no-go` are offsets before the departure, such as `3 working days before`.",
        "train: retail\ncarries: [web]\ndeparts: every week on Tue at 10:00\nscope-closes: 1 day after";
    CUT_OFF_ORDER = "TG0424" Error "cut-offs in the wrong order",
        "Boarding closes first, then the code, and then somebody says go: a decision is about passengers that no longer change.",
        "scope-closes: 1 day before\ngo-no-go: 2 days before";
    TWO_TRAINS = "TG0425" Error "service carried by two trains",
        "A release travels with one departure, so its service is carried by one train.",
        "train: express\ncarries: [web]  # while `retail` carries it too";
    NOWHERE = "TG0426" Error "train that takes a service nowhere",
        "A train takes its services to the environments in `to`, or to those of tier `production`; the path of this service visits none of them.",
        "train: retail\ncarries: [web]\nto: [prod-us]  # while the path of `web` ends in prod-eu";
    NOBODY_DECIDES = "TG0427" Error "team without members that decides",
        "Only `members` of the team in `decided-by` may say go. Without any, no departure could ever leave.",
        "teams:\n  release-office: { chat: \"#releases\" }\n---\ntrain: retail\ndecided-by: release-office";
    CADENCE = "TG0428" Error "train that would slow down and recover at once",
        "A train recovers only after a longer quiet spell than the one that slowed it: more departures, and a smaller share of failures.",
        "cadence: { slow-after: 20% failed over 3 departures, recover-after: 20% failed over 3 departures }";
    FEATURE = "TG0429" Error "feature that its train does not carry",
        "A feature is complete when all its releases are aboard and green, so its train carries all their services.",
        "features: { one-page-checkout: [mail@1.0.0] }";
    NO_FEATURES = "TG0430" Warning "train that waits for features without any",
        "With `trigger: features` a departure leaves once its promised features are complete. One that nobody promised anything for leaves on its date.",
        "train: retail\ncarries: [web]\ndeparts: every week on Tue at 10:00\ntrigger: features";
    APART = "TG0431" Warning "services that must ship together and travel apart",
        "A service accepts exactly one version of another, or one that is not provided yet, and the two come to their users in different ways: by different trains, on demand, or continuously.",
        "service: web\nneeds: { payments: =3.3.0 }  # while only `payments` is on a train";
    NO_HANDS = "TG0432" Error "train that needs people whom a team does not have",
        "Of a team in `hands`, members count who are on duty by its `cover`. A team without `cover`, or with fewer `members` than are needed and no `group` that brings more, could never send enough: no departure would leave.",
        "teams:\n  testing: { members: [rita] }\n---\ntrain: retail\nhands: { testing: 2 }";
    // Cover, quiet hours, pairs, vendors, legacy, bookings.
    NO_QUIET = "TG0440" Error "quiet hours that nobody names",
        "A service, its strategy or a policy that concerns it says `needs-quiet`, and it goes to a production environment that does not say when it is quiet. It could never be deployed there.",
        "service: ledger\nowner: ledger\nneeds-quiet: true";
    NEVER_COMES = "TG0441" Error "hours that never come",
        "The calendar is looked at 400 days ahead. Cover, quiet hours or runs that do not come by then count as never, so nothing could be deployed, or nothing would be kept apart.",
        "teams:\n  payments: { cover: day 31 of month 09:00-10:00 from 2099-01-01 }";
    NEVER_WITH = "TG0442" Error "environment that must never change with itself",
        "`never-with` names other environments. An environment that must not change while it changes could never change.",
        "environments:\n  prod: { tier: production, never-with: prod }";
    NO_COVER = "TG0443" Error "cover by a team that has none",
        "`cover-by` asks that a team is on duty, and the team does not say when it is. Nothing would be checked.",
        "service: web\nowner: web\ncover-by: sre";
    LOUD = "TG0444" Warning "downtime at any hour",
        "The strategy `recreate` stops a service before it starts the new version. In production that is better done when few people look: `needs-quiet: true` lets it go only in the `quiet` hours of each environment.",
        "service: web\nowner: me\nstrategy: recreate";
    REVIEW_OVERDUE = "TG0445" Warning "overdue review of a constraint",
        "Constraints of systems that cannot be moved cost days on which nothing may go. Each has a date by which its owner has looked whether it is still needed; this one has passed.",
        "legacy: settlement\nreview-by: 2025-01-01";
    BOOKING = "TG0446" Error "booking that does not say when",
        "An environment is booked at `times` that repeat, or once, `from` one instant `until` another.",
        "environment-booking: load-test\nenvironment: staging\nteam: web";
    BAD_NOTICE = "TG0447" Error "unreadable notice",
        "A vendor's notice is a length of time before its work: `10 days`, `5 working days`, `48 hours`.",
        "notice: soon";
    BOOKED_TWICE = "TG0448" Warning "environment booked twice",
        "While an environment is booked, only services of that team may be deployed there. Where two teams booked the same time, neither can.",
        "";
    NOBODY_WAITS = "TG0449" Warning "calendar that nobody waits for",
        "`calendar-fresh-for` lets the `services` of a vendor wait when nobody imported its calendar lately. Without `services` nothing waits.",
        "vendor: card-network\nowner: payments\ncalendar-fresh-for: 2d";
    TRAFFIC = "TG0450" Error "expected traffic that says nothing",
        "`traffic` gives one number for each of the 24 hours of a day, and some hours must be under the share of `quiet-under`: otherwise nothing that needs quiet could ever be deployed.",
        "environments:\n  prod: { tier: production, traffic: { by-hour: [1, 2, 3], quiet-under: 10% } }";
    // Boards.
    NO_SITTING = "TG0460" Error "board that does not say when it meets",
        "A board meets at points in time that repeat: a phrase such as `every week on Wed at 14:00`, or an RFC 5545 rule without an end.",
        "board: weekly-cab\nmeets: Mon-Thu 09:00-16:00";
    NEVER_MEETS = "TG0461" Error "board that never meets",
        "The calendar is looked at 400 days ahead. A change that needs a board which does not meet by then could never go.",
        "board: weekly-cab\nmeets: every week on Wed at 14:00\nfirst: 2099-01-01";
    AGENDA_CLOSES = "TG0462" Error "agenda that does not close before the sitting",
        "`agenda-closes` is an offset before the sitting: `24h before`, `1 working day before`.",
        "agenda-closes: 1 day after";
    NO_QUORUM = "TG0463" Error "quorum that can never come together",
        "Each vote is given from another seat by another person. A quorum of more votes than there are seats, or than the listed `members` of its teams can give, would never decide anything.",
        "teams:\n  sre: { members: [ines] }\n---\nboard: weekly-cab\nmembers: [sre]\nquorum: 2";
    TIGHT_QUORUM = "TG0464" Warning "quorum that needs everybody",
        "Whoever asked for a change or wrote it does not vote on it. Where a quorum needs everybody, a change of one of the members could never be decided.",
        "teams:\n  sre: { members: [ines] }\n  web: { members: [ana] }\n---\nboard: weekly-cab\nmembers: [sre, web]\nquorum: 2";
    CRITERION = "TG0465" Error "criterion without exactly one proof",
        "What shows that a criterion holds is one of `gate`, `holds` and `answer`; `valid` says how long an answer is good.",
        "board: weekly-cab\ncriteria:\n  rehearsed: { text: the way back was rehearsed, owner: sre }";
    CRITERIA_FREEZE = "TG0466" Error "criteria that are not frozen before the sitting",
        "`freeze-criteria` is an offset before the sitting, such as `2 working days before`. It freezes the `criteria` of the board.",
        "freeze-criteria: 1 day after";
    // Who may do what.
    NOT_CEDAR = "TG0470" Error "policy text that is not Cedar",
        "The text of a guardrail or policy is Cedar: `forbid (principal, action, resource) when { ... };`, as many as there is need for. The line is the one in the file.",
        "guardrail: money\nowner: risk\nforbid: |\n  forbid (principal, action resource);";
    NOT_IN_SCHEMA = "TG0471" Error "policy text that means nothing",
        "Policies are checked strictly against the schema: names of actions and attributes, types, and that what may be absent is asked for with `has` first. A policy that could never hold is refused as well: it would look like a control and be none. The schema stands in the reference.",
        "guardrail: money\nowner: risk\nforbid: |\n  forbid (principal, action, resource)\n  when { resource has service && resource.service.teir == 1 };";
    PERMITS = "TG0472" Error "policy text that permits",
        "Rights come from roles. Texts only take away, so that none can loosen another one: write what must not be as `forbid`, with `unless` for those who may.",
        "guardrail: money\nowner: risk\nforbid: |\n  permit (principal, action, resource);";
    NOBODY_MAY = "TG0473" Error "something nobody could do any more",
        "Others wait for it, or it is the way out when something goes wrong: approving changes, deploying, aborting, lifting a freeze, opening an environment, correcting the configuration. Tried with every role, every team and every configured service and environment, the texts together forbid it to everybody. Leave somebody who may, with `unless`.",
        "guardrail: money\nowner: risk\nforbid: |\n  forbid (principal, action == Action::\"change approve\", resource);";
    TEXT_HAS_SCOPE = "TG0474" Error "policy text beside a scope",
        "`applies-to` says which changes need the approvals of a policy. Its `forbid` says itself what it is about, so beside `applies-to` it would look narrower than it is. Give the text a policy of its own.",
        "policy: nights\napplies-to: { services: [web] }\nforbid: |\n  forbid (principal, action == Action::\"freeze lift\", resource) unless { principal in Team::\"sre\" };";
    UNIT_CIRCLE = "TG0475" Error "business unit above itself",
        "A unit is part of at most one other, and at the top stands the company. Leave out one `parent` of the circle.",
        "units:\n  retail: { parent: cards }\n  cards: { parent: retail }";
    IN_TWO_UNITS = "TG0476" Error "something that belongs to two business units",
        "A team, a service and an environment belong to one unit, so that it is told whose business they are. A unit below another one has what is its own; the one above has its say all the same.",
        "teams:\n  web: { members: [ana] }\n---\nunits:\n  retail: { teams: [web] }\n  bank: { teams: [web] }";
    UNIT_LOOSENS = "TG0477" Error "policy of a unit that could ask for less",
        "Rules pass down from the company to its units, and a unit asks for more, never for less: approvals, sign-offs, documents, `never-by`, `valid`, `signed`, `needs-quiet`, `forbid` and the class `major`. Which changes are standard, what an emergency takes and who decides instead of those who were asked is said by policies of the company.",
        "policy: quick\nunit: retail\nclasses:\n  standard: { when: risk.score < 10 }";
    NO_DESTINATION = "TG0480" Error "destination of checkpoints that is not one place",
        "Each entry below `checkpoints.to` is exactly one of `file`, `git` and `webhook`. `push` goes with `git`, `key` with `webhook`.",
        "checkpoints:\n  to: [{ file: witness.note, webhook: https://witness.acme.example }]";
    LEAVES_FOLDER = "TG0481" Error "destination outside of the folder of checkpoints",
        "Whoever applies a configuration says what the server writes to, so files and repositories lie below one folder that is named where the server is started, with `--checkpoint-dir`. Write a path that is relative to it.",
        "checkpoints:\n  to: [{ file: /etc/passwd }]";
    OPEN_KEY = "TG0482" Error "key of a webhook in plain text",
        "Everybody who reads the configuration would have the key. Put it into a secret store and write the reference: `secret:env/WITNESS_KEY`.",
        "checkpoints:\n  to: [{ webhook: https://witness.acme.example, key: abc }]";
    BAD_KEEP = "TG0483" Error "unreadable length of retention",
        "How long something is kept is a number and `days`, `months` or `years`, at most 100 years. Nothing is guessed: what goes does not come back.",
        "retention: output\nkeep: 7";
    BELOW_A_DAY = "TG0490" Error "rule below a day where clocks change",
        "Where clocks are put forward and back, a rule that repeats every hour or minute would leave an hour out or repeat it. Let it count in UTC, or write a daily rule with `BYHOUR` and `BYMINUTE`.",
        "window: on-the-hour\nzone: Europe/Berlin\nallow: DTSTART:20260105T000000 DURATION:PT10M RRULE:FREQ=HOURLY";
    NEVER_HAPPENS = "TG0491" Error "rule that never happens",
        "The parts of a rule limit each other. One whose parts exclude each other, such as 30 February, never happens and opens or holds nothing.",
        "window: leap\nallow: DTSTART:20260101T090000 DURATION:PT1H RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30";
    TOO_OFTEN = "TG0492" Error "rule that happens too often to be looked at",
        "Every look at a rule has an end: 100,000 occurrences in 400 days, and a million steps. A rule beyond that could not be told at a start, so it is refused here.",
        "window: ever\nallow: DTSTART:20260105T000000Z DURATION:PT1S RRULE:FREQ=SECONDLY";
    // Strategies and analyses.
    ISSUE_TWICE = "TG0496" Error "two known issues of one name",
        "The name of a known issue stays with it, so that support, customers and later releases mean the same.",
        "known-issues:\n  - { id: slow, text: Slow on Mondays. }\n  - { id: slow, text: Slow on Fridays. }";
    ISSUE_NEVER = "TG0497" Error "known issue that no version has",
        "A known issue is in the versions from `since` on and before `fixed-in`, so `fixed-in` is the later one.",
        "known-issues:\n  - { id: slow, text: Slow., since: 1.4.0, fixed-in: 1.2.0 }";
    ISSUE_TELLS = "TG0498" Warning "public known issue with an internal name",
        "Customers read a public known issue. A word in it is the name of an environment or of a person of this company, which means nothing to them and is nobody's business.",
        "known-issues:\n  - { id: slow, text: Slow on prod-eu., public: true }";
    TEMPLATE_FIELD = "TG0499" Error "template that cannot be filled in",
        "A field of a template stands in double braces and is one that the record knows.",
        "template: way-back\ndocument: rollback-plan\ntext: \"Back from {{ relese }}\"";
    NOT_GROWING = "TG0501" Error "canary step that does not grow",
        "Each step of a canary moves more traffic to the new revision than the one before.",
        "canary:\n  - { to: 50%, hold: 5m }\n  - { to: 10%, hold: 5m }\n  - { to: 100% }";
    NOT_ALL = "TG0502" Error "canary that does not end at 100%",
        "The last step of a canary is 100%; otherwise the deployment would never be finished.",
        "canary:\n  - { to: 10%, hold: 10m }";
    SHAPE = "TG0503" Error "strategy without exactly one shape",
        "A strategy has exactly one of `canary`, `rolling`, `blue-green` and `recreate`.",
        "strategy: careful";
    STICK = "TG0504" Error "unusable `stick-by`",
        "Only a canary splits users between two revisions, and one thing tells a user: a header or a cookie.",
        "strategy: s\nrolling: { batch: 1 }\nstick-by: { cookie: user }";
    SOURCE = "TG0505" Error "metric without exactly one source",
        "A metric comes from exactly one place: `router` or `prometheus`.",
        "metrics:\n  errors: { tolerate: +0.5pp }";
    NO_PROMETHEUS = "TG0506" Error "no Prometheus to ask",
        "A metric is a PromQL query, but no server is named. Write `connect: { prometheus: { url: http://prometheus:9090 } }` into the `tidegate` document, or use `router: errors`.",
        "prometheus: sum(rate(errors[1m]))";
    UNJUDGED = "TG0507" Warning "canary without an analysis",
        "Without `analysis` nothing compares the two revisions, so the holds are only waiting.",
        "strategy: s\ncanary:\n  - { to: 10%, hold: 5m }\n  - { to: 100% }";
    UNFIT = "TG0508" Error "setting that does not fit the metric",
        "Errors and latencies are better when they are lower, and a latency is compared by a share, not by percentage points.",
        "metrics:\n  latency: { router: latency-p95, tolerate: +5pp }";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_in_order_and_explained() {
        assert!(CODES.windows(2).all(|w| w[0].id < w[1].id));
        assert!(
            CODES.iter().all(|c| c.explanation.ends_with(['.', '"'])),
            "explanations are sentences"
        );
        assert_eq!(explain("tg0012").map(|c| c.title), Some("unknown key"));
        assert!(explain("TG9999").is_none());
    }
}
