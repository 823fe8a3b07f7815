//! Versions that roll out one after another, and traffic to them. Each command is sent until it is answered, under one key.

use super::world::{Service, World, insist};
use anyhow::{Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tidegate_client::wire::{
    ArtifactRequest, DeployRequest, Deployment, DeploymentPhase, Reason, ReleaseRequest,
};

/// Longest time of a rollout, with everything dying around it.
const PATIENCE: Duration = Duration::from_secs(180);
/// Between two looks at one.
const LOOK: Duration = Duration::from_millis(40);
/// Between two requests to a service.
const REQUEST: Duration = Duration::from_millis(15);

/// What the load was told, and whether it goes on.
#[derive(Debug, Default)]
pub struct Load {
    /// Deployments that were acknowledged.
    acknowledged: Mutex<BTreeSet<String>>,
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

    /// Let the rollouts under way come to their end, and begin none.
    pub async fn rest(&self, world: &World) -> Result<()> {
        self.resting.store(true, Ordering::SeqCst);
        let begun = Instant::now();
        while self.idle().len() < world.services.len() {
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
        for n in 0.. {
            if self.resting.load(Ordering::SeqCst) {
                self.idle().insert(service.name);
                while self.resting.load(Ordering::SeqCst) && !self.over.load(Ordering::SeqCst) {
                    tokio::time::sleep(LOOK).await;
                }
                self.idle().remove(service.name);
            }
            if self.over.load(Ordering::SeqCst) {
                return Ok(());
            }
            let version = format!("1.{seed}.{n}");
            let asked = begin(world, service.name, &version).await?;
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

/// A version on its way.
async fn begin(world: &World, service: &str, version: &str) -> Result<Deployment> {
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
    insist("an artifact", || client.register_artifact(&artifact, &key)).await?;
    let release = format!("{service}@{version}");
    let request = ReleaseRequest {
        release: release.clone(),
        artifact: None,
    };
    let key = world.key();
    insist("a release", || client.create_release(&request, &key)).await?;
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
    insist("a deployment", || client.deploy(&request, &key)).await
}

/// Wait for its end; a hold that ended without enough data is gone past by a person.
async fn over(world: &World, id: &str) -> Result<Deployment> {
    let begun = Instant::now();
    loop {
        let now = insist("a look", || world.client.deployment(id)).await?;
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
