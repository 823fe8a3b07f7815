//! Known issues that contradict themselves, and public ones that say internal names.

use super::Whole;
use crate::diagnostic::{Report, codes};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::spec::KnownIssue;

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    let internal = internal(whole);
    for (service, configured) in &whole.spec.services {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (n, issue) in configured.known_issues.iter().enumerate() {
            let at = format!("services.{service}.known-issues[{n}]");
            never(whole, &at, issue, report);
            if let Some(id) = &issue.id
                && let Some(first) = seen.insert(id.as_str(), n)
            {
                let first = format!("services.{service}.known-issues[{first}]");
                report
                    .add(
                        codes::ISSUE_TWICE,
                        &whole.spot(&at),
                        format!("`{service}` has two known issues called `{id}`"),
                    )
                    .also(&whole.spot(&first), "first defined here")
                    .help("give each a name of its own, so that people can tell them apart");
            }
            if issue.public {
                told(whole, &at, issue, &internal, report);
            }
        }
    }
}

fn never(whole: &Whole<'_>, at: &str, issue: &KnownIssue, report: &mut Report) {
    let (Some(since), Some(fixed)) = (&issue.since, &issue.fixed_in) else {
        return;
    };
    if since < fixed {
        return;
    }
    report
        .add(
            codes::ISSUE_NEVER,
            &whole.spot(&format!("{at}.fixed-in")),
            format!("it would be fixed in {fixed} and begin with {since}"),
        )
        .label("no version has it")
        .help("`fixed-in` is the first version without it, and later than `since`");
}

/// Names that are nobody's business outside: of environments, and of people.
fn internal(whole: &Whole<'_>) -> BTreeSet<String> {
    let people = whole.spec.teams.values().flat_map(|team| &team.members);
    let places = whole.spec.environments.keys().map(ToString::to_string);
    let all = people.cloned().chain(places);
    all.map(|name| name.to_lowercase()).collect()
}

fn told(
    whole: &Whole<'_>,
    at: &str,
    issue: &KnownIssue,
    internal: &BTreeSet<String>,
    report: &mut Report,
) {
    let texts = [
        ("text", Some(&issue.text)),
        ("workaround", issue.workaround.as_ref()),
    ];
    for (key, text) in texts {
        let text = text.map(|text| text.to_lowercase()).unwrap_or_default();
        let word = |c: char| !c.is_alphanumeric() && !"-_.@".contains(c);
        let mut words = text.split(word).map(|w| w.trim_matches(['.', '-']));
        let Some(name) = words.find(|word| internal.contains(*word)) else {
            continue;
        };
        report
            .add(
                codes::ISSUE_TELLS,
                &whole.spot(&format!("{at}.{key}")),
                format!("customers would read `{name}`, an environment or a person here"),
            )
            .label("this known issue is public")
            .help("say it in words that mean something to a customer, or leave out `public`");
    }
}
