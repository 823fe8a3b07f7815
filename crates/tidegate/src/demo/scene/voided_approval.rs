//! A yes is for one plan: when what ships changes, it is void, and the old digest is good for nothing.

use super::claim;
use crate::demo::narrator::Narrator;
use crate::demo::stage::Stage;
use crate::demo::tree;
use crate::exit::Failure;
use tidegate_client::wire::DeploymentPhase;

const RELEASE: &str = "payments@3.1.0";

pub async fn play(narrator: &Narrator, stage: &mut Stage) -> Result<(), Failure> {
    stage.people().await?;
    stage.apply_config(tree::DUAL_CONTROL).await?;
    stage.release("payments", "3.1.0", 0).await?;
    let asks = [
        "promote",
        RELEASE,
        "--to",
        "prod-eu",
        "--no-wait",
        "--reason",
        "terminals",
    ];
    stage.types("ana", &asks).await?.ends(0)?;
    let change = stage.change(RELEASE, "prod-eu").await?;
    let before = stage.plan_of(&change).await?;
    stage.approves("farah", &change).await?.ends(0)?;
    narrator.more(&format!("farah  yes to plan {}", short(&before)));
    let subnet = [
        "release",
        "scope",
        RELEASE,
        "--add",
        "infrastructure:terminal subnet",
        "--reason",
        "the terminals need it",
    ];
    stage.types("ana", &subnet).await?.ends(0)?;
    narrator
        .say("    tidegate release scope payments@3.1.0 --add 'infrastructure:terminal subnet'");
    let after = stage
        .until("it is planned anew", async || {
            let plan = stage.client.change(&change).await?.plan;
            Ok(plan.map(|p| p.digest).filter(|digest| *digest != before))
        })
        .await?;
    let shown = stage.client.change(&change).await?;
    claim(shown.votes.is_empty(), "a yes outlived its plan")?;
    let why = stage.types("ana", &["why", RELEASE, "prod-eu"]).await?;
    narrator.more(&why.ends(3)?.line("approval:")?);
    let stale = ["approve", &change, "--yes", "--plan", &before];
    let stale = stage.types("hugo", &stale).await?.ends(7)?;
    narrator.more(&format!("hugo   {}", stale.line("error[")?));
    narrator.held(&format!(
        "the yes for {} is void since what ships changed; nobody says yes to it any more",
        short(&before)
    ));

    stage.approves("farah", &change).await?.ends(0)?;
    stage.approves("hugo", &change).await?.ends(0)?;
    let done = stage
        .deployment(RELEASE, "prod-eu", "is done", |d| d.phase.is_over())
        .await?;
    claim(
        done.phase == DeploymentPhase::Confirmed && done.plan.digest == after,
        format!("it ended as {}", done.phase.as_str()),
    )?;
    narrator.held(&format!("two yes for {} let it go", short(&after)));
    stage.apply_config("").await
}

fn short(digest: &str) -> &str {
    digest.get(.."sha256:".len() + 8).unwrap_or(digest)
}
