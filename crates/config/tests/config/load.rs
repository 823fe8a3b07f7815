//! What trees mean once they are read.

use crate::common::{example, of};
use jiff::civil::date;
use std::collections::BTreeSet;
use tidegate_config::{Files, Severity, load, render};
use tidegate_core::id::{EnvId, ServiceId};
use tidegate_core::spec::{Arrival, Shape, Share, Spec, Tier};
use tidegate_core::time::Millis;

const SMALLEST: &str =
    "tidegate: 1\nservice: web\nowner: me\nrun: { command: ./web, port: 8080 }\n";

fn spec(text: &str) -> Spec {
    let files = of(text);
    let loaded = load(&files);
    // A downtime at any hour is what some of these trees are about.
    assert!(
        loaded.diagnostics.iter().all(|d| d.code == "TG0444"),
        "{}",
        render(&loaded.diagnostics, &files, false)
    );
    loaded.spec.expect("a tree without problems has a spec")
}

fn id(text: &str) -> ServiceId {
    text.parse().unwrap()
}

fn env(text: &str) -> EnvId {
    text.parse().unwrap()
}

#[test]
fn the_smallest_tree_has_everything_it_needs() {
    let spec = spec(SMALLEST);
    let (web, production) = (id("web"), env("production"));
    assert_eq!(spec.path_of(&web), std::slice::from_ref(&production));
    let resolved = spec.resolve(&web, &production).unwrap();
    assert_eq!(resolved.strategy.0.as_str(), "canary");
    assert_eq!(resolved.analysis.unwrap().0.as_str(), "standard");
    let run = resolved.run.unwrap();
    assert_eq!(
        (run.command, run.port, run.instances, run.grace),
        (vec!["./web".to_owned()], Some(8080), 1, Millis::secs(10))
    );
    assert_eq!(resolved.environment.tier, Tier::Production);
    assert_eq!(resolved.environment.deploy, Arrival::Manual);
    assert_eq!(spec.zone, "UTC");
    assert!(spec.teams.contains_key(&"me".parse().unwrap()));
}

