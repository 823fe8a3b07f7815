//! `tidegate env`: environments, what runs in them, and whether they take deployments.

use super::change::Change;
use super::drift;
use super::session::Session;
use super::status;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Look, Mark, Table};
use tidegate_client::CalendarQuery;
use tidegate_client::wire::{CalendarItem, Environment, EnvironmentPhase, LockRequest, Reason};
use tidegate_core::time::{Millis, Timestamp};

/// Look at environments, lock and unlock them
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List environments in the order of their paths
    List,
    /// Show one environment and what runs there
    Show {
        /// Environment
        environment: String,
    },
    /// Take no more deployments; returns to earlier versions still go
    Lock {
        /// Environment
        environment: String,
        #[command(flatten)]
        end: End,
        #[command(flatten)]
        change: Change,
    },
    /// Take deployments again; only whoever locked it may
    Unlock {
        /// Environment
        environment: String,
        /// End the lock of somebody else; for admins, recorded with the reason
        #[arg(long = "break")]
        breaks: bool,
        #[command(flatten)]
        change: Change,
    },
    Book(super::entry::Book),
    /// Report how environments were used: deployments, waits, contention, bookings
    Usage {
        /// Only this environment
        environment: Option<String>,
        /// First day or instant [default: 30 days before the end]
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// First instant that does not count any more [default: now]
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
}

/// When a lock ends by itself.
#[derive(Debug, clap::Args)]
pub struct End {
    /// It ends by itself at this instant
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// The same as a length of time from now: `90m`, `3d`
    #[arg(long = "for", value_name = "LENGTH", conflicts_with = "until", value_parser = Millis::parse)]
    lasting: Option<Millis>,
}

impl End {
    /// The instant, when one was given.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn until(&self, session: &Session) -> Result<Option<Timestamp>, Failure> {
        let text = self.until.as_deref();
        text.map(|text| session.instant(text)).transpose()
    }

    /// The length in milliseconds, when one was given.
    #[must_use]
    pub fn lasting_ms(&self) -> Option<u64> {
        self.lasting.map(|length| length.0)
    }
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    match &args.verb {
        Verb::Book(args) => return super::entry::book(args, session).await,
        Verb::List => list(&client.environments().await?.items, session)?,
        Verb::Usage {
            environment,
            from,
            until,
        } => {
            let instant = |text: &Option<String>| {
                let text = text.as_deref();
                text.map(|text| session.instant(text)).transpose()
            };
            let (from, until) = (instant(from)?, instant(until)?);
            let report = client.usage(environment.as_deref(), from, until).await?;
            super::usage::show(&report, session)?;
        }
        Verb::Show { environment } => {
            let shown = client.environment(environment).await?;
            let booked = CalendarQuery {
                environments: vec![environment.clone()],
                kinds: vec!["booking".to_owned()],
                ..CalendarQuery::default()
            };
            let booked = client.calendar(&booked).await?.items;
            session.out.show(&shown, &shown.name, |look| {
                text(&shown, look) + &bookings(&booked, look)
            })?;
        }
        Verb::Lock {
            environment,
            end,
            change,
        } => {
            let lock = LockRequest {
                reason: change.reason(session)?,
                until: end.until(session)?,
                lasting_ms: end.lasting_ms(),
            };
            let key = change.key()?;
            show(
                &client.hold_environment(environment, &lock, &key).await?,
                session,
            )?;
        }
        Verb::Unlock {
            environment,
            breaks,
            change,
        } => {
            let reason = Reason {
                reason: change.reason(session)?,
            };
            let key = change.key()?;
            let opened = match breaks {
                true => client.break_lock(environment, &reason, &key).await?,
                false => client.open_environment(environment, &reason, &key).await?,
            };
            show(&opened, session)?;
        }
    }
    Ok(Exit::Done)
}

