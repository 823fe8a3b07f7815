//! The next slots, and that the gates then do what was said.

use crate::agenda::{company, known};
use crate::windows::{at, freeze, frozen, name, until, window};
use crate::world::company::{env, service};
use crate::world::story::{Story, running};
use proptest::prelude::*;
use std::fmt::Write as _;
use tidegate_core::agenda::slots::{Search, Slots, slots};
use tidegate_core::agenda::standing::standing;
use tidegate_core::agenda::{Kind, Question, agenda};
use tidegate_core::calendar::Zone;
use tidegate_core::gate::{self, Asked, Purpose};
use tidegate_core::plan::PlanBody;
use tidegate_core::time::{Millis, Timestamp};

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
        present: story.ledger.now,
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

#[test]
fn a_time_that_others_have_reserved_is_left_to_them_where_only_so_many_fit() {
    let mut story = company();
    let mut out = String::new();
    story.ledger.spec.freezes.clear();
    for one in ["web", "api"] {
        let one = story.ledger.spec.services.get_mut(&service(one)).unwrap();
        one.needs.clear();
    }
    let staging = story.ledger.spec.environments.get_mut(&env("staging"));
    staging.unwrap().one_at_a_time = true;
    until(&mut story, "2026-03-02T12:00:00Z");
    let now = story.ledger.now;
    let before = slots(
        &known(&story),
        &search(&["api"], &["staging"], Some(30), now),
    )
    .unwrap();
    let _ = writeln!(out, "before\n{}", told(&before));
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&id), "waiting");
    let mut ask = |called: &str, services: &[&str], story: &Story| {
        let wanted = search(services, &["staging"], Some(30), now);
        let found = slots(&known(story), &wanted).unwrap();
        let _ = writeln!(out, "{called}\n{}", told(&found));
        for report in found
            .slots
            .iter()
            .take(1)
            .flat_map(|slot| &slot.before)
            .flat_map(|o| &o.reports)
        {
            let _ = writeln!(
                out,
                "  {}: {} {:?}",
                report.title, report.detail, report.rule
            );
        }
    };
    ask("while web has the morning", &["api"], &story);
    ask("the next version of web takes its place", &["web"], &story);
    let staging = story.ledger.spec.environments.get_mut(&env("staging"));
    let staging = staging.unwrap();
    (staging.one_at_a_time, staging.at_most) = (false, Some(2));
    ask("two at a time", &["api"], &story);
    insta::assert_snapshot!(out);
}
