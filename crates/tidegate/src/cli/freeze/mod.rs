//! `tidegate freeze`: times in which nothing may start.

mod declare;
mod text;

use super::change::Change;
use super::exception;
use super::session::Session;
use crate::exit::{Exit, Failure};
use tidegate_client::wire::{ExtendRequest, Reason, Timestamp};
use tidegate_core::time::Millis;

/// Let nothing start for a while; ask for exceptions
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List freezes: those that hold first, then those ahead
    List {
        /// Also those that were lifted or ended
        #[arg(long)]
        all: bool,
    },
    /// Show one freeze: when it holds, what it lets through, who grants exceptions
    Show {
        /// `quarter-close`, or `FRZ-outage` when it was declared
        freeze: String,
    },
    Declare(declare::Args),
    /// Give a declared freeze another, later end
    Extend {
        /// `FRZ-outage`
        freeze: String,
        #[command(flatten)]
        end: End,
        /// Until somebody lifts it
        #[arg(long, conflicts_with_all = ["until", "lasting"])]
        open: bool,
        #[command(flatten)]
        change: Change,
    },
    /// End a declared freeze now; what it held, and nothing else, goes on
    Lift {
        /// `FRZ-outage`
        freeze: String,
        #[command(flatten)]
        change: Change,
    },
    Exception(exception::Ask),
}

/// When it ends.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct End {
    /// First instant at which work may start again
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// The same as a length of time from now: `90m`, `3d`
    #[arg(long = "for", value_name = "LENGTH", conflicts_with = "until")]
    lasting: Option<String>,
}

impl End {
    /// The instant, as far as it was said.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn instant(&self, session: &Session) -> Result<Option<Timestamp>, Failure> {
        let until = self.until.as_deref().map(|text| session.instant(text));
        until.transpose()
    }

    /// The length in milliseconds, as far as it was said; the server counts from its own clock.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn length(&self) -> Result<Option<u64>, Failure> {
        let length = self.lasting.as_deref().map(Millis::parse);
        let length = length.transpose().map_err(Failure::usage)?;
        Ok(length.map(|length| length.0))
    }
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    match &args.verb {
        Verb::List { all } => text::list(&client.freezes(*all).await?.items, session)?,
        Verb::Show { freeze } => text::show(&client.freeze(freeze).await?, session)?,
        Verb::Declare(declare) => return declare::run(declare, &client, session).await,
        Verb::Extend {
            freeze,
            end,
            open,
            change,
        } => {
            let (until, lasting_ms) = (end.instant(session)?, end.length()?);
            if until.is_none() && lasting_ms.is_none() && !open {
                return Err(Failure::usage("until when?")
                    .help("say it with `--until TIME`, `--for LENGTH` or `--open`"));
            }
            let reason = change.reason(session)?;
            let request = ExtendRequest {
                until,
                lasting_ms,
                reason,
            };
            let key = change.key()?;
            text::show(
                &client.extend_freeze(freeze, &request, &key).await?,
                session,
            )?;
        }
        Verb::Lift { freeze, change } => {
            let reason = change.reason(session)?;
            let key = change.key()?;
            let lifted = client.lift_freeze(freeze, &Reason { reason }, &key).await?;
            text::show(&lifted, session)?;
        }
        Verb::Exception(ask) => return exception::ask(ask, &client, session).await,
    }
    Ok(Exit::Done)
}
