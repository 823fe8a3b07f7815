//! Very many rollouts in flight while the server is replaced by one of the next version, and one of the old version is started again:
//! none is lost, doubled, or begun anew. Their agent is played, in an environment of its own: it says at once that work is done,
//! a few at a time, so that every step is in hand, waiting or between two at the moment of an upgrade.

use super::rows::{Line, RowArgs};
use super::running::Running;
use super::spread::bound;
use super::versions::{self, Seen, shared};
use super::world::World;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tidegate_client::Client;
use tidegate_client::wire::{ArtifactRequest, DeployRequest, ReleaseRequest, Role, TokenRequest};
use tidegate_core::digest::Digest;
use tidegate_plugin::wire::{LeaseReply, LeaseRequest, Report, ReportState};
use tidegate_plugin::{Action, Outcome};
use tokio::task::JoinSet;

/// Rollouts in flight.
const CROWD: usize = 1_000;
/// Steps of each that an agent carries out.
const STEPS: usize = 2;
/// Commands at a time while they are made.
const AT_A_TIME: usize = 16;
/// Reports between two pauses of the played agent, and the pause.
const REPORTS: (usize, Duration) = (16, Duration::from_millis(250));
/// Until all of them have ended.
const PATIENCE: Duration = Duration::from_secs(600);

/// The row. `None` where the store is not installed.
///
/// # Errors
/// The world cannot be started or ended.
pub async fn row(args: &RowArgs, folder: &Path) -> Result<Option<Line>> {
    let Some(mut running) = shared(args, folder).await? else {
        return Ok(None);
    };
    let (mut seen, mut told) = (Seen::default(), Told::default());
    let found = crowd(args, &mut running, &mut seen, &mut told).await;
    let ended = running.end(found).await?;
    let violations = ended.found.len();
    Ok(Some(Line {
        line: format!(
            "{CROWD} rollouts, of which {} were in flight at each upgrade; {} upgrades, the new version answered after {}; an old one was \
             refused at its start {} times; {} steps carried out, {} reports came too late and were refused; all ended once: {}; beside \
             them {}; {violations} violations; {}",
            told.in_flight
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", "),
            told.in_flight.len(),
            seen.up,
            seen.refused,
            told.reports,
            told.late,
            told.phases
                .iter()
                .map(|(phase, n)| format!("{n} {phase}"))
                .collect::<Vec<_>>()
                .join(", "),
            ended.rollouts(),
            bound(u32::try_from(CROWD)?, violations),
        ),
        found: ended.found,
    }))
}

/// What was counted.
#[derive(Default)]
struct Told {
    in_flight: Vec<usize>,
    reports: usize,
    late: usize,
    phases: BTreeMap<String, usize>,
}

async fn crowd(
    args: &RowArgs,
    running: &mut Running,
    seen: &mut Seen,
    told: &mut Told,
) -> Result<Vec<String>> {
    let ids = all(running).await?;
    eprintln!("{} rollouts are in flight", ids.len());
    let played = Arc::new(Played::new(&running.world).await?);
    let mut hands = JoinSet::new();
    let (agent, world) = (Arc::clone(&played), Arc::clone(&running.world));
    hands.spawn(async move { agent.work(&world).await });
    let trials = args.trials.unwrap_or(8);
    for version in 1..=trials {
        let left = (CROWD * STEPS).saturating_sub(played.done.load(Ordering::SeqCst));
        if left == 0 {
            break;
        }
        told.in_flight.push(left.div_ceil(STEPS));
        let last = running.world.servers.len() - 1;
        for n in (0..=last).rev() {
            versions::upgrade(&running.world, n, version, seen).await?;
        }
        versions::old_binary(args, &running.world, version, seen).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let found = ended(&running.world, &ids, told).await;
    played.over.store(true, Ordering::SeqCst);
    while let Some(worked) = hands.join_next().await {
        worked??;
    }
    told.reports = played.done.load(Ordering::SeqCst);
    told.late = played.late.load(Ordering::SeqCst);
    found
}

/// Begin all of them; nobody works for them yet.
async fn all(running: &Running) -> Result<Vec<String>> {
    let world = &running.world;
    let mut more =
        "---\npipeline: crowded\npath: [crowd]\nstrategy: recreate\nwatch: 200ms\n".to_owned();
    for n in 0..CROWD {
        more += &format!(
            "---\nservice: {}\nowner: web\npipeline: crowded\nrun: {{ command: [./played], instances: 1, grace: 1s }}\n",
            service(n)
        );
    }
    world.apply_with("  crowd: { tier: test }\n", &more).await?;
    let next = Arc::new(AtomicUsize::new(0));
    let mut makers: JoinSet<Result<Vec<String>>> = JoinSet::new();
    for _ in 0..AT_A_TIME {
        let (world, next) = (Arc::clone(world), Arc::clone(&next));
        makers.spawn(async move {
            let mut ids = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::SeqCst);
                if n >= CROWD {
                    return Ok(ids);
                }
                ids.push(begin(&world, &service(n)).await?);
            }
        });
    }
    let mut ids = Vec::new();
    while let Some(made) = makers.join_next().await {
        ids.extend(made??);
    }
    for id in &ids {
        running.load.acknowledge(id);
    }
    Ok(ids)
}

fn service(n: usize) -> String {
    format!("c{n:04}")
}

