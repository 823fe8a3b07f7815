//! A server that was taken over brings what nobody allowed: an agent with a trust file starts nothing of it.
//!
//! The server of these tests speaks the protocol as the real one does and lies in every way that votes can be lied about. What
//! counts is the file of effects at the target.

mod taken_over;

use crate::{
    server::Server,
    support::{Agent, Place, TrustFile, action, unit},
};
use std::cell::Cell;
use std::collections::BTreeSet;
use tidegate_core::digest::canonical;
use tidegate_core::id::{EnvId, ServiceId, TeamId};
use tidegate_core::mandate::{About, Statement, Voter};
use tidegate_core::plan::{Health, Intent, PlanBody, Revision, Side, Step};
use tidegate_core::spec::OnRegression;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_plugin::wire::{Mandate, SignedVote};
use tidegate_plugin::{Action, ActionKind, Outcome, Unit};
use tidegate_policy::signature::Key;

#[expect(clippy::disallowed_methods, reason = "votes are given now")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// Grace (risk) and farah (web) are known, grace with two keys; rita is not in the file.
struct People {
    grace: Key,
    grace_home: Key,
    farah: Key,
    rita: Key,
}

impl People {
    fn new() -> Self {
        let key = || Key::new().unwrap().0;
        Self {
            grace: key(),
            grace_home: key(),
            farah: key(),
            rita: key(),
        }
    }

    /// The yes of grace and farah, in a change.
    fn both(&self, plan: &PlanBody, change: &str) -> Vec<SignedVote> {
        let says = [("grace", &self.grace), ("farah", &self.farah)];
        let yes = says.map(|(person, key)| {
            let yes = Says::yes(person, key);
            Says { change, ..yes }.to(plan)
        });
        yes.into()
    }

    /// One of each team for `prod`.
    fn file(&self) -> TrustFile {
        let text = serde_json::json!({
            "people": {
                "grace": {
                    "keys": { "laptop": self.grace.public(), "home": self.grace_home.public() },
                    "teams": ["risk", "web"],
                },
                "farah": { "keys": { "laptop": self.farah.public() }, "teams": ["web"] },
            },
            "environments": {
                "prod": {
                    "approvals": [{ "from": "web", "count": 1 }, { "from": "risk", "count": 1 }],
                    "never-by": ["author"],
                },
            },
        });
        TrustFile(text.to_string())
    }
}

fn revision(unit: &Unit) -> Revision {
    Revision {
        key: unit.key.clone(),
        release: format!("web@{}", unit.version).parse().unwrap(),
        artifact: unit.digest.parse().unwrap(),
        location: unit.location.clone(),
        command: unit.command.clone(),
        prepare: None,
        values: unit.values.clone(),
        health: Health {
            path: unit.health.path.clone(),
            every: Millis(unit.health.every_ms),
            timeout: Millis(unit.health.timeout_ms),
            deadline: Millis(unit.health.deadline_ms),
        },
        grace: Millis(unit.grace_ms),
        port: None,
        stick: None,
        instances: 1,
    }
}

/// From what runs to this.
fn plan(from: Option<&Unit>, to: &Unit) -> PlanBody {
    let scale = |side, count| Step {
        intent: Intent::Scale { side, count },
        timeout: Millis::secs(60),
        retries: 0,
    };
    let old = |count| from.map(|_| scale(Side::Old, count));
    PlanBody {
        service: ServiceId::new("web").unwrap(),
        environment: EnvId::new("prod").unwrap(),
        from: from.map(revision),
        retire: None,
        to: revision(to),
        steps: std::iter::once(scale(Side::New, 1)).chain(old(0)).collect(),
        undo: old(1).into_iter().chain([scale(Side::New, 0)]).collect(),
        closing: Vec::new(),
        watch: Millis::ZERO,
        analysis: None,
        regression: OnRegression::RollBack,
        undo_within: Millis::secs(60),
        gates: Vec::new(),
        scope: None,
    }
}

/// What somebody says to a plan.
struct Says<'a> {
    person: &'a str,
    key: &'a Key,
    change: &'a str,
    requester: &'a str,
    author: &'a str,
    hours: i64,
}

impl<'a> Says<'a> {
    fn yes(person: &'a str, key: &'a Key) -> Self {
        Self {
            person,
            key,
            change: "CHG-1",
            requester: "ana",
            author: "dina",
            hours: 24,
        }
    }

    fn to(&self, plan: &PlanBody) -> SignedVote {
        let name = |one: &str| BTreeSet::from([one.to_owned()]);
        let about = About {
            change: self.change.to_owned(),
            release: plan.to.release.clone(),
            environment: plan.environment.clone(),
            plan: plan.digest().unwrap(),
            artifact: plan.to.artifact.clone(),
            replaces: plan.from.as_ref().map(|from| from.key.clone()),
            requesters: name(self.requester),
            authors: name(self.author),
        };
        let voter = Voter {
            person: self.person.to_owned(),
            instead_of: None,
            team: TeamId::new("web").unwrap(),
            sign: None,
        };
        let hour = jiff::SignedDuration::from_hours(1);
        let at = now() - hour;
        let until = at + jiff::SignedDuration::from_hours(self.hours);
        let statement = Statement::yes(about, voter, at, until).text().unwrap();
        SignedVote {
            key: "laptop".to_owned(),
            value: self.key.sign(&statement),
            statement,
        }
    }
}

fn mandate(plan: &PlanBody, votes: Vec<SignedVote>) -> Mandate {
    Mandate {
        environment: "prod".to_owned(),
        plan: canonical(plan).unwrap(),
        votes,
    }
}

