//! `tidegate drift`: what is otherwise at a target than it was deployed, and what to do about it.

use super::change::Change;
use super::deploy;
use super::env;
use super::follow::{self, Intent, Wait};
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::{Look, Mark};
use tidegate_client::wire::{DeployRequest, Drift, DriftAnswer, Environment, Lane};
use tidegate_core::digest::abbreviated;

/// Look at what was changed at targets past tidegate, and put it right
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show what is otherwise than deployed, with no plan that explains it
    Check {
        /// Only this environment
        environment: Option<String>,
        /// End with 2 when there is anything that nobody answers for
        #[arg(long)]
        detailed_exitcode: bool,
    },
    /// Answer for what was changed: it holds the service there no longer; for admins
    Accept {
        /// Service
        service: String,
        /// Environment
        environment: String,
        #[command(flatten)]
        end: env::End,
        #[command(flatten)]
        change: Change,
    },
    /// Deploy the same again, which puts back what was changed
    Repair {
        /// Service
        service: String,
        /// Environment
        environment: String,
        #[command(flatten)]
        change: Change,
        #[command(flatten)]
        wait: Wait,
    },
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::Check {
            environment,
            detailed_exitcode,
        } => {
            let open = check(environment.as_deref(), session).await?;
            Ok(match open && *detailed_exitcode {
                true => Exit::Differs,
                false => Exit::Done,
            })
        }
        Verb::Accept {
            service,
            environment,
            end,
            change,
        } => {
            let answer = DriftAnswer {
                service: service.clone(),
                reason: change.reason(session)?,
                until: end.until(session)?,
                lasting_ms: end.lasting_ms(),
            };
            let key = change.key()?;
            let client = session.client()?;
            let shown = client.accept_drift(environment, &answer, &key).await?;
            show(&[shown], Some(service), session)?;
            Ok(Exit::Done)
        }
        Verb::Repair {
            service,
            environment,
            change,
            wait,
        } => repair(service, environment, change, wait, session).await,
    }
}

/// Is there anything that nobody answers for?
async fn check(environment: Option<&str>, session: &Session) -> Result<bool, Failure> {
    let client = session.client()?;
    let shown = match environment {
        Some(name) => vec![client.environment(name).await?],
        None => client.environments().await?.items,
    };
    show(&shown, None, session)?;
    let mut all = shown.iter().flat_map(|e| &e.services);
    Ok(all.any(|lane| lane.drift.iter().any(|d| d.accepted.is_none())))
}

async fn repair(
    service: &str,
    environment: &str,
    change: &Change,
    wait: &Wait,
    session: &Session,
) -> Result<Exit, Failure> {
    let client = session.client()?;
    let shown = client.environment(environment).await?;
    let lane = shown.services.iter().find(|lane| lane.service == service);
    let Some(running) = lane.and_then(|lane| lane.running.as_ref()) else {
        return Err(Failure::new(
            Exit::Usage,
            format!("nothing of {service} was deployed to {environment}"),
        )
        .help(format!("what runs there: tidegate env show {environment}")));
    };
    let request = DeployRequest {
        release: running.release.clone(),
        environment: environment.to_owned(),
        reason: Some(change.reason(session)?),
        again: true,
        priority: None,
        at: None,
        expires_ms: None,
    };
    let deployment = client.deploy(&request, &change.key()?).await?;
    if wait.no_wait {
        return deploy::started(&deployment, session);
    }
    follow::deployment(&deployment.id, Intent::Forward, wait, &client, session).await
}

fn show(
    environments: &[Environment],
    only: Option<&str>,
    session: &Session,
) -> Result<(), Failure> {
    let lanes = environments.iter().flat_map(|e| {
        let lanes = e
            .services
            .iter()
            .filter(move |l| only.is_none_or(|s| l.service == s));
        lanes.map(move |lane| (e.name.as_str(), lane))
    });
    let found: Vec<(&str, &Lane)> = lanes.filter(|(_, lane)| !lane.drift.is_empty()).collect();
    let items: Vec<_> = found
        .iter()
        .map(|(environment, lane)| {
            serde_json::json!({ "environment": environment, "service": lane.service, "drift": lane.drift })
        })
        .collect();
    session
        .out
        .show(&serde_json::json!({ "items": items }), "drift", |look| {
            let lines = found.iter().map(|(name, lane)| lines(name, lane, look));
            match found.is_empty() {
                true => "everything agents see is as deployed\n".to_owned(),
                false => lines.collect(),
            }
        })
}

/// What is otherwise of one service, and the ways out.
pub fn lines(environment: &str, lane: &Lane, look: &Look) -> String {
    let mut text = String::new();
    for one in &lane.drift {
        let mark = match one.accepted {
            Some(_) => Mark::Ok,
            None => Mark::No,
        };
        text.push_str(&format!(
            "{} {environment}/{}  {} of {}: {} (deployed {})  {}\n",
            mark.paint(look),
            lane.service,
            one.what,
            one.revision,
            abbreviated(&one.seen),
            abbreviated(&one.declared),
            standing(one, look)
        ));
    }
    if lane.drift.iter().any(|one| one.accepted.is_none()) {
        text.push_str(&format!(
            "  holds {} in {environment}; put it back: tidegate drift repair {} {environment} --reason …; or answer for it: tidegate drift accept {} {environment} --reason …\n",
            lane.service, lane.service, lane.service
        ));
    }
    text
}

fn standing(one: &Drift, look: &Look) -> String {
    if let Some(answer) = &one.accepted {
        let until = match answer.until {
            Some(until) => format!(" until {}", look.zone.long(until)),
            None => String::new(),
        };
        return format!("{} answers for it{until}: {}", answer.by, answer.because);
    }
    let since = one.since.map_or_else(String::new, |at| look.zone.long(at));
    let by = one.agent.as_deref().unwrap_or("its agent");
    let gone = one.gone.map_or_else(String::new, |at| {
        format!(", as deployed again since {}", look.zone.long(at))
    });
    format!("changed outside tidegate, seen {since} by {by}{gone}")
}
