//! `tidegate train`: look at trains, put releases aboard, decide about departures.

use super::change::Change;
use super::reference::release_of;
use super::session::Session;
use super::train_text::{one, train};
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Table};
use tidegate_client::Client;
use tidegate_client::wire::{
    BoardRequest, CancelDepartureRequest, Departure, FeatureRequest, GoRequest, PassengerRequest,
    PostponeRequest, Reason, Train,
};
use tidegate_core::time::Timestamp;

/// Trains: departures that releases wait for
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A departure is named `retail#14`; a train alone means its next one, for `join` the next that takes passengers."
)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List trains and their next departures
    List,
    /// Show a train with what is ahead, or one departure
    Show {
        /// `retail`, or `retail#14`
        train: String,
        /// Of a train also so many of the departures that arrived or were cancelled, the newest first
        #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=200))]
        past: u16,
    },
    /// Put a release aboard
    Join {
        /// `retail`, or `retail#14`
        departure: String,
        /// `service@version`
        release: String,
        #[command(flatten)]
        change: Change,
    },
    /// Take a release off, or withdraw a late request
    Leave(Passenger),
    /// Let aboard who asked too late
    Admit(Passenger),
    /// Promise a feature: the releases it needs leave together or not at all
    Feature {
        /// `retail`, or `retail#14`
        departure: String,
        /// Name of the feature
        feature: String,
        /// Releases it needs
        #[arg(long, value_name = "RELEASES", value_delimiter = ',', required = true)]
        requires: Vec<String>,
        #[command(flatten)]
        change: Change,
    },
    /// List the features promised for a departure, and what each lacks
    Features {
        /// `retail`, or `retail#14`
        departure: String,
    },
    /// Say go: it may leave
    Go(Named),
    /// Say no-go: it is postponed at its instant
    NoGo {
        /// `retail`, or `retail#14`
        departure: String,
        /// When it is looked at again and leaves at the earliest: `2026-12-01 12:00`, or RFC 3339 [default: its next free date]
        #[arg(long, value_name = "TIME")]
        next: Option<String>,
        #[command(flatten)]
        change: Change,
    },
    /// Give a departure another date; its passengers stay aboard
    #[command(visible_alias = "postpone")]
    Delay {
        /// `retail`, or `retail#14`
        departure: String,
        /// When it leaves then: `2026-12-01 12:00`, RFC 3339, or a day, at the hour it has [default: its next free date]
        #[arg(long, value_name = "TIME")]
        to: Option<String>,
        #[command(flatten)]
        change: Change,
    },
    /// Give a departure up; its passengers move to the next
    Cancel {
        /// `retail`, or `retail#14`
        departure: String,
        /// Its passengers must board again
        #[arg(long)]
        drop: bool,
        #[command(flatten)]
        change: Change,
    },
    /// Let a departure leave now
    Depart(Named),
    /// Refuse the rhythm that was proposed for a train
    Keep {
        /// Train
        train: String,
        #[command(flatten)]
        change: Change,
    },
}

#[derive(Debug, clap::Args)]
struct Named {
    /// `retail`, or `retail#14`
    departure: String,
    #[command(flatten)]
    change: Change,
}

#[derive(Debug, clap::Args)]
struct Passenger {
    /// `retail`, or `retail#14`
    departure: String,
    /// `service@version`
    release: String,
    #[command(flatten)]
    change: Change,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    match &args.verb {
        Verb::List => list(&client.trains().await?.items, session)?,
        Verb::Show { train, past } => show(train, *past, &client, session).await?,
        Verb::Join {
            departure,
            release,
            change,
        } => return join(departure, release, change, &client, session).await,
        Verb::Features { departure } => {
            let (train, number) = named(departure)?;
            features(&client.departure(&train, &number).await?, session)?;
        }
        Verb::Keep { train, change } => {
            let reason = Reason {
                reason: change.reason(session)?,
            };
            let kept = client.keep_pace(train, &reason, &change.key()?).await?;
            session
                .out
                .show(&kept, &kept.name, |look| self::train(&kept, look))?;
        }
        changes => {
            let departure = tell(changes, &client, session).await?;
            shown(&departure, session)?;
        }
    }
    Ok(Exit::Done)
}