/// The server brings work of a deployment with what it says allows it; how the agent answers.
fn brings(
    server: &Server,
    (deployment, generation): (&str, u64),
    (unit, count): (&Unit, u32),
    mandate: Mandate,
) -> Outcome {
    let id = format!("act_{deployment}_{generation}_{}_{count}", unit.version);
    let kind = ActionKind::Scale {
        unit: unit.clone(),
        to: count,
    };
    let work = Action {
        deployment: deployment.to_owned(),
        generation,
        ..action(&id, "web", 1, kind)
    };
    server
        .told()
        .mandates
        .insert(deployment.to_owned(), mandate);
    server.give(work);
    server.end_of(&id)
}

/// A server that brings one deployment after another, and an agent that does not believe it.
struct Taken {
    people: People,
    place: Place,
    server: Server,
    agent: Agent,
    deployments: Cell<u64>,
}

impl Taken {
    fn over() -> Self {
        let people = People::new();
        let (place, server) = (Place::new(), Server::start());
        let agent = place.trusting_agent(&server, &people.file());
        Self {
            people,
            place,
            server,
            agent,
            deployments: Cell::new(0),
        }
    }

    /// Another deployment with what it says allows it.
    fn brings(&self, unit: &Unit, plan: &PlanBody, votes: Vec<SignedVote>) -> Outcome {
        let n = self.deployments.get() + 1;
        self.deployments.set(n);
        let deployment = format!("dep_{n}");
        let mandate = mandate(plan, votes);
        brings(&self.server, (&deployment, n), (unit, 1), mandate)
    }

    fn grace(&self) -> Says<'_> {
        Says::yes("grace", &self.people.grace)
    }

    fn farah(&self) -> Says<'_> {
        Says::yes("farah", &self.people.farah)
    }

    /// Nothing was started; what two people allowed is.
    fn ends(self, unit: &Unit, allowed: &PlanBody) {
        assert_eq!(self.place.effects(), "", "nothing was started");
        let votes = self.people.both(allowed, "CHG-1");
        let done = self.brings(unit, allowed, votes);
        assert!(matches!(done, Outcome::Done { .. }), "{done:?}");
        assert_eq!(self.place.count("started"), 1, "{}", self.place.effects());
        self.agent.stop();
    }
}

#[track_caller]
fn refused(outcome: &Outcome, words: &str) {
    match outcome {
        Outcome::Failed { because, .. } if because.contains(words) => {
            assert!(because.starts_with("refused by the agent: "), "{because}");
        }
        other => panic!("`{words}` expected: {other:?}"),
    }
}

#[test]
fn votes_serve_one_deployment_and_the_way_back_needs_none() {
    let people = People::new();
    let (place, server) = (Place::new(), Server::start());
    let agent = place.trusting_agent(&server, &people.file());
    let (one, two) = (unit("1.0.0", &[]), unit("1.1.0", &[("N", "2")]));
    let is_done = |outcome: &Outcome| matches!(outcome, Outcome::Done { .. });
    let first = plan(None, &one);
    let let_in = mandate(&first, people.both(&first, "CHG-1"));
    assert!(is_done(&brings(
        &server,
        ("dep_1", 1),
        (&one, 1),
        let_in.clone()
    )));
    // The same votes again, for another deployment of the same plan.
    let used = "the votes of CHG-1 were used for generation 1 of prod/web, dep_1";
    let again = brings(&server, ("dep_2", 2), (&one, 1), let_in.clone());
    refused(&again, used);
    // And under the name of the first.
    refused(&brings(&server, ("dep_1", 3), (&one, 1), let_in), used);

    let next = plan(Some(&one), &two);
    let let_in = mandate(&next, people.both(&next, "CHG-2"));
    assert!(is_done(&brings(&server, ("dep_3", 4), (&two, 1), let_in)));
    // An agent that is started again knows what it let in; the way back of that plan asks nobody, whose votes ended or not.
    agent.stop();
    let agent = place.trusting_agent(&server, &people.file());
    let ended = mandate(&next, Vec::new());
    assert!(is_done(&brings(&server, ("dep_3", 4), (&two, 0), ended)));
    // A return to what was let in before needs no votes, something new does.
    let back = plan(Some(&two), &one);
    let returned = mandate(&back, Vec::new());
    assert!(is_done(&brings(&server, ("dep_4", 5), (&one, 1), returned)));
    let three = unit("1.2.0", &[("N", "3")]);
    let new = plan(Some(&one), &three);
    let outcome = brings(
        &server,
        ("dep_5", 6),
        (&three, 1),
        mandate(&new, Vec::new()),
    );
    refused(&outcome, "lacks the yes of");
    agent.stop();
}

#[test]
fn a_trust_file_with_a_mistake_ends_the_agent_and_an_environment_it_does_not_name_is_not_served() {
    let people = People::new();
    let (place, server) = (Place::new(), Server::start());
    let same = people
        .file()
        .0
        .replace(&people.farah.public(), &people.grace.public());
    let text = place.refused_trust(&server, &TrustFile(same));
    assert!(text.contains("farah and grace have the same key"), "{text}");
    let never = people
        .file()
        .0
        .replace("\"teams\":[\"risk\",\"web\"]", "\"teams\":[]");
    let text = place.refused_trust(&server, &TrustFile(never));
    assert!(
        text.contains("environments.prod can never be satisfied: 1 of risk"),
        "{text}"
    );
    let elsewhere = people.file().0.replace("\"prod\"", "\"far\"");
    let agent = place.trusting_agent(&server, &TrustFile(elsewhere));
    let one = unit("1.0.0", &[]);
    let body = plan(None, &one);
    let outcome = brings(&server, ("dep_1", 1), (&one, 1), mandate(&body, Vec::new()));
    refused(&outcome, "says nothing about prod");
    assert_eq!(place.effects(), "");
    agent.stop();
}