#[test]
fn several_environments_are_ordered_by_after_and_differ_as_written() {
    let spec = spec(
        "tidegate: 1
company: Acme
zone: Europe/Berlin
connect: { prometheus: { url: \"http://prometheus:9090\" } }
---
environments:
  prod-us: { tier: production, after: [prod-eu], soak: 2h, zone: America/New_York, port-offset: 300, one-at-a-time: true }
  prod-eu: { tier: production, after: staging, values: { REGION: eu, LOG: warn }, port-offset: 200 }
  staging: { tier: test, after: dev, deploy: when-green, port-offset: 100 }
  dev: { tier: dev, deploy: on-arrival }
---
service: web
owner: web
run: { command: [./web, --port, 8080, \"$PORT\"], port: 8080, instances: 2, grace: 5s, prepare: './install --into \"a b\"' }
health: { get: /healthz, every: 1s }
values: { LOG: info, RETRIES: 3, EXACT: 1.10 }
strategy: { production: blue-green, prod-us: recreate }
environments:
  prod-eu: { instances: 4, values: { LOG: debug }, port: 9000 }
  dev: { strategy: recreate }
",
    );
    let web = id("web");
    let path: Vec<_> = spec.path_of(&web).iter().map(EnvId::as_str).collect();
    assert_eq!(path, ["dev", "staging", "prod-eu", "prod-us"]);
    let at = |e: &str| spec.resolve(&web, &env(e)).unwrap();
    let strategies: Vec<_> = path.iter().map(|e| at(e).strategy.0.as_str()).collect();
    assert_eq!(
        strategies,
        ["recreate", "rolling", "blue-green", "recreate"]
    );
    let ports: Vec<_> = path
        .iter()
        .map(|e| at(e).run.unwrap().port.unwrap())
        .collect();
    assert_eq!(ports, [8080, 8180, 9000, 8380]);
    assert_eq!(at("prod-eu").values["LOG"], "debug");
    assert_eq!(at("prod-eu").values["REGION"], "eu");
    assert_eq!(at("prod-us").values["LOG"], "info");
    assert_eq!(
        (
            at("dev").values["RETRIES"].as_str(),
            at("dev").values["EXACT"].as_str()
        ),
        ("3", "1.10")
    );
    assert_eq!(at("prod-eu").run.unwrap().instances, 4);
    assert_eq!(at("prod-eu").environment.zone, "Europe/Berlin");
    assert_eq!(at("prod-us").environment.soak, Millis::minutes(120));
    assert_eq!(
        at("dev").run.unwrap().command,
        ["./web", "--port", "8080", "$PORT"]
    );
    assert_eq!(
        at("dev").run.unwrap().prepare.unwrap(),
        ["./install", "--into", "a b"]
    );
    assert_eq!(at("dev").service.health.path.as_deref(), Some("/healthz"));
    assert_eq!(at("dev").service.health.timeout, Millis::secs(2));
    assert_eq!(spec.prometheus.as_deref(), Some("http://prometheus:9090"));
}

#[test]
fn strategies_and_analyses_are_read_with_their_units() {
    let spec = spec(
        "tidegate: 1
strategy: careful
canary:
  - { to: 2.5%, hold: 5m }
  - { to: 100% }
stick-by: user-id
analysis: signals
regression: pause
alert-if-longer-than: 90m
---
analysis: signals
at-least: 500 requests
no-data: roll-back
metrics:
  errors: { router: errors, tolerate: +0.5pp, critical: true }
  slow: { router: latency-p99.9, tolerate: +20% }
",
    );
    let careful = &spec.strategies[&"careful".parse().unwrap()];
    let Shape::Canary { steps, stick_by } = &careful.shape else {
        panic!("a canary")
    };
    assert_eq!(
        (steps[0].to, steps[0].hold, steps[1].to),
        (Share(250), Millis::minutes(5), Share::ALL)
    );
    assert_eq!(format!("{stick_by:?}"), "Some(Header(\"user-id\"))");
    let signals = &spec.analyses[&"signals".parse().unwrap()];
    assert_eq!(signals.at_least, 500);
    assert_eq!(signals.metrics.len(), 2);
    assert_eq!(spec.strategies.len(), 5, "the built-in ones stay");
}

#[test]
fn a_document_named_like_something_built_in_takes_its_place() {
    let spec = spec(&format!(
        "{SMALLEST}---\nstrategy: canary\nrolling: {{ batch: 3 }}\n"
    ));
    assert_eq!(
        spec.strategies[&"canary".parse().unwrap()].shape,
        Shape::Rolling {
            batch: 3,
            max_unavailable: 0
        }
    );
}

#[test]
fn json_is_read_like_yaml_and_its_key_order_means_nothing() {
    let json = r#"[{"owner": "me", "run": {"port": 8080, "command": "./web"}, "service": "web"}, {"tidegate": 1}]"#;
    let files = Files::of([("all.json", json)]);
    let loaded = load(&files);
    assert!(
        loaded.diagnostics.is_empty(),
        "{}",
        render(&loaded.diagnostics, &files, false)
    );
    assert_eq!(loaded.spec, Some(spec(SMALLEST)));
}

#[test]
fn the_meaning_does_not_depend_on_which_file_a_document_is_in() {
    let parts = Files::of([
        (
            "a/b/web.yaml",
            "service: web\nowner: me\nrun: { command: ./web, port: 8080 }\n",
        ),
        ("z.yml", "\u{feff}tidegate: 1\r\n"),
    ]);
    assert_eq!(load(&parts).spec, Some(spec(SMALLEST)));
}

#[test]
fn every_value_knows_its_line_and_what_is_built_in_knows_none() {
    let loaded = load(&of(SMALLEST));
    assert_eq!(
        loaded.origins.of("services.web.run.port").to_string(),
        "tidegate.yaml:4"
    );
    assert_eq!(
        loaded.origins.of("services.web").to_string(),
        "tidegate.yaml:2"
    );
    assert_eq!(
        loaded.origins.of("strategies.canary.canary").to_string(),
        "built-in"
    );
}

#[test]
fn the_example_company_is_known_in_full_and_refused_only_for_what_is_not_enforced() {
    let Some(files) = example() else { return };
    let loaded = load(&files);
    let text = render(&loaded.diagnostics, &files, false);
    let codes: BTreeSet<&str> = loaded.diagnostics.iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, BTreeSet::from(["TG0016", "TG0017"]), "{text}");
    assert_eq!(loaded.documents, 23);
    assert!(loaded.spec.is_none());
    let refused: BTreeSet<String> = loaded
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .map(|d| d.message.split('`').nth(1).unwrap_or_default().to_owned())
        .collect();
    for control in [
        "gates",
        "database",
        "flags",
        "synthetics",
        "exhausted",
        "data",
        "steps: smoke",
    ] {
        assert!(
            refused.contains(control),
            "{control} must be refused: {refused:?}"
        );
    }
}

#[test]
fn hours_under_the_share_of_the_peak_are_quiet() {
    let text = "tidegate: 1\n---\nenvironments:\n  prod:\n    tier: production\n    quiet: Sun 12:00-14:00\n    traffic:\n      \
        by-hour: [3, 2, 2, 2, 3, 9, 10, 20, 40, 60, 70, 75, 80, 80, 75, 70, 70, 75, 90, 100, 80, 50, 20, 9]\n      \
        weekend: [9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]\n      quiet-under: 10%\n";
    let files = tidegate_config::Files::of([("a.yaml", text.to_owned())]);
    let spec = crate::common::loaded(&files).spec.unwrap();
    assert_eq!(
        spec.environments[&env("prod")].quiet,
        [
            "Sun 12:00-14:00",
            "Mon-Fri 00:00-06:00",
            "Mon-Fri 23:00-24:00",
            "Sat-Sun"
        ]
    );
}

#[test]
fn windows_freezes_and_holidays_are_kept_as_they_are_written() {
    let (_, files) = crate::common::fixtures("good")
        .into_iter()
        .find(|(name, _)| name == "calendar")
        .unwrap();
    let loaded = crate::common::loaded(&files);
    let spec = loaded.spec.unwrap();
    let name = |text: &str| text.parse().unwrap();
    let nights = &spec.windows[&name("nights")];
    assert_eq!(nights.allow.len(), 4);
    assert_eq!(nights.zone.as_deref(), Some("UTC"));
    let office = &spec.windows[&name("office-hours")];
    assert_eq!(
        (office.allow.as_slice(), &office.zone),
        (&["Mon-Thu 09:00-16:00".to_owned()][..], &None)
    );
    assert_eq!(
        spec.environments[&env("prod-us")].window,
        Some(name("office-hours"))
    );
    let close = &spec.freezes[&name("quarter-close")];
    assert_eq!(close.around.as_deref(), Some("fiscal-quarter-end"));
    assert_eq!(close.scope.services, [id("payments")]);
    assert_eq!(close.scope.environments, [env("prod-eu"), env("prod-us")]);
    let end = &spec.freezes[&name("winding-down")];
    assert_eq!((&end.until, end.scope.environments.len()), (&None, 1));
    assert_eq!(spec.fiscal_year_starts, 2);
    let days: Vec<String> = spec.holidays.iter().map(ToString::to_string).collect();
    assert_eq!(days, ["2026-11-26", "2026-12-25", "2026-12-26"]);
    let place = |path: &str| loaded.origins.of(path).to_string();
    assert_eq!(place("holidays.2026-12-26"), "calendar.yaml:58");
    assert_eq!(place("windows.office-hours.allow"), "calendar.yaml:16");
}

#[test]
fn imported_holidays_count_in_the_zones_of_their_country_and_come_from_their_line() {
    let tree = |zone: &str, lists: &str| {
        of(&format!(
            "tidegate: 1\nzone: {zone}\n---\nservice: web\nowner: me\nrun: {{ command: ./web, port: 8080 }}\n---\nholidays: acme\ndays: [2027-08-02]\nimport: {lists}\n"
        ))
    };
    let loaded = load(&tree("Europe/Berlin", "[DE-BE]"));
    assert_eq!(loaded.diagnostics, []);
    let spec = loaded.spec.unwrap();
    assert_eq!(spec.holidays.len(), 1);
    let place = loaded.origins.of("holidays.DE-BE").to_string();
    assert_eq!(place, "tidegate.yaml:10");
    let days = spec.working_days();
    let zone = |name: &str| tidegate_core::calendar::Zone::named(name).unwrap();
    let open = |name: &str, day| days.in_zone(&zone(name)).contains(day);
    // Women's Day of 2027 is a Monday; the company's own day holds everywhere.
    let (womens, own) = (date(2027, 3, 8), date(2027, 8, 2));
    assert!(!open("Europe/Berlin", womens) && !open("europe/berlin", womens));
    for elsewhere in ["America/New_York", "UTC", "Europe/Vienna"] {
        assert!(open(elsewhere, womens), "{elsewhere}");
        assert!(!open(elsewhere, own), "{elsewhere}");
    }
    let both = load(&tree("Europe/Berlin", "[DE-BE, US-NY]"));
    let text = render(
        &both.diagnostics,
        &tree("Europe/Berlin", "[DE-BE, US-NY]"),
        false,
    );
    assert!(
        text.starts_with("warning[TG0408]: the holidays of New York count nowhere")
            && text.contains("nothing is read in a zone of US"),
        "{text}"
    );
    assert!(both.spec.is_some());
}

#[test]
fn a_plan_tells_an_imported_list_in_one_line_and_what_it_would_open() {
    let tree = |import: &str| {
        let files = of(&format!(
            "tidegate: 1\nzone: America/New_York\n---\nservice: web\nowner: me\nrun: {{ command: ./web, port: 8080 }}\n---\nfreeze: close\nwhy: the books\naround: last day of month\nfrom: 3 working days before\nuntil: 2 working days after\n---\nholidays: acme\ndays: [2020-01-01]\n{import}\n"
        ));
        let loaded = load(&files);
        (loaded.spec.unwrap(), loaded.origins)
    };
    let ((with, origins), (without, _)) = (tree("import: US"), tree(""));
    let add = tidegate_config::diff(&without, &with, &origins);
    let told: Vec<String> = add
        .iter()
        .map(|c| format!("{} {:?}", c.path, c.after))
        .collect();
    assert_eq!(add.len(), 1, "{told:?}");
    assert!(told[0].starts_with("holidays.US Some(\"3"), "{told:?}");
    assert!(
        told[0].contains("days from 2020 to 2049, sha256:"),
        "{told:?}"
    );
    // Fewer holidays: the freeze begins later before the end of some month.
    let gone = tidegate_config::diff(&with, &without, &origins);
    let weaker: Vec<_> = gone.iter().filter_map(|c| c.weakens.as_ref()).collect();
    assert_eq!(weaker.len(), 1, "{gone:?}");
}

#[test]
fn a_window_that_opens_too_late_is_refused_only_against_the_present() {
    let files = of(&format!(
        "{SMALLEST}---
environments:
  prod: {{ tier: production, window: later }}
---
window: later
allow: Mon 09:00-10:00 from 2027-12-27
"
    ));
    let without = load(&files).spec.is_some();
    assert!(without, "without a present nothing is late");
    let at = |now: &str| tidegate_config::load_at(&files, now.parse().unwrap());
    assert!(at("2026-11-21T12:00:00Z").spec.is_none(), "401 days");
    assert!(at("2026-11-23T12:00:00Z").spec.is_some(), "399 days");
}

#[test]
fn a_window_that_opens_only_inside_freezes_is_warned_about_with_every_line() {
    let told = |from: &str, until: &str| {
        let files = of(&format!(
            "{SMALLEST}---
environments:
  prod: {{ tier: production, window: nights }}
---
window: nights
allow: Mon-Thu 20:00-24:00
---
freeze: first-half
why: the books are closed
from: {from}
until: 2027-06-01
---
freeze: for-good
why: the audit
from: {until}
"
        ));
        let loaded = tidegate_config::load_at(&files, "2026-11-21T12:00:00Z".parse().unwrap());
        assert!(loaded.spec.is_some(), "a warning refuses nothing");
        let found = loaded.diagnostics.into_iter().find(|d| d.code == "TG0414");
        found.map(|d| {
            let places: Vec<String> = d
                .secondary
                .iter()
                .map(|s| format!("{}: {}", s.line, s.label))
                .collect();
            format!(
                "{}: {} ({}); {}",
                d.line,
                d.message,
                d.label,
                places.join("; ")
            )
        })
    };
    assert_eq!(
        told("2026-11-01", "2027-06-01").as_deref(),
        Some(
            "7: prod is never open within 400 days (all 228 openings of `nights` lie inside the freezes first-half, for-good); \
             10: opens here; 14: `first-half` begins here; 19: `for-good` begins here"
        )
    );
    // One evening is left before the first, or between the two.
    assert_eq!(told("2026-11-24", "2027-06-01"), None);
    assert_eq!(told("2026-11-01", "2027-06-02"), None);
}
