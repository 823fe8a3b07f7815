//! Every short history of three people who may do whatever an operator may: a change that needs two people is never enough
//! unless two people who did not ask for it said yes to this very plan.
//!
//! The rule is not asked for its own opinion: who is which human being, who asked and who said yes to what is kept here. Plans
//! and who asked come from the whole ledger; from there on the decider of the change itself is asked, command by command.
//! Outside of this test stand those who decide who people are and what the configuration says: against those, votes are signed.

use super::*;
use std::collections::HashMap;
use tidegate_core::authority;
use tidegate_core::decider::{Ctx, Decider};
use tidegate_core::gate::Purpose;
use tidegate_core::id::{ActionId, CommandId, Ids, StreamId, StreamKind};
use tidegate_core::model::person::{ACCOUNTS, DELEGATIONS, Delegation as Lent, PEOPLE};
use tidegate_core::queue::Request;
use tidegate_core::spec::{Origins, Spec};
use tidegate_core::stream::change::Opening;
use tidegate_core::stream::delegation::{self, Delegation, DelegationId};
use tidegate_core::time::Timestamp;
use tidegate_core::view::{Lease, StateRow, View};

/// Acts after the request; `TIDEGATE_DEPTH` asks for more, each about fifteen times the time.
fn depth() -> usize {
    let asked = std::env::var("TIDEGATE_DEPTH").ok();
    asked.map_or(4, |text| text.parse().expect("a number of acts"))
}
const DAY: Millis = Millis::minutes(24 * 60);

