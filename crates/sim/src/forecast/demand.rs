//! The requests of the quarter before, asked for again.

use super::WEEKS;
use super::before::{Request, shifted};
use crate::world::{Trouble, World, person};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use tidegate_core::command::Command;
use tidegate_core::digest::Digest;
use tidegate_core::id::{EnvId, Name, ReleaseId, Version};
use tidegate_core::model::departure::{DEPARTURES, Row};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::Spec;
use tidegate_core::stream::{artifact, departure, release};
use tidegate_core::time::Timestamp;
use tidegate_engine::Denied;

/// A request that was refused at once.
#[derive(Debug, Clone)]
pub struct Unasked {
    /// The release whose request would come again.
    pub like: ReleaseId,
    /// As far as.
    pub to: EnvId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub because: String,
}

/// What was asked for again so far.
#[derive(Debug, Default)]
pub(super) struct Again {
    /// The request that a release repeats.
    pub(super) like: BTreeMap<ReleaseId, Request>,
    pub(super) unasked: Vec<Unasked>,
}

/// Write each request into the script, once for each quarter until `until`.
pub(super) fn script(
    world: &mut World,
    requests: &[Request],
    spec: &Spec,
    until: Timestamp,
    again: &Rc<RefCell<Again>>,
) {
    let now = world.now();
    for request in requests {
        for quarter in 1.. {
            let weeks = quarter * WEEKS;
            let at = shifted(request.at, &spec.zone, weeks);
            if at >= until {
                break;
            }
            if at < now {
                continue;
            }
            let version = format!("{}+{weeks}w", request.release.version);
            let Ok(version) = Version::new(version) else {
                continue;
            };
            let id = ReleaseId::new(request.release.service.clone(), version);
            let (request, again) = (request.clone(), Rc::clone(again));
            world.at(at, move |world| {
                let asked = ask(world, &id, &request);
                let mut again = again.borrow_mut();
                match asked {
                    Ok(()) => drop(again.like.insert(id, request)),
                    Err(Denied::Refused(refusal)) => again.unasked.push(Unasked {
                        like: request.release,
                        to: request.to,
                        at,
                        because: refusal.to_string(),
                    }),
                    Err(other) => return Err(other.into()),
                }
                Ok(())
            });
        }
    }
}

fn ask(world: &mut World, id: &ReleaseId, request: &Request) -> Result<(), Denied> {
    let mut bits = request.bits.clone();
    bits.digest = Digest::of(id.to_string().as_bytes());
    for env in &request.taken_back {
        let behaviour = crate::traffic::Behaviour::Errors(2_000);
        world.target.behaves(id.clone(), env.clone(), behaviour);
    }
    let command = artifact::Command::Register { bits };
    world.ask(
        &request.by,
        Command::Artifact {
            id: id.clone(),
            command,
        },
    )?;
    let create = release::Command::Create { artifact: None };
    let of_release = |command| Command::Release {
        id: id.clone(),
        command,
    };
    world.ask(&request.by, of_release(create))?;
    let known = world.engine.in_force();
    let answers: BTreeMap<Name, Name> = request
        .told
        .iter()
        .filter(|(question, _)| known.spec.risk_questions.contains_key(question))
        .map(|(question, answer)| (question.clone(), answer.clone()))
        .collect();
    if !answers.is_empty() {
        let reason = "as it was answered before".to_owned();
        let answer = release::Command::Answer { answers, reason };
        world.ask(&request.by, of_release(answer))?;
    }
    let promote = |to: &EnvId| {
        of_release(release::Command::Promote {
            to: to.clone(),
            reason: format!("as {} was asked for", request.release),
            request: tidegate_core::queue::Request {
                priority: request.priority,
                ..tidegate_core::queue::Request::PLAIN
            },
        })
    };
    let spec = &known.spec;
    let Some((name, train)) = spec.train_of(&id.service) else {
        return world.ask(&request.by, promote(&request.to)).map(drop);
    };
    let path = spec.path_of(&id.service);
    let first = spec.stops(train, &id.service).first().copied();
    let before = path.iter().take_while(|env| Some(*env) != first).last();
    // Whoever boards must be green in every environment before the train's first.
    if let Some(before) = before {
        world.ask(&request.by, promote(before))?;
    }
    let Some(departure) = boarding(world, name)? else {
        return Err(Denied::Refused(Refusal::NotFound {
            what: "departure that still takes somebody".to_owned(),
            name: name.to_string(),
        }));
    };
    let command = departure::Command::Join {
        release: id.clone(),
        reason: format!("as {} was asked for", request.release),
    };
    let command = Command::Departure {
        id: departure,
        command,
    };
    world.ask(&request.by, command).map(drop)
}

/// The next departure of a train that takes somebody.
fn boarding(world: &World, train: &Name) -> Result<Option<tidegate_core::id::DepartureId>, Denied> {
    let now = world.now();
    let prefix = format!("{train}/");
    let rows = world
        .engine
        .read(|rows| rows.scan(DEPARTURES, &prefix, None, usize::MAX, false))?;
    let rows = rows.iter();
    let open = rows
        .filter_map(|(_, body)| serde_json::from_str::<Row>(body).ok())
        .filter(|row| {
            ["scheduled", "boarding"].contains(&row.phase.as_str())
                && row.timetable.scope_closes > now
        });
    Ok(open
        .min_by_key(|row| row.timetable.departs)
        .map(|row| row.id))
}

/// What people did for the request that is repeated, they do again: documents and who decides about the way back.
pub(super) fn prepared(
    world: &mut World,
    request: &Request,
    environment: &EnvId,
    change: &tidegate_core::change::ChangeId,
) -> Result<(), Trouble> {
    use tidegate_core::stream::change::Command as Change;
    let mut acts = Vec::new();
    for (document, text, by) in request.documents.get(environment).into_iter().flatten() {
        let (document, text) = (*document, text.clone());
        acts.push((by.clone(), Change::Write { document, text }));
    }
    if let Some(owner) = request.rollback_owner.get(environment) {
        let reason = "as before".to_owned();
        acts.push((owner.clone(), Change::Own { reason }));
    }
    for (by, command) in acts {
        let command = Command::Change {
            id: Some(change.clone()),
            command,
        };
        match world.act(person(&by), command) {
            // What is no longer asked for is not written.
            Ok(_) | Err(Denied::Refused(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Ok(())
}