async fn begin(world: &World, service: &str) -> Result<String> {
    let (client, release) = (&world.client, format!("{service}@1.0.0"));
    let artifact = ArtifactRequest {
        service: service.to_owned(),
        version: "1.0.0".to_owned(),
        digest: Digest::of(service.as_bytes()).to_string(),
        size: None,
        location: "/nowhere".to_owned(),
        source: None,
        build: None,
    };
    let key = world.key();
    let register = || client.register_artifact(&artifact, &key);
    world.insist("an artifact", register).await?;
    let request = ReleaseRequest {
        release: release.clone(),
        artifact: None,
    };
    let key = world.key();
    let create = || client.create_release(&request, &key);
    world.insist("a release", create).await?;
    let request = DeployRequest {
        release,
        environment: "crowd".to_owned(),
        reason: None,
        again: false,
        priority: None,
        at: None,
        expires_ms: None,
    };
    let key = world.key();
    let deploy = || client.deploy(&request, &key);
    Ok(world.insist("a deployment", deploy).await?.id)
}

/// Each of them has ended well, after each of its steps was done once.
async fn ended(world: &World, ids: &[String], told: &mut Told) -> Result<Vec<String>> {
    let begun = Instant::now();
    let mut found = Vec::new();
    for id in ids {
        let phase = loop {
            let ask = || world.client.deployment(id);
            let now = world.insist("a look", ask).await?;
            if now.phase.is_over() {
                break now.phase.as_str().to_owned();
            }
            if begun.elapsed() > PATIENCE {
                bail!("{id} does not end: {now:#?}");
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        let ask = || world.client.deployment_events(id, None);
        let events = world.insist("its events", ask).await?.items;
        let count = |kind: &str| events.iter().filter(|e| e.kind.starts_with(kind)).count();
        let counts = [
            count("deployment.gates_passed/"),
            count("deployment.step_started/"),
            count("deployment.step_finished/"),
            count("deployment.confirmed/"),
        ];
        // A step that nobody took in time is given up and begun again; it is done once all the same.
        let again = count("deployment.step_failed/");
        if phase != "confirmed" || counts != [1, STEPS + again, STEPS, 1] {
            found.push(format!(
                "I8: {id} ended {phase}, with gates passed, steps begun, steps done, confirmed {counts:?} times"
            ));
        }
        *told.phases.entry(phase).or_default() += 1;
    }
    Ok(found)
}

/// The agent of the crowd.
struct Played {
    client: Client,
    over: AtomicBool,
    /// Reports that were taken.
    done: AtomicUsize,
    /// Reports whose lease was over.
    late: AtomicUsize,
}

impl Played {
    async fn new(world: &World) -> Result<Self> {
        let token = TokenRequest {
            name: "agent:crowd".to_owned(),
            role: Role::Agent,
            environments: vec!["crowd".to_owned()],
            services: Vec::new(),
            account: None,
            owner: None,
            expires_in_s: Some(24 * 3_600),
        };
        let create = || world.client.create_token(&token);
        let token = world.insist("a token", create).await?;
        Ok(Self {
            client: Client::new(&world.urls.join(","), &token.token)?,
            over: AtomicBool::new(false),
            done: AtomicUsize::new(0),
            late: AtomicUsize::new(0),
        })
    }

    /// Ask for work and say that it is done, a few at a time, until it is over.
    async fn work(&self, world: &World) -> Result<()> {
        let mut held: Vec<Action> = Vec::new();
        while !self.over.load(Ordering::SeqCst) {
            let wanted = 64_usize.saturating_sub(held.len());
            if wanted > 0 {
                held.extend(self.leased(wanted, &held).await);
            }
            for action in held.drain(..REPORTS.0.min(held.len())).collect::<Vec<_>>() {
                self.report(world, &action).await?;
            }
            tokio::time::sleep(REPORTS.1).await;
        }
        Ok(())
    }

    /// Work, or none when the server is away.
    async fn leased(&self, max: usize, held: &[Action]) -> Vec<Action> {
        let request = LeaseRequest {
            environments: vec!["crowd".to_owned()],
            max: u32::try_from(max).unwrap_or(64),
            wait_ms: 0,
            holding: Some(held.iter().map(|a| a.id.clone()).collect()),
        };
        let reply = self
            .client
            .post("/api/v1/agents/crowd/leases", &request, None);
        let reply: Result<LeaseReply, _> = reply.await;
        let known = |a: &Action| held.iter().any(|h| h.id == a.id);
        let new = reply.map(|r| r.actions).unwrap_or_default();
        new.into_iter().filter(|a| !known(a)).collect()
    }

    /// Until somebody says what became of it: a report may have been taken by a server that died before it said so.
    async fn report(&self, world: &World, action: &Action) -> Result<()> {
        let report = Report {
            action: action.id.clone(),
            epoch: action.epoch,
            state: ReportState::Ended {
                result: Outcome::Done {
                    detail: "played".to_owned(),
                    log: Vec::new(),
                },
            },
        };
        let begun = Instant::now();
        loop {
            let path = "/api/v1/agents/crowd/reports";
            let sent: Result<(), _> = self.client.post(path, &report, None).await;
            match sent {
                Ok(()) => _ = self.done.fetch_add(1, Ordering::SeqCst),
                Err(error) if error.status() == Some(409) => {
                    self.late.fetch_add(1, Ordering::SeqCst);
                }
                Err(error) if begun.elapsed() > PATIENCE => {
                    return Err(error).context("a report");
                }
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    if world.urls.len() > 1 {
                        self.client.try_another();
                    }
                    continue;
                }
            }
            return Ok(());
        }
    }
}
