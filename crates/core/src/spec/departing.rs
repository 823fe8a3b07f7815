//! What on the calendar would hold a departure back: freezes and closed windows of the first environments it goes to.
//!
//! For people who plan; what really holds a deployment is the business of its gates.

use super::{Operation, Spec, Train, Unreadable};
use crate::calendar::{Intervals, Span};
use crate::id::{EnvId, Name, ServiceId};
use crate::time::{Millis, Timestamp};

/// How far ahead the end of a wait is looked for.
const AHEAD: Millis = Millis(400 * 86_400_000);
/// Freezes and windows in a row that are followed.
const ROUNDS: usize = 32;

/// What holds a departure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// A freeze.
    Freeze(Name),
    /// A window that is closed.
    Window(Name),
}

/// A departure that would wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// What holds it last.
    pub by: Hold,
    /// When that ends; none when no end is in sight.
    pub until: Option<Timestamp>,
    /// Zone of what holds it.
    pub zone: String,
    /// Where.
    pub environment: EnvId,
    /// Which of its services.
    pub service: ServiceId,
}

impl Hold {
    /// Name of the freeze or window.
    #[must_use]
    pub fn name(&self) -> &Name {
        match self {
            Self::Freeze(name) | Self::Window(name) => name,
        }
    }
}

impl Spec {
    /// What would hold a departure of `train` at `at` for longest; none when each service may enter its first environment.
    /// `windows` says whether closed windows count too.
    ///
    /// # Errors
    /// A phrase or zone that cannot be read.
    pub fn train_held(
        &self,
        train: &Train,
        at: Timestamp,
        windows: bool,
    ) -> Result<Option<Held>, Unreadable> {
        let mut longest: Option<Held> = None;
        for service in &train.carries {
            let Some(env) = self.stops(train, service).first().copied() else {
                continue;
            };
            let Some(held) = self.held_at(service, env, at, windows)? else {
                continue;
            };
            let later = |have: &Held| match (have.until, held.until) {
                (None, _) => false,
                (_, None) => true,
                (Some(have), Some(new)) => new > have,
            };
            if longest.as_ref().is_none_or(later) {
                longest = Some(held);
            }
        }
        Ok(longest)
    }

    fn held_at(
        &self,
        service: &ServiceId,
        env: &EnvId,
        at: Timestamp,
        windows: bool,
    ) -> Result<Option<Held>, Unreadable> {
        let mut now = at;
        let mut held: Option<Held> = None;
        for _ in 0..ROUNDS {
            let freeze = self.freeze_at(service, env, now)?;
            let next = match freeze {
                Some(found) => Some(found),
                None if windows => self.closed_at(env, now)?,
                None => None,
            };
            let Some((by, until, zone)) = next else { break };
            held = Some(Held {
                by,
                until,
                zone,
                environment: env.clone(),
                service: service.clone(),
            });
            match until {
                Some(then) if then > now => now = then,
                _ => break,
            }
        }
        Ok(held)
    }

    /// The freeze that holds a service at an instant, up to when, and its zone.
    fn freeze_at(
        &self,
        service: &ServiceId,
        env: &EnvId,
        now: Timestamp,
    ) -> Result<Option<(Hold, Option<Timestamp>, String)>, Unreadable> {
        let (Some(environment), Some(instant)) =
            (self.environments.get(env), Span::lasting(now, Millis(1)))
        else {
            return Ok(None);
        };
        for (name, freeze) in &self.freezes {
            let kinds = &freeze.scope.operations;
            let updates = kinds.is_empty() || kinds.contains(&Operation::Update);
            if !updates || !freeze.concerns(self, service, env) {
                continue;
            }
            let zone = freeze.zone.as_deref().unwrap_or(&environment.zone);
            let spans = freeze.spans(&self.setting(zone)?, instant)?;
            if let Some(span) = spans.at(now) {
                let until = Some(span.end()).filter(|end| *end < Timestamp::MAX);
                return Ok(Some((Hold::Freeze(name.clone()), until, zone.to_owned())));
            }
        }
        Ok(None)
    }

    /// The window of an environment, when it is closed at an instant, and when it opens.
    fn closed_at(
        &self,
        env: &EnvId,
        now: Timestamp,
    ) -> Result<Option<(Hold, Option<Timestamp>, String)>, Unreadable> {
        let Some(environment) = self.environments.get(env) else {
            return Ok(None);
        };
        let window = environment.window.as_ref();
        let Some((name, window)) = window.and_then(|name| self.windows.get_key_value(name)) else {
            return Ok(None);
        };
        let Some(time) = Span::lasting(now, AHEAD) else {
            return Ok(None);
        };
        let zone = window.zone.as_deref().unwrap_or(&environment.zone);
        let open: Intervals = window.spans(&self.setting(zone)?, time)?;
        if open.at(now).is_some() {
            return Ok(None);
        }
        let opens = open.next(now).map(Span::start);
        Ok(Some((Hold::Window(name.clone()), opens, zone.to_owned())))
    }
}
