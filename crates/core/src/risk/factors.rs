//! What each factor looks at, and how risky each answer is. A table in words; changing a number here raises the formula's number
//! in `spec/risk.rs`.

use super::Input;
use super::known::{Known, WayBack};
use super::moment::{AHEAD, Hours, Near, Week};
use crate::spec::{Audience, DataClass, RiskFactor, Tier};

/// Risky at its worst, or not known.
const WORST: u32 = 100;

const LEDGER: &str = "ledger";
const PLAN: &str = "plan";
const CHANGE: &str = "change";
const CALENDAR: &str = "calendar";

/// One thing to look at.
struct Look<'a> {
    share: u8,
    source: String,
    /// What it is called when nothing is known about it.
    unknown: &'a str,
    /// What would lower it.
    lower: &'a str,
}

impl Look<'_> {
    /// The fact as found: text and level.
    fn at(self, found: Option<(String, u32)>) -> Input {
        let missing = found.is_none();
        let (text, level) = found.unwrap_or_else(|| (self.unknown.to_owned(), WORST));
        let level = u8::try_from(level.min(WORST)).unwrap_or(100);
        Input {
            text,
            source: self.source,
            share: self.share,
            level,
            missing,
            lower: if level == 0 {
                String::new()
            } else {
                self.lower.to_owned()
            },
        }
    }
}

fn look<'a>(share: u8, source: impl Into<String>, unknown: &'a str, lower: &'a str) -> Look<'a> {
    Look {
        share,
        source: source.into(),
        unknown,
        lower,
    }
}

/// Reaches its worst at `full`.
fn up_to(n: u32, full: u32) -> u32 {
    n.saturating_mul(WORST)
        .checked_div(full)
        .map_or(WORST, |level| level.min(WORST))
}

fn many(n: u32, one: &str, more: &str) -> String {
    match n {
        0 => format!("no {one}"),
        1 => format!("1 {one}"),
        n => format!("{n} {more}"),
    }
}

/// The inputs of a factor; their shares are 100 together.
pub(super) fn inputs(factor: RiskFactor, known: &Known) -> Vec<Input> {
    match factor {
        RiskFactor::Impact => impact(known),
        RiskFactor::Visibility => visibility(known),
        RiskFactor::Complexity => complexity(known),
        RiskFactor::Novelty => novelty(known),
        RiskFactor::Rollback => rollback(known),
        RiskFactor::Experience => experience(known),
        RiskFactor::History => history(known),
        RiskFactor::Timing => timing(known),
    }
}

fn impact(known: &Known) -> Vec<Input> {
    let (service, env) = (&known.service, &known.environment);
    let tier = |tier: Tier| match tier {
        Tier::Production => WORST,
        Tier::Test => 20,
        Tier::Dev => 0,
    };
    let importance = |tier: u8| WORST.saturating_sub(u32::from(tier.saturating_sub(1)) * 33);
    let data = |class: DataClass| match class {
        DataClass::Restricted => WORST,
        DataClass::Confidential => 66,
        DataClass::Internal => 33,
        DataClass::Public => 0,
    };
    vec![
        look(
            30,
            format!("environments.{env}.tier"),
            "the tier of the environment",
            "",
        )
        .at(known
            .environment_tier
            .map(|t| (format!("{env} is {}", t.as_str()), tier(t)))),
        look(
            30,
            format!("services.{service}.tier"),
            "the tier of the service",
            "",
        )
        .at(known
            .tier
            .map(|t| (format!("service tier {t}"), importance(t)))),
        look(
            20,
            format!("services.{service}.data-class"),
            "the class of its data",
            "say `data-class` at the service when its data is less than restricted",
        )
        .at(known
            .data
            .map(|d| (format!("{} data", d.as_str()), data(d)))),
        look(20, "services.*.needs", "the services that need it", "").at(known.dependents.map(
            |n| {
                (
                    format!("{} it", many(n, "service needs", "services need")),
                    up_to(n, 5),
                )
            },
        )),
    ]
}

fn visibility(known: &Known) -> Vec<Input> {
    let service = &known.service;
    let seen = |audience: Audience| match audience {
        Audience::Customers => WORST,
        Audience::Staff => 25,
    };
    vec![
        look(
            60,
            format!("services.{service}.audience"),
            "who uses it",
            "say `audience: staff` at the service when only the company's own people use it",
        )
        .at(known.audience.map(|a| (format!("used by {}", a.as_str()), seen(a)))),
        look(20, PLAN, "whether it takes requests", "").at(known.public.map(|public| {
            if public {
                ("takes requests on a public port".to_owned(), WORST)
            } else {
                ("takes no requests".to_owned(), 0)
            }
        })),
        look(
            20,
            PLAN,
            "whether users are interrupted",
            "use a strategy that starts the new revision before it stops the old one: rolling, blue-green or canary",
        )
        .at(known.interrupts.map(|stops| {
            if stops {
                ("requests get no answer while it is replaced".to_owned(), WORST)
            } else {
                ("nobody is interrupted".to_owned(), 0)
            }
        })),
    ]
}

fn complexity(known: &Known) -> Vec<Input> {
    vec![
        look(
            40,
            CHANGE,
            "the number of commits",
            "say how many commits are in it; release smaller and more often",
        )
        .at(known
            .commits
            .map(|n| (many(n, "commit", "commits"), up_to(n, 30)))),
        look(
            20,
            PLAN,
            "what settings change",
            "change configuration on its own, before or after",
        )
        .at(known
            .settings
            .map(|n| (many(n, "changed setting", "changed settings"), up_to(n, 10)))),
        look(20, PLAN, "the number of instances", "").at(known
            .instances
            .map(|n| (many(n, "instance", "instances"), up_to(n, 20)))),
        look(20, PLAN, "the number of steps", "").at(known
            .steps
            .map(|n| (many(n, "step", "steps"), up_to(n, 30)))),
    ]
}

