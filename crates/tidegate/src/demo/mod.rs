//! The tour: a company on this machine, with real processes, real traffic and a real ledger. Every scene is a claim that
//! is checked; the command ends with 0 only when every claim held.
//!
//! Nothing is played but the length of holds, and the tour says so.

mod artifacts;
mod load;
mod narrator;
mod people;
mod process;
mod scene;
mod stage;
mod tree;

use crate::exit::{Exit, Failure};
use clap::{Args, ValueEnum};
use narrator::Narrator;
use stage::Stage;

/// Options of the tour.
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// Shorter holds and more traffic
    #[arg(long)]
    pub fast: bool,
    /// Wait for Enter before each scene and explain it
    #[arg(long)]
    pub step: bool,
    /// Leave everything running and in place at the end
    #[arg(long)]
    pub keep: bool,
    /// Only this scene (and what it needs)
    #[arg(long, value_enum)]
    pub scenario: Option<Scenario>,
}

/// The scenes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// A good release goes through both regions
    GoodRelease,
    /// A bad release comes back by itself
    BadRelease,
    /// The server is killed in the middle of a rollout
    ServerKilled,
    /// A locked environment lets the second deployment wait
    Locked,
    /// A freeze holds one service and lets another through
    Freeze,
    /// A release that needs two people
    TwoPeople,
    /// An approval that is void because what ships changed
    VoidedApproval,
    /// An emergency whose review holds the next release
    Emergency,
    /// The ledger is verified, then one byte is changed
    Audit,
}

/// Every scene in the order of the tour.
const ALL: [Scenario; 9] = [
    Scenario::GoodRelease,
    Scenario::BadRelease,
    Scenario::ServerKilled,
    Scenario::Locked,
    Scenario::Freeze,
    Scenario::TwoPeople,
    Scenario::VoidedApproval,
    Scenario::Emergency,
    Scenario::Audit,
];

/// `tidegate demo`.
///
/// # Errors
/// A claim did not hold, or the tour could not be set up.
pub fn run(args: &DemoArgs) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Failure::new(Exit::Failed, format!("the runtime cannot start: {e}")))?;
    runtime.block_on(tour(args))
}

async fn tour(args: &DemoArgs) -> Result<Exit, Failure> {
    let narrator = Narrator::new(args.step);
    let scenes: Vec<Scenario> = args.scenario.map_or_else(|| ALL.to_vec(), |one| vec![one]);
    narrator.title(args.fast);
    // Listened for from here on, and acted on once there is a stage to strike.
    let interrupted = tokio::spawn(crate::role::signal::stop());
    let mut stage = Stage::set(&narrator, args).await?;
    let played = tokio::select! {
        played = play(&narrator, &mut stage, &scenes) => Some(played),
        _ = interrupted => None,
    };
    stage.strike(args.keep).await;
    let Some(played) = played else {
        return Err(Failure::new(
            Exit::Detached,
            "the tour was interrupted; everything it started was ended".to_owned(),
        ));
    };
    let held = played?;
    narrator.end(held, scenes.len());
    if held == scenes.len() {
        return Ok(Exit::Done);
    }
    Err(Failure::new(
        Exit::Failed,
        format!(
            "{} of {} claims did not hold",
            scenes.len() - held,
            scenes.len()
        ),
    )
    .help("run it again with `--keep` and look at the logs in the folder it names"))
}

async fn play(
    narrator: &Narrator,
    stage: &mut Stage,
    scenes: &[Scenario],
) -> Result<usize, Failure> {
    let mut held = 0;
    for (i, scene) in scenes.iter().enumerate() {
        narrator.scene(i + 1, scenes.len(), *scene);
        let outcome = match scene {
            Scenario::GoodRelease => scene::good_release::play(narrator, stage).await,
            Scenario::BadRelease => scene::bad_release::play(narrator, stage).await,
            Scenario::ServerKilled => scene::server_killed::play(narrator, stage).await,
            Scenario::Locked => scene::locked::play(narrator, stage).await,
            Scenario::Freeze => scene::freeze::play(narrator, stage).await,
            Scenario::TwoPeople => scene::two_people::play(narrator, stage).await,
            Scenario::VoidedApproval => scene::voided_approval::play(narrator, stage).await,
            Scenario::Emergency => scene::emergency::play(narrator, stage).await,
            Scenario::Audit => scene::audit::play(narrator, stage).await,
        };
        match outcome {
            Ok(()) => held += 1,
            Err(failure) => narrator.broken(&failure),
        }
    }
    Ok(held)
}
