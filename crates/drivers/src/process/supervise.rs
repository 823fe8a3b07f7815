//! Watching an instance: health again and again, a new start after an unexpected exit, and an end to restarts that do not help.

use super::{
    effects::Cause,
    error::Error,
    health::Check,
    instance::{self, Instance},
    logs, ports,
    redact::Redactor,
    release::name_of,
    shim::file,
    site::Site,
    start,
    stop::Stop,
    world::{Condition, ServiceId, Watch},
};
use std::{collections::VecDeque, path::PathBuf, sync::Arc, time::Duration};
use tidegate_plugin::{Unit, actuator::CrashLoop};
use tokio::time::{Instant, sleep};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Longest time in which an exit stays unnoticed.
const TICK: Duration = Duration::from_millis(100);
/// Pause before the first restart; it doubles with each exit in the window.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Longest pause before a restart.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Watches an instance until its watch is ended or the target is closed.
pub fn watch(site: &Arc<Site>, id: &ServiceId, key: &str, slot: u32) {
    let unit = site
        .world()
        .revision(id, key)
        .map(|revision| Arc::clone(&revision.unit));
    let Some(unit) = unit else { return };
    let watch = Watch {
        token: site.closing.child_token(),
        task: TaskTracker::new(),
    };
    match site.world().slot_mut(id, key, slot) {
        Some(slot) => slot.watch = watch.clone(),
        None => return,
    }
    let attendant = Attendant {
        check: start::check(site, &unit),
        dir: site.slot_folder(id, key, slot),
        site: Arc::clone(site),
        id: id.clone(),
        unit,
        slot,
        end: watch.token.clone(),
        exits: VecDeque::new(),
        since: Instant::now(),
        stuck: None,
        instance: None,
    };
    watch
        .task
        .spawn(site.tasks.track_future(attendant.attend()));
}

struct Attendant {
    site: Arc<Site>,
    id: ServiceId,
    unit: Arc<Unit>,
    slot: u32,
    dir: PathBuf,
    check: Check,
    /// Why the newest try to start it again came to nothing.
    stuck: Option<String>,
    end: CancellationToken,
    exits: VecDeque<Instant>,
    since: Instant,
    instance: Option<Instance>,
}

impl Attendant {
    async fn attend(mut self) {
        let mut next_check = Instant::now();
        self.instance = Instance::find(&self.dir);
        while self.pause(TICK.min(self.check.every())).await {
            match self
                .instance
                .as_ref()
                .filter(|instance| instance.is_alive())
            {
                Some(_) if Instant::now() < next_check => {}
                Some(_) => {
                    self.look().await;
                    next_check = Instant::now() + self.check.every();
                }
                None => {
                    if !self.after_exit().await {
                        return;
                    }
                    next_check = Instant::now();
                }
            }
        }
    }

    /// False when the watch was ended.
    async fn pause(&self, time: Duration) -> bool {
        tokio::select! {
            () = self.end.cancelled() => false,
            () = sleep(time) => true,
        }
    }

    async fn look(&self) {
        let port = self
            .site
            .world()
            .slot_mut(&self.id, &self.unit.key, self.slot)
            .map(|slot| slot.port);
        let Some(port) = port else { return };
        // `since` is the start of watching: an instance found running has lived longer.
        let seen = self.check.look(port, self.since.elapsed()).await;
        self.set(match seen {
            Ok(()) => Condition::Healthy,
            Err(why) => Condition::Unhealthy(why),
        });
    }

    fn set(&self, condition: Condition) {
        let mut changed = false;
        if let Some(slot) = self
            .site
            .world()
            .slot_mut(&self.id, &self.unit.key, self.slot)
        {
            let was_healthy = slot.condition == Condition::Healthy;
            changed = was_healthy != (condition == Condition::Healthy);
            slot.condition = condition;
        }
        if changed {
            self.site.changed();
        }
    }

