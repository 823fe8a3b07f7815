//! The calendar as people look at it, and that it says what the gates then do.

use crate::windows::{at, freeze, frozen, name, until, window};
use crate::world::company::{env, service};
use crate::world::story::{Story, running};
use jiff::civil::date;
use proptest::prelude::*;
use std::fmt::Write as _;
use tidegate_core::agenda::slots::{Search, Slots, slots};
use tidegate_core::agenda::standing::{hours, standing};
use tidegate_core::agenda::{Item, Kind, Known, Question, Source, agenda};
use tidegate_core::calendar::Zone;
use tidegate_core::gate::{self, Asked, Purpose};
use tidegate_core::plan::PlanBody;
use tidegate_core::time::{Millis, Timestamp};

pub fn known(story: &Story) -> Known<'_> {
    Known {
        now: story.ledger.now,
        spec: &story.ledger.spec,
        origins: &story.ledger.origins,
        view: &story.ledger,
    }
}

fn clock(zone: &str, at: Timestamp) -> String {
    Zone::named(zone).unwrap().text(at)
}

pub fn line(item: &Item) -> String {
    let zone = item.zone.as_str();
    let end = item
        .time
        .end()
        .map_or("-".to_owned(), |end| clock(zone, end));
    let names = |all: Vec<String>| {
        if all.is_empty() {
            "all".to_owned()
        } else {
            all.join(",")
        }
    };
    let envs = names(item.environments.iter().map(ToString::to_string).collect());
    let services = names(item.services.iter().map(ToString::to_string).collect());
    let from = match &item.source {
        Source::Rule(rule) => rule.clone(),
        Source::Declared { by, .. } => format!("by {by}"),
    };
    format!(
        "{} {} {} .. {end} {zone} | {:?} {:?} {services} in {envs} | {} ({}) | {from}",
        item.kind.as_str(),
        item.name,
        clock(zone, item.time.start()),
        item.effect,
        item.state,
        item.title,
        item.detail,
    )
}

fn week() -> (Timestamp, Timestamp) {
    (at("2026-02-28T00:00:00Z"), at("2026-03-09T00:00:00Z"))
}

/// Two regions that follow one window with their own clocks, a freeze of one service, a holiday and the end of a quarter.
fn company() -> Story {
    let mut story = running();
    window(&mut story, &["Mon-Tue 09:00-12:00"], None);
    let production = freeze("2026-03-03 10:00", Some("2026-03-04"), None);
    frozen(&mut story, "audit", production);
    let mut books = freeze("2026-03-05", None, None);
    books.scope.services = vec![service("api")];
    books.scope.environments = Vec::new();
    frozen(&mut story, "books", books);
    let spec = &mut story.ledger.spec;
    spec.holidays.insert(date(2026, 3, 6));
    spec.fiscal_year_starts = 3;
    for (to, zone) in [("staging", "Europe/Berlin"), ("prod", "America/New_York")] {
        let environment = spec.environments.get_mut(&env(to)).unwrap();
        environment.window = Some(name("office-hours"));
        zone.clone_into(&mut environment.zone);
    }
    story
}

#[test]
fn one_list_has_windows_freezes_days_and_deployments_with_where_they_come_from() {
    let mut story = company();
    story.deploy("web@1.1.0", "staging").unwrap();
    let (from, until) = week();
    let mut out = String::new();
    let mut ask = |called: &str, change: &dyn Fn(&mut Question)| {
        let mut question = Question::between(from, until).unwrap();
        change(&mut question);
        let found = agenda(&known(&story), &question);
        let _ = writeln!(out, "{called}, {} left out", found.left_out);
        found.items.iter().for_each(|item| {
            let _ = writeln!(out, "  {}", line(item));
        });
    };
    ask("everything", &|_| ());
    ask("prod", &|q| q.environments = vec![env("prod")]);
    ask("web", &|q| q.services = vec![service("web")]);
    ask("freezes", &|q| q.kinds = vec![Kind::Freeze]);
    ask("two", &|q| q.most = 2);
    insta::assert_snapshot!(out);
}

