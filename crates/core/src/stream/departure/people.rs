//! What people ask of a departure: board, leave, be admitted late, promise, say go, postpone, cancel, leave now.

use super::checks::{fit, is_there};
use super::decide::Turn;
use super::tick::said;
use super::{Departure, Event, Phase, Way};
use crate::actor::{Actor, Role};
use crate::id::{DepartureId, Name, ReleaseId, TeamId};
use crate::people;
use crate::refusal::Refusal;
use crate::spec::{Hotfixes, Missed, Train};
use crate::stream::train;
use crate::time::{Millis, Timestamp};

/// Nothing is postponed by more.
const FAR: Millis = Millis(400 * 86_400_000);

impl<'a> Turn<'_, 'a> {
    fn configured(&self) -> Result<&'a Train, Refusal> {
        self.train().ok_or_else(|| Refusal::NotFound {
            what: "train".to_owned(),
            name: self.id.train.to_string(),
        })
    }

    /// Board, or be late, or move on because it is full.
    pub(super) fn join(&mut self, release: ReleaseId, reason: String) -> Result<(), Refusal> {
        let train = self.configured()?;
        self.may_travel(train, &release)?;
        if self.is_aboard(&release) {
            return Ok(());
        }
        if let Some(other) = self.elsewhere(&release) {
            return Err(Refusal::Invalid {
                because: format!("{release} is already aboard {other}"),
                help: format!("`tidegate train leave {other} {release} --reason …` takes it off"),
            });
        }
        let by = self.cx.actor.who().to_owned();
        let open = matches!(self.state.phase, Phase::Scheduled | Phase::Boarding);
        if open && self.cx.now < self.closes() {
            if self.is_full_for(&release) {
                let because = format!("{} is full: {} passengers", self.id, self.room());
                self.misses(release, by, because);
            } else {
                self.happen(Event::Boarded {
                    release,
                    by,
                    way: Way::Asked,
                    reason,
                });
            }
            return Ok(());
        }
        let because = format!(
            "boarding of {} closed {}",
            self.id,
            self.said(self.closes())
        );
        if let Some(rule) = &train.hotfixes {
            self.may_board_late(rule, &release, &because)?;
            self.happen(Event::Boarded {
                release,
                by,
                way: Way::Hotfix,
                reason,
            });
            return Ok(());
        }
        match train.missed {
            Missed::NextTrain => self.misses(release, by, because),
            Missed::Ask => self.happen(Event::LateAsked {
                release,
                by,
                because,
            }),
        }
        Ok(())
    }

    /// Does the rule for hotfixes let it in? Nothing happens to one that it does not let in.
    fn may_board_late(
        &self,
        rule: &Hotfixes,
        release: &ReleaseId,
        closed: &str,
    ) -> Result<(), Refusal> {
        let refused = |because: String| {
            Err(Refusal::Invalid {
                because: format!("{release} may not board: {because}"),
                help: format!(
                    "`tidegate train join {} {release}` asks for the next one; nothing was changed",
                    DepartureId::new(self.id.train.clone(), self.id.number + 1)
                ),
            })
        };
        let state = self
            .cx
            .view
            .load::<crate::stream::release::Release>(&release.to_string())?;
        let tags = crate::scope::tags(self.cx.spec, release, &state.scope);
        if rule.tags.is_disjoint(&tags) {
            let names: Vec<&str> = rule.tags.iter().map(Name::as_str).collect();
            let names = names.join(" or ");
            return refused(format!("{closed}, and it is not tagged {names}"));
        }
        let departs = self.facts().map(|f| f.timetable.departs);
        let last = departs.map_or(Timestamp::MIN, |at| rule.until.before(at));
        if self.cx.now >= last {
            return refused(format!("{closed}, for hotfixes {}", self.said(last)));
        }
        if self
            .facts()
            .and_then(|f| f.decision.as_ref())
            .is_some_and(|d| d.go)
        {
            return refused(format!("go was said to what is aboard {}", self.id));
        }
        if self.is_full_for(release) {
            return refused(format!("{} is full: {} passengers", self.id, self.room()));
        }
        Ok(())
    }

    fn may_travel(&self, train: &Train, release: &ReleaseId) -> Result<(), Refusal> {
        let (spec, view) = (self.cx.spec, self.cx.view);
        if !train.carries.contains(&release.service) {
            let names: Vec<&str> = train.carries.iter().map(|s| s.as_str()).collect();
            return Err(Refusal::Invalid {
                because: format!("{} does not carry {}", self.id.train, release.service),
                help: format!("it carries {}", names.join(", ")),
            });
        }
        let state = view.load::<crate::stream::release::Release>(&release.to_string())?;
        if state.phase == crate::stream::release::Phase::Absent {
            return Err(Refusal::NotFound {
                what: "release".to_owned(),
                name: release.to_string(),
            });
        }
        fit(spec, train, view, release).map_err(|because| Refusal::Invalid {
            because: format!("{release} may not travel: {because}"),
            help: format!("`tidegate status {release}` shows where it stands"),
        })?;
        if is_there(spec, train, view, release) {
            return Err(Refusal::Invalid {
                because: format!("{release} has already arrived where {} goes", self.id.train),
                help: format!("`tidegate status {release}` shows where it runs"),
            });
        }
        Ok(())
    }

    fn is_aboard(&self, release: &ReleaseId) -> bool {
        self.facts()
            .is_some_and(|f| f.passengers.contains_key(release) || f.late.contains_key(release))
    }

    fn closes(&self) -> Timestamp {
        self.facts()
            .map_or(Timestamp::MIN, |f| f.timetable.scope_closes)
    }

    /// Another departure of the train that is still ahead and has it aboard.
    fn elsewhere(&self, release: &ReleaseId) -> Option<DepartureId> {
        let view = self.cx.view;
        let train: train::Train = view.load(self.id.train.as_str()).ok()?;
        let ids = train.open.iter().filter(|n| **n != self.id.number);
        ids.map(|n| DepartureId::new(self.id.train.clone(), *n))
            .find(|id| {
                let state = view.load::<Departure>(&id.key()).unwrap_or_default();
                let has = |f: &super::Facts| {
                    f.passengers.contains_key(release) || f.late.contains_key(release)
                };
                state.phase.is_ahead() && state.facts.as_deref().is_some_and(has)
            })
    }

    /// Get off.
    pub(super) fn leave(&mut self, release: ReleaseId, reason: String) -> Result<(), Refusal> {
        if !self.is_aboard(&release) {
            return Err(Refusal::Invalid {
                because: format!("{release} is not aboard {}", self.id),
                help: format!("`tidegate train show {}` shows who is", self.id),
            });
        }
        let by = self.cx.actor.who().to_owned();
        self.happen(Event::Left {
            release,
            by,
            because: reason,
        });
        Ok(())
    }

    /// Let in who is late.
    pub(super) fn admit(&mut self, release: ReleaseId, reason: String) -> Result<(), Refusal> {
        let train = self.configured()?;
        self.may_decide(train, "admit late passengers")?;
        let asked = self.facts().and_then(|f| f.late.get(&release).cloned());
        let Some(asked) = asked else {
            return Err(Refusal::Invalid {
                because: format!("{release} does not wait to be admitted to {}", self.id),
                help: format!("`tidegate train join {} {release}` asks for it", self.id),
            });
        };
        self.may_travel(train, &release)?;
        if self.is_full_for(&release) {
            return Err(Refusal::Invalid {
                because: format!("{} is full: {} passengers", self.id, self.room()),
                help: format!(
                    "take one off with `tidegate train leave {} … --reason …`",
                    self.id
                ),
            });
        }
        let by = self.cx.actor.who().to_owned();
        self.happen(Event::Boarded {
            release,
            by: asked.by,
            way: Way::Admitted { by },
            reason,
        });
        Ok(())
    }

    /// Promise a feature; no releases withdraw the promise.
    pub(super) fn promise(
        &mut self,
        feature: Name,
        requires: Vec<ReleaseId>,
        reason: String,
    ) -> Result<(), Refusal> {
        let train = self.configured()?;
        if let Some(other) = requires
            .iter()
            .find(|r| !train.carries.contains(&r.service))
        {
            return Err(Refusal::Invalid {
                because: format!("{} does not carry {}", self.id.train, other.service),
                help: "a feature needs releases that travel with the train".to_owned(),
            });
        }
        if requires.is_empty() || requires.len() > crate::limits::PASSENGERS {
            return Err(Refusal::Invalid {
                because: format!("feature {feature} needs {} releases", requires.len()),
                help: format!(
                    "name 1 to {} with `--requires web@8.14.0,payments@3.3.0`",
                    crate::limits::PASSENGERS
                ),
            });
        }
        let by = self.cx.actor.who().to_owned();
        self.happen(Event::FeaturePromised {
            feature,
            requires,
            by,
            reason,
        });
        Ok(())
    }

    /// Go or no-go.
    pub(super) fn say(
        &mut self,
        go: bool,
        reason: String,
        next: Option<Timestamp>,
    ) -> Result<(), Refusal> {
        let train = self.configured()?;
        self.may_decide(train, if go { "say go" } else { "say no-go" })?;
        let needed = self.facts().is_some_and(|f| f.timetable.decides.is_some());
        if go && !needed {
            return Err(Refusal::Invalid {
                because: format!("{} needs no go", self.id),
                help: "it leaves at its instant; `tidegate train delay` or `cancel` stop it"
                    .to_owned(),
            });
        }
        if let Some(next) = next {
            self.in_time(next)?;
            let departs = self.facts().map(|f| f.timetable.departs);
            if let Some(departs) = departs.filter(|departs| next <= *departs) {
                return Err(Refusal::Invalid {
                    because: format!(
                        "{} is not after {}, the date this is about",
                        self.said(next),
                        self.said(departs)
                    ),
                    help: "name a later one with `--next`, or leave it out for the next free date"
                        .to_owned(),
                });
            }
        }
        let by = self.cx.actor.who().to_owned();
        self.happen(Event::Decided {
            go,
            by,
            reason,
            next,
        });
        Ok(())
    }

    /// Only those who decide about the train decide; the system carries out what was accepted by others.
    fn may_decide(&self, train: &Train, what: &str) -> Result<(), Refusal> {
        let Actor { name, role, .. } = self.cx.actor;
        let (spec, view) = (self.cx.spec, self.cx.view);
        let deciding = people::of_train(spec, view, train);
        let person = people::deciding(view, self.cx.actor);
        let member = |person: &String| {
            let mut teams = deciding.iter();
            teams.any(|(team, _)| people::is_member(spec, view, team, person))
        };
        if *role == Role::System || deciding.is_empty() || person.as_ref().is_ok_and(member) {
            return Ok(());
        }
        let who = |(team, members): &(TeamId, Vec<String>)| match members.as_slice() {
            [] => team.to_string(),
            members => format!("{team} ({})", members.join(", ")),
        };
        let names: Vec<&str> = deciding.iter().map(|(team, _)| team.as_str()).collect();
        Err(Refusal::OthersDecide {
            actor: name.clone(),
            action: format!("{what} for {}", self.id),
            because: person.err().unwrap_or_else(|| {
                format!("only members of {} decide about it", names.join(" and "))
            }),
            who: deciding.iter().map(who).collect::<Vec<_>>().join(", "),
        })
    }

    /// Another date.
    pub(super) fn postpone_to(
        &mut self,
        to: Option<Timestamp>,
        reason: String,
    ) -> Result<(), Refusal> {
        let train = self.configured()?;
        self.may_decide(train, "decide on another date")?;
        let by = self.cx.actor.who().to_owned();
        if let Some(to) = to {
            self.in_time(to)?;
        }
        if self.postpone(to, reason, by) {
            return Ok(());
        }
        Err(Refusal::Invalid {
            because: format!("{} has no later date", self.id.train),
            help: "name one with `--to \"2026-12-01 10:00\"`, or cancel it".to_owned(),
        })
    }

    /// Could it leave at this instant at all?
    fn in_time(&self, to: Timestamp) -> Result<(), Refusal> {
        let now = self.cx.now;
        if to > now && to <= FAR.after(now) {
            return Ok(());
        }
        Err(Refusal::Invalid {
            because: format!("{} cannot leave {}", self.id, self.said(to)),
            help: format!(
                "name an instant after {}, at most 400 days ahead",
                self.said(now)
            ),
        })
    }

    /// Leave now, whatever its date; a go that is needed is needed now too.
    pub(super) fn depart_now(&mut self, reason: &str) -> Result<(), Refusal> {
        let train = self.configured()?;
        self.may_decide(train, "let it leave")?;
        let Some(facts) = self.facts() else {
            return Ok(());
        };
        let go = facts.decision.as_ref().is_some_and(|d| d.go);
        if facts.timetable.decides.is_some() && !go {
            return Err(Refusal::Invalid {
                because: format!("{} needs a go before it leaves", self.id),
                help: format!(
                    "`tidegate train go {} --reason …`, once boarding is closed",
                    self.id
                ),
            });
        }
        let (stays, _) = self.judged(train);
        if facts.passengers.len() <= stays.len() {
            let why: Vec<String> = stays
                .iter()
                .map(|(release, because)| format!("{release} is {because}"))
                .collect();
            let why = if why.is_empty() {
                "nobody is aboard".to_owned()
            } else {
                why.join("; ")
            };
            return Err(Refusal::Invalid {
                because: format!("nobody could leave with {}: {why}", self.id),
                help: format!("`tidegate train show {}` shows who is aboard", self.id),
            });
        }
        let lacks = self.lacks(train);
        if !lacks.is_empty() {
            return Err(Refusal::Invalid {
                because: format!("{} cannot leave now: {}", self.id, said(&lacks)),
                help: format!(
                    "wait until they are free (`tidegate train show {}`), or change `hands` of {} in the configuration",
                    self.id, self.id.train
                ),
            });
        }
        let because = format!("{} let it leave: {reason}", self.cx.actor.who());
        self.depart(train, &because);
        Ok(())
    }

    /// Give it up, where whoever asks decides about it.
    pub(super) fn cancel(&mut self, reason: &str, moves: bool) -> Result<(), Refusal> {
        // A train that is no longer configured has nobody left who decides.
        if let Some(train) = self.train() {
            self.may_decide(train, "decide to cancel")?;
        }
        self.give_up(reason, moves);
        Ok(())
    }

    /// Who is aboard moves on or must board again.
    pub(super) fn give_up(&mut self, reason: &str, moves: bool) {
        let by = self.cx.actor.who().to_owned();
        let moves = moves && self.train().is_some();
        let aboard: Vec<(ReleaseId, String)> = self
            .facts()
            .into_iter()
            .flat_map(|f| {
                let late = f
                    .late
                    .iter()
                    .map(|(id, asked)| (id.clone(), asked.by.clone()));
                let aboard = f
                    .passengers
                    .iter()
                    .map(|(id, p)| (id.clone(), p.by.clone()));
                aboard.chain(late).collect::<Vec<_>>()
            })
            .collect();
        for (release, asked) in aboard {
            let because = format!("{} was cancelled: {reason}", self.id);
            if moves {
                self.misses(release, asked, because);
            } else {
                let by = by.clone();
                self.happen(Event::Left {
                    release,
                    by,
                    because,
                });
            }
        }
        let because = reason.to_owned();
        self.happen(Event::Cancelled { because, by });
    }
}
