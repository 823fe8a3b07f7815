//! `tidegate release`: make releases, look at them, let held ones go on.

use super::change::{Change, Keyed};
use super::deploy::{place_line, slot_line};
use super::evidence;
use super::notes;
use super::pages::{Amount, collect};
use super::ready;
use super::reference::release_of;
use super::scope;
use super::session::Session;
use super::status;
use super::why::condition_lines;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Look, Mark, Table};
use tidegate_client::wire::{Reason, Release, ReleasePhase, ReleaseRequest, Stage, StageState};
use tidegate_client::{Client, ListFilter};
use tidegate_core::digest::Digest;

/// Make releases and look at them
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Make a release of a registered artifact
    Create(Create),
    /// List releases
    List(List),
    /// Show a release: how far it came, and what stands before it
    Show {
        /// `service@version`
        release: String,
    },
    Ready(ready::Args),
    Notes(notes::Args),
    Scope(scope::Args),
    Lock(scope::LockArgs),
    Evidence(evidence::Get),
    /// Let a release that was rolled back go on
    Unhold(Named),
    /// Give a release up before anything was deployed
    Cancel(Named),
}

#[derive(Debug, clap::Args)]
struct Create {
    /// `service@version`, or a service with --version
    release: String,
    /// Version
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Digest it must be made of
    #[arg(long, value_name = "SHA256")]
    artifact: Option<Digest>,
    #[command(flatten)]
    keyed: Keyed,
}

#[derive(Debug, clap::Args)]
struct List {
    /// Only of this service
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// Only with this regulatory tag, of the release or of its service
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    #[command(flatten)]
    amount: Amount,
}

#[derive(Debug, clap::Args)]
struct Named {
    /// `service@version`
    release: String,
    #[command(flatten)]
    change: Change,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    match &args.verb {
        Verb::Create(create) => {
            let release = self::create(create, &client).await?;
            session.out.show(&release, &release.id, |look| {
                format!("Created {}\n{}", release.id, text(&release, look))
            })?;
            if let Some(stage) = release.stages.first() {
                session.out.hint(&format!(
                    "next: tidegate deploy {} {}",
                    release.id, stage.environment
                ));
            }
        }
        Verb::List(list) => self::list(list, &client, session).await?,
        Verb::Show { release } => show(&client.release(&release_of(release)?).await?, session)?,
        Verb::Notes(args) => return notes::run(args, session).await,
        Verb::Ready(args) => return ready::run(args, session).await,
        Verb::Scope(args) => return scope::run(args, session).await,
        Verb::Lock(args) => return scope::lock(args, session).await,
        Verb::Evidence(get) => return evidence::get(get, &client, session).await,
        Verb::Unhold(named) => {
            let reason = Reason {
                reason: named.change.reason(session)?,
            };
            let release = client
                .unhold(&release_of(&named.release)?, &reason, &named.change.key()?)
                .await?;
            show(&release, session)?;
        }
        Verb::Cancel(named) => {
            let reason = Reason {
                reason: named.change.reason(session)?,
            };
            let release = client
                .cancel_release(&release_of(&named.release)?, &reason, &named.change.key()?)
                .await?;
            show(&release, session)?;
        }
    }
    Ok(Exit::Done)
}

async fn create(create: &Create, client: &Client) -> Result<Release, Failure> {
    let release = match &create.version {
        Some(version) => format!("{}@{version}", create.release),
        None => create.release.clone(),
    };
    if create.version.is_none() && !release.contains('@') {
        return Err(
            Failure::usage(format!("which version of {release} shall be released?"))
                .help(format!("write `{release}@1.1.0`, or add --version")),
        );
    }
    let request = ReleaseRequest {
        release: release_of(&release)?,
        artifact: create.artifact.as_ref().map(ToString::to_string),
    };
    Ok(client
        .create_release(&request, &create.keyed.key()?)
        .await?)
}

/// How it comes to users, the departure it is aboard, and the dates near that.
fn travels(r: &Release, look: &Look) -> String {
    let Some(model) = &r.model else {
        return String::new();
    };
    let how = match (model.as_str(), &r.departure, &r.travels) {
        ("train", None, _) => "train, aboard no departure".to_owned(),
        (model, Some(id), Some(d)) => {
            format!("{model}, {id} ({}) {}", d.phase, look.zone.long(d.departs))
        }
        (model, Some(id), None) => format!("{model}, {id}"),
        (model, None, _) => model.to_owned(),
    };
    let mut text = format!("  travels   {how}\n");
    for near in r.travels.iter().flat_map(|d| &d.near) {
        let until = near.until.map_or_else(
            || "without an end".to_owned(),
            |until| look.zone.long(until),
        );
        text.push_str(&format!(
            "  near      freeze {}: {} - {until}\n",
            near.name,
            look.zone.long(near.from)
        ));
    }
    text
}

