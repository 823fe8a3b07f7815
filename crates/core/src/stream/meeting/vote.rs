//! What people say at a meeting: who may, about which plan, and what of it is refused.

use super::command::Ballot;
use super::decide::Turn;
use super::panel::Panel;
use super::{Asking, Cast, Choice, Context, Event, Item, Outcome};
use crate::change::{ChangeId, Required, Vote};
use crate::digest::Digest;
use crate::id::TeamId;
use crate::model::person;
use crate::people;
use crate::refusal::Refusal;
use crate::time::Timestamp;

impl Turn<'_, '_> {
    /// A vote: one a person on each item, for the plan that is on the agenda.
    pub(super) fn vote(
        &mut self,
        change: &ChangeId,
        subject: &Digest,
        (ballot, team, instead_of, reason): (Ballot, Option<TeamId>, Option<String>, String),
    ) -> Result<(), Refusal> {
        let person = self.person("vote on")?;
        let item = self.undecided_item(change)?.clone();
        if *subject != item.topic.subject {
            return Err(self.outdated(subject, &item.topic.subject));
        }
        let panel = self.panel(&item)?;
        let holder = instead_of.clone().unwrap_or_else(|| person.clone());
        let seat = self.seat(&panel, &item, (&person, &holder), team.as_ref())?;
        let choice = match ballot {
            Ballot::Go => Choice::Go,
            Ballot::NoGo { next } => {
                self.later("a no-go is looked at again", next, "--next")?;
                Choice::NoGo { next: Some(next) }
            }
            Ballot::GoIf { text, owner, until } => {
                let owner = self.known(&owner)?;
                self.ahead("a condition is met before", until)?;
                if text.trim().is_empty() {
                    return Err(Refusal::Invalid {
                        because: "the condition says nothing".to_owned(),
                        help: "write what must be done, for example `--go-if 'load test repeated'`"
                            .to_owned(),
                    });
                }
                Choice::GoIf { text, owner, until }
            }
            Ballot::NeedsContext { expert, due } => {
                return self.ask_expert(&item, person, &expert, (due, reason));
            }
        };
        self.once(&item, (&person, &instead_of), &choice)?;
        let vote = Vote {
            account: self.cx.actor.name.clone(),
            instead_of: instead_of.filter(|holder| *holder != person),
            person,
            subject: subject.clone(),
            band: Some(panel.band().to_owned()),
            sign: None,
            team: seat.team,
            reason,
            at: self.cx.now,
            until: crate::limits::PATIENCE.after(self.cx.now),
            signature: None,
        };
        self.happen(Event::Voted {
            change: change.clone(),
            cast: Box::new(Cast { vote, choice }),
        });
        Ok(())
    }

    pub(super) fn outdated(&self, named: &Digest, now: &Digest) -> Refusal {
        Refusal::Outdated {
            what: format!(
                "the plan sha256:{}, which is now sha256:{}",
                named.short(8),
                now.short(8)
            ),
        }
    }

    /// Nobody says the same twice.
    fn once(
        &self,
        item: &Item,
        (person, instead_of): (&str, &Option<String>),
        choice: &Choice,
    ) -> Result<(), Refusal> {
        let again = |c: &Cast| {
            c.vote.person == person && c.vote.instead_of == *instead_of && c.choice == *choice
        };
        if !item.votes.iter().any(again) {
            return Ok(());
        }
        let (said, change) = (choice.as_str(), &item.topic.change);
        Err(Refusal::Invalid {
            because: format!("{person} has said {said} about {change} already"),
            help: format!(
                "`tidegate board agenda {}` shows who is still asked",
                self.id.board
            ),
        })
    }

