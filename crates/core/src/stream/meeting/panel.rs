//! Who sits on a board about one item, how the votes stand, and what follows from them.
//!
//! Seats are counted as approvals are: each by another person, nobody who asked for the change or wrote it, a deputy only
//! where the right was lent. Nothing that was once enough is taken for granted: the gate asks again with [`Panel::stands`].

use super::{Cast, Choice, Condition, Decision, Ruling, Topic};
use crate::change::criteria::Reading;
use crate::change::{
    Assessment, Count, Parties, Required, Standing, Subject, Vote, assess, parties, standing,
};
use crate::digest::Digest;
use crate::id::Name;
use crate::people;
use crate::refusal::Refusal;
use crate::spec::{Board, Part, Spec};
use crate::stream::change::Change;
use crate::time::Timestamp;
use crate::view::View;
use std::collections::BTreeSet;

/// A board and one item before it.
pub struct Panel<'a> {
    /// The board as configured now.
    pub board: &'a Board,
    /// Dotted path of the rule.
    pub rule: String,
    assessment: Assessment,
    parties: Parties,
    subject: Digest,
    asked_at: Timestamp,
    spec: &'a Spec,
    view: &'a dyn View,
    now: Timestamp,
}

/// How the votes on one item stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Each kind of seat.
    pub seats: Vec<Standing>,
    /// Votes that are counted, each another person's.
    pub counted: Vec<Cast>,
    /// Seats that nobody voted for and that somebody still could take.
    pub open: usize,
    /// Seats that must have voted.
    pub quorum: u32,
    /// Why no vote can be counted, when none can.
    pub unclear: Option<String>,
}

/// What follows from the votes.
pub(super) enum Verdict {
    /// Nothing yet, and why.
    Undecided(String),
    /// A decision.
    Decided(Ruling),
}

impl<'a> Panel<'a> {
    /// The board of this name about an item.
    ///
    /// # Errors
    /// There is no such board, nobody need decide about the item any more, or a stored state cannot be read.
    pub fn of(
        board: &Name,
        topic: &Topic,
        spec: &'a Spec,
        view: &'a dyn View,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let rule = format!("boards.{board}");
        let board = spec.boards.get(board).ok_or_else(|| Refusal::NotFound {
            what: "board".to_owned(),
            name: board.to_string(),
        })?;
        let change: Change = view.load(topic.change.as_str())?;
        let gone = || Refusal::Invalid {
            because: format!("nobody need decide about {} any more", topic.change),
            help: format!("`tidegate change show {}` shows why", topic.change),
        };
        let facts = change.facts.as_deref().ok_or_else(gone)?;
        let planned = facts.planned.as_ref().ok_or_else(gone)?;
        let asked = Subject {
            plan: &planned.body,
            purpose: planned.purpose,
            declared: facts.declared.as_ref(),
            raised: facts.raised.as_ref(),
            now: change.judged_at(now),
            spec,
            view,
        };
        let mut assessment = assess(&asked).ok_or_else(gone)?;
        assessment.required = board.members.iter().map(|s| seat(s, &rule)).collect();
        for part in [Part::Requester, Part::Author] {
            let by_board = assessment.never_by.entry(part);
            by_board.or_insert_with(|| rule.clone());
        }
        assessment.valid = crate::limits::PATIENCE;
        assessment.signed = None;
        let requesters = facts.requesters.iter().map(String::as_str);
        Ok(Self {
            board,
            rule,
            parties: parties(view, &planned.body, requesters, [])?,
            assessment,
            subject: topic.subject.clone(),
            asked_at: facts.asked_since(),
            spec,
            view,
            now,
        })
    }