#[test]
fn a_rule_that_cannot_be_read_is_named_and_closes_the_environment() {
    let mut story = company();
    frozen(&mut story, "tides", freeze("at high tide", None, None));
    let (from, until) = week();
    let found = agenda(&known(&story), &Question::between(from, until).unwrap());
    let [unknown] = found.unknown.as_slice() else {
        panic!("{:?}", found.unknown);
    };
    assert_eq!(unknown.rule, "freezes.tides");
    let open = standing(&known(&story), &env("staging"), at("2026-03-03T08:30:00Z")).unwrap();
    assert!(!open.open && open.next.is_empty() && !open.unknown.is_empty());
    let open = standing(&known(&story), &env("prod"), at("2026-03-03T14:30:00Z")).unwrap();
    assert!(open.open, "the freeze does not concern it");
}

#[test]
fn a_question_that_makes_no_sense_is_refused_with_the_way_out() {
    let story = company();
    let (from, until) = week();
    let told = |refusal: tidegate_core::refusal::Refusal| refusal.to_string();
    assert!(told(Question::between(until, from).unwrap_err()).contains("before it begins"));
    let far = Millis(401 * 86_400_000).after(from);
    assert!(told(Question::between(from, far).unwrap_err()).contains("at most 400 days, not 401d"));
    let mut question = Question::between(from, until).unwrap();
    question.environments = vec![env("moon")];
    let no = question.known_to(&story.ledger.spec).unwrap_err();
    assert_eq!(told(no), "there is no environment `moon`");
    let none = standing(&known(&story), &env("moon"), from).unwrap_err();
    assert_eq!(told(none), "there is no environment `moon`");
    for (services, environments) in [(0, 1), (1, 0), (9, 9)] {
        let search = Search {
            services: vec![service("web"); services],
            environments: vec![env("prod"); environments],
            length: None,
            from,
            slots: 3,
        };
        let no = slots(&known(&story), &search).unwrap_err();
        assert!(told(no).contains("can be placed at once"));
    }
}

#[test]
fn an_environment_says_whether_it_is_open_until_when_and_when_next() {
    let story = company();
    let mut out = String::new();
    for (to, moment) in [
        ("staging", "2026-03-02T07:59:59Z"),
        ("staging", "2026-03-02T08:00:00Z"),
        ("staging", "2026-03-03T08:59:59Z"),
        ("staging", "2026-03-03T09:00:00Z"),
        // The Monday after New York changed its clocks, and the one after Berlin did.
        ("prod", "2026-03-09T12:30:00Z"),
        ("prod", "2026-03-09T13:30:00Z"),
        ("staging", "2026-03-30T07:30:00Z"),
    ] {
        let zone = &story.ledger.spec.environments[&env(to)].zone;
        let found = standing(&known(&story), &env(to), at(moment)).unwrap();
        let until = found.until.map_or("-".to_owned(), |at| clock(zone, at));
        let _ = writeln!(
            out,
            "{to} {}: open {} until {until}",
            clock(zone, found.at),
            found.open
        );
        for item in &found.because {
            let _ = writeln!(out, "  {}", line(item));
        }
        let next: Vec<String> = found
            .next
            .iter()
            .map(|span| clock(zone, span.start()))
            .collect();
        let _ = writeln!(out, "  next {}", next.join(", "));
    }
    for hours in hours(&known(&story)) {
        let zone = hours.zone.as_str();
        let until = hours.until.map_or("-".to_owned(), |at| clock(zone, at));
        let _ = writeln!(
            out,
            "{} {} {:?}: now {} until {until}, {} follow",
            hours.window,
            zone,
            hours.environments,
            hours.open.is_some(),
            hours.next.len(),
        );
    }
    insta::assert_snapshot!(out);
}

pub fn search(
    services: &[&str],
    environments: &[&str],
    length: Option<u64>,
    from: Timestamp,
) -> Search {
    Search {
        services: services.iter().map(|s| service(s)).collect(),
        environments: environments.iter().map(|e| env(e)).collect(),
        length: length.map(Millis::minutes),
        from,
        slots: 3,
    }
}

