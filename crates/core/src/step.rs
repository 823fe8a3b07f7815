//! One command from authorisation to the batch that is committed: writer, dry run and simulation all call this, so nobody
//! can skip a part of it.

mod decode;

pub use decode::decode;

use crate::actor::Actor;
use crate::authority::{self, Judge};
use crate::batch::{Batch, ModelChange, NewEntry, NewState};
use crate::command::Command;
use crate::decider::{Ctx, Decider, EventBody};
use crate::digest::canonical;
use crate::freeze::{ExceptionId, FreezeId};
use crate::id::{ActionId, CommandId, Ids, StreamId, StreamKind};
use crate::model::{self, Happened, Rows, listing};
use crate::refusal::Refusal;
use crate::spec::{Origins, Spec};
use crate::stream;
use crate::stream::archive::{Archive, HoldId};
use crate::stream::artifact::Artifact;
use crate::stream::change::Change;
use crate::stream::config::Config;
use crate::stream::decision::{Decision as AboutTheWayBack, DecisionId};
use crate::stream::delegation::{Delegation, DelegationId};
use crate::stream::departure::Departure;
use crate::stream::deployment::Deployment;
use crate::stream::entry::Entry;
use crate::stream::environment::Environment;
use crate::stream::erasure::{Erasure, ErasureId};
use crate::stream::exception::Exception;
use crate::stream::feed::Feed;
use crate::stream::freeze::Freeze;
use crate::stream::meeting::Meeting;
use crate::stream::person::Person;
use crate::stream::release::Release;
use crate::stream::train::Train;
use crate::time::Timestamp;
use crate::view::{Lease, Parsed, StateRow, View};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A command on its way in.
#[derive(Debug, Clone)]
pub struct Item {
    /// Chosen by the client.
    pub id: CommandId,
    /// Who asks.
    pub actor: Actor,
    /// What.
    pub command: Command,
}

/// Everything a step needs from outside.
pub struct World<'a> {
    /// Ledger time.
    pub now: Timestamp,
    /// Configuration in force.
    pub spec: &'a Spec,
    /// Where it was written.
    pub origins: &'a Origins,
    /// The ledger.
    pub view: &'a dyn View,
    /// The policies of this configuration on who may do what.
    pub judge: &'a dyn Judge,
}

/// What a command changes, or why it is refused.
///
/// # Errors
/// The typed "no"; nothing was changed.
pub fn step(item: &Item, world: &World<'_>) -> Result<Batch, Refusal> {
    together(item, &[], world).map_err(|(_, refusal)| refusal)
}

/// What a command and others that were asked with it change together: all of them, or none.
///
/// # Errors
/// Which of them is refused, counted from 0, and the typed "no"; nothing was changed.
pub fn together(
    item: &Item,
    also: &[Command],
    world: &World<'_>,
) -> Result<Batch, (usize, Refusal)> {
    let mut overlay = Overlay {
        base: world.view,
        states: BTreeMap::new(),
        models: BTreeMap::new(),
    };
    let mut batch = Batch::default();
    for (n, command) in std::iter::once(&item.command).chain(also).enumerate() {
        let own;
        let item = if n == 0 {
            item
        } else {
            // What each makes has ids of its own.
            own = Item {
                id: CommandId(format!("{}/{n}", item.id.0)),
                ..item.clone()
            };
            &own
        };
        asked(item, command, world, (&mut overlay, &mut batch)).map_err(|refusal| (n, refusal))?;
    }
    batch.models = overlay.into_changes();
    Ok(batch)
}