/// One release in the format asked for.
pub fn show(release: &Release, session: &Session) -> Result<(), Failure> {
    session.out.show(release, &release.id, |look| {
        format!(
            "{}  {}\n{}",
            release.id,
            phase(release.phase),
            text(release, look)
        )
    })
}

fn phase(phase: ReleasePhase) -> &'static str {
    match phase {
        ReleasePhase::Locked => "locked",
        ReleasePhase::Rolling => "rolling",
        ReleasePhase::Held => "held",
        ReleasePhase::Released => "released",
        ReleasePhase::Cancelled => "cancelled",
        ReleasePhase::Unknown => "unknown",
    }
}

async fn list(list: &List, client: &Client, session: &Session) -> Result<(), Failure> {
    let items: Vec<Release> = collect(list.amount.limit, async |after, limit| {
        client
            .releases(&ListFilter {
                tag: list.tag.clone(),
                service: list.service.clone(),
                limit: Some(limit),
                after,
            })
            .await
    })
    .await?;
    let mut table = Table::new(&[
        Column::Always("RELEASE"),
        Column::Always("PHASE"),
        Column::Always("STAGES"),
        Column::Always("TO"),
        Column::Always("CREATED"),
        Column::Wide("ARTIFACT"),
        Column::Wide("HELD"),
    ]);
    for r in &items {
        let stages: Vec<_> = r
            .stages
            .iter()
            .map(|s| format!("{} {}", s.environment, mark(s).text()))
            .collect();
        table.row([
            r.id.clone(),
            phase(r.phase).to_owned(),
            stages.join("  "),
            r.wanted.clone().unwrap_or_default(),
            r.created_at
                .map(|at| session.out.look.zone.stamp(at))
                .unwrap_or_default(),
            r.artifact.clone(),
            r.hold
                .as_ref()
                .map(|h| format!("{}: {}", h.environment, h.because))
                .unwrap_or_default(),
        ]);
    }
    session.out.list(&Listing {
        items: &items,
        name: |r| r.id.clone(),
        table,
        none: "no releases yet: tidegate release create web@1.0.0",
    })
}

fn mark(stage: &Stage) -> Mark {
    match stage.state {
        StageState::Done => Mark::Done,
        StageState::Started => Mark::Running,
        StageState::Failed => Mark::No,
        StageState::None | StageState::Unknown => Mark::Open,
    }
}

/// Everything about a release below its first line.
pub fn text(r: &Release, look: &Look) -> String {
    let mut text = format!("  artifact  {}\n", r.artifact);
    if let Some(hold) = &r.hold {
        text.push_str(&format!(
            "  held      since {} in {}: {}\n",
            look.zone.stamp(hold.at),
            hold.environment,
            hold.because
        ));
        text.push_str(&format!(
            "            let it go on: tidegate release unhold {} --reason \"...\"\n",
            r.id
        ));
    }
    for (revision, hold) in &r.held_revisions {
        text.push_str(&format!(
            "  held      revision {revision} in {}: {}\n",
            hold.environment, hold.because
        ));
    }
    if let Some(wanted) = &r.wanted {
        text.push_str(&format!("  on its way to {wanted}\n"));
    }
    if !r.tags.is_empty() {
        text.push_str(&format!("  tags      {}\n", r.tags.join(", ")));
    }
    for out in &r.excluded {
        text.push_str(&format!(
            "  stays out {}: {} ({})\n",
            out.what, out.reason, out.by
        ));
    }
    text.push_str(&travels(r, look));
    let width = r
        .stages
        .iter()
        .map(|s| s.environment.len())
        .max()
        .unwrap_or(0);
    for stage in &r.stages {
        let at = stage
            .at
            .map(|at| format!("  {}", look.zone.stamp(at)))
            .unwrap_or_default();
        let because = stage
            .because
            .as_deref()
            .map(|b| format!("  {}", status::first_line(b)))
            .unwrap_or_default();
        let deployment = stage
            .deployment
            .as_deref()
            .map(|d| format!("  {d}"))
            .unwrap_or_default();
        text.push_str(&format!(
            "  {} {:width$}{at}{deployment}{because}\n",
            mark(stage).padded(look, 6),
            stage.environment
        ));
        let place = stage.place.as_ref();
        let place = place.map(|place| place_line(place, &stage.environment));
        let slot = stage.slot.as_ref().map(|slot| slot_line(slot, look));
        for line in place.into_iter().chain(slot) {
            text.push_str(&format!("         {line}\n"));
        }
        for line in condition_lines(stage.conditions.as_deref().unwrap_or_default(), look, true) {
            text.push_str(&format!("         {line}\n"));
        }
    }
    text
}
