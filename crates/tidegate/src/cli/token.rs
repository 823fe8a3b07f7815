//! `tidegate token`: access tokens, for admins.

use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Table};
use tidegate_client::Client;
use tidegate_client::wire::{Role, Token, TokenRequest};
use tidegate_core::time::Millis;

/// Make, list and revoke access tokens
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Make a token; its text is shown once
    Create(Create),
    /// List tokens, without their texts
    List,
    /// End a token at once
    Revoke {
        /// Name
        name: String,
        /// Agree beforehand
        #[arg(short, long)]
        yes: bool,
    },
}

#[derive(Debug, clap::Args)]
struct Create {
    /// Name; stands in the audit trail for what is done with the token
    name: String,
    /// What it may do
    #[arg(long, value_enum)]
    role: RoleName,
    /// Environments it may touch, or an agent works for [default: all, and none for an agent]
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    environments: Vec<String>,
    /// Services it may touch [default: all]
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    services: Vec<String>,
    /// Account it is used in place of: what is done with it is done by that person
    #[arg(long = "for", value_name = "ACCOUNT", conflicts_with = "owner")]
    account: Option<String>,
    /// Person who answers for what a program does with it, and whose role it never exceeds [default: you]
    #[arg(long, value_name = "PERSON")]
    owner: Option<String>,
    /// Let it end by itself after this time, for example `90d` [default: never, and a day for an agent]
    #[arg(long, value_name = "TIME", value_parser = Millis::parse)]
    expires_in: Option<Millis>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum RoleName {
    /// Everything
    Admin,
    /// Artifacts, releases, deployments, rollbacks
    Operator,
    /// Artifacts and releases; for CI
    Publisher,
    /// Reading, and deciding where a team of theirs is asked
    Approver,
    /// Reading
    Viewer,
    /// Work for environments
    Agent,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Admin => Self::Admin,
            RoleName::Operator => Self::Operator,
            RoleName::Publisher => Self::Publisher,
            RoleName::Approver => Self::Approver,
            RoleName::Viewer => Self::Viewer,
            RoleName::Agent => Self::Agent,
        }
    }
}

pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Admin => "admin",
        Role::Operator => "operator",
        Role::Publisher => "publisher",
        Role::Approver => "approver",
        Role::Viewer => "viewer",
        Role::Agent => "agent",
        Role::Feed => "feed",
    }
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    match &args.verb {
        Verb::Create(create) => self::create(create, &client, session).await?,
        Verb::List => list(&client.tokens().await?.items, session)?,
        Verb::Revoke { name, yes } => {
            if !session.confirm(&format!("End the token `{name}` now?"), *yes)? {
                return Err(Failure::new(Exit::Rejected, "not revoked"));
            }
            client.revoke_token(name).await?;
            session.out.hint(&format!("revoked {name}"));
        }
    }
    Ok(Exit::Done)
}

async fn create(create: &Create, client: &Client, session: &Session) -> Result<(), Failure> {
    if create.role == RoleName::Agent && create.environments.is_empty() {
        return Err(Failure::usage("an agent's token names its environments")
            .help("--role agent --environments dev,prod-eu"));
    }
    let request = TokenRequest {
        name: create.name.clone(),
        role: create.role.into(),
        environments: create.environments.clone(),
        services: create.services.clone(),
        account: create.account.clone(),
        owner: create.owner.clone(),
        expires_in_s: create.expires_in.map(|span| span.0.div_ceil(1_000)),
    };
    let token = client.create_token(&request).await?;
    // The text alone on stdout, so that it can go into a file without passing a screen.
    session
        .out
        .show(&token, &token.name, |_| token.token.clone())?;
    session
        .out
        .hint("this is shown once; keep it in a secret store, not in a file that is checked in");
    Ok(())
}

/// The role of a token, and what is left of it when its person may do less.
fn may(token: &Token) -> String {
    let role = role_name(token.role);
    let local = token.within.iter();
    let local: Vec<String> = local
        .map(|(unit, role)| format!("{role} in {unit}"))
        .collect();
    match token.gives {
        None => format!("{role} (lets nobody in)"),
        Some(gives) if gives == token.role => role.to_owned(),
        Some(gives) if local.is_empty() => format!("{role} (now {})", role_name(gives)),
        Some(_) => format!("{role} (now {})", local.join(", ")),
    }
}

fn list(items: &[Token], session: &Session) -> Result<(), Failure> {
    let zone = &session.out.look.zone;
    let mut table = Table::new(&[
        Column::Always("NAME"),
        Column::Always("ROLE"),
        Column::Always("FOR"),
        Column::Always("ENVIRONMENTS"),
        Column::Always("SERVICES"),
        Column::Always("USED"),
        Column::Always("CREATED"),
        Column::Always("EXPIRES"),
    ]);
    for t in items {
        table.row([
            t.name.clone(),
            may(t),
            t.account
                .clone()
                .or_else(|| t.owner.as_ref().map(|o| format!("owner {o}")))
                .unwrap_or_default(),
            t.environments.join(","),
            t.services.join(","),
            t.last_used_at
                .map_or_else(|| "never".to_owned(), |at| zone.stamp(at)),
            zone.stamp(t.created_at),
            t.expires_at
                .map_or_else(|| "never".to_owned(), |at| zone.stamp(at)),
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |t| t.name.clone(),
        table,
        none: "no tokens",
    })
}
