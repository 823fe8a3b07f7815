//! The server dies in the middle of a rollout; traffic does not notice and the rollout goes on.

use super::claim;
use crate::demo::narrator::Narrator;
use crate::demo::stage::Stage;
use crate::exit::Failure;
use std::time::{Duration, Instant};
use tidegate_client::wire::DeploymentPhase;

pub async fn play(narrator: &Narrator, stage: &mut Stage) -> Result<(), Failure> {
    stage.release("web", "1.2.0", 0).await?;
    stage.promote("web@1.2.0", "prod-eu").await?;
    let during = stage
        .deployment("web@1.2.0", "prod-eu", "carries traffic", |d| {
            d.share > 0 && d.phase == DeploymentPhase::Running
        })
        .await?;
    let before = stage.load.total();
    stage.kill_server().await;
    narrator.say(&format!(
        "    server killed at {} % of web@1.2.0",
        during.share / 100
    ));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let away = stage.load.total();
    let (sent, failed) = (away.sent - before.sent, away.failed - before.failed);
    let back = stage.restart_server().await?;
    let answered = Instant::now();
    claim(sent > 0, "no traffic flowed meanwhile")?;
    claim(
        failed == 0,
        format!("{failed} of {sent} requests failed while the server was away"),
    )?;
    let resumed = stage.client.deployment(&during.id).await?;
    claim(
        !resumed.phase.is_over() || resumed.phase == DeploymentPhase::Confirmed,
        "the rollout was lost",
    )?;
    let done = stage
        .deployment("web@1.2.0", "prod-eu", "succeeds", |d| {
            matches!(
                d.phase,
                DeploymentPhase::Succeeded | DeploymentPhase::Closing
            ) || d.phase.is_over()
        })
        .await?;
    claim(
        matches!(
            done.phase,
            DeploymentPhase::Succeeded | DeploymentPhase::Closing | DeploymentPhase::Confirmed
        ),
        format!("it ended as {}: {:?}", done.phase.as_str(), done.cause),
    )?;
    claim(done.id == during.id, "another deployment took its place")?;
    narrator.held(&format!(
        "{failed} of {sent} requests failed; back in {:.1} s, the same rollout done {:.1} s later",
        back.as_secs_f64(),
        answered.elapsed().as_secs_f64()
    ));
    Ok(())
}
