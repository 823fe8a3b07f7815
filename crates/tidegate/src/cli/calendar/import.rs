//! `tidegate calendar import`: iCalendar files that others wrote.
//!
//! Holidays are configuration: they are only read and shown here, with the line that imports them.

use crate::cli::entry::{self, Accept};
use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Format, Listing, Table};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use tidegate_client::wire::{CalendarImport, CalendarImportRequest, ImportAction, ImportedItem};
use tidegate_config::ics::{Ics, IcsError, LARGEST, Reach};
use tidegate_core::calendar::{Span, Zone};
use tidegate_core::time::Millis;

/// Bring the events of an iCalendar file onto the calendar; again, and only what changed in it changes
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file (RFC 5545), or `-`
    file: PathBuf,
    /// What its events are
    #[arg(long = "as", value_enum, value_name = "KIND")]
    kind: What,
    /// Name of the calendar they come from; a later import under this name updates them [default: the name of the file]
    #[arg(long)]
    calendar: Option<String>,
    /// Team that answers for them
    #[arg(long, value_name = "TEAM")]
    owner: Option<String>,
    /// The third party whose work it is; needed with `--as vendor`
    #[arg(long, value_name = "NAME")]
    vendor: Option<String>,
    /// Environments that they concern [default: production]
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    environment: Vec<String>,
    /// Services that they concern [default: all]
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    service: Vec<String>,
    /// What they do to deployments: `blocks`, `asks` or `informs` [default: that of the kind]
    #[arg(long)]
    effect: Option<String>,
    /// Days ahead that are taken
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=400))]
    days: u32,
    /// How long it counts: when nobody imported it again by then, it is shown as stale, and what it could hold back waits.
    /// A vendor's `calendar-fresh-for` goes before [default: what was said before, else ever]
    #[arg(long, value_name = "LENGTH")]
    fresh_for: Option<String>,
    /// The file is the whole calendar: call off what it brought before and does not name any more
    #[arg(long)]
    whole: bool,
    /// Why
    #[arg(long, default_value = "imported")]
    reason: String,
    /// Say what it would do and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    accept: Accept,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Work of a third party
    Vendor,
    /// Planned work on what services stand on
    Maintenance,
    /// A campaign of a business unit
    Campaign,
    /// Something is not available
    Outage,
    /// An audit
    Audit,
    /// Days on which many users come
    Peak,
    /// A sitting of people who decide on changes
    Board,
    /// Days that are no working days: shown only, they stand in the configuration
    Holidays,
}

impl What {
    fn as_str(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::Maintenance => "maintenance",
            Self::Campaign => "campaign",
            Self::Outage => "outage",
            Self::Audit => "audit",
            Self::Peak => "peak",
            Self::Board => "board",
            Self::Holidays => "holidays",
        }
    }
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let bytes = bytes_of(&args.file)?;
    let zone = Zone::named(session.out.look.zone.name())
        .map_err(|because| Failure::usage(because).help("--zone Europe/Berlin"))?;
    if args.kind == What::Holidays {
        let ics = Ics::read_bytes(&bytes, &zone).map_err(|e| unreadable(&args.file, e))?;
        return holidays(args, &ics, &zone, session);
    }
    // Read here first: what is wrong with the file itself is told with its line, and nothing is sent.
    let text = Ics::text(&bytes)
        .and_then(|text| Ics::read_partly(text, &zone).map(|_| text.to_owned()))
        .map_err(|e| unreadable(&args.file, e))?;
    let fresh_for = args.fresh_for.as_deref().map(Millis::parse);
    let fresh_for = fresh_for.transpose().map_err(Failure::usage)?;
    let name = args
        .file
        .file_name()
        .map(|n| n.to_string_lossy().into_owned());
    let mut request = CalendarImportRequest {
        kind: args.kind.as_str().to_owned(),
        calendar: args.calendar.clone().or(name).unwrap_or_default(),
        text,
        zone: Some(zone.name().to_owned()),
        owner: args.owner.clone(),
        vendor: args.vendor.clone(),
        environments: args.environment.clone(),
        services: args.service.clone(),
        effect: args.effect.clone(),
        days: Some(args.days),
        fresh_for_ms: fresh_for.map(|length| length.0),
        whole: args.whole,
        reason: args.reason.clone(),
        accept: None,
    };
    let client = session.client()?;
    let would = client.import_calendar(&request, true).await?;
    if args.dry_run {
        show(&would, session)?;
        return Ok(Exit::Done);
    }
    if let Some(shown) = &would.digest {
        request.accept = args.accept.digest(shown);
        if request.accept.is_none() {
            show(&would, session)?;
            return Ok(Exit::Blocked);
        }
    }
    let done = client.import_calendar(&request, false).await?;
    show(&done, session)?;
    let refused = done.items.iter().any(|i| i.action == ImportAction::Refused);
    let whole = !refused && done.broken.is_empty();
    Ok(if whole { Exit::Done } else { Exit::Failed })
}

