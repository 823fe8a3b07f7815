//! `tidegate queue`: who changes an environment, who waits for it, and in which order they go.

use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::Look;
use tidegate_client::wire::{InLine, Queue};
use tidegate_core::time::Millis;

/// Show who waits for an environment, and in which order they go
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Order: returns to an earlier version, then priority (which grows by one for each 8 hours that only a place is missing), \
then the team that has less under way and was served longest ago, then age. Whoever has waited 24 hours for a place lets no \
newcomer go before it.")]
pub struct Args {
    /// Environment
    environment: String,
}

/// Ask and show.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let queue = session.client()?.queue(&args.environment).await?;
    session
        .out
        .show(&queue, &queue.environment, |look| text(&queue, look))?;
    Ok(Exit::Done)
}

fn text(queue: &Queue, look: &Look) -> String {
    let zone = &look.zone;
    let mut text = String::new();
    for limit in &queue.limits {
        text += &format!(
            "{}: {} of {} places taken ({})\n",
            limit.name,
            limit.holders.len(),
            limit.places,
            limit.rule
        );
    }
    if queue.running.is_empty() {
        text += &format!("nothing changes {}\n", queue.environment);
    }
    for run in &queue.running {
        let until = if run.until > run.since {
            format!(", steps done about {}", zone.long(run.until))
        } else {
            String::new()
        };
        text += &format!(
            "under way: {} ({}) by {} since {}{until}\n",
            run.release,
            run.deployment,
            run.by,
            zone.long(run.since)
        );
    }
    if queue.waiting.is_empty() {
        text += &format!("nobody waits for {}\n", queue.environment);
    }
    for one in &queue.waiting {
        text += &line(one, look);
    }
    text
}

/// `3. payments@2.1.0 (dep_…) high, team payments, by ana since …; waits for freeze; reserved …`.
fn line(one: &InLine, look: &Look) -> String {
    let zone = &look.zone;
    let team = one
        .team
        .as_deref()
        .map(|t| format!(", team {t}"))
        .unwrap_or_default();
    let waits = match one.waits_for.as_slice() {
        [] => format!("a place ({} so far)", Millis(one.waited_ms)),
        gates => gates.join(", "),
    };
    let slot = one
        .slot
        .map(|slot| {
            format!(
                "; reserved {} to {}",
                zone.long(slot.start),
                zone.long(slot.end)
            )
        })
        .unwrap_or_default();
    format!(
        "{}. {} ({}) {}{team}, by {} since {}; waits for {waits}{slot}\n",
        one.place,
        one.release,
        one.deployment,
        one.priority.as_str(),
        one.by,
        zone.long(one.since),
    )
}