    /// What a vote is counted against.
    #[must_use]
    pub fn count(&self) -> Count<'_> {
        Count {
            subject: &self.subject,
            assessment: &self.assessment,
            parties: &self.parties,
            asked_at: self.asked_at,
            now: self.now,
            spec: self.spec,
            view: self.view,
        }
    }

    /// A part in the change because of which nothing a person says about it counts, with the rule.
    #[must_use]
    pub fn part_of(&self, person: &str) -> Option<String> {
        let barred = self.count().barred(person);
        barred
            .first()
            .map(|(part, rule)| format!("{}; {rule}", part.as_str()))
    }

    /// Band of the risk score of the change now.
    #[must_use]
    pub fn band(&self) -> &str {
        &self.assessment.risk.band
    }

    /// Its seats.
    #[must_use]
    pub fn seats(&self) -> &[Required] {
        &self.assessment.required
    }

    /// Why it cannot be told who may vote, when it cannot.
    #[must_use]
    pub fn unclear(&self) -> Option<String> {
        let barred: BTreeSet<Part> = self.assessment.never_by.keys().copied().collect();
        self.parties.unclear(&barred)
    }

    /// How the votes stand.
    #[must_use]
    pub fn tally(&self, casts: &[Cast]) -> Tally {
        let unclear = self.unclear();
        let votes: Vec<Vote> = match unclear {
            None => casts.iter().map(|cast| cast.vote.clone()).collect(),
            Some(_) => Vec::new(),
        };
        let count = self.count();
        let seats = standing(&votes, self.seats(), &count);
        let seated: BTreeSet<&String> = seats.iter().flat_map(|s| &s.have).collect();
        // Of somebody who voted twice, once in the place of another, the newest counts.
        let newest = |who: &&String| {
            let theirs = casts.iter().rev().filter(|c| c.vote.person == **who);
            theirs
                .clone()
                .find(|c| self.seats().iter().any(|seat| count.counts(&c.vote, seat)))
                .cloned()
        };
        let counted: Vec<Cast> = seated.iter().filter_map(newest).collect();
        let left = |s: &Standing| {
            let free = (s.required.count as usize).saturating_sub(s.have.len());
            free.min(s.could.len())
        };
        Tally {
            open: seats.iter().map(left).sum(),
            quorum: self.board.quorum,
            seats,
            counted,
            unclear,
        }
    }

    /// Does a decision still stand: without whoever turned out to have a part in the change, or to be somebody else who voted?
    /// Who sat on the board and in whose place is a matter of the day on which it was decided.
    ///
    /// # Errors
    /// Why not.
    pub fn stands(&self, decision: &Decision) -> Result<(), String> {
        if let Some(unclear) = self.unclear() {
            return Err(format!("who wrote it is not known: {unclear}"));
        }
        let count = self.count();
        let (mut go, mut no) = (0_u32, 0_u32);
        let mut heard: BTreeSet<String> = BTreeSet::new();
        let mut left_out = Vec::new();
        for cast in &decision.counted {
            let person = people::behind(self.view, &cast.vote.account);
            let holder = cast.vote.instead_of.as_deref();
            let holder = holder.map_or_else(|| person.clone(), |h| people::behind(self.view, h));
            let free = |who: &str| count.barred(who).is_empty();
            let others = !heard.contains(&person) && !heard.contains(&holder);
            if !others || !free(&person) || !free(&holder) || !free(&cast.vote.person) {
                left_out.push(cast.vote.person.clone());
                continue;
            }
            heard.extend([person, holder]);
            match cast.choice.is_go() {
                true => go += 1,
                false => no += 1,
            }
        }
        if go + no >= decision.quorum && go > no {
            return Ok(());
        }
        Err(format!(
            "{} counts no more, so {go} of {} is left",
            left_out.join(", "),
            decision.quorum
        ))
    }
}

fn seat(seats: &crate::spec::Seats, rule: &str) -> Required {
    Required {
        signed_in_within: None,
        team: seats.team.clone(),
        count: seats.count,
        sign: None,
        rule: format!("{rule}.members"),
        escalate: None,
    }
}

impl Tally {
    fn speak_for(&self) -> usize {
        self.counted.iter().filter(|c| c.choice.is_go()).count()
    }

    /// Enough seats have voted.
    #[must_use]
    pub fn is_quorate(&self) -> bool {
        self.counted.len() >= self.quorum as usize
    }

    /// Persons who could still vote.
    #[must_use]
    pub fn could(&self) -> Vec<String> {
        let open = self.seats.iter().filter(|s| !s.is_met());
        let all: BTreeSet<String> = open.flat_map(|s| s.could.clone()).collect();
        all.into_iter().collect()
    }

    /// `2 of 3 votes: farah go, hugo no-go`.
    #[must_use]
    pub fn said(&self) -> String {
        let (have, quorum) = (self.counted.len(), self.quorum);
        let votes: Vec<String> = self
            .counted
            .iter()
            .map(|c| format!("{} {}", c.vote.person, c.choice.as_str()))
            .collect();
        match votes.as_slice() {
            [] => format!("0 of {quorum} votes"),
            votes => format!("{have} of {quorum} votes: {}", votes.join(", ")),
        }
    }

    /// What follows: before the end only what the rest cannot turn, at the end what most said. A tie is a no-go.
    pub(super) fn verdict(&self, at_the_end: bool) -> Verdict {
        if let Some(unclear) = &self.unclear {
            return Verdict::Undecided(format!("no vote counts: {unclear}"));
        }
        if !self.is_quorate() {
            return Verdict::Undecided(format!("no quorum: {}", self.said()));
        }
        let go = self.speak_for();
        let no = self.counted.len() - go;
        let open = self.open;
        if no == 0 || go > no + open || (at_the_end && go > no) {
            return Verdict::Decided(Ruling::Go);
        }
        if at_the_end || no >= go + open {
            return Verdict::Decided(Ruling::NoGo);
        }
        Verdict::Undecided(format!("they disagree: {}", self.said()))
    }

    /// The decision with its evidence. `casts` are all votes, those that are not counted too.
    pub(super) fn decision(
        &self,
        ruling: Ruling,
        (casts, criteria): (&[Cast], Vec<Reading>),
        at: Timestamp,
    ) -> Decision {
        let against = |c: &&Cast| c.choice.is_go() != (ruling == Ruling::Go);
        let dissent: BTreeSet<String> = casts
            .iter()
            .filter(against)
            .map(|c| c.vote.person.clone())
            .collect();
        let mut conditions: Vec<Condition> = Vec::new();
        for cast in &self.counted {
            let Choice::GoIf { text, owner, until } = &cast.choice else {
                continue;
            };
            let same = |c: &Condition| (&c.text, &c.owner, &c.until) == (text, owner, until);
            if conditions.iter().any(same) {
                continue;
            }
            conditions.push(Condition {
                number: u32::try_from(conditions.len() + 1).unwrap_or(u32::MAX),
                text: text.clone(),
                owner: owner.clone(),
                by: cast.vote.person.clone(),
                until: *until,
                met: None,
            });
        }
        if ruling == Ruling::NoGo {
            conditions.clear();
        }
        Decision {
            ruling,
            quorum: self.quorum,
            counted: self.counted.clone(),
            dissent: dissent.into_iter().collect(),
            conditions,
            criteria,
            at,
        }
    }
}
