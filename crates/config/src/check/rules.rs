//! RFC 5545 rules among times: that they can be read, count where clocks let them, happen, and not too often to be looked at.

use super::Whole;
use super::calendar::{AHEAD, plain_text};
use crate::diagnostic::{Report, codes};
use crate::yaml::Node;
use std::collections::BTreeSet;
use tidegate_core::calendar::expand::ExpandError;
use tidegate_core::calendar::rule::RuleSet;
use tidegate_core::calendar::schedule::{MOST, horizon};
use tidegate_core::calendar::{Bounds, Ended, Schedule, Setting, Written, Zone, written};
use tidegate_core::time::Timestamp;

/// What does not happen within so many days of its start never does: 29 February is a Monday after 40 years at most.
const LIFETIME: u32 = 42 * 366;

/// The rule of a value that is meant to be one; within, `None` when it cannot be read, which is told.
#[expect(clippy::option_option, reason = "no rule, a broken rule, a rule")]
pub fn read(key: &str, node: &Node, report: &mut Report) -> Option<Option<RuleSet>> {
    let text = plain_text(node)?;
    written::rule_text(text)?;
    let found = match Written::read(text) {
        Ok(Written::Rules(set)) => Some(set),
        Ok(Written::Phrase(_)) => return None,
        Err(e) => {
            report
                .add(
                    codes::BAD_PHRASE,
                    &node.spot,
                    format!("`{key}` cannot be read"),
                )
                .label(clean(&format!(
                    "column {} of the rule: {}",
                    e.column, e.what
                )))
                .help(clean(&e.help));
            None
        }
    };
    Some(found)
}

/// Whether a rule can be followed in every one of `zones`, when it names none.
pub fn fine(
    whole: &Whole<'_>,
    set: &RuleSet,
    zones: &BTreeSet<String>,
    node: &Node,
    report: &mut Report,
) -> bool {
    let settings = zones
        .iter()
        .filter_map(|zone| whole.spec.setting(zone).ok());
    for setting in settings {
        let zone = set.zone_or(&setting.zone);
        let Some(start) = zone.instant(set.start) else {
            continue;
        };
        let problem = below_a_day(set, &setting, start, node, report)
            || never(set, &zone, start, node, report)
            || too_often(set, &setting, whole.now.unwrap_or(start), node, report);
        if problem {
            return false;
        }
    }
    true
}

fn below_a_day(
    set: &RuleSet,
    setting: &Setting,
    start: Timestamp,
    node: &Node,
    report: &mut Report,
) -> bool {
    let bounds = Bounds::new(start, horizon(start, 1), 1);
    let Err(error @ ExpandError::SubDaily { .. }) =
        tidegate_core::calendar::expand::expand(set, &setting.zone, bounds)
    else {
        return false;
    };
    report
        .add(
            codes::BELOW_A_DAY,
            &node.spot,
            "a rule below a day in a zone whose clocks change",
        )
        .label(error.to_string())
        .help("let it count in UTC (a DTSTART that ends with Z), or write a daily rule with BYHOUR and BYMINUTE");
    true
}

fn never(set: &RuleSet, zone: &Zone, start: Timestamp, node: &Node, report: &mut Report) -> bool {
    let bounds = Bounds::new(start, horizon(start, LIFETIME), 1);
    let Ok(found) = tidegate_core::calendar::expand::expand(&set.points(), zone, bounds) else {
        return false;
    };
    if !found.occurrences.is_empty() {
        return false;
    }
    let how = match found.ended {
        Ended::Budget => format!("not within {} steps from its start", bounds.budget),
        _ => format!("not within 42 years from {}", set.start.date()),
    };
    report
        .add(
            codes::NEVER_HAPPENS,
            &node.spot,
            "a rule that never happens",
        )
        .label(how)
        .help("its parts exclude each other: leave one out");
    true
}

fn too_often(
    set: &RuleSet,
    setting: &Setting,
    from: Timestamp,
    node: &Node,
    report: &mut Report,
) -> bool {
    let bounds = Bounds::new(from, horizon(from, AHEAD), MOST);
    let schedule = Schedule::of_rules(set.clone());
    let how = match schedule.happenings(setting, bounds) {
        Ok((_, Ended::Limit)) => format!("more than {MOST} times in {AHEAD} days"),
        Ok((_, Ended::Budget)) => {
            format!(
                "followed for {} steps without coming to an end",
                bounds.budget
            )
        }
        Ok(_) | Err(_) => return false,
    };
    report
        .add(
            codes::TOO_OFTEN,
            &node.spot,
            "a rule that happens too often to be looked at",
        )
        .label(how)
        .help("say with one longer occurrence what many short ones say, and let COUNT begin later");
    true
}

/// For one line of a message.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
