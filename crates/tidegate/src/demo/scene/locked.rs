//! A second deployment to a locked environment waits, and `why` says why.

use super::claim;
use crate::demo::narrator::Narrator;
use crate::demo::stage::Stage;
use crate::exit::Failure;
use tidegate_client::wire::{ConditionState, DeploymentPhase};

pub async fn play(narrator: &Narrator, stage: &mut Stage) -> Result<(), Failure> {
    for service in ["payments", "ledger"] {
        stage.release(service, "1.1.0", 0).await?;
        stage
            .promote(&format!("{service}@1.1.0"), "staging")
            .await?;
    }
    for service in ["payments", "ledger"] {
        stage
            .deployment(&format!("{service}@1.1.0"), "staging", "is done", |d| {
                d.phase == DeploymentPhase::Confirmed
            })
            .await?;
    }
    stage.deploy("payments@1.1.0", "prod-eu").await?;
    stage
        .deployment("payments@1.1.0", "prod-eu", "is under way", |d| {
            d.phase == DeploymentPhase::Running
        })
        .await?;
    let second = stage.deploy("ledger@1.1.0", "prod-eu").await?;
    claim(
        second.phase == DeploymentPhase::Waiting,
        format!("ledger@1.1.0 is {}", second.phase.as_str()),
    )?;
    let decision = stage
        .client
        .decision("ledger@1.1.0", "prod-eu", None)
        .await?;
    claim(!decision.allowed, "the decision allows it")?;
    let lock = decision
        .conditions
        .iter()
        .find(|c| c.id == "lock" && c.state == ConditionState::Wait)
        .ok_or_else(|| {
            Failure::new(
                crate::exit::Exit::Failed,
                "no condition names the lock".to_owned(),
            )
        })?;
    narrator.say("    tidegate why ledger@1.1.0 prod-eu");
    let rule = lock
        .rule
        .as_ref()
        .map(|r| format!("   {}:{}", r.file, r.line))
        .unwrap_or_default();
    narrator.more(&format!("[wait] {}{rule}", lock.title));
    claim(
        lock.title.contains("payments@1.1.0"),
        "it does not name who holds the lock",
    )?;
    for service in ["payments", "ledger"] {
        let done = stage
            .deployment(&format!("{service}@1.1.0"), "prod-eu", "is done", |d| {
                d.phase.is_over()
            })
            .await?;
        claim(
            done.phase == DeploymentPhase::Confirmed,
            format!("{service} ended as {}", done.phase.as_str()),
        )?;
    }
    narrator.held("it waited, said for whom, and went by itself when payments@1.1.0 was done");
    Ok(())
}
