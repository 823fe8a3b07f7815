//! `tidegate status`: what runs where and what is under way, or one thing in detail; with `--watch` until it ends.

use super::follow::{self, Intent, Wait};
use super::reference::Reference;
use super::session::Session;
use super::{decision, env, release, why};
use crate::clock;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Format, Listing, Look, Table};
use serde::Serialize;
use tidegate_client::wire::{
    Deployment, DeploymentPhase, Environment, Lane, LiveStage, SignOff, Verb,
};
use tidegate_client::{Client, DeploymentFilter};
use tidegate_core::spec::Share;

/// Show what runs where, or one release, environment or deployment
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `service@version`, `service@version/environment`, an environment, or `dep_...`
    what: Option<String>,
    /// Follow until it ends; the exit code is the verdict
    #[arg(short, long, requires = "what")]
    watch: bool,
    /// With --watch: stop waiting after this time; the work goes on
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = tidegate_core::time::Millis::parse)]
    timeout: tidegate_core::time::Millis,
}

/// Show, or follow.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let wait = Wait {
        no_wait: false,
        timeout: args.timeout,
    };
    let Some(what) = &args.what else {
        overview(&client, session).await?;
        return Ok(Exit::Done);
    };
    match (Reference::parse(what)?, args.watch) {
        (Reference::Deployment(id), true) => {
            return follow::deployment(&id, Intent::Forward, &wait, &client, session).await;
        }
        (Reference::Release(id), true) => {
            return follow::release(&id, &wait, &client, session).await;
        }
        (Reference::Environment(name), true) => {
            return follow::environment(&name, &wait, &client, session).await;
        }
        (Reference::Placed(release, environment), true) => {
            let newest = newest(&release, &environment, &client)
                .await?
                .ok_or_else(|| never(&release, &environment))?;
            return follow::deployment(&newest.id, Intent::Forward, &wait, &client, session).await;
        }
        (Reference::Deployment(id), false) => {
            show_deployment(&client.deployment(&id).await?, session)?
        }
        (Reference::Release(id), false) => release::show(&client.release(&id).await?, session)?,
        (Reference::Environment(name), false) => {
            env::show(&client.environment(&name).await?, session)?
        }
        (Reference::Placed(release, environment), false) => {
            match newest(&release, &environment, &client).await? {
                Some(deployment) => show_deployment(&deployment, session)?,
                None => return Err(never(&release, &environment)),
            }
        }
    }
    Ok(Exit::Done)
}

fn never(release: &str, environment: &str) -> Failure {
    Failure::new(
        Exit::Failed,
        format!("{release} was never deployed to {environment}"),
    )
    .help(format!(
        "what stands before it: tidegate why {release} {environment}"
    ))
}

async fn newest(
    release: &str,
    environment: &str,
    client: &Client,
) -> Result<Option<Deployment>, Failure> {
    let filter = DeploymentFilter {
        release: Some(release.to_owned()),
        environment: Some(environment.to_owned()),
        limit: Some(1),
        ..DeploymentFilter::default()
    };
    Ok(client.deployments(&filter).await?.items.into_iter().next())
}

/// One service in one environment, flat, for lines and rows.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Cell<'a> {
    environment: &'a str,
    #[serde(flatten)]
    lane: &'a Lane,
}

async fn overview(client: &Client, session: &Session) -> Result<(), Failure> {
    let environments = client.environments().await?.items;
    let cells: Vec<_> = environments
        .iter()
        .flat_map(|e| {
            e.services.iter().map(|lane| Cell {
                environment: &e.name,
                lane,
            })
        })
        .collect();
    session.out.list(&Listing {
        items: &cells,
        name: |cell| format!("{}/{}", cell.environment, cell.lane.service),
        table: grid(&environments, &session.out.look),
        none: "nothing is configured yet: tidegate apply",
    })?;
    if session.out.terminal.is_tty()
        && matches!(
            session.out.format,
            None | Some(Format::Table | Format::Wide)
        )
    {
        for held in environments
            .iter()
            .filter_map(|e| e.held.as_ref().map(|held| (e, held)))
        {
            session.out.hint(&format!(
                "{} is locked by {}: {}",
                held.0.name, held.1.by, held.1.because
            ));
        }
    }
    Ok(())
}

/// Environments x services.
pub fn grid(environments: &[Environment], look: &Look) -> Table {
    let mut table = Table::new(&[
        Column::Always("ENVIRONMENT"),
        Column::Always("SERVICE"),
        Column::Always("RUNNING"),
        Column::Always("HEALTH"),
        Column::Always("UNDER WAY"),
        Column::Always("SINCE"),
        Column::Wide("DEPLOYMENT"),
        Column::Wide("REVISION"),
        Column::Wide("URL"),
    ]);
    for e in environments {
        for lane in &e.services {
            table.row([
                e.name.clone(),
                lane.service.clone(),
                lane.running
                    .as_ref()
                    .map_or_else(|| "-".to_owned(), |r| version(&r.release).to_owned()),
                health(e, lane),
                live(lane),
                lane.running
                    .as_ref()
                    .map(|r| look.zone.stamp(r.since))
                    .unwrap_or_default(),
                lane.live
                    .as_ref()
                    .map(|l| l.deployment.clone())
                    .unwrap_or_default(),
                lane.running
                    .as_ref()
                    .map(|r| r.revision.clone())
                    .unwrap_or_default(),
                lane.url.clone().unwrap_or_default(),
            ]);
        }
    }
    table
}

