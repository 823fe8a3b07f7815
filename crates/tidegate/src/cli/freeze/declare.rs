//! `tidegate freeze declare`: one command that stops everything, or what is named, from now on.

use super::{End, text};
use crate::cli::change::Change;
use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use tidegate_client::Client;
use tidegate_client::wire::{FreezePolicy, FreezeRequest, Scope};

/// Let nothing start from now on: in production, or where it is said
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name: `outage` becomes `FRZ-outage` [default: the next number]
    name: Option<String>,
    /// Everything: all services in all environments of all tiers
    #[arg(long, conflicts_with_all = ["service", "team", "service_tier", "environment", "tier", "operation"])]
    all: bool,
    /// Only these services
    #[arg(long, value_name = "SERVICE", value_delimiter = ',')]
    service: Vec<String>,
    /// Only services of these teams
    #[arg(long, value_name = "TEAM", value_delimiter = ',')]
    team: Vec<String>,
    /// Only services of these business units
    #[arg(long, value_name = "UNIT", value_delimiter = ',')]
    unit: Vec<String>,
    /// Only services of these tiers, 1 to 4
    #[arg(long, value_name = "N", value_delimiter = ',')]
    service_tier: Vec<u8>,
    /// Only these environments [default: those of tier production]
    #[arg(long, value_name = "ENVIRONMENT", value_delimiter = ',')]
    environment: Vec<String>,
    /// Only environments of these tiers: dev, test, production
    #[arg(long, value_name = "TIER", value_delimiter = ',')]
    tier: Vec<String>,
    /// Only this work: install, update, configuration, redeploy, rollback
    #[arg(long, value_name = "OPERATION", value_delimiter = ',')]
    operation: Vec<String>,
    #[command(flatten)]
    end: End,
    /// Rollouts under way: finish, pause or return [default: finish]
    #[arg(long, value_name = "POLICY")]
    in_flight: Option<String>,
    /// Returns to an earlier version: go or wait [default: go]
    #[arg(long, value_name = "POLICY")]
    rollbacks: Option<String>,
    /// First installs: go or wait [default: wait]
    #[arg(long, value_name = "POLICY")]
    first_installs: Option<String>,
    /// Change classes whose exceptions nobody has to grant: emergency
    #[arg(long, value_name = "CLASS", value_delimiter = ',')]
    let_through: Vec<String>,
    /// Teams whose members grant exceptions
    #[arg(long, value_name = "TEAM", value_delimiter = ',')]
    exception_by: Vec<String>,
    /// Only show what it would do
    #[arg(long)]
    dry_run: bool,
    /// How many days ahead `--dry-run` looks
    #[arg(long, value_name = "N", default_value_t = 14)]
    days: u32,
    #[command(flatten)]
    change: Change,
}

/// Declare it, or show what it would do.
pub async fn run(args: &Args, client: &Client, session: &Session) -> Result<Exit, Failure> {
    let tiers = ["dev", "test", "production"].map(str::to_owned);
    let request = FreezeRequest {
        name: args.name.clone(),
        scope: Scope {
            services: args.service.clone(),
            teams: args.team.clone(),
            units: args.unit.clone(),
            service_tiers: args.service_tier.clone(),
            environments: args.environment.clone(),
            tiers: if args.all {
                tiers.to_vec()
            } else {
                args.tier.clone()
            },
            operations: args.operation.clone(),
        },
        reason: args.change.reason(session)?,
        until: args.end.instant(session)?,
        lasting_ms: args.end.length()?,
        policy: FreezePolicy {
            in_flight: args.in_flight.clone(),
            rollbacks: args.rollbacks.clone(),
            first_installs: args.first_installs.clone(),
            let_through: args.let_through.clone(),
            exception_by: args.exception_by.clone(),
        },
    };
    if args.dry_run {
        let preview = client.freeze_preview(&request, args.days).await?;
        session
            .out
            .show(&preview, "", |look| text::preview(&preview, look))?;
        session.out.hint("nothing was declared (--dry-run)");
        return Ok(Exit::Done);
    }
    let freeze = client.declare_freeze(&request, &args.change.key()?).await?;
    text::show(&freeze, session)?;
    session.out.hint(&format!(
        "it holds now; end it with: tidegate freeze lift {} --reason ...",
        freeze.id
    ));
    Ok(Exit::Done)
}
