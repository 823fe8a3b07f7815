//! `tidegate deploy`: bring a release into one environment and wait until it is proven or back.

use super::change::Change;
use super::follow::{self, Intent, Wait};
use super::reference::placed;
use super::session::Session;
use super::timing::Timing;
use super::why;
use crate::exit::{Exit, Failure};
use crate::output::Look;
use tidegate_client::Client;
use tidegate_client::wire::{DeployRequest, Deployment, LinePlace, Preview, Reason, Slot};
use tidegate_core::time::Millis;

/// Bring a release into an environment
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `service@version`, or `service@version/environment`
    release: String,
    /// Environment
    environment: Option<String>,
    /// Deploy although exactly this runs there
    #[arg(long)]
    again: bool,
    /// Only show the plan and the decision
    #[arg(long)]
    dry_run: bool,
    /// End with 3 instead of waiting when a condition is not met
    #[arg(long)]
    no_queue: bool,
    #[command(flatten)]
    timing: Timing,
    #[command(flatten)]
    change: Change,
    #[command(flatten)]
    wait: Wait,
}

/// Start and follow.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let (release, environment) = placed(&args.release, args.environment.as_deref())?;
    let client = session.client()?;
    let request = DeployRequest {
        release,
        environment,
        reason: args.change.reason.clone(),
        again: args.again,
        priority: args.timing.priority(),
        at: args.timing.at(session)?,
        expires_ms: args.timing.expires_ms(),
    };
    if args.dry_run || args.no_queue {
        let preview = client.deploy_preview(&request).await?;
        if args.dry_run {
            return show_preview(&preview, session);
        }
        if !preview.decision.allowed {
            session
                .out
                .show(&preview.decision, &preview.decision.release, |look| {
                    why::text(&preview.decision, look)
                })?;
            session.out.hint("nothing was started (--no-queue)");
            return Ok(Exit::Blocked);
        }
    }
    let key = args.change.key()?;
    let deployment = client.deploy(&request, &key).await?;
    if args.no_queue && refused_by_gates(&deployment) {
        return give_up(&deployment, &client, &key, session).await;
    }
    if args.wait.no_wait {
        return started(&deployment, session);
    }
    follow::deployment(
        &deployment.id,
        Intent::Forward,
        &args.wait,
        &client,
        session,
    )
    .await
}

/// The id of what goes on without us.
pub fn started(deployment: &Deployment, session: &Session) -> Result<Exit, Failure> {
    session
        .out
        .show(deployment, &deployment.id, |_| deployment.id.clone())?;
    for line in waiting_lines(deployment, &session.out.look) {
        session.out.hint(&line);
    }
    session.out.hint(&format!(
        "it goes on: tidegate status {} --watch",
        deployment.id
    ));
    Ok(Exit::Done)
}

/// Place, reserved time, end of the wait and reasons of a deployment that waits.
pub fn waiting_lines(deployment: &Deployment, look: &Look) -> Vec<String> {
    let mut lines = Vec::new();
    let zone = &look.zone;
    if let Some(place) = &deployment.place {
        lines.push(place_line(place, &deployment.environment));
    }
    if let Some(slot) = &deployment.slot {
        lines.push(slot_line(slot, look));
    }
    if let Some(expires) = deployment.expires_at {
        lines.push(format!(
            "given up {}, if it has not started by then",
            zone.long(expires)
        ));
    }
    if deployment.started_at.is_none() {
        lines.extend(why::condition_lines(&deployment.conditions, look, true));
    }
    lines
}

/// `place 2 of 3 for prod; before it: web@1.2.0`.
pub fn place_line(place: &LinePlace, env: &str) -> String {
    let before = if place.before.is_empty() {
        String::new()
    } else {
        format!("; before it: {}", place.before.join(", "))
    };
    format!("place {} of {} for {env}{before}", place.place, place.of)
}

/// `reserved Thu 2026-12-03 09:00 to Thu 2026-12-03 10:15 Berlin`.
pub fn slot_line(slot: &Slot, look: &Look) -> String {
    let (start, end) = (look.zone.long(slot.start), look.zone.long(slot.end));
    format!("reserved {start} to {end}")
}

fn refused_by_gates(deployment: &Deployment) -> bool {
    deployment.started_at.is_none() && deployment.conditions.iter().any(|c| !c.state.passes())
}

/// Between the preview and the start something came in between: take the deployment back out of the queue.
async fn give_up(
    deployment: &Deployment,
    client: &Client,
    key: &str,
    session: &Session,
) -> Result<Exit, Failure> {
    let reason = Reason {
        reason: "a condition is not met and the caller does not wait (--no-queue)".to_owned(),
    };
    let ended = client
        .abort(&deployment.id, &reason, &format!("{key}-abort"))
        .await?;
    for line in why::condition_lines(&deployment.conditions, &session.out.look, true) {
        session.out.hint(&line);
    }
    session.out.show(&ended, &ended.id, |_| {
        format!("{} {}", ended.phase.as_str(), ended.id)
    })?;
    Ok(Exit::Blocked)
}

/// Plan and decision; 0 when it may go, 3 when not.
pub fn show_preview(preview: &Preview, session: &Session) -> Result<Exit, Failure> {
    session.out.show(preview, &preview.plan.digest, |look| {
        preview_text(preview, look)
    })?;
    Ok(if preview.decision.allowed {
        Exit::Done
    } else {
        Exit::Blocked
    })
}

/// Plan and decision as text.
pub fn preview_text(preview: &Preview, look: &Look) -> String {
    let plan = &preview.plan;
    let from = plan.from.as_deref().unwrap_or("nothing");
    let mut text = format!(
        "{} -> {}      plan {}      {from} -> {}\n",
        preview.release, preview.environment, plan.digest, plan.to
    );
    for (n, step) in plan.steps.iter().enumerate() {
        let why = plan
            .report
            .get(n)
            .map(|why| format!("   {why}"))
            .unwrap_or_default();
        text.push_str(&format!("  [{}/{}] {step}{why}\n", n + 1, plan.steps.len()));
    }
    text.push_str(&format!("  watched for {}\n", Millis(plan.watch_ms)));
    if !plan.undo.is_empty() {
        text.push_str(&format!("  way back: {}\n", plan.undo.join(", ")));
    }
    text.push('\n');
    text.push_str(&why::text(&preview.decision, look));
    text.push_str("Nothing was changed (--dry-run).\n");
    text
}
