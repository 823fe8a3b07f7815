//! A bad release is taken back by itself, held, and goes nowhere else.

use super::claim;
use crate::demo::narrator::Narrator;
use crate::demo::stage::Stage;
use crate::exit::Failure;
use std::time::Instant;
use tidegate_client::DeploymentFilter;
use tidegate_client::wire::DeploymentPhase;

pub async fn play(narrator: &Narrator, stage: &mut Stage) -> Result<(), Failure> {
    let before = stage.load.counted("prod-eu/payments");
    stage.release("payments", "2.0.0", 8).await?;
    stage.promote("payments@2.0.0", "prod-us").await?;
    let back = stage
        .deployment("payments@2.0.0", "prod-eu", "is taken back", |d| {
            d.phase.is_over()
        })
        .await?;
    let seen = Instant::now();
    claim(
        back.phase == DeploymentPhase::RolledBack,
        format!("it ended as {}", back.phase.as_str()),
    )?;
    let cause = back.cause.clone().unwrap_or_default();
    claim(
        cause.contains("REGRESSED"),
        format!("the cause was `{cause}`"),
    )?;
    narrator.say(&format!("    {cause}"));
    let last = back.log.iter().rfind(|line| line.contains("ERROR"));
    let last = last.ok_or_else(|| {
        Failure::new(
            crate::exit::Exit::Failed,
            format!("its log was not kept: {:?}", back.log),
        )
    })?;
    narrator.more(&format!("last of its log | {last}"));

    let after = stage.load.counted("prod-eu/payments");
    let hurt = after.by_version.get("2.0.0").copied().unwrap_or(0)
        - before.by_version.get("2.0.0").copied().unwrap_or(0);
    let sent = after.sent - before.sent;
    let took = after.first_failure.map_or(0.0, |first| {
        after
            .last_failure
            .unwrap_or(seen)
            .duration_since(first)
            .as_secs_f64()
    });
    narrator.held(&format!(
        "rolled back by itself: {took:.1} s from the first to the last bad answer, {hurt} of {sent} requests hurt"
    ));
    claim(hurt > 0, "no request was hurt, so nothing was shown")?;

    let calm = stage.load.counted("prod-eu/payments");
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    let later = stage.load.counted("prod-eu/payments");
    claim(
        later.failed == calm.failed,
        "bad answers went on after the rollback",
    )?;
    let eu = stage.client.environment("prod-eu").await?;
    let running = eu
        .services
        .iter()
        .find(|s| s.service == "payments")
        .and_then(|s| s.running.as_ref());
    let runs = running.map(|r| r.release.clone()).unwrap_or_default();
    claim(runs == "payments@1.0.0", format!("prod-eu runs {runs}"))?;
    let release = stage.client.release("payments@2.0.0").await?;
    claim(
        release.hold.is_some(),
        format!("the release is {:?} and not held", release.phase),
    )?;
    let us = DeploymentFilter {
        environment: Some("prod-us".to_owned()),
        release: Some("payments@2.0.0".to_owned()),
        ..DeploymentFilter::default()
    };
    claim(
        stage.client.deployments(&us).await?.items.is_empty(),
        "it went to prod-us all the same",
    )?;
    narrator.held("prod-eu runs payments@1.0.0 again; 2.0.0 is held until `tidegate release unhold` and never saw prod-us");
    Ok(())
}
