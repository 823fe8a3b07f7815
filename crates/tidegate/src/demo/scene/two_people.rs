//! A release that needs two people: whoever asked for it is nobody who says yes, and one yes is not two.

use super::claim;
use crate::demo::narrator::Narrator;
use crate::demo::stage::Stage;
use crate::demo::tree;
use crate::exit::Failure;
use tidegate_client::wire::DeploymentPhase;

const RELEASE: &str = "payments@3.0.0";

pub async fn play(narrator: &Narrator, stage: &mut Stage) -> Result<(), Failure> {
    stage.people().await?;
    stage.apply_config(tree::DUAL_CONTROL).await?;
    stage.release("payments", "3.0.0", 0).await?;
    let asks = [
        "promote",
        RELEASE,
        "--to",
        "prod-eu",
        "--no-wait",
        "--reason",
        "refunds",
    ];
    stage.types("ana", &asks).await?.ends(0)?;
    let change = stage.change(RELEASE, "prod-eu").await?;
    let why = stage.types("ana", &["why", RELEASE, "prod-eu"]).await?;
    let why = why.ends(3)?;
    narrator.say(&format!("    tidegate why {RELEASE} prod-eu"));
    narrator.more(&why.line("approval:")?);

    let own = stage.approves("ana", &change).await?.ends(4)?;
    narrator.more(&format!("ana    {}", own.line("error[")?));
    stage.approves("farah", &change).await?.ends(0)?;
    let now = stage.types("farah", &["why", RELEASE, "prod-eu"]).await?;
    let one = now.ends(3)?.line("approval:")?;
    narrator.more(&format!("farah  yes; {one}"));
    let twice = stage.approves("farah", &change).await?;
    claim(twice.code != 0, "one person said yes twice")?;
    let waits = stage
        .deployment(RELEASE, "prod-eu", "is there", |_| true)
        .await?;
    claim(
        waits.phase == DeploymentPhase::Waiting,
        format!("with one yes it is {}", waits.phase.as_str()),
    )?;
    stage.approves("hugo", &change).await?.ends(0)?;
    let done = stage
        .deployment(RELEASE, "prod-eu", "is done", |d| d.phase.is_over())
        .await?;
    claim(
        done.phase == DeploymentPhase::Confirmed,
        format!("it ended as {}", done.phase.as_str()),
    )?;
    narrator.held(
        "whoever asked could not say yes, one yes was not enough, the second let it go by itself",
    );
    stage.apply_config("").await
}
