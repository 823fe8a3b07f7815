//! The process target as the agent uses it.

use super::{
    adopt,
    error::Error,
    jobs::{self, Job, Jobs},
    observe,
    options::Options,
    site::Site,
};
use async_trait::async_trait;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tidegate_plugin::{
    Action, Actuator, Fault, Handle, Outcome, Progress, Sensor, actuator::Observation,
};
use tokio::{sync::watch, time::timeout};

/// Longest time [`Actuator::poll`] waits for an end before it answers.
const POLL: Duration = Duration::from_secs(1);
/// Time between two looks at the router process.
const ROUTER_LOOK: Duration = Duration::from_millis(200);
/// Time between two looks at the files of what runs.
const FILES_LOOK: Duration = Duration::from_secs(5);
/// Looks at the router process between two comparisons of its table with the one on record.
const TABLE_LOOK: u32 = 10;
/// Time tasks get to end when the target is closed.
const CLOSE: Duration = Duration::from_secs(10);

/// Services as processes on this host.
#[derive(Debug)]
pub struct ProcessTarget {
    site: Arc<Site>,
    jobs: Jobs,
}

impl ProcessTarget {
    /// Opens the target: finds again what runs, and watches it. Must be called inside an async runtime.
    ///
    /// # Errors
    /// [`Error::Failed`] when another agent uses the folder, [`Error::Broken`] when its records cannot be read.
    pub async fn open(options: Options) -> Result<Self, Error> {
        let site = Arc::new(Site::open(options)?);
        let running = adopt::adopt(&site).await?;
        if running > 0 {
            tracing::info!("{running} instances were found running and are supervised again");
        }
        site.tasks.spawn(keep_router(Arc::clone(&site)));
        site.tasks.spawn(look_at_files(Arc::clone(&site)));
        Ok(Self {
            site,
            jobs: Jobs::default(),
        })
    }

    /// Names the folder of this target among all agents, also after a restart: what runs is in it.
    #[must_use]
    pub fn folder(&self) -> &str {
        &self.site.folder
    }

    /// Highest generations that this target has seen, by `environment/service`.
    #[must_use]
    pub fn generations(&self) -> BTreeMap<String, u64> {
        self.site.generations.all()
    }

    /// A counter that moves whenever an observation would show something new about instances or weights.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.site.changes.subscribe()
    }

    /// Ends supervision and work under way. Instances and router stay.
    pub async fn close(&self) {
        self.site.closing.cancel();
        self.site.tasks.close();
        if timeout(CLOSE, self.site.tasks.wait()).await.is_err() {
            tracing::warn!("work on the process target did not end within {CLOSE:?}");
        }
    }

    async fn job(&self, action: &Action) -> Result<Result<Job, Outcome>, Fault> {
        jobs::check(action)?;
        if let Some(outcome) = self.site.records.find(&action.id) {
            return Ok(Err(outcome));
        }
        let site = Arc::clone(&self.site);
        let (service, generation) = (
            format!("{}/{}", action.environment, action.service),
            action.generation,
        );
        // A newer generation is flushed to disk first.
        let admitted =
            tokio::task::spawn_blocking(move || site.generations.admit(&service, generation)).await;
        admitted.map_err(|e| Fault::Broken(format!("the fence could not be asked: {e}")))??;
        Ok(Ok(self.jobs.start(&self.site, action)))
    }
}

impl Drop for ProcessTarget {
    fn drop(&mut self) {
        self.site.closing.cancel();
    }
}

fn progress(action: &Action, job: &Job) -> Progress {
    match &*job.end.borrow() {
        Some(outcome) => Progress::Done(outcome.clone()),
        None => Progress::Running {
            handle: action.id.clone(),
            poll_after_ms: 0,
            note: job.work.noted(),
        },
    }
}

#[async_trait]
impl Actuator for ProcessTarget {
    async fn start(&self, action: &Action) -> Result<Progress, Fault> {
        Ok(match self.job(action).await? {
            Ok(job) => progress(action, &job),
            Err(outcome) => Progress::Done(outcome),
        })
    }

    /// Waits up to a second for the end. Work of a former process of this agent is taken up again.
    async fn poll(&self, action: &Action, _handle: &Handle) -> Result<Progress, Fault> {
        let mut job = match self.jobs.find(&action.id) {
            Some(job) => job,
            None => match self.job(action).await? {
                Ok(job) => job,
                Err(outcome) => return Ok(Progress::Done(outcome)),
            },
        };
        // Time ran out is as good an answer as the end; only a sender that is gone is trouble.
        if let Ok(Err(_)) = timeout(POLL, job.end.wait_for(Option::is_some)).await {
            let text = "the work ended without a result; it may be started again";
            return Err(Fault::Broken(text.to_owned()));
        }
        Ok(progress(action, &job))
    }

    async fn cancel(&self, action: &Action, handle: &Handle) -> Result<Progress, Fault> {
        match self.jobs.find(&action.id) {
            Some(job) => {
                job.work.stop.ask(Error::failed("cancelled"));
                self.poll(action, handle).await
            }
            None => match self.site.records.find(&action.id) {
                Some(outcome) => Ok(Progress::Done(outcome)),
                None => Err(Fault::Refused(format!(
                    "action {} is not under way here",
                    action.id
                ))),
            },
        }
    }
}

#[async_trait]
impl Sensor for ProcessTarget {
    async fn observe(&self) -> Result<Observation, Fault> {
        Ok(observe::observe(&self.site).await)
    }
}

/// Starts the router again when it ends, and gives it back the table on record.
async fn keep_router(site: Arc<Site>) {
    let mut looks = 0_u32;
    loop {
        let due = site.link.is_down().await || looks.is_multiple_of(TABLE_LOOK);
        looks = looks.wrapping_add(1);
        if due {
            let kept = tokio::select! {
                () = site.closing.cancelled() => return,
                kept = site.link.keep() => kept,
            };
            match kept {
                Ok(false) => {}
                Ok(true) => {
                    tracing::info!("the router has the table on record again");
                    site.changed();
                }
                Err(e) => tracing::warn!("the router: {e}"),
            }
        }
        tokio::select! {
            () = site.closing.cancelled() => return,
            () = tokio::time::sleep(ROUTER_LOOK) => {}
        }
    }
}

/// Looks again and again whether somebody changed files of what runs here.
async fn look_at_files(site: Arc<Site>) {
    loop {
        tokio::select! {
            () = site.closing.cancelled() => return,
            () = tokio::time::sleep(FILES_LOOK) => {}
        }
        for name in site.used() {
            let before = site.releases.looks.changed(&name);
            if let Err(e) = site.releases.looks.look(&name).await {
                tracing::warn!("files of release {name}: {e}");
            }
            if site.releases.looks.changed(&name) != before {
                site.changed();
            }
        }
    }
}
