//! Versions that roll out one after another, and traffic to them. Each command is sent until it is answered, under one key.

use super::world::{Service, World};
use anyhow::{Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tidegate_client::wire::{
    ArtifactRequest, DeployRequest, Deployment, DeploymentPhase, Reason, ReleaseRequest,
};

/// Longest time of a rollout, with everything dying around it.
const PATIENCE: Duration = Duration::from_secs(300);
/// Between two looks at one.
const LOOK: Duration = Duration::from_millis(40);
/// Between two small commands.
const COMMAND: Duration = Duration::from_millis(5);
/// Between two requests to a service.
const REQUEST: Duration = Duration::from_millis(15);

/// What the load was told, and whether it goes on.
#[derive(Debug, Default)]
pub struct Load {
    /// Deployments that were acknowledged.
    acknowledged: Mutex<BTreeSet<String>>,
    /// Keys of commands whose answer was heard.
    told: Mutex<BTreeSet<String>>,
    /// How many go on one after another.
    lanes: AtomicUsize,
    /// Asked to stand still after the rollout under way.
    resting: AtomicBool,
    /// Asked to end.
    over: AtomicBool,
    idle: Mutex<BTreeSet<&'static str>>,
}

impl Load {
    /// Deployments whose command was answered.
    pub fn acknowledged(&self) -> BTreeSet<String> {
        self.acknowledged
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// A deployment that somebody else asked for was acknowledged.
    pub fn acknowledge(&self, id: &str) {
        let mut acknowledged = self
            .acknowledged
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        acknowledged.insert(id.to_owned());
    }

    /// Keys of commands whose answer was heard.
    pub fn told(&self) -> BTreeSet<String> {
        self.told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn hears(&self, key: String) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert(key);
    }

    /// Let the rollouts under way come to their end, and begin none.
    pub async fn rest(&self) -> Result<()> {
        self.resting.store(true, Ordering::SeqCst);
        let begun = Instant::now();
        while self.idle().len() < self.lanes.load(Ordering::SeqCst) {
            if begun.elapsed() > PATIENCE {
                bail!("the rollouts under way do not end");
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Go on.
    pub fn go_on(&self) {
        self.resting.store(false, Ordering::SeqCst);
    }

    /// End, after the rollouts under way.
    pub fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, BTreeSet<&'static str>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One version after another of a service.
    ///
    /// # Errors
    /// Something was refused, lost, or did not end.
    pub async fn roll(&self, world: &World, service: &Service, seed: u64) -> Result<()> {
        self.lanes.fetch_add(1, Ordering::SeqCst);
        for n in 0.. {
            self.stand(service.name).await;
            if self.over.load(Ordering::SeqCst) {
                return Ok(());
            }
            let version = format!("1.{seed}.{n}");
            let asked = self.begin(world, service.name, &version).await?;
            self.acknowledged
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(asked.id.clone());
            let ended = over(world, &asked.id).await?;
            world.tally.rolled(ended.phase.as_str());
            if let Some(cause) = &ended.cause {
                eprintln!(
                    "{} {}: {cause} {:?}",
                    service.name,
                    ended.phase.as_str(),
                    ended.log
                );
            }
        }
        Ok(())
    }

    /// A version on its way.
    pub async fn begin(&self, world: &World, service: &str, version: &str) -> Result<Deployment> {
        let bits = world.folder.join(format!("bits/{service}-{version}"));
        fs::create_dir_all(&bits)?;
        fs::write(bits.join("version"), version)?;
        let measured = tidegate_drivers::digest_of(&bits)?;
        let artifact = ArtifactRequest {
            service: service.to_owned(),
            version: version.to_owned(),
            digest: measured.digest.to_string(),
            size: Some(measured.size),
            location: bits.display().to_string(),
            source: None,
            build: None,
        };
        let (client, key) = (&world.client, world.key());
        world
            .insist("an artifact", || client.register_artifact(&artifact, &key))
            .await?;
        self.hears(key);
        let release = format!("{service}@{version}");
        let request = ReleaseRequest {
            release: release.clone(),
            artifact: None,
        };
        let key = world.key();
        world
            .insist("a release", || client.create_release(&request, &key))
            .await?;
        let request = DeployRequest {
            release,
            environment: "live".to_owned(),
            reason: None,
            again: false,
            priority: None,
            at: None,
            expires_ms: None,
        };
        let key = world.key();
        let asked = world
            .insist("a deployment", || client.deploy(&request, &key))
            .await?;
        self.hears(key);
        Ok(asked)
    }

    /// Stand still for as long as everybody is asked to.
    async fn stand(&self, name: &'static str) {
        if self.resting.load(Ordering::SeqCst) {
            self.idle().insert(name);
            while self.resting.load(Ordering::SeqCst) && !self.over.load(Ordering::SeqCst) {
                tokio::time::sleep(LOOK).await;
            }
            self.idle().remove(name);
        }
    }

    /// One small command after another, each sent until it is answered.
    ///
    /// # Errors
    /// One was refused or lost.
    pub async fn clerk(&self, world: &World) -> Result<()> {
        self.lanes.fetch_add(1, Ordering::SeqCst);
        loop {
            self.stand("clerk").await;
            if self.over.load(Ordering::SeqCst) {
                return Ok(());
            }
            self.command(world).await?;
            tokio::time::sleep(COMMAND).await;
        }
    }

    /// A small command, sent until it is answered.
    ///
    /// # Errors
    /// It was refused or lost.
    pub async fn command(&self, world: &World) -> Result<()> {
        let key = world.key();
        let artifact = ArtifactRequest {
            service: "web".to_owned(),
            version: key.clone(),
            digest: tidegate_core::digest::Digest::of(key.as_bytes()).to_string(),
            size: None,
            location: "/nowhere".to_owned(),
            source: None,
            build: None,
        };
        let register = || world.client.register_artifact(&artifact, &key);
        world.insist("an artifact", register).await?;
        self.hears(key);
        Ok(())
    }

    /// Requests to a service until the end.
    pub async fn traffic(&self, world: &World, service: &Service) -> Result<()> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(5))
            .build()?;
        let url = format!("http://127.0.0.1:{}/", service.port);
        while !self.over.load(Ordering::SeqCst) {
            let answer = client.get(&url).send().await;
            world
                .tally
                .request(answer.is_ok_and(|a| a.status().is_success()));
            tokio::time::sleep(REQUEST).await;
        }
        Ok(())
    }
}

/// Wait for its end; a hold that ended without enough data is gone past by a person.
pub async fn over(world: &World, id: &str) -> Result<Deployment> {
    let begun = Instant::now();
    loop {
        let now = world
            .insist("a look", || world.client.deployment(id))
            .await?;
        if now.phase.is_over() {
            return Ok(now);
        }
        match now.phase {
            DeploymentPhase::NeedsPerson => bail!("the way back of {id} failed: {now:#?}"),
            DeploymentPhase::Paused | DeploymentPhase::AwaitingPerson => {
                let reason = Reason {
                    reason: "seen to be well".to_owned(),
                };
                // Somebody who repeats it late is told that it went on meanwhile.
                drop(world.client.advance(id, &reason, &world.key()).await);
            }
            _ => {}
        }
        if begun.elapsed() > PATIENCE {
            bail!("{id} does not end: {now:#?}");
        }
        tokio::time::sleep(LOOK).await;
    }
}
