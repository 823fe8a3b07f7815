//! An emergency goes with one yes, and owes a review: until that is closed the next normal release of the service waits.

use super::claim;
use crate::demo::narrator::Narrator;
use crate::demo::stage::Stage;
use crate::demo::tree;
use crate::exit::Failure;
use tidegate_client::wire::{ConditionState, DeploymentPhase};

const REPAIR: &str = "ledger@1.3.0";
const NEXT: &str = "ledger@1.4.0";

pub async fn play(narrator: &Narrator, stage: &mut Stage) -> Result<(), Failure> {
    stage.people().await?;
    stage.apply_config(tree::EMERGENCIES).await?;
    stage.release("ledger", "1.3.0", 0).await?;
    stage.release("ledger", "1.4.0", 0).await?;
    let to = |release| {
        [
            "promote",
            release,
            "--to",
            "prod-eu",
            "--no-wait",
            "--reason",
            "INC-31",
        ]
    };
    stage.types("ana", &to(REPAIR)).await?.ends(0)?;
    let change = stage.change(REPAIR, "prod-eu").await?;
    let declare = [
        "change",
        "emergency",
        REPAIR,
        "prod-eu",
        "--incident",
        "INC-31",
        "--reason",
        "double bookings",
    ];
    stage.types("ana", &declare).await?.ends(0)?;
    narrator.say("    tidegate change emergency ledger@1.3.0 prod-eu --incident INC-31");
    stage.approves("ines", &change).await?.ends(0)?;
    let done = stage
        .deployment(REPAIR, "prod-eu", "is done", |d| d.phase.is_over())
        .await?;
    claim(
        done.phase == DeploymentPhase::Confirmed,
        format!("it ended as {}", done.phase.as_str()),
    )?;
    narrator.held(
        "with one yes of sre the repair went; two of payments and risk are owed, and a review",
    );

    stage.types("ana", &to(NEXT)).await?.ends(0)?;
    let next = stage.change(NEXT, "prod-eu").await?;
    for who in ["farah", "hugo"] {
        stage.approves(who, &next).await?.ends(0)?;
    }
    let held = stage
        .deployment(NEXT, "prod-eu", "waits", |d| {
            d.phase == DeploymentPhase::Waiting
        })
        .await?;
    let open: Vec<&str> = held
        .conditions
        .iter()
        .filter(|c| c.state != ConditionState::Pass)
        .map(|c| c.title.as_str())
        .collect();
    narrator.say(&format!("    tidegate why {NEXT} prod-eu"));
    open.iter().for_each(|title| narrator.more(title));
    claim(
        open.len() == 1 && open.iter().all(|t| t.contains("the review of emergency")),
        "something else than the review holds it",
    )?;
    for who in ["farah", "hugo"] {
        stage.approves(who, &change).await?.ends(0)?;
    }
    let review = |change| {
        [
            "change",
            "review",
            change,
            "--findings",
            "a retry booked twice",
            "--root-cause",
            "no idempotency key",
        ]
    };
    let own = stage.types("ana", &review(change.as_str())).await?;
    claim(own.code != 0, "whoever declared it closed its review")?;
    stage
        .types("farah", &review(change.as_str()))
        .await?
        .ends(0)?;
    let done = stage
        .deployment(NEXT, "prod-eu", "is done", |d| d.phase.is_over())
        .await?;
    claim(
        done.phase == DeploymentPhase::Confirmed && done.id == held.id,
        format!("it ended as {}", done.phase.as_str()),
    )?;
    narrator.held(
        "the next release waited for the review alone; once farah closed it, it went by itself",
    );
    stage.apply_config("").await
}