fn told(found: &Slots) -> String {
    let mut out = String::new();
    for slot in &found.slots {
        let _ = writeln!(out, "slot");
        for stage in &slot.stages {
            let latest = stage.latest.map_or("-".to_owned(), |at| at.to_string());
            let _ = writeln!(
                out,
                "  {} {} {}, starts until {latest}",
                stage.service, stage.environment, stage.span
            );
        }
        for before in &slot.before {
            let titles: Vec<&str> = before.reports.iter().map(|r| r.title.as_str()).collect();
            let _ = writeln!(
                out,
                "  not {} {} at {}: {}",
                before.service,
                before.environment,
                before.at,
                titles.join("; ")
            );
        }
    }
    if let Some(never) = &found.never {
        let titles: Vec<&str> = never.reports.iter().map(|r| r.title.as_str()).collect();
        let _ = writeln!(
            out,
            "never {} {}: {}",
            never.service,
            never.environment,
            titles.join("; ")
        );
    }
    out
}

#[test]
fn the_next_slots_of_one_service_and_of_several_along_their_path() {
    let mut story = company();
    let mut out = String::new();
    let now = story.ledger.now;
    let _ = writeln!(
        out,
        "as long as the next deployment\n{}",
        told(&slots(&known(&story), &search(&["web"], &["staging"], None, now)).unwrap())
    );
    let prod = story
        .ledger
        .spec
        .environments
        .get_mut(&env("prod"))
        .unwrap();
    prod.soak = Millis::minutes(120);
    prod.after = vec![env("staging")];
    story.ledger.spec.freezes.remove(&name("books"));
    let wanted = search(&["web", "api"], &["prod", "staging"], Some(80), now);
    let _ = writeln!(
        out,
        "two services, two regions\n{}",
        told(&slots(&known(&story), &wanted).unwrap())
    );
    frozen(&mut story, "incident", freeze("2026-03-01", None, None));
    let wanted = search(&["web"], &["staging"], Some(5), now);
    let _ = writeln!(
        out,
        "a freeze without an end\n{}",
        told(&slots(&known(&story), &wanted).unwrap())
    );
    story.ledger.spec.freezes.clear();
    let wanted = search(&["web"], &["staging"], Some(181), now);
    let _ = writeln!(
        out,
        "longer than the window\n{}",
        told(&slots(&known(&story), &wanted).unwrap())
    );
    story.ledger.spec.windows.clear();
    for environment in story.ledger.spec.environments.values_mut() {
        environment.window = None;
    }
    let wanted = search(&["web"], &["staging"], Some(181), now);
    let _ = writeln!(
        out,
        "always open\n{}",
        told(&slots(&known(&story), &wanted).unwrap())
    );
    insta::assert_snapshot!(out);
}

/// The plan of the real release, with the gates of the calendar only.
pub fn calendar_plan(story: &Story) -> PlanBody {
    let mut plan = story
        .plan("web@1.1.0", "staging", Purpose::Promote)
        .unwrap();
    plan.body.gates.retain(|gate| gate.is_calendar());
    plan.body
}

pub fn passes(story: &Story, plan: &PlanBody, now: Timestamp) -> bool {
    let reports = gate::evaluate(&Asked {
        now,
        plan,
        purpose: Purpose::Promote,
        deployment: None,
        request: &tidegate_core::queue::Request::PLAIN,
        expected: None,
        spec: &story.ledger.spec,
        origins: &story.ledger.origins,
        view: &story.ledger,
    });
    reports.iter().all(|report| report.outcome.passes())
}