fn novelty(known: &Known) -> Vec<Input> {
    let env = &known.environment;
    vec![
        look(40, PLAN, "whether it ran here before", "").at(known.first.map(|first| {
            if first {
                (format!("the first time in {env}"), WORST)
            } else {
                (format!("runs in {env} already"), 0)
            }
        })),
        look(30, LEDGER, "when one last held here", "deploy more often").at(known.days_since.map(
            |days| match days {
                None => (format!("none held in {env} yet"), WORST),
                Some(0) => (format!("one held in {env} within the last day"), 0),
                Some(days) => {
                    let ago = many(days, "day", "days");
                    (format!("one held in {env} {ago} ago"), up_to(days, 90))
                }
            },
        )),
        look(
            30,
            LEDGER,
            "runs of this strategy",
            "rehearse with the same strategy",
        )
        .at(known.runs.as_ref().map(|(n, strategy)| {
            let runs = many(*n, "run", "runs");
            (format!("{runs} of {strategy} here"), WORST - up_to(*n, 10))
        })),
    ]
}

fn rollback(known: &Known) -> Vec<Input> {
    let service = &known.service;
    vec![
        look(25, PLAN, "what runs now", "").at(known.earlier.map(|earlier| {
            if earlier {
                ("an earlier revision to return to".to_owned(), 0)
            } else {
                ("no earlier revision to return to".to_owned(), WORST)
            }
        })),
        look(
            25,
            PLAN,
            "the way back",
            "use a strategy that keeps the old revision running until the new one is proven: blue-green or canary",
        )
        .at(known.way_back.map(|way| match way {
            WayBack::Warm => ("the old revision keeps running, only traffic moves back".to_owned(), 0),
            WayBack::Restart => ("programs stop and start on the way back".to_owned(), 50),
            WayBack::None => ("there is no way back".to_owned(), WORST),
        })),
        look(25, format!("services.{service}.rollback.within"), "how long the way back takes", "shorten `rollback.within`").at(
            known.back_within.map(|within| {
                let minutes = u32::try_from(within.0 / 60_000).unwrap_or(u32::MAX);
                (format!("back within {within}"), up_to(minutes.saturating_sub(1), 59))
            }),
        ),
        look(
            25,
            CHANGE,
            "whether it changes a database",
            "say that it does not change a database, or release the change of the database on its own",
        )
        .at(known.migrates.map(|migrates| {
            if migrates {
                ("changes a database".to_owned(), WORST)
            } else {
                ("changes no database".to_owned(), 0)
            }
        })),
    ]
}

fn experience(known: &Known) -> Vec<Input> {
    vec![
        look(100, LEDGER, "deployments of the team", "deploy more often").at(known
            .team_held
            .as_ref()
            .map(|(n, team)| {
                let held = many(*n, "deployment", "deployments");
                (
                    format!("{held} of {team} held in 90 days"),
                    WORST - up_to(*n, 20),
                )
            })),
    ]
}

/// Few outcomes say little: two are added, one of them bad. A quarter taken back is the worst.
fn history(known: &Known) -> Vec<Input> {
    vec![
        look(100, LEDGER, "earlier deployments of the service", "").at(known.outcomes.map(
            |(held, back)| {
                let all = held.saturating_add(back);
                let level = up_to(
                    back.saturating_add(1).saturating_mul(4),
                    all.saturating_add(2),
                );
                let of = many(all, "deployment", "deployments");
                let text = match (all, back) {
                    (0, _) => "no deployment in 90 days".to_owned(),
                    (_, 0) => format!("none of {of} in 90 days was taken back"),
                    (_, back) => format!("{back} of {of} in 90 days taken back"),
                };
                (text, level)
            },
        )),
    ]
}

fn timing(known: &Known) -> Vec<Input> {
    let ahead = u32::try_from(AHEAD.0 / 3_600_000).unwrap_or(u32::MAX);
    vec![
        look(
            25,
            CALENDAR,
            "freezes ahead",
            "go earlier, or after the freeze",
        )
        .at(known.freeze.as_ref().map(|near| match near {
            Near::Clear => (format!("no freeze within {ahead} h"), 0),
            Near::In { hours, name } => (
                format!("freeze {name} begins in {hours} h"),
                WORST - up_to(*hours, ahead),
            ),
            Near::Inside { name } => (format!("inside freeze {name}"), WORST),
        })),
        look(25, CALENDAR, "who is there", "go when the team is on duty").at(known
            .hours
            .as_ref()
            .map(|hours| match hours {
                Hours::Office(what) => (what.clone(), 0),
                Hours::Quiet(what) => (what.clone(), 50),
                Hours::Outside(when) => (format!("outside office hours ({when})"), WORST),
            })),
        look(
            25,
            CALENDAR,
            "the day of the week",
            "go earlier in the week",
        )
        .at(known.week.map(|week| match week {
            Week::Early => ("a working day follows".to_owned(), 0),
            Week::LastMorning => ("the morning before days off".to_owned(), 50),
            Week::LastAfternoon => ("the afternoon before days off".to_owned(), WORST),
            Week::Off => ("a day off".to_owned(), WORST),
        })),
        look(
            25,
            LEDGER,
            "what else changes",
            "wait until the others are done",
        )
        .at(known.others.map(|n| {
            let text = if n == 0 {
                "nothing else is being changed".to_owned()
            } else {
                format!(
                    "{} being changed",
                    many(n, "other service is", "other services are")
                )
            };
            (text, up_to(n, 5))
        })),
    ]
}
