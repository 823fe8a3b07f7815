//! The picture of the calendar, as people see it: two regions, both changes of clocks, a freeze over two weeks.

use super::*;
use crate::output::when::Zone as Shown;
use serde_json::{Value, json};
use tidegate_client::wire::Timestamp;

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

fn look(name: &str, width: usize) -> Look {
    Look {
        zone: Shown::named(name).unwrap(),
        width,
        ..Look::plain()
    }
}

fn local(name: &str, text: &str) -> Timestamp {
    zone(name).instant(text.parse().unwrap()).unwrap()
}

/// An item of a kind; what differs is said by `more`.
fn item(
    kind: &str,
    name: &str,
    clocks: &str,
    (from, until): (&str, Option<&str>),
    more: Value,
) -> Value {
    let mut item = json!({
        "kind": kind, "id": format!("{kind}/{name}/{from}"), "name": name, "title": name, "from": local(clocks, from),
        "instant": false, "zone": clocks, "environments": [], "services": [], "effect": "informs", "state": "ahead",
    });
    if let Some(until) = until {
        item["until"] = json!(local(clocks, until));
    }
    for (key, value) in more.as_object().unwrap() {
        item[key] = value.clone();
    }
    item
}

/// An opening on each of these days.
fn opens(env: &str, clocks: &str, days: &[&str], hours: (&str, &str)) -> Vec<Value> {
    let one = |day: &&str| {
        let (from, until) = (format!("{day} {}", hours.0), format!("{day} {}", hours.1));
        let more = json!({"effect": "opens", "environments": [env]});
        item(
            "window",
            "office-hours",
            clocks,
            (&from, Some(&until)),
            more,
        )
    };
    days.iter().map(one).collect()
}

fn calendar(from: &str, until: &str, lanes: &[(&str, &str, bool)], items: Vec<Value>) -> Calendar {
    let lane = |(environment, zone, window): &(&str, &str, bool)| json!({"environment": environment, "zone": zone, "window": window.then_some("office-hours")});
    let (from, until) = (local("Europe/Berlin", from), local("Europe/Berlin", until));
    let mut items: Vec<Value> = items;
    items.sort_by_key(|item| item["from"].as_str().map(str::to_owned));
    serde_json::from_value(json!({
        "from": from, "until": until, "now": from, "zone": "Europe/Berlin", "leftOut": 0,
        "lanes": lanes.iter().map(lane).collect::<Vec<_>>(), "items": items,
    }))
    .unwrap()
}

const BERLIN: &str = "Europe/Berlin";
const NEW_YORK: &str = "America/New_York";
const REGIONS: [(&str, &str, bool); 2] = [("prod-eu", BERLIN, true), ("prod-us", NEW_YORK, true)];

/// The sample company around its peak season.
fn peak() -> Calendar {
    let days = [
        "2026-11-23",
        "2026-11-24",
        "2026-11-25",
        "2026-11-26",
        "2026-11-30",
        "2026-12-01",
        "2026-12-02",
        "2026-12-03",
    ];
    let mut items = opens("prod-eu", BERLIN, &days, ("09:00", "16:00"));
    items.extend(opens("prod-us", NEW_YORK, &days, ("09:00", "15:00")));
    let both = json!({"effect": "blocks", "environments": ["prod-eu", "prod-us"]});
    items.push(item(
        "freeze",
        "peak-season",
        NEW_YORK,
        ("2026-11-25 00:00", Some("2026-12-01 06:00")),
        both,
    ));
    let at = json!({"instant": true, "detail": "waits 2h"});
    items.push(item(
        "departure",
        "retail#1",
        BERLIN,
        ("2026-12-01 10:00", None),
        at,
    ));
    items.push(item(
        "board",
        "weekly-cab",
        BERLIN,
        ("2026-11-25 14:00", None),
        json!({"instant": true}),
    ));
    items.push(item(
        "board",
        "weekly-cab",
        BERLIN,
        ("2026-12-02 14:00", None),
        json!({"instant": true}),
    ));
    let slot = json!({"environments": ["prod-eu"], "services": ["payments"]});
    items.push(item(
        "slot",
        "payments@3.3.0",
        BERLIN,
        ("2026-11-23 09:00", Some("2026-11-23 10:05")),
        slot,
    ));
    items.push(item(
        "campaign",
        "black-friday",
        BERLIN,
        ("2026-11-26 00:00", Some("2026-12-01 00:00")),
        json!({"effect": "asks"}),
    ));
    calendar("2026-11-23 00:00", "2026-12-05 00:00", &REGIONS, items)
}

#[test]
fn two_regions_a_freeze_over_two_weeks_and_what_else_there_is() {
    let wide = text(&peak(), &look(BERLIN, 140)).unwrap();
    let narrow = text(&peak(), &look(BERLIN, 80)).unwrap();
    let there = text(&peak(), &look(NEW_YORK, 140)).unwrap();
    insta::assert_snapshot!(format!(
        "140 columns\n{wide}\n80 columns\n{narrow}\nNew York\n{there}"
    ));
}

