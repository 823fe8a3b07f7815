//! People that a departure needs: of each team so many that are on duty when it leaves and not busy with one that has left.
//!
//! A person lends one hand, to one departure and for one team, whatever number of accounts and teams it has. Of a team without
//! members or without `cover` nobody is free: what is not known is never a pass.

use crate::calendar::Span;
use crate::calendar::schedule::horizon;
use crate::decider::Trigger;
use crate::gate::moment_in;
use crate::id::TeamId;
use crate::model::departure::{Busy, busy};
use crate::people;
use crate::spec::{Spec, Train};
use crate::stream::person;
use crate::time::Timestamp;
use crate::view::View;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How far ahead the next time on duty is looked for, in days.
const AHEAD: u32 = 400;

/// What a departure needs of a team, and what there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hands {
    /// Team.
    pub team: TeamId,
    /// People needed.
    pub needs: u32,
    /// Of those, how many are free. Never more than needed.
    pub free: u32,
    /// Why nobody else is, for people; empty when there are enough.
    pub because: String,
    /// When its duty begins next; absent when it is on duty, or does not say when.
    pub next: Option<Timestamp>,
}

impl Hands {
    /// Are there too few?
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.free < self.needs
    }
}

impl fmt::Display for Hands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            team,
            needs,
            free,
            because,
            ..
        } = self;
        write!(f, "{team} needs {needs}, {free} free")?;
        if because.is_empty() {
            return Ok(());
        }
        write!(f, " ({because})")
    }
}

/// What fires when other people may be free: the departures that keep some busy, and every change of people.
#[must_use]
pub fn freed_by(view: &dyn View) -> Vec<Trigger> {
    let key = |away: Busy| format!("departure/{}", away.departure.key());
    let away = busy(view).into_iter().map(key);
    away.chain([person::TRIGGER.to_owned()]).collect()
}

/// What a departure of this train needs at an instant, by team; what keeps people busy is taken as it is now.
#[must_use]
pub fn hands(spec: &Spec, view: &dyn View, train: &Train, at: Timestamp) -> Vec<Hands> {
    if train.hands.is_empty() {
        return Vec::new();
    }
    let away = busy(view);
    let mut pool = Pool::new(spec, view);
    for (team, number) in away.iter().flat_map(|d| &d.hands) {
        // Whoever works on it does so whatever the hour.
        pool.place(team, *number);
    }
    let mut all: Vec<(Hands, bool)> = train
        .hands
        .iter()
        .map(|(team, needs)| {
            let duty = duty(spec, team, at);
            let free = match &duty {
                Ok(()) => pool.place(team, *needs),
                Err(_) => 0,
            };
            let on = duty.is_ok();
            let (because, next) = duty.err().unwrap_or_default();
            let (team, needs) = (team.clone(), *needs);
            let found = Hands {
                team,
                needs,
                free,
                because,
                next,
            };
            (found, on)
        })
        .collect();
    for (found, _) in all.iter_mut().filter(|(f, on)| *on && f.is_short()) {
        found.because = pool.taken(&found.team, &away);
    }
    all.into_iter().map(|(found, _)| found).collect()
}

/// Is a team on duty? Else why not, and when next.
fn duty(spec: &Spec, name: &TeamId, at: Timestamp) -> Result<(), (String, Option<Timestamp>)> {
    let Some(team) = spec.teams.get(name) else {
        return Err((format!("team {name} is no longer configured"), None));
    };
    if team.cover.is_empty() {
        return Err(("it does not say when it is on duty".to_owned(), None));
    }
    let never = || (format!("not on duty in the next {AHEAD} days"), None);
    let time = Span::new(at, horizon(at, AHEAD)).ok_or_else(never)?;
    let (zone, cover) = spec
        .duty(team, time)
        .map_err(|error| (format!("its cover cannot be read: {error}"), None))?;
    if cover.contains(at) {
        return Ok(());
    }
    let next = cover.next(at).map(Span::start).ok_or_else(never)?;
    let because = format!("not on duty before {}", moment_in(next, zone.name()));
    Err((because, Some(next)))
}

/// People who lend a hand each to one team at most. A hand once found stays found; who lends it may change.
struct Pool<'a> {
    spec: &'a Spec,
    view: &'a dyn View,
    members: BTreeMap<TeamId, Vec<String>>,
    /// The team of every hand that is wanted and found.
    wanted: Vec<TeamId>,
    /// The hand that each person lends.
    lent: BTreeMap<String, usize>,
}

impl<'a> Pool<'a> {
    fn new(spec: &'a Spec, view: &'a dyn View) -> Self {
        Self {
            spec,
            view,
            members: BTreeMap::new(),
            wanted: Vec::new(),
            lent: BTreeMap::new(),
        }
    }

    /// Find so many hands of a team; how many there are.
    fn place(&mut self, team: &TeamId, number: u32) -> u32 {
        let (spec, view) = (self.spec, self.view);
        self.members
            .entry(team.clone())
            .or_insert_with(|| people::members(spec, view, team));
        let mut found = 0;
        while found < number {
            self.wanted.push(team.clone());
            let hand = self.wanted.len() - 1;
            if !self.find(hand, &mut BTreeSet::new()) {
                self.wanted.pop();
                break;
            }
            found += 1;
        }
        found
    }

    /// Somebody for a hand; whoever lends another is asked whether somebody else can lend that.
    fn find(&mut self, hand: usize, asked: &mut BTreeSet<String>) -> bool {
        let team = self.wanted.get(hand);
        let able = team.and_then(|team| self.members.get(team));
        for person in able.cloned().unwrap_or_default() {
            if !asked.insert(person.clone()) {
                continue;
            }
            let free = match self.lent.get(&person).copied() {
                None => true,
                Some(other) => self.find(other, asked),
            };
            if free {
                self.lent.insert(person, hand);
                return true;
            }
        }
        false
    }

    /// Why no more people of a team are free.
    fn taken(&self, team: &TeamId, away: &[Busy]) -> String {
        let members = self.members.get(team).map_or(0, Vec::len);
        if members == 0 {
            return "it has no members".to_owned();
        }
        let noun = if members == 1 { "member" } else { "members" };
        let mut because = format!("{members} {noun}");
        let with: Vec<String> = away
            .iter()
            .filter_map(|d| Some(format!("{} busy with {}", d.hands.get(team)?, d.departure)))
            .collect();
        let elsewhere = self.members.get(team).is_some_and(|all| {
            let hands = all.iter().filter_map(|person| self.lent.get(person));
            hands
                .filter_map(|hand| self.wanted.get(*hand))
                .any(|t| t != team)
        });
        for part in with {
            because += &format!(", {part}");
        }
        if elsewhere {
            because += ", some needed by another team";
        }
        because
    }
}