/// What somebody may try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    /// This account says yes, perhaps in the place of somebody.
    Yes(&'static str, Option<&'static str>),
    /// This account says yes to the first plan, which is no longer the newest.
    Stale(&'static str),
    /// This account says no.
    No(&'static str),
    /// Somebody lends somebody the right of a team.
    Lend(&'static str, &'static str, &'static str),
    /// The same release again by this account, with other effects.
    Again(&'static str),
    /// This account declares an emergency.
    Emergency(&'static str),
    /// Somebody joins or leaves a team, by this account's name.
    Moves(&'static str, &'static str),
    /// A day passes.
    Day,
}

const WHO: [&str; 5] = ["ana", "ana-ops", "ana-bot", "ben", "cleo"];
const MOVES: [(&str, &str); 4] = [
    ("ana-ops", "risk"),
    ("ben", "risk"),
    ("cleo", "platform"),
    ("cleo", "risk"),
];

/// Ana has a second account and a program. She and ben are platform, cleo is risk.
fn human(account: &str) -> &str {
    match account {
        "ana-ops" | "ana-bot" => "ana",
        other => other,
    }
}

fn actor(account: &str) -> Actor {
    with_role(account, Role::Operator)
}

fn with_role(account: &str, role: Role) -> Actor {
    let mut actor = Actor::account(account, role);
    actor.person = Some(human(account).to_owned());
    actor
}

fn acts() -> Vec<Act> {
    let mut all = vec![
        Act::Day,
        Act::Stale("ben"),
        Act::Stale("cleo"),
        Act::No("cleo"),
        Act::Lend("cleo", "ana", "risk"),
        Act::Lend("cleo", "ben", "risk"),
        Act::Lend("ben", "ana-ops", "platform"),
        Act::Lend("ana", "cleo", "platform"),
        Act::Again("ana"),
        Act::Again("ben"),
        Act::Emergency("ana"),
        Act::Emergency("cleo"),
    ];
    for account in WHO {
        for holder in [None, Some("ana"), Some("ben"), Some("cleo")] {
            if holder.is_none_or(|h| h != human(account)) {
                all.push(Act::Yes(account, holder));
            }
        }
    }
    all.extend(MOVES.map(|(who, of)| Act::Moves(who, of)));
    all
}

/// What does not change: the ledger with the request in it, the plan that others could make of it, who is in which team.
struct Ground {
    story: Story,
    first: Digest,
    again: Opening,
    /// By which of [`MOVES`] happened.
    specs: Vec<Spec>,
    /// What everybody may do.
    role: Role,
}

/// A history, and what an onlooker knows of it.
#[derive(Clone)]
struct History {
    change: Change,
    moved: usize,
    lent: BTreeMap<Act, (String, Lent)>,
    now: Timestamp,
    days: u8,
    /// Human beings who asked.
    asked: BTreeSet<&'static str>,
    /// Human beings who said yes, in whose place, and to which plan.
    yes: BTreeSet<(&'static str, &'static str, Digest)>,
}

/// The ledger as a history sees it: people and what they lent. What else there is tells the risk, which asks nobody less here.
struct Seen<'a> {
    ground: &'a Ground,
    history: &'a History,
}

impl View for Seen<'_> {
    fn state(&self, _: &StreamId) -> Option<StateRow> {
        None
    }
    fn model(&self, model: &str, key: &str) -> Option<String> {
        let known = matches!(model, PEOPLE | ACCOUNTS);
        known
            .then(|| self.ground.story.ledger.model(model, key))
            .flatten()
    }
    fn scan(&self, model: &str, prefix: &str, limit: usize) -> Vec<(String, String)> {
        self.scan_after(model, prefix, None, limit)
    }
    fn scan_after(
        &self,
        model: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Vec<(String, String)> {
        match model {
            DELEGATIONS => {}
            PEOPLE => {
                return self
                    .ground
                    .story
                    .ledger
                    .scan_after(model, prefix, after, limit);
            }
            _ => return Vec::new(),
        }
        let here = self
            .history
            .lent
            .values()
            .filter(|(key, _)| key.starts_with(prefix));
        here.map(|(key, row)| (key.clone(), serde_json::to_string(row).unwrap()))
            .collect()
    }
    fn lease(&self, _: &ActionId) -> Option<Lease> {
        None
    }
}

impl History {
    /// What decides everything that can follow.
    fn key(&self) -> String {
        let facts = self.change.facts.as_deref().unwrap();
        let vote = |v: &change::Vote| {
            (
                v.person.clone(),
                v.instead_of.clone(),
                v.team.clone(),
                v.until,
            )
        };
        let mut votes: Vec<_> = facts.votes.iter().map(vote).collect();
        votes.sort();
        let lent: Vec<&Act> = self.lent.keys().collect();
        let planned = facts.planned.as_ref().map(|p| &p.subject);
        format!(
            "{votes:?} {lent:?} {} {} {:?} {:?} {planned:?} {:?} {:?} {}",
            self.moved,
            self.days,
            self.asked,
            self.yes,
            facts.declared,
            facts.requesters,
            self.change.phase.name(),
        )
    }

    fn subject(&self) -> Digest {
        let facts = self.change.facts.as_deref().unwrap();
        facts.planned.as_ref().unwrap().subject.clone()
    }

    /// Ask a decider, as the writer does.
    fn ask<D: Decider>(
        &self,
        ground: &Ground,
        state: &D,
        (account, key, any): (&str, &str, &Any),
        command: D::Command,
    ) -> Option<Vec<D::Event>> {
        let actor = with_role(account, ground.role.clone());
        let view = Seen {
            ground,
            history: self,
        };
        authority::authorise(&actor, any, &view).ok()?;
        let id = CommandId("one".to_owned());
        let cx = Ctx {
            now: self.now,
            actor: &actor,
            spec: &ground.specs[self.moved],
            origins: &Origins::default(),
            view: &view,
            ids: &Ids::new(&id, self.now),
            stream: &StreamId::new(D::KIND, key),
        };
        Some(state.decide(command, &cx).ok()?.events)
    }

    fn say(&mut self, ground: &Ground, account: &str, command: Command) -> Option<()> {
        let id = Some(chg(1));
        let any = Any::Change {
            id,
            command: command.clone(),
        };
        let asked = (account, "CHG-1", &any);
        let events = self.ask(ground, &self.change, asked, command)?;
        events
            .iter()
            .for_each(|event| self.change.evolve(self.now, event));
        Some(())
    }

    fn lend(
        &mut self,
        ground: &Ground,
        act: Act,
        (from, to, of): (&str, &str, &str),
    ) -> Option<()> {
        let id = format!("DLG-{}", self.lent.len() + 1);
        let until = DAY.after(self.now);
        let command = delegation::Command::Lend {
            team: team(of),
            to: to.to_owned(),
            since: None,
            until,
            reason: "on leave".to_owned(),
        };
        let any = Any::Delegation {
            id: None,
            command: command.clone(),
        };
        let asked = (from, id.as_str(), &any);
        let events = self.ask(ground, &Delegation::default(), asked, command)?;
        let [delegation::Event::Lent { facts }] = events.as_slice() else {
            return None;
        };
        let row = Lent {
            id: DelegationId::new(&id).unwrap(),
            from: facts.from.clone(),
            to: facts.to.clone(),
            since: facts.since,
            until: facts.until,
        };
        self.lent.insert(act, (format!("{of}/{id}"), row));
        Some(())
    }

    /// The history with one more act; `None` when it is refused or changes nothing.
    fn then(&self, ground: &Ground, act: Act) -> Option<Self> {
        let mut next = self.clone();
        let subject = self.subject();
        let approve = |subject: Digest, instead_of: Option<&str>| Command::Approve {
            subject,
            team: None,
            sign: None,
            instead_of: instead_of.map(str::to_owned),
            reason: String::new(),
            signature: None,
        };
        match act {
            Act::Yes(account, holder) => {
                next.say(ground, account, approve(subject.clone(), holder))?;
                let holder = holder.unwrap_or(human(account));
                next.yes.insert((human(account), holder, subject));
            }
            Act::Stale(account) => {
                if subject == ground.first {
                    return None;
                }
                next.say(ground, account, approve(ground.first.clone(), None))?;
                let who = human(account);
                next.yes.insert((who, who, ground.first.clone()));
            }
            Act::No(account) => {
                let reason = "not now".to_owned();
                next.say(ground, account, Command::Reject { subject, reason })?;
            }
            Act::Lend(from, to, of) => {
                if self.lent.contains_key(&act) {
                    return None;
                }
                next.lend(ground, act, (from, to, of))?;
            }
            Act::Again(account) => {
                if subject != ground.first {
                    return None;
                }
                let mut again = ground.again.clone();
                again.requesters = vec![account.to_owned()];
                next.plan(ground, again)?;
                next.asked.insert(human(account));
            }
            Act::Emergency(account) => {
                let command = Command::Emergency {
                    release: release("web@1.0.0"),
                    environment: env("prod"),
                    incident: "INC-1".to_owned(),
                    reason: "double charges".to_owned(),
                    root_cause: None,
                };
                next.say(ground, account, command)?;
                next.asked.insert(human(account));
            }
            Act::Moves(..) => {
                let bit = MOVES
                    .iter()
                    .position(|(who, of)| Act::Moves(who, of) == act)?;
                next.moved |= 1 << bit;
                (next.moved != self.moved).then_some(())?;
            }
            Act::Day => {
                (self.days < 1).then_some(())?;
                next.days += 1;
                next.now = DAY.after(self.now);
                next.lent.clear();
            }
        }
        Some(next)
    }

    /// A plan comes from the deployment, which asks in the name of the server.
    fn plan(&mut self, ground: &Ground, opening: Opening) -> Option<()> {
        let view = Seen {
            ground,
            history: self,
        };
        let actor = Actor::system();
        let id = CommandId("one".to_owned());
        let cx = Ctx {
            now: self.now,
            actor: &actor,
            spec: &ground.specs[self.moved],
            origins: &Origins::default(),
            view: &view,
            ids: &Ids::new(&id, self.now),
            stream: &StreamId::new(StreamKind::Change, "CHG-1"),
        };
        let events = self.change.decide(Command::Plan(opening), &cx).ok()?.events;
        events
            .iter()
            .for_each(|event| self.change.evolve(self.now, event));
        Some(())
    }

    /// Is what is asked given, as the gate would say now?
    fn is_enough(&self, ground: &Ground) -> bool {
        if matches!(self.change.phase, Phase::Rejected { .. }) {
            return false;
        }
        let view = Seen {
            ground,
            history: self,
        };
        let spec = &ground.specs[self.moved];
        let outlook = change::outlook(&self.change, spec, &view, self.now)
            .unwrap()
            .unwrap();
        outlook.missing().is_empty()
    }

    /// Human beings who said yes to what would start, and neither they nor those in whose place they did asked for it.
    fn others(&self) -> BTreeSet<&'static str> {
        let plan = self.subject();
        let stranger = |who: &str| !self.asked.contains(who);
        let said = self.yes.iter().filter(|(_, _, to)| *to == plan);
        let said = said.filter(|(who, holder, _)| stranger(who) && stranger(holder));
        said.map(|(who, ..)| *who).collect()
    }
}

/// Two teams say yes, in an emergency as well.
fn policies() -> Vec<(&'static str, Policy)> {
    let dual = Policy {
        valid: Some(Millis::minutes(36 * 60)),
        ..dual()
    };
    let emergency = ClassRule {
        approvals: vec![asks("risk", 1), asks("owner", 1)],
        needs: BTreeSet::from([Needed::Incident]),
        expires: Some(Millis::minutes(240)),
        review_within: Some("2 working days".to_owned()),
        ..ClassRule::default()
    };
    let emergencies = Policy {
        classes: BTreeMap::from([(ChangeClass::Emergency, emergency)]),
        ..Policy::default()
    };
    vec![("dual-control", dual), ("emergencies", emergencies)]
}

/// The company, with who moved to which team.
fn teams(spec: &Spec, moved: usize) -> Spec {
    let mut spec = spec.clone();
    let members = |names: &[&str]| Team {
        members: names.iter().map(|n| (*n).to_owned()).collect(),
        ..Team::default()
    };
    spec.teams
        .insert(team("platform"), members(&["ana", "ben"]));
    spec.teams.insert(team("risk"), members(&["cleo"]));
    for (bit, (who, of)) in MOVES.iter().enumerate() {
        if moved & (1 << bit) == 0 {
            continue;
        }
        let members = &mut spec.teams.get_mut(&team(of)).unwrap().members;
        match members.iter().position(|m| m == who) {
            Some(place) => drop(members.remove(place)),
            None => members.push((*who).to_owned()),
        }
    }
    spec
}

/// `web@1.0.0` waits in production, asked for by this account.
fn asked_by(account: &'static str, role: Role) -> (Ground, History) {
    let mut story = governed(policies());
    person(&mut story, "ana", &["ana", "ana-ops"], &[]);
    for name in ["ben", "cleo"] {
        person(&mut story, name, &[name], &[]);
    }
    let specs: Vec<Spec> = (0..1 << MOVES.len())
        .map(|moved| teams(&story.ledger.spec, moved))
        .collect();
    story.ledger.spec = specs[0].clone();
    let propose = |story: &mut Story| {
        let plan = story.plan("web@1.0.0", "prod", Purpose::Promote).unwrap();
        let command = deployment::Command::Propose {
            plan: Box::new(plan),
            purpose: Purpose::Promote,
            reason: "a reason".to_owned(),
            request: Request::PLAIN,
        };
        story.ask(actor(account), Any::Propose { command }).unwrap();
    };
    propose(&mut story);
    let change = state(&story, 1);
    let first = subject(&story, 1);
    let mut other = story.clone();
    let web = other
        .ledger
        .spec
        .services
        .get_mut(&crate::world::company::service("web"));
    web.unwrap()
        .values
        .insert("COLOUR".to_owned(), "blue".to_owned());
    propose(&mut other);
    let again = Opening {
        planned: state(&other, 1).facts.unwrap().planned.unwrap(),
        requesters: Vec::new(),
    };
    assert_ne!(again.planned.subject, first);
    let history = History {
        change,
        moved: 0,
        lent: BTreeMap::new(),
        now: story.ledger.now,
        days: 0,
        asked: BTreeSet::from([human(account)]),
        yes: BTreeSet::new(),
    };
    let ground = Ground {
        story,
        first,
        again,
        specs,
        role,
    };
    (ground, history)
}

/// What was looked at from one request: histories, states that differ, histories that had enough.
fn explore(account: &'static str, role: Role, depth: usize) -> (u64, usize, u64) {
    let (ground, root) = asked_by(account, role);
    let acts = acts();
    let mut level: HashMap<String, (u64, History)> = HashMap::from([(root.key(), (1, root))]);
    let (mut histories, mut states, mut enough) = (1, 1, 0);
    for _ in 0..depth {
        let mut next: HashMap<String, (u64, History)> = HashMap::new();
        for (count, history) in level.values() {
            for act in &acts {
                histories += count;
                let Some(found) = history.then(&ground, *act) else {
                    continue;
                };
                if found.is_enough(&ground) {
                    let others = found.others();
                    assert!(
                        others.len() >= 2,
                        "enough with {others:?} after {act:?}: asked {:?}, yes {:?}, lent {:?}",
                        found.asked,
                        found.yes,
                        found.lent.keys()
                    );
                    enough += count;
                    continue;
                }
                next.entry(found.key()).or_insert((0, found)).0 += count;
            }
        }
        states += next.len();
        level = next;
    }
    (histories, states, enough)
}

#[test]
fn no_single_person_has_enough_for_a_change_that_needs_two_in_any_short_history() {
    let (began, depth) = (std::time::Instant::now(), depth());
    let found: Vec<(u64, usize, u64)> = std::thread::scope(|scope| {
        // A program's owner is barred as she would be herself; cleo mirrors ben.
        // What the others may is no more; one act less shows it.
        let roles = [
            (Role::Operator, depth),
            (Role::Viewer, depth - 1),
            (Role::Approver, depth - 1),
            (Role::Admin, depth - 1),
        ];
        let asked = |who| {
            roles
                .clone()
                .map(|(role, depth)| scope.spawn(move || explore(who, role, depth)))
        };
        let all = [asked("ana-bot"), asked("ben")];
        all.into_iter()
            .flatten()
            .map(|one| one.join().unwrap())
            .collect()
    });
    let histories: u64 = found.iter().map(|(n, ..)| n).sum();
    let states: usize = found.iter().map(|(_, n, _)| n).sum();
    let enough: u64 = found.iter().map(|(.., n)| n).sum();
    println!(
        "4 roles, {histories} histories of up to {depth} acts after the request, {states} states that differ, {enough} had enough with two others; {:?}",
        began.elapsed()
    );
    assert!(histories > 100_000, "{histories}");
    assert!(enough > 0, "two others are enough");
}