    /// The seat that a person votes from, in their own place or another's.
    fn seat(
        &self,
        panel: &Panel<'_>,
        item: &Item,
        (person, holder): (&str, &str),
        team: Option<&TeamId>,
    ) -> Result<Required, Refusal> {
        let (count, topic) = (panel.count(), &item.topic);
        let who = panel.tally(&item.votes).could().join(", ");
        let refused = |because: String| self.refused("vote on", &topic.change, because, &who);
        for one in [person, holder] {
            if let Some((part, rule)) = count.barred(one).first() {
                let part = part.as_str();
                let because = format!("{one} has a part in {} ({part}; {rule})", topic.release);
                return Err(refused(because));
            }
        }
        if let Some(unclear) = panel.unclear() {
            return Err(Refusal::Invalid {
                because: format!("who wrote {} is not known: {unclear}", topic.release),
                help: "register the artifact with `--author`, and the addresses of people with `tidegate user add … --email`".to_owned(),
            });
        }
        let fits = |seat: &&Required| {
            team.is_none_or(|team| *team == seat.team) && count.belongs(seat, holder)
        };
        let seats = panel.seats();
        let Some(seat) = seats.iter().find(fits) else {
            let teams: Vec<&str> = seats.iter().map(|s| s.team.as_str()).collect();
            let teams = teams.join(", ");
            return Err(refused(match team {
                Some(team) => format!("{holder} has no seat for {team}; seats are for {teams}"),
                None => format!("{holder} has no seat; seats are for {teams}"),
            }));
        };
        let lent = holder == person
            || people::stands_in(self.cx.view, holder, person, &seat.team, self.cx.now);
        if !lent {
            let because = format!("{holder} has not delegated {} to {person}", seat.team);
            return Err(refused(because));
        }
        Ok(seat.clone())
    }

    fn ask_expert(
        &mut self,
        item: &Item,
        by: String,
        expert: &str,
        (due, question): (Timestamp, String),
    ) -> Result<(), Refusal> {
        let change = item.topic.change.clone();
        if let Some(context) = item.awaits() {
            return Err(Refusal::Invalid {
                because: format!("{} is asked about {change} already", context.expert),
                help: format!("`tidegate board answer {change} --text …` answers it"),
            });
        }
        let expert = self.known(expert)?;
        self.ahead("an expert answers before", due)?;
        self.happen(Event::ContextAsked {
            change,
            context: Context {
                expert,
                by,
                question,
                due,
                state: Asking::Awaited,
            },
        });
        Ok(())
    }

    /// The expert answers; once it is overdue those who lead the board may as well.
    pub(super) fn answer(&mut self, change: &ChangeId, text: String) -> Result<(), Refusal> {
        let by = self.person("answer about")?;
        let item = self.undecided_item(change)?;
        let Some(context) = item.awaits() else {
            return Err(Refusal::Invalid {
                because: format!("nobody is asked about {change}"),
                help: format!("`tidegate board agenda {}` shows what is", self.id.board),
            });
        };
        let leads = self.leaders();
        let overdue = context.state == Asking::Overdue;
        if by != context.expert && !(overdue && leads.contains(&by)) {
            let because = format!("{} is asked", context.expert);
            let who = context.expert.clone();
            return Err(self.refused("answer about", change, because, &who));
        }
        self.happen(Event::ContextGiven {
            change: change.clone(),
            by,
            text,
        });
        Ok(())
    }

    /// Somebody without a part in the change saw that a condition is met.
    pub(super) fn confirm(
        &mut self,
        change: &ChangeId,
        number: u32,
        evidence: String,
    ) -> Result<(), Refusal> {
        let by = self.person("confirm a condition of")?;
        let item = self.item(change)?;
        let Outcome::Decided { decision } = &item.outcome else {
            return Err(Refusal::Invalid {
                because: format!("{change} has no conditions: it is not decided"),
                help: format!(
                    "`tidegate board agenda {}` shows how it stands",
                    self.id.board
                ),
            });
        };
        let open: Vec<u32> = decision.unmet().map(|c| c.number).collect();
        if !open.contains(&number) {
            let all: Vec<String> = open.iter().map(ToString::to_string).collect();
            let help = match all.as_slice() {
                [] => format!("every condition of {change} is met"),
                all => format!("open are {}", all.join(", ")),
            };
            return Err(Refusal::Invalid {
                because: format!("{change} has no open condition {number}"),
                help,
            });
        }
        let panel = self.panel(item)?;
        if let Some((part, rule)) = panel.count().barred(&by).first() {
            let part = part.as_str();
            let because = format!("{by} has a part in {} ({part}; {rule})", item.topic.release);
            let who = "somebody without a part in it";
            return Err(self.refused("confirm a condition of", change, because, who));
        }
        self.happen(Event::ConditionMet {
            change: change.clone(),
            condition: number,
            by,
            evidence,
        });
        Ok(())
    }