/// The commands that change one departure.
async fn tell(verb: &Verb, client: &Client, session: &Session) -> Result<Departure, Failure> {
    let (name, change) = match verb {
        Verb::Leave(p) | Verb::Admit(p) => (&p.departure, &p.change),
        Verb::Go(n) | Verb::Depart(n) => (&n.departure, &n.change),
        Verb::Feature {
            departure, change, ..
        }
        | Verb::NoGo {
            departure, change, ..
        }
        | Verb::Delay {
            departure, change, ..
        }
        | Verb::Cancel {
            departure, change, ..
        } => (departure, change),
        _ => return Err(Failure::usage("no command about one departure")),
    };
    let (train, number) = named(name)?;
    let which = (train.as_str(), number.as_str());
    let key = change.key()?;
    if let Verb::Feature {
        feature, requires, ..
    } = verb
    {
        let request = FeatureRequest {
            feature: feature.clone(),
            requires: requires
                .iter()
                .map(|r| release_of(r))
                .collect::<Result<_, _>>()?,
            reason: change.reason.clone(),
        };
        return Ok(client.promise_feature(which, &request, &key).await?);
    }
    let reason = change.reason(session)?;
    Ok(match verb {
        Verb::Leave(p) | Verb::Admit(p) => {
            let request = PassengerRequest {
                release: release_of(&p.release)?,
                reason,
            };
            match verb {
                Verb::Admit(_) => client.admit(which, &request, &key).await?,
                _ => client.leave(which, &request, &key).await?,
            }
        }
        Verb::Delay { to, .. } => {
            let to = match to.as_deref() {
                None => None,
                Some(text) => Some(match text.trim().parse::<jiff::civil::Date>() {
                    Ok(day) if text.trim().len() == "2026-12-01".len() => {
                        let departure = client.departure(which.0, which.1).await?;
                        same_hour(&departure, day)?
                    }
                    _ => session.instant(text)?,
                }),
            };
            let request = PostponeRequest { to, reason };
            client.postpone_departure(which, &request, &key).await?
        }
        Verb::Cancel { drop, .. } => {
            let drop = *drop;
            let request = CancelDepartureRequest { reason, drop };
            client.cancel_departure(which, &request, &key).await?
        }
        Verb::Depart(_) => client.depart(which, &Reason { reason }, &key).await?,
        _ => {
            let next = match verb {
                Verb::NoGo { next, .. } => next.as_deref(),
                _ => None,
            };
            let request = GoRequest {
                go: matches!(verb, Verb::Go(_)),
                reason,
                next: next.map(|text| session.instant(text)).transpose()?,
            };
            client.decide_departure(which, &request, &key).await?
        }
    })
}

/// The departure on another day, at the same hour of the clocks it goes by.
fn same_hour(departure: &Departure, day: jiff::civil::Date) -> Result<Timestamp, Failure> {
    let zone = crate::output::when::Zone::named(&departure.zone);
    let zone = zone.map_err(Failure::usage)?;
    zone.on_day(departure.departs, day).map_err(Failure::usage)
}

/// Aboard ends with 0; late, or sent on to a later departure, ends with 3.
async fn join(
    departure: &str,
    release: &str,
    change: &Change,
    client: &Client,
    session: &Session,
) -> Result<Exit, Failure> {
    let (train, number) = named(departure)?;
    let request = BoardRequest {
        release: release_of(release)?,
        reason: change.reason.clone(),
    };
    let which = (train.as_str(), number.as_str());
    let answer = client.board(which, &request, &change.key()?).await?;
    shown(&answer, session)?;
    let release = &request.release;
    let aboard = answer.passengers.iter().find(|p| p.release == *release);
    Ok(match aboard {
        Some(p) if p.state != "late" => Exit::Done,
        Some(_) => {
            session.out.hint(&format!(
                "late: tidegate train admit {} {release} --reason …",
                answer.id
            ));
            Exit::Blocked
        }
        None => {
            let travels = client.release(release).await?.departure;
            let gone = answer.gone.iter().rev().find(|g| g.release == *release);
            let because = gone.map_or("", |g| g.because.as_str());
            let to = travels.as_deref().unwrap_or("no departure");
            session
                .out
                .hint(&format!("{release} is aboard {to}: {because}"));
            Exit::Blocked
        }
    })
}

