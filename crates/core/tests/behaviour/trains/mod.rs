//! Trains: boarding, cut-offs, go or no-go, leaving, arriving, and what a late server or a changed timetable does.

mod answers;
mod boarding;
mod decisions;
mod features;
mod leaving;
mod pace;

use crate::gates::{ask, text};
use crate::world::company::{release, service};
use crate::world::story::{Story, given, rita};
use std::fmt::Write as _;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command as Any;
use tidegate_core::gate::{GateId, Purpose};
use tidegate_core::id::{DepartureId, Name, TeamId};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{Cadence, Missed, Quota, Share, Team, Train, Trigger};
use tidegate_core::stream::departure::{Command, Departure, Journey};
use tidegate_core::stream::{departure, train};
use tidegate_core::time::{Millis, Timestamp};

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A train for `web` and `api` to `prod`, every week on Tuesday at ten in Berlin; stories begin on Mon 2 March 2026.
pub fn retail() -> Train {
    Train {
        carries: vec![service("web"), service("api")],
        departs: "every week on Tue at 10:00".to_owned(),
        zone: Some("Europe/Berlin".to_owned()),
        first: None,
        scope_closes: None,
        code_closes: None,
        go_no_go: None,
        decided_by: None,
        missed: Missed::NextTrain,
        capacity: None,
        to: Vec::new(),
        patience: Millis::minutes(24 * 60),
        trigger: Trigger::Date,
        features: std::collections::BTreeMap::new(),
        cadence: None,
        hands: std::collections::BTreeMap::new(),
        hotfixes: None,
    }
}

/// The company with this train under way, and `web` 1.0.0 to 1.3.0 made; the first two are green in staging.
pub fn with(train: Train) -> Story {
    let mut story = given(&["web@1.0.0", "web@1.1.0", "web@1.2.0", "web@1.3.0"]);
    story.deployed("web@1.0.0", "staging");
    story.deployed("web@1.1.0", "staging");
    configure(&mut story, train);
    story
}

/// The configuration has this train from now on.
pub fn configure(story: &mut Story, train: Train) {
    story.ledger.spec.trains.insert(name("retail"), train);
    look(story);
}

pub fn look(story: &mut Story) {
    let command = train::Command::Wake;
    let id = name("retail");
    story
        .ask(Actor::system(), Any::Train { id, command })
        .expect("a train always looks");
}

pub fn id(number: u64) -> DepartureId {
    DepartureId::new(name("retail"), number)
}

pub fn tell(story: &mut Story, number: u64, command: Command) -> Result<String, Refusal> {
    tell_as(story, rita(), number, command)
}

pub fn tell_as(
    story: &mut Story,
    actor: Actor,
    number: u64,
    command: Command,
) -> Result<String, Refusal> {
    let id = id(number);
    story.ask(actor, Any::Departure { id, command })
}

pub fn join(story: &mut Story, number: u64, what: &str) -> Result<String, Refusal> {
    let command = Command::Join {
        release: release(what),
        reason: String::new(),
    };
    tell(story, number, command)
}

pub fn departure(story: &Story, number: u64) -> Departure {
    story.ledger.view().load(&id(number).key()).unwrap()
}

pub fn train_of(story: &Story) -> train::Train {
    story.ledger.view().load("retail").unwrap()
}

pub fn phase(story: &Story, number: u64) -> &'static str {
    departure(story, number).phase.name()
}

fn departs(story: &Story, number: u64) -> Timestamp {
    departure(story, number).facts.unwrap().timetable.departs
}

fn aboard(story: &Story, number: u64) -> Vec<String> {
    let facts = departure(story, number).facts.unwrap();
    facts.passengers.keys().map(ToString::to_string).collect()
}

/// Why each of these is gone from a departure.
fn gone(story: &Story, number: u64) -> Vec<String> {
    let facts = departure(story, number).facts.unwrap();
    let line = |g: &departure::Gone| format!("{}: {}", g.release, g.because);
    facts.gone.iter().map(line).collect()
}

pub fn until(story: &mut Story, then: &str) {
    let span = Millis::between(story.ledger.now, at(then));
    story.pass(span);
}

fn down_until(story: &mut Story, then: &str) {
    let span = Millis::between(story.ledger.now, at(then));
    story.sleep(span);
}

fn why(text: &str) -> String {
    text.to_owned()
}

/// What the runner does: a deployment for every promotion to `prod`, carried out to its end.
pub fn arrives(story: &mut Story, what: &str) {
    let id = story.deploy(what, "prod").expect("it is aboard");
    story.succeeds(&id);
    story.pass(Millis::minutes(40));
    story.agent_finishes();
}

fn decided() -> Train {
    Train {
        go_no_go: Some("18 hours before".to_owned()),
        ..retail()
    }
}

/// A deployment to `prod` whose first steps fail for good.
fn fails(story: &mut Story, what: &str) {
    let id = story.deploy(what, "prod").expect("it is aboard");
    for _ in 0..20 {
        if !story.agent_says(crate::world::story::failed()) {
            story.pass(Millis::secs(90));
        }
        if story.state(&id).phase.is_terminal() {
            return;
        }
    }
    panic!("{id} does not fail: {}", story.phase(&id));
}

fn slowing() -> Train {
    let quota = |percent: u32, departures| Quota {
        share: Share(percent * 100),
        departures,
    };
    Train {
        cadence: Some(Cadence {
            slow_after: quota(20, 2),
            recover_after: quota(5, 3),
            steps: vec!["every 2 weeks on Tue at 10:00".to_owned()],
            notice: Millis::minutes(24 * 60),
        }),
        first: Some(jiff::civil::date(2026, 3, 3)),
        ..retail()
    }
}

/// The next departure carries a new version of `web`, and it fails or arrives.
fn run(story: &mut Story, version: &str, good: bool) {
    let what = format!("web@{version}");
    story.register(&what).unwrap();
    story.create(&what).unwrap();
    story.deployed(&what, "staging");
    let number = *train_of(story).open.iter().next().unwrap();
    join(story, number, &what).unwrap();
    let leaves = departs(story, number).to_string();
    until(story, &leaves);
    if good {
        arrives(story, &what);
    } else {
        fails(story, &what);
    }
    assert_eq!(phase(story, number), "arrived");
}
