//! The calendar of a vendor that is imported, forgotten for days, shown as stale with its age, waited for, and imported again.

use crate::world::{World, until};
use crate::year::acme_with;

const NETWORK: &str = "\
---
vendor: card-network
owner: payments
services: [payments]
calendar-fresh-for: 2d
";

const CALENDAR: &str = "\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//card//EN\r
BEGIN:VEVENT\r
UID:a1@card\r
DTSTAMP:20261101T000000Z\r
DTSTART:20261213T030000Z\r
DTEND:20261213T040000Z\r
SUMMARY:Switch upgrade\r
END:VEVENT\r
END:VCALENDAR\r
";

fn import(world: &World) -> crate::world::Ran {
    std::fs::write(world.root().join("card.ics"), CALENDAR).unwrap();
    world.run(&[
        "calendar",
        "import",
        "card.ics",
        "--as",
        "vendor",
        "--vendor",
        "card-network",
        "--calendar",
        "card-network",
    ])
}

#[test]
fn a_calendar_that_is_not_imported_again_is_stale_and_its_services_wait_until_it_is() {
    let Some(mut world) = acme_with("2026-12-07T09:30:00[Europe/Berlin]", NETWORK) else {
        return;
    };
    world.start();
    world
        .run(&["vendor", "list", "-o", "table"])
        .ends(0)
        .says(&["never read"]);
    let done = import(&world).ends(0).says(&["Switch upgrade"]);
    assert!(
        done.err
            .contains("read as vendor-card-network; it counts until Wed 9 Dec 2026 09:30 Berlin"),
        "{done:#?}"
    );
    world
        .run(&["calendar", "feeds", "-o", "table"])
        .ends(0)
        .says(&["vendor-card-network", "fresh", "2d"]);
    world.clock("2026-12-10T09:30:00[Europe/Berlin]");
    let wait = "no data: the calendar of card-network was last read Mon 7 Dec 09:30 Berlin, 3d ago; it counts for 2d";
    let payments = world.released("payments", "3.3.0");
    let promote = [
        "promote",
        &payments,
        "--to",
        "prod-eu",
        "--no-wait",
        "--reason",
        "ready",
    ];
    world.run(&promote).ends(0);
    let stuck = until(|| {
        let why = world.run(&["why", &payments, "prod-eu"]);
        why.out.contains(wait).then_some(why)
    });
    stuck.expect("it waits").ends(3).says(&[
        "[broken]",
        "payments: tidegate calendar import … --as vendor --vendor card-network --calendar card-network",
        "vendors.card-network.calendar-fresh-for (tidegate.yaml:",
    ]);
    world.run(&["calendar", "show", "-o", "table"]).ends(0).says(&[
        "stale: vendor calendar card-network was last read Mon 7 Dec 2026 09:30 Berlin, 3d ago; it counts for 2d, so payments waits (payments)",
    ]);
    let json = world
        .run(&["calendar", "show", "-o", "json"])
        .ends(0)
        .json();
    assert_eq!(json["stale"][0]["calendar"], "card-network");
    world
        .run(&["calendar", "feeds", "--stale", "-o", "table"])
        .ends(1)
        .says(&["stale for 1d"]);
    // Every entry tells how: the ledger has the reading and the end of its freshness.
    world
        .run(&["audit", "log", "--kind", "feed"])
        .ends(0)
        .says(&["feed.read/1", "feed.went_stale/1"]);
    // No place is open without its data.
    world
        .run(&["calendar", "next-slot", "payments", "prod-eu"])
        .ends(3);
    import(&world).ends(0).says(&["unchanged"]);
    let gone = until(|| {
        let shown = world
            .run(&["release", "show", &payments, "-o", "json"])
            .json();
        let stages = shown["stages"].as_array()?.clone();
        stages
            .iter()
            .any(|s| s["environment"] == "prod-eu" && s["state"] == "done")
            .then_some(())
    });
    assert!(gone.is_some(), "it went as soon as the calendar was read");
    world
        .run(&[
            "calendar",
            "end-feed",
            "vendor-card-network",
            "--reason",
            "the contract is over",
        ])
        .ends(0)
        .says(&["vendor-card-network  ended", "the contract is over"]);
    world
        .run(&["calendar", "end-feed", "vendor-nobody", "--reason", "x"])
        .refuses(
            "TG2003",
            &["there is no feed `vendor-nobody`"],
            "tidegate calendar feeds",
        );
}
