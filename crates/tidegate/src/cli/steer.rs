//! `tidegate pause | resume | advance | abort`: what a person can do with a deployment under way.

use super::change::{Change, Keyed};
use super::reference::Reference;
use super::session::Session;
use super::status;
use crate::exit::{Exit, Failure};
use tidegate_client::wire::{Deployment, Reason};
use tidegate_client::{Client, DeploymentFilter};

/// Stop a deployment where it is
#[derive(Debug, clap::Args)]
pub struct Pause {
    /// `dep_...`, or `service@version/environment`
    deployment: String,
    #[command(flatten)]
    change: Change,
}

/// Let a stopped deployment go on
#[derive(Debug, clap::Args)]
pub struct Resume {
    /// `dep_...`, or `service@version/environment`
    deployment: String,
    #[command(flatten)]
    keyed: Keyed,
}

/// End the present hold of a deployment now, whatever the figures
#[derive(Debug, clap::Args)]
pub struct Advance {
    /// `dep_...`, or `service@version/environment`
    deployment: String,
    #[command(flatten)]
    change: Change,
}

/// Give a deployment up: cancelled at its gates, rolled back afterwards
#[derive(Debug, clap::Args)]
pub struct Abort {
    /// `dep_...`, or `service@version/environment`
    deployment: String,
    #[command(flatten)]
    change: Change,
}

/// Run `pause`.
pub async fn pause(args: &Pause, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let id = id_of(&args.deployment, &client).await?;
    let reason = Reason {
        reason: args.change.reason(session)?,
    };
    show(
        &client.pause(&id, &reason, &args.change.key()?).await?,
        session,
    )
}

/// Run `resume`.
pub async fn resume(args: &Resume, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let id = id_of(&args.deployment, &client).await?;
    show(&client.resume(&id, &args.keyed.key()?).await?, session)
}

/// Run `advance`.
pub async fn advance(args: &Advance, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let id = id_of(&args.deployment, &client).await?;
    let reason = Reason {
        reason: args.change.reason(session)?,
    };
    show(
        &client.advance(&id, &reason, &args.change.key()?).await?,
        session,
    )
}

/// Run `abort`.
pub async fn abort(args: &Abort, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let id = id_of(&args.deployment, &client).await?;
    let reason = Reason {
        reason: args.change.reason(session)?,
    };
    show(
        &client.abort(&id, &reason, &args.change.key()?).await?,
        session,
    )
}

fn show(deployment: &Deployment, session: &Session) -> Result<Exit, Failure> {
    status::show_deployment(deployment, session)?;
    session.out.hint(&format!(
        "follow it: tidegate status {} --watch",
        deployment.id
    ));
    Ok(Exit::Done)
}

/// The id of a deployment under way that is named by id or by what it does.
async fn id_of(word: &str, client: &Client) -> Result<String, Failure> {
    let (release, environment) = match Reference::parse(word)? {
        Reference::Deployment(id) => return Ok(id),
        Reference::Placed(release, environment) => (Some(release), Some(environment)),
        Reference::Release(release) => (Some(release), None),
        Reference::Environment(environment) => (None, Some(environment)),
    };
    let filter = DeploymentFilter {
        release,
        environment,
        live: Some(true),
        ..DeploymentFilter::default()
    };
    let live = client.deployments(&filter).await?.items;
    match live.as_slice() {
        [one] => Ok(one.id.clone()),
        [] => Err(Failure::new(
            Exit::Failed,
            format!("no deployment of `{word}` is under way"),
        )
        .help("`tidegate status` shows what is")),
        many => {
            let mut failure = Failure::usage(format!("`{word}` means {} deployments", many.len()))
                .help("name one of them");
            failure.notes = many
                .iter()
                .map(|d| format!("{}  {} -> {}", d.id, d.release, d.environment))
                .collect();
            Err(failure)
        }
    }
}