/// At most a byte more than is read, so that its size is what is wrong with it.
fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    let trouble = |e: std::io::Error| {
        let text = format!("{} cannot be read: {e}", path.display());
        Failure::new(Exit::Usage, text).help("name an iCalendar file, or `-` for stdin")
    };
    let most = LARGEST as u64 + 1;
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        let stdin = std::io::stdin().lock();
        stdin.take(most).read_to_end(&mut bytes).map_err(trouble)?;
    } else {
        let file = std::fs::File::open(path).map_err(trouble)?;
        file.take(most).read_to_end(&mut bytes).map_err(trouble)?;
    }
    Ok(bytes)
}

fn unreadable(path: &Path, error: IcsError) -> Failure {
    let text = format!("{}: {error}", path.display());
    Failure::new(Exit::Invalid, text).help(error.help)
}

fn show(done: &CalendarImport, session: &Session) -> Result<(), Failure> {
    if matches!(session.out.format, Some(Format::Json | Format::Yaml)) {
        return session.out.data(done);
    }
    let zone = &session.out.look.zone;
    let mut table = Table::new(&[
        Column::Always("ACTION"),
        Column::Always("ENTRY"),
        Column::Always("FROM"),
        Column::Always("UNTIL"),
        Column::Always("TITLE"),
        Column::Always("NOTE"),
    ]);
    for item in &done.items {
        table.row([
            action(item.action, done.applied).to_owned(),
            item.entry.clone().unwrap_or_default(),
            zone.stamp(item.from),
            zone.stamp(item.until),
            item.title.clone(),
            item.because.clone().unwrap_or_default(),
        ]);
    }
    session.out.list(&Listing {
        items: &done.items,
        name: |item: &ImportedItem| item.entry.clone().unwrap_or_else(|| item.title.clone()),
        table,
        none: "no events ahead",
    })?;
    if !done.passed_over.is_empty() {
        let hint = format!(
            "passed over, because they are no events: {}",
            done.passed_over.join(", ")
        );
        session.out.hint(&hint);
    }
    for event in &done.broken {
        let (line, because) = (event.line, &event.because);
        session.out.hint(&format!(
            "left out, line {line}: {because}\n  help: {}; what it brought before stays as it was",
            event.help
        ));
    }
    if let Some(feed) = &done.feed {
        let until = feed.stale_from.map(|at| zone.long(at));
        let until = until.map_or_else(|| "for ever".to_owned(), |at| format!("until {at}"));
        session
            .out
            .hint(&format!("read as {}; it counts {until}", feed.id));
    }
    if done.applied {
        return Ok(());
    }
    for proposal in &done.proposals {
        session
            .out
            .line(&entry::proposal(proposal, &session.out.look))?;
    }
    match &done.digest {
        Some(digest) => entry::hint(false, digest, session),
        None => session
            .out
            .hint("nothing was changed; leave out --dry-run to do it"),
    }
    Ok(())
}

fn action(action: ImportAction, applied: bool) -> &'static str {
    match (action, applied) {
        (ImportAction::Declare, true) => "declared",
        (ImportAction::Declare, false) => "declare",
        (ImportAction::Move, true) => "moved",
        (ImportAction::Move, false) => "move",
        (ImportAction::Cancel, true) => "called off",
        (ImportAction::Cancel, false) => "call off",
        (ImportAction::Unchanged, _) => "unchanged",
        (ImportAction::Skip, _) => "skipped",
        (ImportAction::Refused, _) => "REFUSED",
    }
}

/// A day that is no working day.
#[derive(Debug, serde::Serialize)]
struct Holiday {
    day: String,
    title: String,
    line: usize,
}

fn holidays(args: &Args, ics: &Ics, zone: &Zone, session: &Session) -> Result<Exit, Failure> {
    let now = crate::clock::now();
    let end = Millis(u64::from(args.days) * 86_400_000).after(now);
    let time = Span::new(now, end).ok_or_else(|| Failure::usage("the end of time"))?;
    let reach = Reach { time, most: 2_000 };
    let items = ics
        .items(zone, reach)
        .map_err(|e| unreadable(&args.file, e))?;
    let mut all = Vec::new();
    for item in items.into_iter().filter(|item| !item.cancelled) {
        let Some((first, last)) = item.days else {
            let e = IcsError {
                line: item.line,
                what: format!("the event `{}` is no whole day", item.title.trim()),
                help: "a holiday is a whole day: write DTSTART;VALUE=DATE, or remove the event"
                    .to_owned(),
            };
            return Err(unreadable(&args.file, e));
        };
        let mut day = first;
        while day <= last {
            all.push(Holiday {
                day: day.to_string(),
                title: item.title.clone(),
                line: item.line,
            });
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
    }
    all.sort_by(|a, b| a.day.cmp(&b.day));
    let mut table = Table::new(&[Column::Always("DAY"), Column::Always("TITLE")]);
    for one in &all {
        table.row([one.day.clone(), one.title.clone()]);
    }
    session.out.list(&Listing {
        items: &all,
        name: |one: &Holiday| one.day.clone(),
        table,
        none: "no days ahead",
    })?;
    session.out.hint(
        "holidays stand in the configuration: keep the file below its folder and write `import: [<path>]` into a `holidays` document",
    );
    Ok(Exit::Done)
}