fn list(items: &[Environment], session: &Session) -> Result<(), Failure> {
    let mut table = Table::new(&[
        Column::Always("ENVIRONMENT"),
        Column::Always("TIER"),
        Column::Always("STATE"),
        Column::Always("AFTER"),
        Column::Always("DEPLOY"),
        Column::Always("SOAK"),
        Column::Always("AGENT"),
        Column::Wide("ZONE"),
        Column::Wide("REGION"),
        Column::Wide("ONE-AT-A-TIME"),
    ]);
    for e in items {
        table.row([
            e.name.clone(),
            e.tier.clone(),
            state(e).to_owned(),
            e.after.join(","),
            e.deploy.clone(),
            Millis(e.soak_ms).to_string(),
            agent(e),
            e.zone.clone(),
            e.region.clone().unwrap_or_default(),
            e.one_at_a_time.to_string(),
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |e| e.name.clone(),
        table,
        none: "no environments yet: tidegate apply",
    })
}

fn state(e: &Environment) -> &'static str {
    match e.phase {
        EnvironmentPhase::Open => "open",
        EnvironmentPhase::Held => "locked",
        EnvironmentPhase::Behind => "held until fenced",
    }
}

fn agent(e: &Environment) -> String {
    match &e.agent {
        None => "never seen".to_owned(),
        Some(agent) if agent.reachable => agent.name.clone(),
        Some(agent) => format!("{} (silent)", agent.name),
    }
}

/// One environment in the format asked for.
pub fn show(e: &Environment, session: &Session) -> Result<(), Failure> {
    session.out.show(e, &e.name, |look| text(e, look))
}

/// When it is booked in the coming two weeks, and for whom.
fn bookings(items: &[CalendarItem], look: &Look) -> String {
    let line = |item: &CalendarItem| {
        let until = item
            .until
            .map_or_else(String::new, |at| format!(" - {}", look.zone.long(at)));
        format!(
            "booked  {}{until}  {} ({})\n",
            look.zone.long(item.from),
            item.title,
            item.name
        )
    };
    let lines: String = items.iter().map(line).collect();
    match lines.is_empty() {
        true => lines,
        false => format!("\n{lines}"),
    }
}

/// One environment with its rules and services.
pub fn text(e: &Environment, look: &Look) -> String {
    let mark = if e.phase == EnvironmentPhase::Open {
        Mark::Ok
    } else {
        Mark::No
    };
    let region = e
        .region
        .as_deref()
        .map(|r| format!("  region {r}"))
        .unwrap_or_default();
    let mut text = format!(
        "{}  {} {}  tier {}{region}  zone {}\n",
        e.name,
        mark.paint(look),
        state(e),
        e.tier,
        e.zone
    );
    if let Some(held) = &e.held {
        let end = match held.until {
            Some(until) => format!("until {}", look.zone.long(until)),
            None => "without an end".to_owned(),
        };
        text.push_str(&match e.phase {
            EnvironmentPhase::Behind => format!(
                "  held since {}: {}\n  nothing is done here; compare what runs with what is shown, then: tidegate admin fence {} --reason …\n",
                look.zone.long(held.since),
                held.because,
                e.name
            ),
            _ => format!(
                "  locked since {} by {}, {end}: {}\n",
                look.zone.long(held.since),
                held.by,
                held.because
            ),
        });
    }
    let mut rules = vec![format!("deploy {}", e.deploy)];
    if !e.after.is_empty() {
        let soak = match e.soak_ms {
            0 => String::new(),
            ms => format!(" healthy for {}", Millis(ms)),
        };
        rules.push(format!("after {}{soak}", e.after.join(", ")));
    }
    if let Some(window) = &e.window {
        rules.push(format!("window {window}"));
    }
    if e.one_at_a_time {
        rules.push("one deployment at a time".to_owned());
    }
    text.push_str(&format!(
        "  rules  {}\n  agent  {}\n\n",
        rules.join("; "),
        agent(e)
    ));
    text.push_str(&status::grid(std::slice::from_ref(e), look).aligned());
    for lane in e.services.iter().filter(|lane| !lane.drift.is_empty()) {
        text.push('\n');
        text.push_str(&drift::lines(&e.name, lane, look));
    }
    text
}
