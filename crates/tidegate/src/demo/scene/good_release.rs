//! A good release is promoted through both regions without a hurt request.

use super::claim;
use crate::demo::narrator::Narrator;
use crate::demo::stage::Stage;
use crate::exit::Failure;
use tidegate_client::wire::DeploymentPhase;

pub async fn play(narrator: &Narrator, stage: &mut Stage) -> Result<(), Failure> {
    let before = stage.load.total();
    stage.release("web", "1.1.0", 0).await?;
    stage.promote("web@1.1.0", "prod-us").await?;
    for environment in ["prod-eu", "prod-us"] {
        let done = stage
            .deployment("web@1.1.0", environment, "succeeds", |d| {
                d.phase == DeploymentPhase::Succeeded
                    || d.phase.is_over()
                    || d.phase == DeploymentPhase::Closing
            })
            .await?;
        claim(
            done.phase != DeploymentPhase::RolledBack,
            format!("{environment} took it back: {:?}", done.cause),
        )?;
        narrator.say(&format!(
            "    {environment}: {}",
            done.plan.steps.join(" -> ")
        ));
        for verdict in &done.verdicts {
            narrator.more(&verdict.sentence);
        }
        claim(
            !done.verdicts.is_empty(),
            format!("{environment} was not judged"),
        )?;
    }
    stage.released("web@1.1.0").await?;
    let after = stage.load.total();
    let (sent, failed) = (after.sent - before.sent, after.failed - before.failed);
    claim(failed == 0, format!("{failed} of {sent} requests failed"))?;
    narrator.held(&format!(
        "canary 10 %, 50 %, 100 % in prod-eu, then prod-us; 0 of {sent} requests failed"
    ));
    Ok(())
}
