//! The coming weeks before they come: the engine goes on from the ledger of a running server, and nothing of it happens there.

use super::votes::governed;
use crate::world::World;

fn seq(world: &World) -> u64 {
    let newest = world.run(&["audit", "log", "--limit", "1", "-o", "json"]);
    let newest = newest.ends(0).json();
    newest["items"][0]["seq"].as_u64().expect("an entry")
}

fn day(from_now: i64) -> String {
    let now = jiff::Timestamp::try_from(std::time::SystemTime::now()).expect("a time");
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let span = jiff::Span::new().days(from_now);
    today.checked_add(span).expect("a day").to_string()
}

#[test]
fn what_waits_today_is_carried_on_ahead_of_time_under_this_calendar_and_under_another() {
    let world = governed("");
    let deploy = &["deploy", "web@1.0.0", "prod", "--no-wait", "--reason", "x"];
    let id = world.run_as("ana", "", deploy).ends(0).out;
    world.until(id.trim(), |d| d["phase"] == "waiting");
    let before = seq(&world);

    let ahead = ["simulate", "calendar", "--until", "14d"];
    world.run(&ahead).ends(0).says(&[
        "nothing of it has happened",
        "1 request for production since",
        "say yes after 4h: assumed, for nobody's yes is recorded",
        "WEEK OF",
        "approval     policies.dual-control.approvals",
    ]);
    let found = world.run(&[ahead.as_slice(), &["-o", "json"]].concat());
    let found = found.ends(0).json();
    let journeys = found["inForce"]["journeys"].as_array().expect("journeys");
    assert_eq!(journeys.len(), 1, "{found:#}");
    assert_eq!(journeys[0]["release"], "web@1.0.0");
    assert_eq!(journeys[0]["outcome"], "done", "{found:#}");

    let never = |until: &str| {
        let never = ["simulate", "calendar", "--answered-after", "never"];
        world.run(&[never.as_slice(), &["--until", until]].concat())
    };
    never("15d")
        .ends(0)
        .says(&["given up at the gates", "it waited for as long as it may"]);
    never("10d").ends(0).says(&[
        "people          never answer",
        "not started in the end",
        "web@1.0.0 prod",
    ]);

    let freeze = format!(
        "freeze: audit-week\nwhy: the auditors are in the house\nfrom: {} 00:00\nuntil: {} 00:00\n",
        day(-1),
        day(6)
    );
    let path = world.root().join("audit-week.yaml.proposed");
    std::fs::write(&path, freeze).unwrap();
    let path = path.display().to_string();
    let moved = world.run(&[ahead.as_slice(), &["-f", &path]].concat());
    moved.ends(0).says(&[
        "The proposed configuration moves 1 deployment",
        "freezes.audit-week",
        "in force  starts",
        "PROPOSED: STARTED",
    ]);

    // The server heard nothing of all that.
    assert_eq!(seq(&world), before);
    world.until(id.trim(), |d| d["phase"] == "waiting");
    world.run(&["plan", "--detailed-exitcode"]).ends(0);
    world
        .run(&["simulate", "calendar", "--until", "2020-01-01 00:00"])
        .ends(64)
        .refuses("TG2004", &["a forecast cannot end at"], "still to come");
}