    /// Counts an exit and starts the program again after a pause. False when that is given up or the watch was ended.
    async fn after_exit(&mut self) -> bool {
        if let Some(instance) = self.instance.take().or_else(|| Instance::find(&self.dir)) {
            // Also ends a program that lost its supervisor.
            if let Err(e) = instance.stop(Duration::ZERO).await {
                tracing::warn!("{} {} slot {}: {e}", self.id, self.unit.key, self.slot);
            }
        }
        let ending = instance::ending(&self.dir);
        let rule = &self.site.options.crash;
        self.exits.push_back(Instant::now());
        while self
            .exits
            .front()
            .is_some_and(|at| at.elapsed() > rule.within)
        {
            self.exits.pop_front();
        }
        let lost = self.exits.len() >= rule.exits;
        let crash_loop = lost.then(|| {
            let seconds = self
                .exits
                .front()
                .map_or(0.0, |at| at.elapsed().as_secs_f32());
            let stuck = self.stuck.as_ref();
            let stuck = stuck.map_or_else(String::new, |why| {
                format!("; it cannot be started again: {why}")
            });
            let because = format!(
                "instance {} ended {} times in {seconds:.0} s, last it {ending}{stuck}",
                self.slot,
                self.exits.len()
            );
            let redactor = self.redactor();
            CrashLoop {
                because: redactor.clean(&because),
                log: logs::last_lines(&self.dir.join(file::LOG), &redactor),
            }
        });
        self.set(if lost {
            Condition::GivenUp
        } else {
            Condition::Restarting
        });
        if let Some(revision) = self.site.world().revision_mut(&self.id, &self.unit.key) {
            revision.exits += 1;
            revision.crash_loop = crash_loop.or(revision.crash_loop.take());
        }
        self.report(self.site.record(&self.id, &self.unit.key));
        self.site.changed();
        if lost {
            return false;
        }
        let pause = FIRST_PAUSE * 2_u32.pow(self.exits.len().min(8) as u32 - 1);
        if !self.pause(pause.min(LONGEST_PAUSE)).await {
            return false;
        }
        let restarted = self.restart().await;
        self.stuck = restarted.as_ref().err().map(ToString::to_string);
        self.report(restarted);
        true
    }

    async fn restart(&mut self) -> Result<(), Error> {
        let known = self
            .site
            .world()
            .slot_mut(&self.id, &self.unit.key, self.slot)
            .map(|slot| slot.port);
        let Some(mut port) = known else { return Ok(()) };
        if !ports::is_free(port) {
            let taken = self.site.ports.take();
            port = taken.ok_or_else(|| {
                Error::Broken(format!("no free port in {:?}", self.site.options.ports))
            })?;
            if let Some(slot) = self
                .site
                .world()
                .slot_mut(&self.id, &self.unit.key, self.slot)
            {
                self.site.ports.give_back(slot.port);
                slot.port = port;
            }
        }
        // Nobody's hand-made change goes live because a program ended.
        let stop = Stop::default();
        for effect in self.site.releases.put_right(&self.unit, &stop).await? {
            let (service, cause) = (self.id.to_string(), Cause::supervision());
            let which = name_of(&self.unit)?;
            self.site.effects.note(&service, &cause, effect, &which);
        }
        let (spec, values) = start::spec(&self.site, &self.unit, &self.dir, port)?;
        let instance =
            Instance::start(&self.site.options.program, &self.dir, &spec, &values.secret).await?;
        self.since = Instant::now();
        let which = format!(
            "{} slot {} pid {} port {port}",
            self.unit.key, self.slot, instance.state.program.pid
        );
        self.site.effects.note(
            &self.id.to_string(),
            &Cause::supervision(),
            "started",
            &which,
        );
        self.instance = Some(instance);
        self.set(Condition::Unhealthy("it was started again".to_owned()));
        if known != Some(port) {
            self.site.publish(&self.id, &Cause::supervision()).await?;
        }
        Ok(())
    }

    fn redactor(&self) -> Redactor {
        self.site.secrets.redactor(&self.unit.values)
    }

    fn report(&self, result: Result<(), Error>) {
        if let Err(e) = result {
            tracing::warn!(
                "{} {} slot {}: {}",
                self.id,
                self.unit.key,
                self.slot,
                self.redactor().clean(&e.to_string())
            );
        }
    }
}