prop_compose! {
    fn calendar()(
        phrases in prop::collection::vec((0usize..7, 0usize..7, 0u32..24, 1u32..20), 1..3),
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
        freezes in prop::collection::vec((0i64..200, 1i64..72, prop::bool::ANY), 0..4),
        month in 1u32..13,
    ) -> (Vec<String>, &'static str, Vec<(String, String, bool)>, Timestamp) {
        const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let phrases = phrases.into_iter().map(|(a, b, from, hours)| {
            format!("{}, {} {from:02}:00-{:02}:30", DAYS[a], DAYS[b], (from + hours) % 24)
        }).collect();
        // Days around the last Sunday or the second one, where clocks change.
        let start: Timestamp = format!("2026-{month:02}-{:02}T00:00:00Z", if month == 3 { 5 } else { 22 }).parse().unwrap();
        let text = |hours: i64| {
            let at = start.checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
            Zone::named(zone).unwrap().civil(at).strftime("%Y-%m-%d %H:%M").to_string()
        };
        let freezes = freezes.into_iter().map(|(from, lasts, all)| (text(from), text(from + lasts), all)).collect();
        (phrases, zone, freezes, start)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_next_slot_and_the_standing_say_what_the_gates_do((phrases, zone, freezes, start) in calendar()) {
        let mut story = running();
        let phrases: Vec<&str> = phrases.iter().map(String::as_str).collect();
        window(&mut story, &phrases, Some(zone));
        for (number, (from, until, all)) in freezes.iter().enumerate() {
            let mut rule = freeze(from, Some(until), None);
            rule.zone = Some(zone.to_owned());
            if !all {
                rule.scope.services = vec![service("web")];
            }
            frozen(&mut story, &format!("f{number}"), rule);
        }
        let found = slots(&known(&story), &search(&["web"], &["staging"], None, start)).unwrap();
        let plan = calendar_plan(&story);
        // Every half hour of ten days; what begins does so at one of them, in every zone.
        let half = |n: u64| Millis::minutes(30 * n).after(start);
        let first = (0..480).map(half).find(|now| passes(&story, &plan, *now));
        let answer = found.slots.first().map(|slot| slot.stages[0].span.start());
        prop_assert_eq!(answer.filter(|at| *at < half(480)), first);
        for slot in &found.slots {
            let stage = &slot.stages[0];
            prop_assert!(passes(&story, &plan, stage.span.start()));
            if let Some(latest) = stage.latest {
                prop_assert!(passes(&story, &plan, latest), "{}", latest);
                prop_assert!(!passes(&story, &plan, Millis(1).after(latest)), "{}", latest);
            }
        }
        // What an environment says of itself holds for every service, as freezes of one service do not count.
        let mut short = plan.clone();
        short.steps.clear();
        (short.watch, short.undo_within) = (Millis::ZERO, Millis::ZERO);
        let general = freezes.iter().all(|(_, _, all)| *all);
        for now in (0..480).step_by(23).filter(|_| general).map(half) {
            let open = standing(&known(&story), &env("staging"), now).unwrap();
            prop_assert_eq!(open.open, passes(&story, &short, now), "{}", now);
        }
    }
}

#[test]
fn a_slot_that_was_promised_is_the_instant_at_which_the_deployment_starts() {
    let mut story = company();
    let web = story.ledger.spec.services.get_mut(&service("web")).unwrap();
    web.needs.clear();
    until(&mut story, "2026-03-02T12:00:00Z");
    let wanted = search(&["web"], &["staging"], None, story.ledger.now);
    let promised = slots(&known(&story), &wanted).unwrap().slots[0].stages[0]
        .span
        .start();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    let mut question = Question::between(story.ledger.now, at("2026-04-01T00:00:00Z")).unwrap();
    question.kinds = vec![Kind::Slot];
    let shown = agenda(&known(&story), &question);
    assert_eq!(shown.items[0].time.start(), promised);
    let span = Millis::between(story.ledger.now, promised);
    story.pass(Millis(span.0 - 1));
    assert_eq!(story.phase(&id), "waiting");
    story.pass(Millis(1));
    assert_eq!(story.phase(&id), "running");
    let now = Question::between(story.ledger.now, at("2026-04-01T00:00:00Z")).unwrap();
    let shown = agenda(&known(&story), &now);
    assert!(shown.items.iter().any(|item| item.kind == Kind::Deployment));
}
