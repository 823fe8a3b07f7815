//! A freeze holds the service it names and lets another through; what it held goes by itself when it is lifted.

use super::claim;
use crate::demo::narrator::Narrator;
use crate::demo::stage::Stage;
use crate::demo::tree;
use crate::exit::{Exit, Failure};
use tidegate_client::wire::{ConditionState, Decision, DeploymentPhase};

/// What is frozen, and what is not.
const FROZEN: &str = "ledger@1.2.0";
const FREE: &str = "web@1.3.0";

pub async fn play(narrator: &Narrator, stage: &mut Stage) -> Result<(), Failure> {
    let today = crate::clock::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    stage.apply_config(&tree::freeze(today)).await?;
    stage.release("ledger", "1.2.0", 0).await?;
    stage.release("web", "1.3.0", 0).await?;
    stage.promote(FROZEN, "prod-eu").await?;
    stage.promote(FREE, "prod-eu").await?;

    let done = stage
        .deployment(FREE, "prod-eu", "is through", |d| {
            d.phase.is_over() || d.phase == DeploymentPhase::Succeeded
        })
        .await?;
    claim(
        matches!(
            done.phase,
            DeploymentPhase::Succeeded | DeploymentPhase::Confirmed
        ),
        format!("{FREE} ended as {}", done.phase.as_str()),
    )?;
    let held = stage
        .deployment(FROZEN, "prod-eu", "waits", |d| {
            d.phase == DeploymentPhase::Waiting
        })
        .await?;
    let decision = stage.client.decision(FROZEN, "prod-eu", None).await?;
    narrator.say(&format!("    tidegate why {FROZEN} prod-eu"));
    narrator.more(&format!("[wait] {}", reason(&decision)?));
    claim(
        decision.earliest.is_some(),
        "it does not say from when it may go",
    )?;
    narrator.held(&format!("{FREE} went through the freeze, {FROZEN} did not"));

    stage.apply_config("").await?;
    let done = stage
        .deployment(FROZEN, "prod-eu", "is done", |d| d.phase.is_over())
        .await?;
    claim(
        done.phase == DeploymentPhase::Confirmed && done.id == held.id,
        format!("{FROZEN} ended as {}", done.phase.as_str()),
    )?;
    narrator.held("lifted by configuration: the same deployment went by itself");
    Ok(())
}

/// What the freeze says.
fn reason(decision: &Decision) -> Result<String, Failure> {
    let freeze = decision
        .conditions
        .iter()
        .find(|c| c.id == "freeze" && c.state == ConditionState::Wait);
    let Some(freeze) = freeze else {
        return Err(Failure::new(
            Exit::Failed,
            "no condition names the freeze".to_owned(),
        ));
    };
    let rule = freeze
        .rule
        .as_ref()
        .map(|r| format!("   {}:{}", r.file, r.line))
        .unwrap_or_default();
    Ok(format!("{}{rule}", freeze.title))
}
