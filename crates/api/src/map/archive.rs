//! What is kept beside the log, and holds, for people.

use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire;
use tidegate_core::archive::outlook;
use tidegate_core::model::archive::{HOLDS, Kept};
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::archive::{Archive, Facts, Scope};

/// Holds listed.
const MOST: usize = 500;

/// A body, with what becomes of it by the rules and holds of now.
pub(crate) fn kept_body(look: &Look<'_>, kept: &Kept) -> Result<wire::KeptBody, Problem> {
    let outlook = outlook(&look.in_force.spec, look.view(), kept)?;
    let goes = outlook.goes(look.now);
    let over = |until| until <= look.now;
    let state = match &outlook.rule {
        None => "kept for good",
        Some(_) if goes => "goes",
        Some((_, until)) if !over(*until) => "kept",
        Some(_) if !outlook.holds.is_empty() => "held",
        Some(_) => "needed",
    };
    let (rule, until) = outlook.rule.unzip();
    Ok(wire::KeptBody {
        class: kept.class.as_str().to_owned(),
        at: kept.at,
        deployment: kept.deployment.to_string(),
        rev: kept.rev,
        release: kept.release.to_string(),
        environment: kept.environment.to_string(),
        digest: kept.body.digest.to_string(),
        bytes: kept.body.bytes,
        rule: rule.map(|rule| rule.to_string()),
        until,
        holds: outlook.holds.iter().map(ToString::to_string).collect(),
        needed: outlook.needed,
        state: state.to_owned(),
    })
}

/// The newest first.
pub(crate) fn holds(look: &Look<'_>) -> Result<Vec<wire::LegalHold>, Problem> {
    let mut found = Vec::new();
    for (_, body) in look.rows.scan(HOLDS, "", None, usize::MAX, false)? {
        found.push(shown(&serde_json::from_str(&body)?)?);
    }
    found.sort_by_key(|hold: &wire::LegalHold| std::cmp::Reverse(hold.at));
    found.truncate(MOST);
    Ok(found)
}

/// One by name.
pub(crate) fn hold_of(look: &Look<'_>, name: &str) -> Result<wire::LegalHold, Problem> {
    shown(&look.load("archive", name)?)
}

fn shown(state: &Archive) -> Result<wire::LegalHold, Problem> {
    let (facts, released) = match state {
        Archive::Held { facts } => (facts, None),
        Archive::Released {
            facts,
            by,
            reason,
            at,
        } => {
            let released = wire::LegalHoldReleased {
                by: by.clone(),
                reason: reason.clone(),
                at: *at,
            };
            (facts, Some(released))
        }
        Archive::Absent | Archive::Cleared { .. } => {
            let (what, name) = ("hold".to_owned(), String::new());
            return Err(Refusal::NotFound { what, name }.into());
        }
    };
    let Facts {
        id,
        scope,
        reason,
        by,
        at,
    } = &**facts;
    let Scope {
        releases,
        services,
        environments,
        tags,
    } = scope;
    let state = if released.is_none() {
        "stands"
    } else {
        "released"
    };
    Ok(wire::LegalHold {
        id: id.to_string(),
        state: state.to_owned(),
        covers: covers(scope),
        releases: releases.iter().map(ToString::to_string).collect(),
        services: services.iter().map(ToString::to_string).collect(),
        environments: environments.iter().map(ToString::to_string).collect(),
        tags: tags.iter().map(ToString::to_string).collect(),
        reason: reason.clone(),
        by: by.clone(),
        at: *at,
        released,
    })
}

/// In words: `release web@1.1.0 in prod`.
fn covers(scope: &Scope) -> String {
    fn named<T: ToString>(what: &str, names: impl IntoIterator<Item = T>) -> Option<String> {
        let names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
        (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")))
    }
    let parts = [
        named("release", &scope.releases),
        named("service", &scope.services),
        named("tag", &scope.tags),
        named("in", &scope.environments),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match parts.is_empty() {
        true => "everything".to_owned(),
        false => parts.join(" "),
    }
}
