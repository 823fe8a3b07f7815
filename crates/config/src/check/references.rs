//! Names that lead nowhere.

use super::Whole;
use crate::builtin;
use crate::diagnostic::{Report, codes};
use crate::keys::Ref;
use crate::suggest::{list, nearest, quote};
use crate::walk::Reference;
use std::collections::BTreeSet;

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    for reference in &whole.walked.references {
        match reference.to {
            Some(to) => one(whole, reference, to, report),
            None => place(whole, reference, report),
        }
    }
    needed_versions(whole, report);
}

fn names<'a>(whole: &Whole<'a>, to: Ref) -> BTreeSet<&'a str> {
    let mut names: BTreeSet<&str> = whole
        .declared
        .get(&to)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    match to {
        Ref::Pipeline | Ref::Analysis => _ = names.insert(builtin::STANDARD),
        Ref::Strategy => names.extend(builtin::STRATEGIES),
        Ref::Environment if !whole.declared.contains_key(&to) => {
            _ = names.insert(builtin::ENVIRONMENT)
        }
        _ => {}
    }
    names
}

/// A singleton that could not be read may have declared anything.
fn unknowable(whole: &Whole<'_>, to: Ref) -> bool {
    let broken = whole
        .declared
        .get(&to)
        .is_some_and(|names| names.get("").is_some_and(Option::is_none));
    broken || (to == Ref::Team && !whole.declared.contains_key(&to))
}

fn one(whole: &Whole<'_>, reference: &Reference, to: Ref, report: &mut Report) {
    let known = names(whole, to);
    if unknowable(whole, to) {
        // Small trees declare no teams; then every well-formed name is one.
        if to == Ref::Team
            && let Err(bad) = tidegate_core::id::TeamId::new(reference.name.clone())
        {
            report
                .add(
                    codes::BAD_NAME,
                    &reference.spot,
                    format!("{} is not a name", quote(&reference.name)),
                )
                .label("the name of a team stands here")
                .help(bad.rule);
        }
        return;
    }
    if !known.contains(reference.name.as_str()) {
        let help = match nearest(&reference.name, known.iter().copied()) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None => list(known.iter().copied()),
        };
        report
            .add(
                codes::NOTHING_THERE,
                &reference.spot,
                format!("there is no {} {}", to.words(), quote(&reference.name)),
            )
            .label(format!("no {} has this name", to.words()))
            .maybe_help(help);
    }
}

/// A key of a strategy rule: an environment, when it is no tier.
fn place(whole: &Whole<'_>, reference: &Reference, report: &mut Report) {
    let known = names(whole, Ref::Environment);
    if unknowable(whole, Ref::Environment) || known.contains(reference.name.as_str()) {
        return;
    }
    let all = known
        .iter()
        .copied()
        .chain(["dev", "test", "production", "default"]);
    let help = nearest(&reference.name, all).map(|near| format!("did you mean `{near}`?"));
    report
        .add(
            codes::NOTHING_THERE,
            &reference.spot,
            format!("there is no environment or tier {}", quote(&reference.name)),
        )
        .label("neither an environment, nor `dev`, `test`, `production`, nor `default`")
        .maybe_help(help);
}

/// A needed version that the other service does not provide.
fn needed_versions(whole: &Whole<'_>, report: &mut Report) {
    for (name, service) in &whole.spec.services {
        for (other, need) in &service.needs {
            let provided = whole
                .spec
                .services
                .get(other)
                .and_then(|s| s.provides.get(other.as_str()));
            let Some(version) = provided.and_then(|v| semver::Version::parse(v).ok()) else {
                continue;
            };
            if !need.0.matches(&version) {
                report
                    .add(
                        codes::NEEDS_OTHER,
                        &whole.spot(&format!("services.{name}.needs.{other}")),
                        format!("`{name}` needs a version of `{other}` that is not provided"),
                    )
                    .label(format!("accepts {}", need.0))
                    .also(
                        &whole.spot(&format!("services.{other}.provides.{other}")),
                        format!("provides {version}"),
                    );
            }
        }
    }
}
