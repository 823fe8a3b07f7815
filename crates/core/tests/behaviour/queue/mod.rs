//! The line: who goes next where only so many may go, what a reserved time is, and what becomes of those who wait.

mod places;
mod times;
mod turns;

use crate::windows;
use crate::world::company::{env, service};
use crate::world::story::{Story, given};
use tidegate_core::gate::{GateId, Purpose};
use tidegate_core::id::{Name, TeamId};
use tidegate_core::queue::{Priority, Request};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::Window;
use tidegate_core::stream::deployment::Phase;
use tidegate_core::time::{Millis, Timestamp};

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn until(story: &mut Story, then: &str) {
    let span = Millis::between(story.ledger.now, at(then));
    story.pass(span);
}

/// Services `s0`, `s1` … of these teams, each with version 1.0.0 made; staging takes `at_most` at a time.
pub fn crowd(teams: &[&str], at_most: Option<u32>) -> Story {
    let mut story = given(&[]);
    let web = story.ledger.spec.services[&service("web")].clone();
    for (n, team) in teams.iter().enumerate() {
        let mut one = web.clone();
        one.owner = TeamId::new(*team).unwrap();
        one.run.as_mut().unwrap().port = Some(10_000 + u16::try_from(n).unwrap());
        let id = service(&format!("s{n}"));
        story.ledger.spec.services.insert(id, one);
    }
    for n in 0..teams.len() {
        let id = format!("s{n}@1.0.0");
        story.register(&id).unwrap();
        story.create(&id).unwrap();
    }
    limit(&mut story, "staging", at_most);
    story
}

fn limit(story: &mut Story, to: &str, at_most: Option<u32>) {
    let spec = &mut story.ledger.spec;
    spec.environments.get_mut(&env(to)).unwrap().at_most = at_most;
}

/// No work in staging before this instant.
pub fn frozen(story: &mut Story, until: &str) {
    let freeze = windows::freeze("2026-03-01", Some(until), None);
    windows::frozen(story, "close", freeze);
}

fn ask(story: &mut Story, n: usize, request: Request) -> Result<String, Refusal> {
    // Age is told apart by the second.
    story.pass(Millis::secs(1));
    let id = format!("s{n}@1.0.0");
    let plan = story.plan(&id, "staging", Purpose::Promote).unwrap();
    story.propose_as(plan, Purpose::Promote, request)
}

pub fn with(priority: Priority) -> Request {
    Request {
        priority,
        ..Request::PLAIN
    }
}

/// Services in the order in which their gates passed.
pub fn started(story: &Story) -> Vec<String> {
    let passed = |kind: &str| kind.starts_with("deployment.gates_passed");
    let entries = story.ledger.entries.iter();
    entries
        .filter(|e| passed(&e.entry.kind))
        .map(|e| {
            let state = story.state(e.entry.stream.key());
            state.facts.unwrap().plan.body.service.to_string()
        })
        .collect()
}

/// Deployments that change staging now.
pub fn under_way(story: &Story) -> usize {
    let rows = story.ledger.view().under_way(&env("staging")).unwrap();
    rows.iter().filter(|(_, row)| row.is_running()).count()
}

/// Agents work until nobody is left; every look checks the limit.
fn drain(story: &mut Story, limit: usize) {
    for _ in 0..10_000 {
        assert!(under_way(story) <= limit, "{} at a time", under_way(story));
        if !story.agent_works() && under_way(story) == 0 {
            return;
        }
    }
    panic!("it does not end");
}

fn capacity(story: &Story, id: &str) -> (String, String) {
    let Phase::Gated { reports, .. } = story.state(id).phase else {
        panic!("it does not wait");
    };
    let report = reports.into_iter().find(|r| r.gate == GateId::Capacity);
    let report = report.unwrap();
    (report.title, report.detail)
}

/// Staging changes only in the window `office`.
fn office_hours(story: &mut Story, allow: &str) {
    let spec = &mut story.ledger.spec;
    let window = Window {
        deny: Vec::new(),
        allow: vec![allow.to_owned()],
        zone: None,
        at_most: None,
    };
    spec.windows.insert(name("office"), window);
    let staging = spec.environments.get_mut(&env("staging")).unwrap();
    staging.window = Some(name("office"));
}