/// One command that was asked, with what follows from it.
fn asked<'a>(
    item: &Item,
    command: &Command,
    world: &World<'a>,
    (overlay, batch): (&mut Overlay<'a>, &mut Batch),
) -> Result<(), Refusal> {
    authority::authorise(&item.actor, command, world.view)?;
    authority::entitled(&item.actor, command, world.spec, world.view)?;
    command.check_note()?;
    let ids = Ids::new(&item.id, world.now);
    let mut queue = std::collections::VecDeque::from([(command.clone(), item.actor.clone())]);
    let mut handled = 0;
    let first = command;
    while let Some((command, actor)) = queue.pop_front() {
        handled += 1;
        if handled > crate::limits::FOLLOW_UPS {
            return Err(Refusal::OverLimit {
                what: "the number of follow-up commands".to_owned(),
                limit: crate::limits::FOLLOW_UPS as u64,
            });
        }
        let mut one = One {
            item,
            world,
            ids: &ids,
            actor: &actor,
            overlay: &mut *overlay,
            batch: &mut *batch,
        };
        let then = match command {
            Command::Artifact { id, command } => one.run::<Artifact>(&id.to_string(), command)?,
            Command::Release { id, command } => one.run::<Release>(&id.to_string(), command)?,
            Command::Environment { id, command } => one.run::<Environment>(id.as_str(), command)?,
            Command::Deployment { id, command } => one.run::<Deployment>(id.as_str(), command)?,
            Command::Propose { command } => {
                let id = ids.deployment();
                one.run::<Deployment>(id.as_str(), command)?
            }
            Command::Entry { id, command } => one.run::<Entry>(id.as_str(), command)?,
            Command::Enter { command } => {
                let id = stream::entry::made(&command, &*one.overlay);
                one.run::<Entry>(&id, command)?
            }
            Command::Feed { id, command } => one.run::<Feed>(id.as_str(), command)?,
            Command::Config { command } => one.run::<Config>(Config::KEY, command)?,
            Command::Delegation { id, command } => {
                let id = id.unwrap_or_else(|| DelegationId::next(&*one.overlay));
                one.run::<Delegation>(id.as_str(), command)?
            }
            Command::Meeting { id, command } => one.run::<Meeting>(&id.key(), command)?,
            Command::Decision { id, command } => {
                let id = id.unwrap_or_else(|| stream::decision::addressed(&command, &*one.overlay));
                one.run::<AboutTheWayBack>(id.as_str(), command)?
            }
            Command::Archive { key, command } => {
                let next = || HoldId::next(&*one.overlay).to_string();
                let key = key.unwrap_or_else(next);
                one.run::<Archive>(&key, command)?
            }
            Command::Erasure { id, command } => {
                let id = id.unwrap_or_else(|| ErasureId::next(&*one.overlay));
                one.run::<Erasure>(id.as_str(), command)?
            }
            Command::Person { id, command } => one.run::<Person>(id.as_str(), command)?,
            Command::Train { id, command } => one.run::<Train>(id.as_str(), command)?,
            Command::Departure { id, command } => one.run::<Departure>(&id.key(), command)?,
            Command::Freeze { id, command } => {
                let id = id.unwrap_or_else(|| FreezeId::next(&*one.overlay));
                one.run::<Freeze>(id.as_str(), command)?
            }
            Command::Change { id, command } => {
                let id =
                    id.map_or_else(|| stream::change::addressed(&command, &*one.overlay), Ok)?;
                one.run::<Change>(id.as_str(), command)?
            }
            Command::Exception { id, command } => {
                let id = id.unwrap_or_else(|| ExceptionId::next(&*one.overlay));
                one.run::<Exception>(id.as_str(), command)?
            }
        };
        if handled == 1 {
            // After the decider, whose no is the more exact one; before anything is written.
            authority::judged(&item.actor, first, world)?;
        }
        // Follow-ups are the system's own: the person was authorised for what was asked.
        queue.extend(then.into_iter().map(|c| (c, Actor::system())));
    }
    if batch.entries.len() > crate::limits::EVENTS {
        return Err(Refusal::OverLimit {
            what: "the number of events".to_owned(),
            limit: crate::limits::EVENTS as u64,
        });
    }
    Ok(())
}

/// One command of the queue.
struct One<'a, 'b> {
    item: &'b Item,
    world: &'b World<'a>,
    ids: &'b Ids,
    actor: &'b Actor,
    overlay: &'b mut Overlay<'a>,
    batch: &'b mut Batch,
}

impl One<'_, '_> {
    fn run<D: Decider + model::Models>(
        &mut self,
        key: &str,
        command: D::Command,
    ) -> Result<Vec<Command>, Refusal> {
        let stream = StreamId::new(D::KIND, key);
        let (mut rev, before) = (&*self.overlay as &dyn View).shared::<D>(key)?;
        let decision = {
            let cx = Ctx {
                now: self.world.now,
                actor: self.actor,
                spec: self.world.spec,
                origins: self.world.origins,
                view: &*self.overlay,
                ids: self.ids,
                stream: &stream,
            };
            before.decide(command, &cx)?
        };
        if self.batch.subject.is_empty() {
            self.batch.subject = key.to_owned();
        }
        let changed = match decision.events.as_slice() {
            [] => None,
            events => Some(self.happened(&stream, &mut rev, (*before).clone(), events)?),
        };
        self.batch.fired.extend(decision.fires);
        let earlier = self.batch.states.iter().position(|s| s.stream == stream);
        let earlier = earlier.map(|n| self.batch.states.remove(n));
        // What did not change is neither written down again nor kept again.
        let (row, parsed) = match (changed, earlier) {
            (Some((row, parsed)), _) => (Some(row), Some(parsed)),
            (None, Some(earlier)) => (earlier.row, earlier.parsed),
            (None, None) => (None, None),
        };
        if rev > 0 {
            self.batch.states.push(NewState {
                stream,
                row,
                parsed,
                wake: decision.wake,
            });
        }
        Ok(decision.then)
    }

