//! Versions that roll out, small commands that are sent, and the looks at the whole in between: what all rows of faults share.

use super::judge::Judge;
use super::load::Load;
use super::tally::Counts;
use super::world::World;
use anyhow::{Result, anyhow};
use std::sync::Arc;
use tokio::task::JoinSet;

/// A world under load.
pub struct Running {
    /// The world.
    pub world: Arc<World>,
    /// What it is asked for.
    pub load: Arc<Load>,
    rolling: JoinSet<Result<()>>,
    judge: Judge,
}

/// How it ended.
pub struct Ended {
    /// What must never happen.
    pub found: Vec<String>,
    /// What happened.
    pub counts: Counts,
}

impl Running {
    /// Let versions roll out, and small commands be sent.
    pub fn begin(world: World, seed: u64) -> Self {
        let (world, load) = (Arc::new(world), Arc::new(Load::default()));
        let mut rolling = JoinSet::new();
        for service in world.services.clone() {
            let (w, l) = (Arc::clone(&world), Arc::clone(&load));
            rolling.spawn(async move { l.roll(&w, &service, seed).await });
        }
        let (w, l) = (Arc::clone(&world), Arc::clone(&load));
        rolling.spawn(async move { l.clerk(&w).await });
        Self {
            world,
            load,
            rolling,
            judge: Judge::default(),
        }
    }

    /// Let everything come to rest, look at the whole, and go on.
    pub async fn look(&mut self) -> Result<Vec<String>> {
        if let Some(ended) = self.rolling.try_join_next() {
            return Ok(vec![said(ended)]);
        }
        self.load.rest().await?;
        let found = self.judge.look(&self.world, &self.load).await?;
        self.load.go_on();
        Ok(found)
    }

    /// Look a last time unless something was found before, end everything, and look at the ledger itself.
    pub async fn end(mut self, trials: Result<Vec<String>>) -> Result<Ended> {
        let mut found = trials.unwrap_or_else(|error| vec![format!("{error:#}")]);
        if found.is_empty() {
            let looked = self.look().await;
            found.extend(looked.unwrap_or_else(|error| vec![format!("{error:#}")]));
        }
        self.load.end();
        if !found.is_empty() {
            self.rolling.abort_all();
        }
        while let Some(ended) = self.rolling.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                Err(error) if error.is_cancelled() => {}
                other => found.push(said(other)),
            }
        }
        let counts = self.world.tally.counts();
        let world = Arc::into_inner(self.world).ok_or_else(|| anyhow!("the world is in use"))?;
        match world.end().await {
            Ok(wrong) => found.extend(wrong),
            Err(error) => found.push(format!("at the end: {error:#}")),
        }
        Ok(Ended { found, counts })
    }
}

fn said(ended: Result<Result<()>, tokio::task::JoinError>) -> String {
    match ended {
        Ok(Ok(())) => "the load ended before it was asked to".to_owned(),
        Ok(Err(error)) => format!("{error:#}"),
        Err(error) => error.to_string(),
    }
}
