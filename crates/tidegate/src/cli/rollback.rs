//! `tidegate rollback`: return a service to an earlier version. Never asks for agreement, always for the reason.

use super::change::Change;
use super::deploy::{show_preview, started};
use super::follow::{self, Intent, Wait};
use super::session::Session;
use crate::exit::{Exit, Failure};
use tidegate_client::wire::{Purpose, RollbackRequest};
use tidegate_core::id::{EnvId, ServiceId};

/// Return a service to an earlier version
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Service
    service: String,
    /// Environment
    environment: String,
    /// Version to return to [default: the one before]
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,
    /// Only show the plan and the decision
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    change: Change,
    #[command(flatten)]
    wait: Wait,
}

/// Start and follow.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let bad = |bad: tidegate_core::id::BadName| {
        Failure::usage(bad.to_string()).help("write `tidegate rollback <service> <environment>`")
    };
    let service = ServiceId::new(&args.service).map_err(bad)?.to_string();
    let environment = EnvId::new(&args.environment).map_err(bad)?.to_string();
    let client = session.client()?;
    let mut request = RollbackRequest {
        service,
        environment,
        to: args.to.clone(),
        reason: String::new(),
    };
    if args.dry_run {
        request.reason = args
            .change
            .reason
            .clone()
            .unwrap_or_else(|| "preview".to_owned());
        return show_preview(&client.roll_back_preview(&request).await?, session);
    }
    request.reason = args.change.reason(session)?;
    let deployment = client.roll_back(&request, &args.change.key()?).await?;
    if args.wait.no_wait {
        return started(&deployment, session);
    }
    let intent = match deployment.purpose {
        Purpose::Rollback => Intent::Forward,
        // The newest deployment is under way or watched and is taken back itself.
        Purpose::Promote | Purpose::Redeploy => Intent::TakenBack,
    };
    follow::deployment(&deployment.id, intent, &args.wait, &client, session).await
}
