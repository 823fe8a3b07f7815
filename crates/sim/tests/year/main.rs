//! A year of the example company: its calendar, its freezes, its releases, through the real server. What happened stands in
//! `year.story`, for people to read; a change of it is a change of what the product does.
//!
//! `UPDATE=1` writes the story anew.

mod story;

use jiff::civil::{DateTime, date};
use tidegate_core::command::Command;
use tidegate_core::id::{DepartureId, EnvId, ReleaseId};
use tidegate_core::spec::{Origins, Spec};
use tidegate_core::stream::{departure, release};
use tidegate_core::time::Timestamp;
use tidegate_engine::{Denied, Receipt};
use tidegate_sim::{Behaviour, Trouble, World};

const ACME: &str = include_str!("acme.yaml");

fn berlin(at: DateTime) -> Timestamp {
    let zone = tidegate_core::time::zone("Europe/Berlin").expect("the zone is known");
    at.to_zoned(zone).expect("the time exists").timestamp()
}

fn acme(now: Timestamp) -> (Spec, Origins) {
    let files = tidegate_config::Files::of([("tidegate.yaml", ACME)]);
    let loaded = tidegate_config::load_at(&files, now);
    let text = tidegate_config::render(&loaded.diagnostics, &files, false);
    (loaded.spec.expect(&text), loaded.origins)
}

fn year() -> World {
    let start = berlin(date(2026, 11, 2).at(8, 0, 0, 0));
    let (spec, origins) = acme(start);
    let blobs = std::env::temp_dir().join("tidegate-year-of-small-releases");
    let mut world = World::new(&spec, start, 42, blobs).expect("a world");
    world
        .configure("rita", spec, origins)
        .expect("the configuration is taken");
    world
}

fn release(id: &str) -> ReleaseId {
    id.parse().expect("a release")
}

/// A release is made at an instant and asked as far as `to`.
fn made(world: &mut World, who: &'static str, id: &str, to: &'static str, at: Timestamp) {
    let id = release(id);
    world.at(at, move |world| {
        world.release(who, &id)?;
        let command = release::Command::Promote {
            to: EnvId::new(to).expect("a name"),
            reason: "the change is ready".to_owned(),
            request: tidegate_core::queue::Request::PLAIN,
        };
        world.ask(who, Command::Release { id, command })?;
        Ok(())
    });
}

/// A release boards the next departure of the train that still takes somebody.
fn boards(world: &mut World, who: &'static str, id: &str, at: Timestamp) {
    let release = release(id);
    world.at(at, move |world| {
        let Some(id) = departure(world, &["scheduled", "boarding", "closed"]) else {
            return Ok(());
        };
        let reason = "it belongs to the feature".to_owned();
        let command = departure::Command::Join { release, reason };
        refused_or_not(world.ask(who, Command::Departure { id, command }))
    });
}

/// Somebody of the release office decides on the departure that waits for it; on none when none does.
fn decides(world: &mut World, who: &'static str, go: bool, reason: &'static str, at: Timestamp) {
    world.at(at, move |world| {
        let Some(id) = departure(world, &["go/no-go"]) else {
            return Ok(());
        };
        let reason = reason.to_owned();
        let command = match go {
            true => departure::Command::Go { reason },
            false => departure::Command::NoGo { reason, next: None },
        };
        refused_or_not(world.ask(who, Command::Departure { id, command }))
    });
}

/// A "no" is an answer, and people go on with their day.
fn refused_or_not(answer: Result<Receipt, Denied>) -> Result<(), Trouble> {
    match answer {
        Ok(_) | Err(Denied::Refused(_)) => Ok(()),
        Err(other) => Err(other.into()),
    }
}

/// The first departure of the train in one of these phases.
fn departure(world: &World, phases: &[&str]) -> Option<DepartureId> {
    let rows = world
        .engine
        .read(|rows| rows.scan("departure", "retail/", None, 1_000, false))
        .expect("rows");
    let mut open = rows.into_iter().filter_map(|(key, body)| {
        let row: serde_json::Value = serde_json::from_str(&body).ok()?;
        let phase = row["phase"].as_str()?;
        phases
            .contains(&phase)
            .then(|| DepartureId::of_key(&key).ok())?
    });
    open.next()
}

/// A year of work: web each week and payments every other week by train, ledger once a month on demand.
fn work(world: &mut World) {
    for week in 0..52_i64 {
        let day = date(2026, 11, 3)
            .checked_add(jiff::Span::new().weeks(week))
            .expect("a day");
        let mut travels = vec![("ana", format!("web@8.{week}.0"))];
        if week % 2 == 0 {
            travels.push(("dina", format!("payments@3.{week}.0")));
        }
        for (who, id) in travels {
            made(world, who, &id, "staging", berlin(day.at(14, 0, 0, 0)));
            boards(world, who, &id, berlin(day.at(15, 0, 0, 0)));
        }
        if week % 4 == 1 {
            let id = format!("ledger@5.{week}.0");
            made(world, "emil", &id, "prod-us", berlin(day.at(13, 10, 0, 0)));
        }
        let monday = day.yesterday().expect("a day");
        let when = berlin(monday.at(15, 0, 0, 0));
        match week {
            12 => decides(
                world,
                "hugo",
                false,
                "the call centre is short of people",
                when,
            ),
            // Nobody has time for it.
            26 => {}
            _ => decides(world, "rita", true, "everything is green", when),
        }
    }
}

#[test]
fn a_year_of_the_example_company_goes_as_the_story_says() {
    let mut world = year();
    work(&mut world);
    for id in ["web@8.19.0", "web@8.20.0", "web@8.21.0", "payments@3.20.0"] {
        let prod_eu = EnvId::new("prod-eu").expect("a name");
        world
            .target
            .behaves(release(id), prod_eu, Behaviour::Errors(400));
    }
    world
        .run_until(berlin(date(2027, 11, 8).at(8, 0, 0, 0)))
        .expect("the year goes by");
    let entries = world.entries_after(0).expect("entries");
    story::check("year.story", &story::tell(&entries));
}
