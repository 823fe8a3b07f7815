//! The calendar as people look at it.

use crate::windows::{at, freeze, frozen, name, window};
use crate::world::company::{env, service};
use crate::world::story::{Story, running};
use jiff::civil::date;
use std::fmt::Write as _;
use tidegate_core::agenda::slots::{Search, slots};
use tidegate_core::agenda::standing::{hours, standing};
use tidegate_core::agenda::{Item, Kind, Known, Question, Source, agenda};
use tidegate_core::calendar::Zone;
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
pub fn company() -> Story {
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
