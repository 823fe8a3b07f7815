//! A forecast of a quarter, beside that quarter as the engine carried it out: in process, on a ledger in memory, with the same played
//! agents and people.

use crate::Common;
use crate::figures::{Spread, round};
use crate::machine;
use crate::report::Report;
use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use std::fmt::Write;
use std::time::Duration;
use tidegate_core::command::Command;
use tidegate_core::id::{EnvId, ReleaseId};
use tidegate_core::queue::Request;
use tidegate_core::stream::release;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_sim::World;
use tidegate_sim::forecast::{Answers, End, Question, WEEKS, forecast};

/// Options of the row.
#[derive(Debug, Clone, Args)]
pub struct ForecastArgs {
    #[command(flatten)]
    common: Common,
    /// Rounds
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Services; each is released once a week, so a quarter has thirteen times as many requests
    #[arg(long, default_value_t = 20)]
    services: usize,
}

/// A Monday morning.
const BEGIN: &str = "2026-08-24T06:00:00Z";
const DAY: u64 = 86_400_000;

/// Run the row.
pub async fn run(args: ForecastArgs) -> Result<()> {
    tokio::task::spawn_blocking(move || measure(&args)).await?
}

fn company(services: usize) -> String {
    let mut text = "tidegate: 1\ncompany: Bench\nzone: Europe/Berlin\n---\nteams:\n  bench: { members: [ana, ben] }\n---\n\
        environments:\n  staging: { tier: test, deploy: on-arrival }\n  \
        prod: { tier: production, after: staging, window: office-hours, at-most: 3, port-offset: 200 }\n---\n\
        window: office-hours\nallow: Mon-Thu 09:00-16:00\n---\n\
        freeze: peak-season\nwhy: a peak\nfrom: 2026-11-25 00:00\nuntil: 2026-12-01 06:00\nenvironments: [prod]\n---\n\
        pipeline: standard\npath: [staging, prod]\nwatch: 30m\nstrategy: { default: rolling }\n---\n\
        policy: four-eyes\napplies-to: { tier: production }\napprovals: [{ from: bench }]\nnever-by: [requester]\n"
        .to_owned();
    for n in 0..services {
        let port = 8_000 + n;
        let _ = write!(
            text,
            "---\nservice: s{n}\nowner: bench\nrun: {{ command: ./s, port: {port} }}\n"
        );
    }
    text
}

/// The quarter before: each service once a week, spread over the days; a colleague says yes three hours later.
fn quarter(args: &ForecastArgs, folder: &std::path::Path) -> Result<World> {
    let begin: Timestamp = BEGIN.parse()?;
    let files = tidegate_config::Files::of([("tidegate.yaml", company(args.services).as_str())]);
    let loaded = tidegate_config::load_at(&files, begin);
    let said = tidegate_config::render(&loaded.diagnostics, &files, false);
    let spec = loaded.spec.context(said)?;
    let mut world = World::new(&spec, begin, 7, folder.to_path_buf())?;
    world.configure("ana", spec, loaded.origins)?;
    for week in 0..u64::try_from(WEEKS)? {
        for service in 0..args.services {
            let id: ReleaseId = format!("s{service}@1.{week}.0").parse()?;
            let prod = EnvId::new("prod")?;
            let day = (week * 7 + service as u64 % 4) * DAY;
            let at = Millis(day + 3_600_000 * 2 + service as u64 * 60_000).after(begin);
            world.at(at, move |world| {
                world.release("ana", &id)?;
                let command = release::Command::Promote {
                    to: prod,
                    reason: "it is ready".to_owned(),
                    request: Request::PLAIN,
                };
                world.ask(
                    "ana",
                    Command::Release {
                        id: id.clone(),
                        command,
                    },
                )?;
                Ok(())
            });
            world.at(Millis::minutes(180).after(at), |world| world.yes("ben"));
        }
    }
    let end = Millis(DAY * 91).after(begin);
    world.run_until(end)?;
    Ok(world)
}

fn measure(args: &ForecastArgs) -> Result<()> {
    let folder = args.common.folder()?;
    let settings =
        json!({ "rounds": args.rounds, "services": args.services, "requests": args.services * 13 });
    let mut report = Report::begin(
        "forecast",
        "thirteen weeks ahead of time, beside the thirteen weeks before; in process",
        settings,
    );
    let mut ratios = Vec::new();
    for n in 1..=args.rounds {
        let (was, world) = timed(|| quarter(args, folder.path()))?;
        let now = world.now();
        let question = Question {
            until: Millis(DAY * 91).after(now),
            repeat: true,
            answers: Answers::AsBefore,
            proposed: None,
            give_up: &|| false,
        };
        let (took, found) = timed(|| Ok(forecast(&world.engine, &question)?))?;
        let course = &found.in_force;
        let done = course.journeys.iter().filter(|j| j.end == End::Done);
        let each = took.as_secs_f64() * 1e3 / course.entries as f64;
        report.round(
            &format!(
                "round {n}: the quarter {:.1} CPU-s, its forecast {:.1} CPU-s; {} requests, {} deployments, {} done, {} entries, {each:.2} CPU-ms each",
                was.as_secs_f64(),
                took.as_secs_f64(),
                found.before.requests.len(),
                course.journeys.len(),
                done.count(),
                course.entries,
            ),
            json!({
                "quarter_cpu_s": round(was.as_secs_f64()), "forecast_cpu_s": round(took.as_secs_f64()),
                "requests": found.before.requests.len(), "deployments": course.journeys.len(),
                "entries": course.entries, "cpu_ms_an_entry": round(each),
            }),
        );
        ratios.push(took.as_secs_f64() / was.as_secs_f64());
    }
    report.ratio("forecast / the quarter before", Spread::of(ratios));
    report.end(&args.common)
}

/// Processor time, also of threads that answer.
fn timed<T>(f: impl FnOnce() -> Result<T>) -> Result<(Duration, T)> {
    let before = machine::cpu(std::process::id())?;
    let found = f()?;
    let took = machine::cpu(std::process::id())?.saturating_sub(before);
    Ok((took, found))
}