fn version(release: &str) -> &str {
    release
        .split_once('@')
        .map_or(release, |(_, version)| version)
}

/// Missing sight is never health.
fn health(e: &Environment, lane: &Lane) -> String {
    match &lane.observed {
        _ if lane.running.is_none() && lane.live.is_none() => "-".to_owned(),
        Some(seen) if seen.crash_loop.is_some() => {
            format!("[no] crash loop {}/{}", seen.healthy, seen.wanted)
        }
        Some(seen) if seen.healthy >= seen.wanted => {
            format!("[ok] {}/{}", seen.healthy, seen.wanted)
        }
        Some(seen) => format!("[no] {}/{}", seen.healthy, seen.wanted),
        None if e.agent.is_none() => "[broken] no agent".to_owned(),
        None => "[broken] not seen".to_owned(),
    }
}

fn live(lane: &Lane) -> String {
    let Some(live) = &lane.live else {
        return String::new();
    };
    let version = version(&live.release);
    match live.stage {
        LiveStage::Gated => format!("{version} waits"),
        LiveStage::Changing => format!("{version} {}", Share(live.share)),
        LiveStage::Watched => format!("{version} watched"),
        LiveStage::NeedsHuman => format!("{version} needs a person"),
    }
}

/// One deployment in the format asked for.
pub fn show_deployment(deployment: &Deployment, session: &Session) -> Result<(), Failure> {
    session.out.show(deployment, &deployment.id, |look| {
        deployment_text(deployment, look)
    })
}

fn deployment_text(d: &Deployment, look: &Look) -> String {
    let mut lines = follow::screen::block(d, clock::now(), look);
    lines.push(format!("  id        {}", d.id));
    lines.push(format!(
        "  asked     {} by {}{}",
        look.zone.stamp(d.proposed_at),
        d.by,
        reason(&d.reason)
    ));
    let times = [("started", d.started_at), ("ended", d.ended_at)];
    for (name, at) in times {
        if let Some(at) = at {
            lines.push(format!("  {name:<8}  {}", look.zone.stamp(at)));
        }
    }
    if let Some(cause) = &d.cause {
        lines.push(format!("  because   {cause}"));
    }
    lines.extend(d.log.iter().map(|line| format!("  | {line}")));
    if let Some(waits) = d.waiting.as_ref().filter(|_| stands(d.phase)) {
        lines.push(format!("  waits for {waits}"));
    }
    if let Some(asked) = &d.sign_off {
        lines.extend(sign_off_lines(asked, look));
    }
    if let Some(open) = &d.open_decision {
        lines.extend(decision::text(open, look).lines().map(|l| format!("  {l}")));
    }
    if d.started_at.is_none() {
        lines.extend(
            why::condition_lines(&d.conditions, look, false)
                .iter()
                .map(|line| format!("  {line}")),
        );
    }
    if !d.next.is_empty() {
        let verbs: Vec<_> = d
            .next
            .iter()
            .filter_map(|verb| possible(*verb, &d.id))
            .collect();
        lines.push(format!("  possible  {}", verbs.join("   ")));
    }
    lines.join("\n") + "\n"
}

/// Does it stand where it is until somebody decides?
fn stands(phase: DeploymentPhase) -> bool {
    matches!(
        phase,
        DeploymentPhase::AwaitingPerson | DeploymentPhase::Paused
    )
}

/// Who is asked to sign what, until when.
pub fn sign_off_lines(asked: &SignOff, look: &Look) -> Vec<String> {
    let could = match asked.could.as_slice() {
        [] => "nobody is left who may".to_owned(),
        could => format!("asked {}", could.join(", ")),
    };
    vec![
        format!("  sign-off  {} by {} ({could})", asked.sign, asked.team),
        format!(
            "            since {}; rolls back by itself {}",
            look.zone.stamp(asked.since),
            look.zone.stamp(asked.until)
        ),
    ]
}

/// How a person does what is possible now. A repair by hand is recorded through the API only.
fn possible(verb: Verb, id: &str) -> Option<String> {
    let word = match verb {
        Verb::Pause => "pause",
        Verb::Resume => "resume",
        Verb::Advance => "advance",
        Verb::Sign => "approve",
        Verb::Abort => "abort",
        Verb::Settle => {
            return Some(format!(
                "after a repair by hand: POST /api/v1/deployments/{id}/settlements"
            ));
        }
        Verb::Unknown => return None,
    };
    Some(format!("tidegate {word} {id}"))
}

fn reason(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(": {text}")
    }
}

/// First line of a text, shortened to fit a row.
pub fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= 120 {
        return line.to_owned();
    }
    line.chars().take(117).collect::<String>() + "..."
}