#[test]
fn over_the_clock_changes_of_two_regions_hours_move_against_each_other() {
    let mut out = String::new();
    // Berlin goes back on 25 October and New York on 1 November; forward on 28 March and 14 March.
    for (from, until, days) in [
        (
            "2026-10-23 00:00",
            "2026-11-04 00:00",
            [
                "2026-10-23",
                "2026-10-26",
                "2026-10-30",
                "2026-11-02",
                "2026-11-03",
            ],
        ),
        (
            "2027-03-12 00:00",
            "2027-03-31 00:00",
            [
                "2027-03-12",
                "2027-03-15",
                "2027-03-26",
                "2027-03-29",
                "2027-03-30",
            ],
        ),
    ] {
        let mut items = opens("prod-eu", BERLIN, &days, ("09:00", "16:00"));
        items.extend(opens("prod-us", NEW_YORK, &days, ("09:00", "15:00")));
        let calendar = calendar(from, until, &REGIONS, items);
        out.push_str(&text(&calendar, &look(BERLIN, 200)).unwrap());
        out.push('\n');
    }
    // A night window on the nights of the change itself.
    let mut items = Vec::new();
    for (from, until) in [
        ("2026-10-24 22:00", "2026-10-25 06:00"),
        ("2027-03-27 22:00", "2027-03-28 06:00"),
    ] {
        let more = json!({"effect": "opens", "environments": ["prod-eu"]});
        items.push(item("window", "night", BERLIN, (from, Some(until)), more));
    }
    let autumn = calendar("2026-10-23 00:00", "2026-10-27 00:00", &REGIONS[..1], items);
    out.push_str(&text(&autumn, &look(BERLIN, 100)).unwrap());
    insta::assert_snapshot!(out);
}

#[test]
fn days_with_more_than_one_thing_say_all_of_it() {
    let day = |n: u32| format!("2026-11-{n}");
    let span = |a: &str, b: &str, n: u32| (format!("{} {a}", day(n)), format!("{} {b}", day(n)));
    let mut items = Vec::new();
    for (n, hours) in [
        (23, ("09:00", "12:30")),
        (23, ("14:00", "16:00")),
        (24, ("00:00", "12:00")),
        (25, ("06:00", "18:00")),
    ] {
        items.extend(opens("prod-eu", BERLIN, &[&day(n)], hours));
    }
    let block = |name: &str, (from, until): (String, String), services: &[&str]| {
        let more = json!({"effect": "blocks", "environments": ["prod-eu"], "services": services});
        item("freeze", name, BERLIN, (&from, Some(&until)), more)
    };
    items.push(block("noon", span("10:00", "14:00", 25), &[]));
    items.push(block(
        "evening",
        (format!("{} 16:00", day(26)), format!("{} 06:00", day(27))),
        &[],
    ));
    items.push(block(
        "quarter-close",
        (format!("{} 00:00", day(24)), format!("{} 00:00", day(27))),
        &["ledger", "payments"],
    ));
    let outage = json!({"effect": "blocks", "environments": ["staging"]});
    items.push(item(
        "outage",
        "storage",
        BERLIN,
        ("2026-11-24 08:15", Some("2026-11-24 09:45")),
        outage,
    ));
    for (name, from, until) in [
        ("web@1.2.0", "2026-11-23 09:10", "2026-11-23 09:40"),
        ("api@2.0.0", "2026-11-23 09:20", "2026-11-23 09:50"),
    ] {
        items.push(item(
            "deployment",
            name,
            BERLIN,
            (from, Some(until)),
            json!({"environments": ["prod-eu"]}),
        ));
    }
    items.push(item(
        "holiday",
        "2026-11-26",
        BERLIN,
        ("2026-11-26 00:00", Some("2026-11-27 00:00")),
        json!({"title": "no working day"}),
    ));
    items.push(item(
        "freeze",
        "for-good",
        BERLIN,
        ("2026-11-30 12:00", None),
        json!({"effect": "blocks", "environments": ["prod-eu"]}),
    ));
    let lanes = [("staging", BERLIN, false), ("prod-eu", BERLIN, true)];
    let mut calendar = calendar("2026-11-23 00:00", "2026-12-02 00:00", &lanes, items);
    calendar.left_out = 7;
    calendar.unknown = serde_json::from_value(json!([{
        "rule": {"path": "freezes.tides", "file": "calendar.yaml", "line": 9}, "because": "`at high tide`: it is no phrase",
    }]))
    .unwrap();
    insta::assert_snapshot!(text(&calendar, &look(BERLIN, 140)).unwrap());
}

#[test]
fn a_calendar_with_nothing_on_it_is_a_calendar() {
    let empty = calendar(
        "2026-11-23 00:00",
        "2026-11-27 00:00",
        &[("dev", BERLIN, false)],
        Vec::new(),
    );
    let none = calendar("2026-11-28 00:00", "2026-11-30 00:00", &[], Vec::new());
    let text = |calendar| text(&calendar, &look(BERLIN, 100)).unwrap();
    insta::assert_snapshot!(format!("{}|{}", text(empty), text(none)));
}
