//! Actions under way: each runs once however often it is started, newer generations end older ones, and every end is kept.

use super::{
    effects::Cause,
    error::Error,
    scale, shift,
    site::{Site, Work},
    stop::Stop,
    world::{ServiceId, check_name},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tidegate_faults::{is_off, kill_point};
use tidegate_plugin::{Action, ActionKind, Fault, Outcome, Unit};
use tokio::sync::watch;

/// Finished actions whose end was not asked for yet.
const FINISHED: usize = 256;

/// Actions under way and just finished, by id.
#[derive(Debug, Default)]
pub struct Jobs {
    by_id: Mutex<BTreeMap<String, Job>>,
}

/// An action under way.
#[derive(Debug, Clone)]
pub struct Job {
    generation: u64,
    /// The work.
    pub work: Work,
    /// How it ended, once it has.
    pub end: watch::Receiver<Option<Outcome>>,
}

impl Job {
    /// False for broken work, which may be tried again, and for work that was lost without an end.
    fn counts(&self) -> bool {
        match &*self.end.borrow() {
            Some(outcome) => !matches!(outcome, Outcome::Broken { .. }),
            None => self.end.has_changed().is_ok(),
        }
    }
}

impl Jobs {
    /// The action with this id, when it is known.
    pub fn find(&self, id: &str) -> Option<Job> {
        self.lock().get(id).cloned()
    }

    /// Starts an action that is not known yet. It has passed the fence.
    pub fn start(&self, site: &Arc<Site>, action: &Action) -> Job {
        let id = ServiceId {
            environment: action.environment.clone(),
            service: action.service.clone(),
        };
        let mut jobs = self.lock();
        if let Some(job) = jobs.get(&action.id).filter(|job| job.counts()) {
            return job.clone();
        }
        for (_, job) in jobs
            .iter()
            .filter(|(_, job)| job.work.id == id && job.generation < action.generation)
        {
            job.work
                .stop
                .ask(superseded(job.generation, action.generation));
        }
        let work = Work {
            id,
            cause: Cause::from(action),
            stop: Stop::default(),
            note: Arc::default(),
            last_words: Arc::default(),
        };
        let (done, end) = watch::channel(None);
        let job = Job {
            generation: action.generation,
            work: work.clone(),
            end,
        };
        jobs.insert(action.id.clone(), job.clone());
        let finished: Vec<String> = jobs
            .iter()
            .filter(|(_, job)| job.end.borrow().is_some())
            .map(|(id, _)| id.clone())
            .collect();
        for id in finished
            .iter()
            .take(finished.len().saturating_sub(FINISHED))
        {
            jobs.remove(id);
        }
        drop(jobs);
        let (site, action) = (Arc::clone(site), action.clone());
        let tasks = site.tasks.clone();
        tasks.spawn(async move {
            let outcome = tokio::select! {
                outcome = run(&site, &action, &work) => outcome,
                // As if this process had died: the action is taken up again when it is leased again.
                () = site.closing.cancelled() => return,
            };
            if let Err(e) = site.records.keep(&action.id, &outcome) {
                tracing::warn!("the end of {} cannot be recorded: {e}", action.id);
            }
            kill_point("agent.end.written");
            site.changed();
            done.send_replace(Some(outcome));
        });
        job
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Job>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Checks what can be checked without looking at the world.
///
/// # Errors
/// [`Fault::Refused`] with the place and the reason.
pub fn check(action: &Action) -> Result<(), Fault> {
    let mut names = vec![
        ("action id", &action.id),
        ("environment", &action.environment),
        ("service", &action.service),
    ];
    if let Some(unit) = unit_of(&action.kind) {
        names.push(("revision key", &unit.key));
    }
    if let ActionKind::Shift { weights } = &action.kind {
        names.extend(weights.keys().map(|key| ("revision key", key)));
    }
    for (what, name) in names {
        check_name(what, name).map_err(Fault::Refused)?;
    }
    match &action.kind {
        ActionKind::Scale { to, .. } if *to > 1000 => {
            Err(Fault::Refused(format!("{to} instances are more than 1000")))
        }
        _ => Ok(()),
    }
}

fn superseded(old: u64, new: u64) -> Error {
    Error::failed(format!(
        "superseded: generation {new} came while generation {old} was under way"
    ))
}

fn unit_of(kind: &ActionKind) -> Option<&Unit> {
    match kind {
        ActionKind::Prepare { unit } | ActionKind::Scale { unit, .. } => Some(unit),
        ActionKind::Shift { .. } => None,
    }
}

/// Carries out an action within its time. The work is asked to end and cleans up behind itself; it is never cut off.
async fn run(site: &Arc<Site>, action: &Action, work: &Work) -> Outcome {
    let limit = Duration::from_millis(action.timeout_ms);
    let carried_out = carry_out(site, action, work);
    tokio::pin!(carried_out);
    let result = tokio::select! {
        result = &mut carried_out => result,
        () = tokio::time::sleep(limit) => {
            let at = work.noted();
            work.stop.ask(Error::Broken(format!("not done within {} ms, while {at}", action.timeout_ms)));
            carried_out.await
        }
    };
    let redactor = unit_of(&action.kind)
        .map(|unit| site.secrets.redactor(&unit.values))
        .unwrap_or_default();
    let clean = |text: String| redactor.clean(&text);
    match result {
        Ok(detail) => Outcome::Done {
            detail: clean(detail),
            log: std::mem::take(
                &mut *work
                    .last_words
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner),
            ),
        },
        Err(Error::Failed { because, log }) => Outcome::Failed {
            because: clean(because),
            log: log.into_iter().map(clean).collect(),
        },
        Err(Error::Broken(because)) => Outcome::Broken {
            because: clean(because),
        },
    }
}

async fn carry_out(site: &Arc<Site>, action: &Action, work: &Work) -> Result<String, Error> {
    work.note("waiting for other work on the service");
    let lock = site.lock_of(&work.id);
    let _only = work.stop.or(async { Ok(lock.lock().await) }).await?;
    let newest = site.generations.newest(&work.id.to_string());
    if newest > action.generation && !is_off("fence") {
        return Err(superseded(action.generation, newest));
    }
    match &action.kind {
        ActionKind::Prepare { unit } => {
            let how = scale::make_ready(site, work, unit).await?;
            Ok(format!("release {} {how}", unit.version))
        }
        ActionKind::Scale { unit, to } => {
            scale::scale(site, work, &Arc::new(unit.clone()), *to).await
        }
        ActionKind::Shift { weights } => shift::shift(site, work, weights).await,
    }
}