    /// What these events make of a state: entries, triggers, outside work, read models, and the state itself.
    fn happened<D: Decider + model::Models>(
        &mut self,
        stream: &StreamId,
        rev: &mut u64,
        mut state: D,
        events: &[D::Event],
    ) -> Result<(StateRow, Parsed), Refusal> {
        let unwritable = |e: serde_json::Error| Refusal::Quarantined {
            stream: stream.to_string(),
            because: format!("it cannot be written down: {e}"),
        };
        for event in events {
            state.evolve(self.world.now, event);
            *rev += 1;
            let (kind, body) = split(event).map_err(unwritable)?;
            if body.len() > crate::limits::BODY {
                return Err(Refusal::OverLimit {
                    what: format!("the size of {kind}"),
                    limit: crate::limits::BODY as u64,
                });
            }
            self.batch.entries.push(NewEntry {
                stream: stream.clone(),
                rev: *rev,
                kind,
                actor: self.actor.name.clone(),
                cause: self.item.id.0.clone(),
                body,
            });
            self.batch.fired.extend(event.triggers(stream));
            self.batch.asks.extend(event.asks());
            let happened = Happened {
                at: self.world.now,
                stream,
                rev: *rev,
                state: &state,
                event,
            };
            let fired = D::project(&happened, self.overlay);
            self.batch.fired.extend(fired);
        }
        let row = StateRow {
            rev: *rev,
            fold: D::FOLD,
            body: canonical(&state).map_err(unwritable)?,
        };
        debug_assert!(
            serde_json::from_str::<D>(&row.body).is_ok_and(|read| read == state),
            "{stream} is another state when it is read again: {}",
            row.body
        );
        let parsed = Parsed::new(&row, Arc::new(state));
        let now = (row.clone(), parsed.clone());
        self.overlay.states.insert(stream.clone(), now);
        Ok((row, parsed))
    }
}

/// Kind and canonical body of an event, cut out of its text `{"body":...,"kind":"..."}`.
fn split<E: EventBody>(event: &E) -> Result<(String, String), serde_json::Error> {
    const KIND: &str = "\"kind\":\"";
    let unlike = || <serde_json::Error as serde::ser::Error>::custom("it is not a kind and a body");
    let text = canonical(event)?;
    let whole = text.strip_prefix('{').and_then(|t| t.strip_suffix("\"}"));
    let (body, kind) = whole.and_then(|t| t.rsplit_once(KIND)).ok_or_else(unlike)?;
    let body = match body {
        "" => "null",
        body => body
            .strip_prefix("\"body\":")
            .and_then(|body| body.strip_suffix(','))
            .ok_or_else(unlike)?,
    };
    Ok((kind.to_owned(), body.to_owned()))
}

/// The ledger as it will be when the batch is committed.
struct Overlay<'a> {
    base: &'a dyn View,
    states: BTreeMap<StreamId, (StateRow, Parsed)>,
    models: BTreeMap<(&'static str, String), Option<String>>,
}

impl Overlay<'_> {
    /// Rows of read models that are not as they were. Asked of the listing of deployments alone: most of their events leave
    /// it as it is, and reading a row costs less than writing it.
    fn into_changes(self) -> Vec<ModelChange> {
        let Self { base, models, .. } = self;
        let is_as_it_was = |model: &str, key: &str, body: &Option<String>| {
            matches!(model, listing::LIVE | listing::DEPLOYMENTS)
                && body.is_some()
                && base.model(model, key) == *body
        };
        models
            .into_iter()
            .filter(|((model, key), body)| !is_as_it_was(model, key, body))
            .map(|((model, key), body)| ModelChange { model, key, body })
            .collect()
    }
}

