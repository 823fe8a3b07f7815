//! Who places and ends a hold, and which bodies the server may remove: each is looked at again in the transaction that removes it.

use super::{Archive, Command, Event, Facts, HoldId, Removed, Scope};
use crate::actor::SYSTEM;
use crate::archive::outlook;
use crate::decider::{Ctx, Decider as _, Decision, Resting, Terminal, Wake};
use crate::id::ReleaseId;
use crate::limits;
use crate::model::archive::{ACTIVE_LIMIT, KEPT, Kept, active};
use crate::model::lane::Lane;
use crate::model::listing::RELEASES;
use crate::people;
use crate::refusal::Refusal;

pub(super) fn decide(
    state: &Archive,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Decision<Event>, Refusal> {
    let event = match (state, command) {
        (Archive::Absent, Command::Hold { scope, reason }) => hold(*scope, reason, cx)?,
        (Archive::Held { .. }, Command::Release { reason }) => {
            let by = person(cx)?;
            Event::Released { by, reason }
        }
        (Archive::Absent | Archive::Cleared { .. }, Command::Remove { keys }) => remove(&keys, cx)?,
        (Archive::Absent | Archive::Cleared { .. }, _) => {
            return Err(Refusal::NotFound {
                what: "hold".to_owned(),
                name: cx.stream.key().to_owned(),
            });
        }
        (state, command) => {
            let phase = match state {
                Archive::Released { .. } => "released",
                _ => "held",
            };
            return Err(Refusal::NotNow {
                stream: cx.stream.to_string(),
                phase: phase.to_owned(),
                command: command.name().to_owned(),
            });
        }
    };
    let mut next = state.clone();
    next.evolve(cx.now, &event);
    Ok(Decision {
        wake: match next {
            Archive::Released { .. } => Wake::Never(Terminal::new()),
            _ => Wake::Rest(Resting::new()),
        },
        events: vec![event],
        then: Vec::new(),
        fires: Vec::new(),
    })
}

fn hold(scope: Scope, reason: String, cx: &Ctx<'_>) -> Result<Event, Refusal> {
    let by = person(cx)?;
    let all = scope.releases.len() + scope.services.len() + scope.environments.len();
    if all + scope.tags.len() > limits::SERVICES || active(cx.view)?.len() >= ACTIVE_LIMIT {
        return Err(Refusal::Invalid {
            because: format!(
                "more than {ACTIVE_LIMIT} holds would stand, or one covers too much by name"
            ),
            help: "release those that are over, or hold a service or everything instead".to_owned(),
        });
    }
    let unknown = unknown(&scope, cx);
    if let Some((what, name)) = unknown {
        // A hold on something misspelt would hold nothing and look as if it did.
        return Err(Refusal::NotFound {
            what: what.to_owned(),
            name,
        });
    }
    Ok(Event::Held {
        facts: Box::new(Facts {
            id: HoldId::new(cx.stream.key())?,
            scope,
            reason,
            by,
            at: cx.now,
        }),
    })
}

/// The first name of a scope that nothing has or had.
fn unknown(scope: &Scope, cx: &Ctx<'_>) -> Option<(&'static str, String)> {
    let releases = |prefix: &str| !cx.view.scan(RELEASES, prefix, 1).is_empty();
    let had = |release: &&ReleaseId| cx.view.model(RELEASES, &release.to_string()).is_none();
    if let Some(release) = scope.releases.iter().find(had) {
        return Some(("release", release.to_string()));
    }
    let mut services = scope.services.iter();
    let service = services.find(|service| {
        !cx.spec.services.contains_key(*service) && !releases(&format!("{service}@"))
    });
    if let Some(service) = service {
        return Some(("service", service.to_string()));
    }
    let mut environments = scope.environments.iter();
    let environment = environments.find(|env| {
        let lanes = cx.view.scan(Lane::MODEL, &format!("{env}/"), 1);
        !cx.spec.environments.contains_key(*env) && lanes.is_empty()
    });
    environment.map(|env| ("environment", env.to_string()))
}

fn person(cx: &Ctx<'_>) -> Result<String, Refusal> {
    people::deciding(cx.view, cx.actor).map_err(|because| Refusal::OthersDecide {
        actor: cx.actor.name.clone(),
        action: format!("decide about {}", cx.stream.key()),
        because,
        who: "admins".to_owned(),
    })
}

fn remove(keys: &[String], cx: &Ctx<'_>) -> Result<Event, Refusal> {
    let invalid = |because: String| Refusal::Invalid {
        because,
        help: "`tidegate audit retention` shows what goes when".to_owned(),
    };
    if cx.actor.name != SYSTEM || keys.is_empty() {
        return Err(invalid(
            "only the server removes what is past its retention".to_owned(),
        ));
    }
    let mut bodies = Vec::new();
    for key in keys {
        let row = cx.view.model(KEPT, key);
        let row: Option<Kept> = row.and_then(|row| serde_json::from_str(&row).ok());
        let Some(kept) = row.filter(|kept| kept.deployment.as_str() == cx.stream.key()) else {
            return Err(invalid(format!("no body is kept as {key}")));
        };
        let outlook = outlook(cx.spec, cx.view, &kept)?;
        let goes = outlook.goes(cx.now);
        let Some((rule, until)) = outlook.rule.filter(|_| goes) else {
            return Err(invalid(format!(
                "{key} is not past its retention, held, or needed"
            )));
        };
        bodies.push(Removed {
            key: key.clone(),
            digest: kept.body.digest,
            bytes: kept.body.bytes,
            class: kept.class,
            rule,
            until,
        });
    }
    Ok(Event::Removed { bodies })
}