    /// Whoever leads the board opens it before its time.
    pub(super) fn open(&mut self, reason: String) -> Result<(), Refusal> {
        let by = people::deciding(self.cx.view, self.cx.actor).unwrap_or_default();
        let leaders = self.leaders();
        if !leaders.contains(&by) {
            return Err(Refusal::OthersDecide {
                actor: self.cx.actor.name.clone(),
                action: format!("open {}", self.id),
                because: "those who lead the board do".to_owned(),
                who: leaders.join(", "),
            });
        }
        self.hold(Some(by), reason);
        Ok(())
    }

    /// Members of the chair; of the teams of the board where it has none.
    pub(super) fn leaders(&self) -> Vec<String> {
        let Some(board) = self.board() else {
            return Vec::new();
        };
        let teams: Vec<&TeamId> = match &board.chair {
            Some(team) => vec![team],
            None => board.members.iter().map(|s| &s.team).collect(),
        };
        let of = |team: &TeamId| people::members(self.cx.spec, self.cx.view, team);
        let mut all: Vec<String> = teams.into_iter().flat_map(of).collect();
        all.sort();
        all.dedup();
        all
    }

    pub(super) fn undecided_item(&self, change: &ChangeId) -> Result<&Item, Refusal> {
        let item = self.item(change)?;
        let (because, help) = match &item.outcome {
            Outcome::Undecided => return Ok(item),
            Outcome::Decided { decision } => (
                format!("{change} is decided: {}", decision.ruling.as_str()),
                "another plan is decided anew".to_owned(),
            ),
            Outcome::Moved { to, because } => (
                format!("{change} moved to {to}: {because}"),
                format!("`tidegate board agenda {}` shows it", self.id.board),
            ),
            Outcome::Dropped { because } => (
                format!("nobody need decide about {change} any more: {because}"),
                format!("`tidegate change show {change}` shows how it went"),
            ),
        };
        Err(Refusal::Invalid { because, help })
    }

    pub(super) fn panel(&self, item: &Item) -> Result<Panel<'_>, Refusal> {
        let cx = self.cx;
        Panel::of(&self.id.board, &item.topic, cx.spec, cx.view, cx.now)
    }

    pub(super) fn person(&self, what: &str) -> Result<String, Refusal> {
        let cx = self.cx;
        people::deciding(cx.view, cx.actor).map_err(|because| Refusal::OthersDecide {
            actor: cx.actor.name.clone(),
            action: format!("{what} items of {}", self.id),
            because,
            who: people::SIGNED_IN.to_owned(),
        })
    }

    /// Somebody who is there: known by an account, or a member of a team.
    fn known(&self, who: &str) -> Result<String, Refusal> {
        let (view, spec) = (self.cx.view, self.cx.spec);
        let found = people::behind(view, who);
        let named = || {
            let mut teams = spec.teams.values();
            teams.any(|team| team.members.contains(&found))
        };
        let there = match person::row(view, &found) {
            Some(row) => !row.disabled,
            None => named(),
        };
        if there {
            return Ok(found);
        }
        Err(Refusal::NotFound {
            what: "person".to_owned(),
            name: who.to_owned(),
        })
    }

    fn ahead(&self, what: &str, at: Timestamp) -> Result<(), Refusal> {
        self.later(what, at, "--until")
    }

    fn later(&self, what: &str, at: Timestamp, option: &str) -> Result<(), Refusal> {
        if at > self.cx.now {
            return Ok(());
        }
        Err(Refusal::Invalid {
            because: format!("{what} {}, which is over", self.said(at)),
            help: format!("name a later instant with `{option}`"),
        })
    }

    pub(super) fn refused(
        &self,
        what: &str,
        change: &ChangeId,
        because: String,
        who: &str,
    ) -> Refusal {
        Refusal::OthersDecide {
            actor: self.cx.actor.name.clone(),
            action: format!("{what} {change}"),
            because,
            who: who.to_owned(),
        }
    }
}
