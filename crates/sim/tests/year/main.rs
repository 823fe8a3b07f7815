//! A year of the example company: its calendar, its freezes, its releases, through the real server. What happened stands in
//! `year.story`, for people to read; a change of it is a change of what the product does.
//!
//! `UPDATE=1` writes the story anew.

mod story;

use jiff::civil::{DateTime, date};
use tidegate_core::command::Command;
use tidegate_core::id::{EnvId, ReleaseId};
use tidegate_core::spec::{Origins, Spec};
use tidegate_core::stream::release;
use tidegate_core::time::Timestamp;
use tidegate_sim::{Behaviour, World};

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

/// `service@version` is registered at an instant and asked into production.
fn ships(world: &mut World, who: &'static str, id: &str, at: Timestamp) {
    let id: ReleaseId = id.parse().expect("a release");
    world.at(at, move |world| {
        world.release(who, &id)?;
        let command = release::Command::Promote {
            to: EnvId::new("prod-us").expect("a name"),
            reason: "the change is ready".to_owned(),
            request: tidegate_core::queue::Request::PLAIN,
        };
        world.ask(who, Command::Release { id, command })?;
        Ok(())
    });
}

#[test]
fn a_year_of_the_example_company_goes_as_the_story_says() {
    let mut world = year();
    let first = date(2026, 11, 3);
    for week in 0..52_i64 {
        let day = first
            .checked_add(jiff::Span::new().weeks(week))
            .expect("a day");
        ships(
            &mut world,
            "ana",
            &format!("web@8.{week}.0"),
            berlin(day.at(14, 0, 0, 0)),
        );
        if week % 2 == 0 {
            ships(
                &mut world,
                "dina",
                &format!("payments@3.{week}.0"),
                berlin(day.at(14, 30, 0, 0)),
            );
        }
        if week % 4 == 1 {
            ships(
                &mut world,
                "emil",
                &format!("ledger@5.{week}.0"),
                berlin(day.at(15, 10, 0, 0)),
            );
        }
    }
    let bad: ReleaseId = "web@8.20.0".parse().expect("a release");
    world.target.behaves(bad, Behaviour::Errors(400));
    world
        .run_until(berlin(date(2027, 11, 8).at(8, 0, 0, 0)))
        .expect("the year goes by");
    let entries = world.entries_after(0).expect("entries");
    story::check("year.story", &story::tell(&entries));
}
