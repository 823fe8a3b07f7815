//! `tidegate event tail`: what happens, as it happens.

use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::{Format, Look, listing};
use std::time::Duration;
use tidegate_client::wire::Event;
use tidegate_client::{Client, EventFilter, Events};
use tokio::time::Instant;

/// Wait before the stream is opened again.
const RETRY: Duration = Duration::from_secs(2);
/// How long the server may be gone before the command gives up.
const GONE: Duration = Duration::from_secs(120);

/// Follow events
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Print events as they happen, until Ctrl-C
    Tail(Tail),
}

#[derive(Debug, clap::Args)]
struct Tail {
    /// Only these kinds of streams: artifact, release, deployment, environment, config, access
    #[arg(long, value_delimiter = ',', value_name = "KINDS")]
    topics: Vec<String>,
    /// Only about this service
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// Only about this environment
    #[arg(long, value_name = "ENVIRONMENT")]
    environment: Option<String>,
    /// Begin after this position of the ledger [default: now]
    #[arg(long, value_name = "SEQ")]
    after: Option<u64>,
    /// End after this many events
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let Verb::Tail(args) = &args.verb;
    let client = session.client()?;
    tokio::select! {
        ended = tail(args, &client, session) => ended,
        _ = tokio::signal::ctrl_c() => Ok(Exit::Detached),
    }
}

async fn tail(args: &Tail, client: &Client, session: &Session) -> Result<Exit, Failure> {
    let filter = EventFilter {
        topics: args.topics.clone(),
        service: args.service.clone(),
        environment: args.environment.clone(),
    };
    if session.out.format == Some(Format::Jsonl) {
        session.out.line(&listing::version_line())?;
    }
    let mut left = args.limit.unwrap_or(u64::MAX);
    let mut after = args.after;
    let mut opened = client.events(&filter, after).await;
    let mut good = Instant::now();
    loop {
        let broken = match opened {
            Ok(mut events) => {
                good = Instant::now();
                let ended = drain(&mut events, &mut left, session).await;
                after = events.seq().or(after);
                if left == 0 {
                    return Ok(Exit::Done);
                }
                match ended {
                    Ok(()) => None,
                    Err(Interrupted::Stream(e)) => Some(Failure::from(e)),
                    Err(Interrupted::Output(failure)) => return Err(failure),
                }
            }
            Err(error) => Some(Failure::from(error)),
        };
        match broken {
            Some(failure) if failure.code.is_some() || good.elapsed() > GONE => {
                return Err(failure);
            }
            _ => {}
        }
        tokio::time::sleep(RETRY).await;
        opened = client.events(&filter, after).await;
    }
}

enum Interrupted {
    Stream(tidegate_client::Error),
    Output(Failure),
}

async fn drain(events: &mut Events, left: &mut u64, session: &Session) -> Result<(), Interrupted> {
    while *left > 0 {
        let Some(event) = events.next().await.map_err(Interrupted::Stream)? else {
            return Ok(());
        };
        print(&event, session).map_err(Interrupted::Output)?;
        *left -= 1;
    }
    Ok(())
}

fn print(event: &Event, session: &Session) -> Result<(), Failure> {
    let out = &session.out;
    match out.format {
        Some(Format::Json | Format::Yaml | Format::Jsonl) => out.data(event),
        Some(Format::Name) => out.line(&event.id),
        _ => out.line(&line(event, &out.look)),
    }
}

fn line(event: &Event, look: &Look) -> String {
    format!(
        "{}  {}  {}  {}  by {}",
        event.id,
        look.zone.stamp(event.time),
        event.name(),
        event.subject,
        event.data.actor
    )
}