impl View for Overlay<'_> {
    fn state(&self, stream: &StreamId) -> Option<StateRow> {
        match self.states.get(stream) {
            Some((row, _)) => Some(row.clone()),
            None => self.base.state(stream),
        }
    }
    fn parsed(&self, stream: &StreamId) -> Option<Parsed> {
        match self.states.get(stream) {
            Some((_, parsed)) => Some(parsed.clone()),
            None => self.base.parsed(stream),
        }
    }
    fn keep(&self, stream: &StreamId, parsed: Parsed) {
        // What this batch changed is not in the ledger yet.
        if !self.states.contains_key(stream) {
            self.base.keep(stream, parsed);
        }
    }
    fn model(&self, model: &str, key: &str) -> Option<String> {
        let changed = self
            .models
            .iter()
            .find(|((m, k), _)| *m == model && k == key);
        match changed {
            Some((_, body)) => body.clone(),
            None => self.base.model(model, key),
        }
    }
    fn scan(&self, model: &str, prefix: &str, limit: usize) -> Vec<(String, String)> {
        self.scan_after(model, prefix, None, limit)
    }

    fn scan_after(
        &self,
        model: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Vec<(String, String)> {
        let here = |key: &str| key.starts_with(prefix) && after.is_none_or(|after| key > after);
        let changed = self.models.iter();
        let changed: Vec<_> = changed
            .filter(|((m, key), _)| *m == model && here(key))
            .collect();
        // As many more as are taken away here, so that those beyond them are not missed.
        let removed = changed.iter().filter(|(_, body)| body.is_none()).count();
        let base = self
            .base
            .scan_after(model, prefix, after, limit.saturating_add(removed));
        let mut rows: BTreeMap<String, String> = base.into_iter().collect();
        for ((_, key), body) in changed {
            match body {
                Some(body) => rows.insert(key.clone(), body.clone()),
                None => rows.remove(key),
            };
        }
        rows.into_iter().take(limit).collect()
    }
    fn lease(&self, action: &ActionId) -> Option<Lease> {
        self.base.lease(action)
    }
}

impl Rows for Overlay<'_> {
    fn row(&self, model: &str, key: &str) -> Option<String> {
        View::model(self, model, key)
    }
    fn put(&mut self, change: ModelChange) {
        self.models.insert((change.model, change.key), change.body);
    }
}

/// A timer or trigger fired for a stream: the command that looks at it again. None for streams without timers.
#[must_use]
pub fn wake(stream: &StreamId) -> Option<Command> {
    match stream.kind()? {
        StreamKind::Deployment => Some(Command::Deployment {
            id: crate::id::DeploymentId::parse(stream.key()).ok()?,
            command: crate::stream::deployment::Command::Wake,
        }),
        StreamKind::Environment => Some(Command::Environment {
            id: crate::id::EnvId::new(stream.key()).ok()?,
            command: crate::stream::environment::Command::Wake,
        }),
        StreamKind::Train => Some(Command::Train {
            id: crate::id::Name::new(stream.key()).ok()?,
            command: crate::stream::train::Command::Wake,
        }),
        StreamKind::Departure => Some(Command::Departure {
            id: crate::id::DepartureId::of_key(stream.key()).ok()?,
            command: crate::stream::departure::Command::Wake,
        }),
        StreamKind::Freeze => Some(Command::Freeze {
            id: Some(FreezeId::new(stream.key()).ok()?),
            command: crate::stream::freeze::Command::Wake,
        }),
        StreamKind::Exception => Some(Command::Exception {
            id: Some(ExceptionId::new(stream.key()).ok()?),
            command: crate::stream::exception::Command::Wake,
        }),
        StreamKind::Change => Some(Command::Change {
            id: Some(crate::change::ChangeId::new(stream.key()).ok()?),
            command: crate::stream::change::Command::Wake,
        }),
        StreamKind::Delegation => Some(Command::Delegation {
            id: Some(DelegationId::new(stream.key()).ok()?),
            command: crate::stream::delegation::Command::Wake,
        }),
        StreamKind::Erasure => Some(Command::Erasure {
            id: Some(ErasureId::new(stream.key()).ok()?),
            command: crate::stream::erasure::Command::Wake,
        }),
        StreamKind::Decision => Some(Command::Decision {
            id: Some(DecisionId::new(stream.key()).ok()?),
            command: crate::stream::decision::Command::Wake,
        }),
        StreamKind::Meeting => Some(Command::Meeting {
            id: stream.key().parse().ok()?,
            command: crate::stream::meeting::Command::Wake,
        }),
        StreamKind::Entry => Some(Command::Entry {
            id: crate::id::Name::new(stream.key()).ok()?,
            command: crate::stream::entry::Command::Wake,
        }),
        StreamKind::Feed => Some(Command::Feed {
            id: crate::id::Name::new(stream.key()).ok()?,
            command: crate::stream::feed::Command::Wake,
        }),
        _ => None,
    }
}