/// Train and number of `retail#14`; `next` for a train alone.
fn named(text: &str) -> Result<(String, String), Failure> {
    let text = text.strip_prefix("train/").unwrap_or(text);
    let (train, number) = text.split_once('#').unwrap_or((text, "next"));
    let fine = number == "next" || number.parse::<u64>().is_ok();
    if train.is_empty() || !fine {
        return Err(Failure::usage(format!("`{text}` names no departure"))
            .help("write a train (`retail`) or a departure (`retail#14`)"));
    }
    Ok((train.to_owned(), number.to_owned()))
}

async fn show(text: &str, past: u16, client: &Client, session: &Session) -> Result<(), Failure> {
    let (name, number) = named(text)?;
    if number != "next" {
        return shown(&client.departure(&name, &number).await?, session);
    }
    let found = client.train(&name, past.into()).await?;
    session
        .out
        .show(&found, &found.name, |look| train(&found, look))
}

fn shown(departure: &Departure, session: &Session) -> Result<(), Failure> {
    session
        .out
        .show(departure, &departure.id, |look| one(departure, look))
}

fn list(items: &[Train], session: &Session) -> Result<(), Failure> {
    let mut table = Table::new(&[
        Column::Always("TRAIN"),
        Column::Always("NEXT"),
        Column::Always("LEAVES"),
        Column::Always("STATE"),
        Column::Always("ABOARD"),
        Column::Always("WAITS"),
        Column::Wide("DEPARTS"),
        Column::Wide("CARRIES"),
    ]);
    let look = &session.out.look;
    for train in items {
        let next = train.ahead.first();
        let of = |text: fn(&Departure) -> String| next.map_or_else(|| "-".to_owned(), text);
        table.row([
            train.name.clone(),
            of(|d| d.id.clone()),
            next.map_or_else(|| "-".to_owned(), |d| look.zone.long(d.departs)),
            of(|d| d.phase.clone()),
            of(|d| d.passengers.len().to_string()),
            next.and_then(|d| d.waits.as_ref())
                .map_or_else(|| "-".to_owned(), |w| w.by.clone()),
            train.departs.clone(),
            train.carries.join(","),
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |t| t.name.clone(),
        table,
        none: "no trains: write `train: …` into the configuration",
    })
}

fn features(departure: &Departure, session: &Session) -> Result<(), Failure> {
    let mut table = Table::new(&[
        Column::Always("FEATURE"),
        Column::Always("REQUIRES"),
        Column::Always("STATE"),
    ]);
    for feature in &departure.features {
        let lacks = match feature.missing.as_slice() {
            [] => "complete".to_owned(),
            missing => missing.join(", "),
        };
        table.row([feature.name.clone(), feature.requires.join(","), lacks]);
    }
    session.out.list(&Listing {
        items: &departure.features,
        name: |f| f.name.clone(),
        table,
        none: "nothing is promised for this departure",
    })
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_departure_is_named_as_people_say_it() {
        let yes = |text: &str| named(text).ok();
        let of = |train: &str, number: &str| Some((train.to_owned(), number.to_owned()));
        assert_eq!(yes("retail"), of("retail", "next"));
        assert_eq!(yes("retail#14"), of("retail", "14"));
        assert_eq!(yes("train/retail#14"), of("retail", "14"));
        assert_eq!(yes("retail#"), None);
        assert_eq!(yes("#14"), None);
    }
}
