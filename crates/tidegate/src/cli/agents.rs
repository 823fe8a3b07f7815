//! `tidegate agent`: the agent itself, letting agents in, and who they are.

use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Table};
use crate::role::AgentArgs;
use tidegate_client::Client;
use tidegate_client::wire::{Agent, EnrolmentRequest, EnrolmentState};
use tidegate_core::time::Millis;

/// The agent, which does the work where services run: run one, let one in, see them
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Work until stopped
    Run(AgentArgs),
    /// Let an agent in: make a join token for one use; its text is shown once
    Enroll(Enroll),
    /// List agents with their credentials, and attempts to come in that were refused
    List,
    /// End the credential and the open join token of an agent at once
    Revoke {
        /// Name of the agent
        name: String,
        /// Agree beforehand
        #[arg(short, long)]
        yes: bool,
    },
}

#[derive(Debug, clap::Args)]
pub struct Enroll {
    /// Name of the agent, which no other comes in under
    name: String,
    /// Environments it may serve
    #[arg(long, required = true, value_delimiter = ',', value_name = "NAMES")]
    environments: Vec<String>,
    /// Time in which the join token must be used [default: 15m]
    #[arg(long, value_name = "TIME", value_parser = Millis::parse)]
    expires_in: Option<Millis>,
    /// How long each credential is good; the agent renews it in the middle of that time [default: 8h]
    #[arg(long, value_name = "TIME", value_parser = Millis::parse)]
    credential_for: Option<Millis>,
}

/// Run it; the agent itself has a runtime of its own and does not come here.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    match &args.verb {
        Verb::Run(_) => {}
        Verb::Enroll(enroll) => self::enroll(enroll, &client, session).await?,
        Verb::List => list(&client.agents().await?.items, session)?,
        Verb::Revoke { name, yes } => {
            let ask = format!(
                "End the credential of agent {name} now? It does no more work until it is enrolled anew; what runs there goes on."
            );
            if !session.confirm(&ask, *yes)? {
                return Err(Failure::new(Exit::Rejected, "not revoked"));
            }
            client.revoke_agent(name).await?;
            session.out.hint(&format!("revoked {name}"));
        }
    }
    Ok(Exit::Done)
}

async fn enroll(enroll: &Enroll, client: &Client, session: &Session) -> Result<(), Failure> {
    let seconds = |span: Option<Millis>| span.map(|span| span.0.div_ceil(1_000));
    let request = EnrolmentRequest {
        agent: enroll.name.clone(),
        environments: enroll.environments.clone(),
        expires_in_s: seconds(enroll.expires_in),
        credential_s: seconds(enroll.credential_for),
    };
    let made = client.enroll_agent(&request).await?;
    // The text alone on stdout, so that it can go into a file without passing a screen.
    session
        .out
        .show(&made, &made.agent, |_| made.token.clone())?;
    let until = session.out.look.zone.long(made.expires_at);
    session.out.hint(&format!(
        "this is shown once and good for one use until {until}; on its host: `tidegate agent run --server {} --name {} --join-token-file FILE --root FOLDER`",
        client.base(),
        made.agent
    ));
    Ok(())
}

fn list(items: &[Agent], session: &Session) -> Result<(), Failure> {
    let zone = &session.out.look.zone;
    let mut table = Table::new(&[
        Column::Always("AGENT"),
        Column::Always("ENVIRONMENTS"),
        Column::Always("VERSION"),
        Column::Always("SEEN"),
        Column::Always("LAG"),
        Column::Always("CREDENTIAL"),
        Column::Always("REFUSED"),
    ]);
    for agent in items {
        let seen = match agent.seen_at {
            None => "never".to_owned(),
            Some(_) if agent.reachable => "now".to_owned(),
            Some(at) => zone.stamp(at),
        };
        let refused = agent.enrolment.as_ref().and_then(|e| e.refused.as_ref());
        table.row([
            agent.name.clone(),
            agent.environments.join(","),
            agent.version.clone().unwrap_or_default(),
            seen,
            agent
                .lag_ms
                .map_or_else(String::new, |lag| Millis(lag / 1_000 * 1_000).to_string()),
            credential(agent, session),
            refused.map_or_else(String::new, |r| {
                format!("{} times, {}: {}", r.times, zone.stamp(r.at), r.because)
            }),
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |agent| agent.name.clone(),
        table,
        none: "no agents; `tidegate agent enroll` lets one in",
    })
}

/// What lets it in, and until when.
fn credential(agent: &Agent, session: &Session) -> String {
    let zone = &session.out.look.zone;
    let Some(enrolment) = &agent.enrolment else {
        return "token".to_owned();
    };
    let until = |at: Option<_>| at.map_or_else(String::new, |at| format!(" {}", zone.stamp(at)));
    match enrolment.state {
        EnrolmentState::Open => format!("join token until{}", until(enrolment.join_token_ends_at)),
        EnrolmentState::Enrolled => format!("until{}", until(enrolment.credential_ends_at)),
        EnrolmentState::Ended => {
            let end = enrolment
                .credential_ends_at
                .or(enrolment.join_token_ends_at);
            format!("ended{}", until(end))
        }
        EnrolmentState::Revoked => "revoked".to_owned(),
    }
}
