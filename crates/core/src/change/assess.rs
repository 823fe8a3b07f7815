//! What a change is and needs: its class, who must say yes, who must not, and which documents belong to it.
//!
//! All policies that concern it add up: for each group the larger count holds, for each time the shorter one. Where a class
//! cannot be told for want of a fact, the stricter one is given: missing facts never lower a class.

use super::class::{class, earned};
use crate::gate::Purpose;
use crate::id::{EnvId, Name, ServiceId, TeamId};
use crate::plan::PlanBody;
use crate::risk::{self, Score};
use crate::scope;
use crate::spec::condition::Facts;
use crate::spec::{
    ApprovalRule, Approvers, Board, ChangeClass, Document, Needed, Part, Policy, Spec, Tier,
};
use crate::stream::change::{Declared, Earned};
use crate::time::{Millis, Timestamp};
use crate::view::View;
use std::collections::{BTreeMap, BTreeSet};

/// How long a yes is good when no policy says.
const VALID: Millis = Millis::minutes(72 * 60);

/// What is assessed.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// What would be done.
    pub plan: &'a PlanBody,
    /// Why.
    pub purpose: Purpose,
    /// The emergency that was declared.
    pub declared: Option<&'a Declared>,
    /// Class that a person raised it to.
    pub raised: Option<&'a Declared>,
    /// Ledger time.
    pub now: Timestamp,
    /// Configuration in force.
    pub spec: &'a Spec,
    /// The rest of the ledger.
    pub view: &'a dyn View,
}

/// Where a change happens, when, and what people declared about it.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub spec: &'a Spec,
    pub service: &'a ServiceId,
    pub environment: &'a EnvId,
    pub now: Timestamp,
    pub declared: Option<&'a Declared>,
    pub raised: Option<&'a Declared>,
}

/// What a change is and needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// Class.
    pub class: ChangeClass,
    /// Why it has that class, each one line.
    pub because: Vec<String>,
    /// Risk.
    pub risk: Score,
    /// Who must say yes before it goes.
    pub required: Vec<Required>,
    /// What an emergency leaves for afterwards.
    pub owed: Vec<Required>,
    /// Who must not be among them, with the policies that say so.
    pub never_by: BTreeMap<Part, String>,
    /// How long a yes is good.
    pub valid: Millis,
    /// Policy that wants signatures.
    pub signed: Option<String>,
    /// Policy that lets it go only in quiet hours, and why.
    pub quiet: Option<Quiet>,
    /// Documents, with the policy that wants each.
    pub documents: BTreeMap<Document, String>,
    /// What whoever declares an emergency must write down.
    pub needs: BTreeSet<Needed>,
    /// How long an emergency lasts.
    pub lasts: Option<Millis>,
    /// When those who are asked are reminded.
    pub remind: Option<Millis>,
    /// Boards that decide about it, with the reason.
    pub boards: BTreeMap<Name, String>,
    /// Policy for which a yes ends when the risk moves into another band.
    pub bound_to_band: Option<String>,
    /// Does the record of the service let its changes be standard?
    pub earned: Option<Earned>,
    /// The facts it was worked out from.
    pub facts: Facts,
}

/// A policy asks for hours of little traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quiet {
    /// Dotted path of the rule.
    pub rule: String,
    /// The condition that holds, or may hold for want of a fact.
    pub because: String,
}

/// So many people of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Required {
    /// Whose members.
    pub team: TeamId,
    /// How many, each another person.
    pub count: u32,
    /// Stated meaning, for a sign-off.
    pub sign: Option<Name>,
    /// Dotted path of the rule.
    pub rule: String,
    /// After how long another team may decide as well. Only where every policy that asks says so, and never for a sign-off: its
    /// meaning is that of one team.
    pub escalate: Option<(Millis, TeamId)>,
    /// How long ago whoever says yes may have signed in.
    pub signed_in_within: Option<Millis>,
}

/// Is anything asked of changes to production by policies? Where no policy is about changes, nothing but an owed review can hold
/// one.
#[must_use]
pub fn is_governed(spec: &Spec, plan: &PlanBody) -> bool {
    let env = spec.environments.get(&plan.environment);
    env.is_some_and(|e| e.tier == Tier::Production)
        && spec.policies.values().any(Policy::is_about_changes)
}

/// Policies that hold for a service in an environment. Where none concerns it, all do: what nobody thought of is not let through.
/// The flag says whether that is so.
#[must_use]
pub fn policies_for<'a>(
    spec: &'a Spec,
    service: &ServiceId,
    environment: &EnvId,
) -> (Vec<(&'a Name, &'a Policy)>, bool) {
    let about: Vec<(&Name, &Policy)> = spec
        .policies
        .iter()
        .filter(|(_, p)| p.is_about_changes())
        .collect();
    let concern = |(_, p): &&(&Name, &Policy)| p.scope.concerns(spec, service, environment);
    let found: Vec<(&Name, &Policy)> = about.iter().filter(concern).copied().collect();
    if found.is_empty() && !about.is_empty() {
        (about, true)
    } else {
        (found, false)
    }
}

/// What is scored of a change.
fn scored<'a>(subject: &Subject<'a>) -> risk::Subject<'a> {
    // A stored state that cannot be read says nothing, and what is not known raises the risk.
    let carried = super::carried(subject.view, subject.plan).unwrap_or_default();
    risk::Subject {
        plan: subject.plan,
        purpose: subject.purpose,
        release: &subject.plan.to.release,
        now: subject.now,
        spec: subject.spec,
        view: subject.view,
        told: risk::Told {
            commits: carried.commits(),
            migrates: carried.migrates(),
            ..scope::told(&subject.plan.to.release, subject.spec, subject.view)
        },
    }
}

/// Everything that is known about a change, its risk and its class included.
#[must_use]
pub fn facts(subject: &Subject<'_>) -> Facts {
    let asked = scored(subject);
    let read = risk::Reading::of(&asked);
    let score = read.score();
    let class = assessed(subject, &read).map(|a| a.class);
    read.facts(Some(&score), class)
}

/// The assessment of a change; `None` where nothing is asked: outside tier production.
#[must_use]
pub fn assess(subject: &Subject<'_>) -> Option<Assessment> {
    let env = subject.spec.environments.get(&subject.plan.environment)?;
    if env.tier != Tier::Production {
        return None;
    }
    let asked = scored(subject);
    assessed(subject, &risk::Reading::of(&asked))
}

fn assessed(subject: &Subject<'_>, read: &risk::Reading<'_>) -> Option<Assessment> {
    let ground = Ground {
        spec: subject.spec,
        service: &subject.plan.service,
        environment: &subject.plan.environment,
        now: subject.now,
        declared: subject.declared,
        raised: subject.raised,
    };
    let env = ground.spec.environments.get(ground.environment)?;
    if env.tier != Tier::Production {
        return None;
    }
    let risk = read.score();
    let facts = |class| read.facts(Some(&risk), class);
    Some(demands(&ground, risk.clone(), &facts))
}

/// What is asked of a change with this score and these facts, which know its class or do not know it yet.
pub(super) fn demands(
    ground: &Ground<'_>,
    risk: Score,
    facts: &dyn Fn(Option<ChangeClass>) -> Facts,
) -> Assessment {
    let spec = ground.spec;
    let (policies, strictest) = policies_for(spec, ground.service, ground.environment);
    let unclassed = facts(None);
    let (class, ordinary, mut because) = class(ground, &policies, &unclassed);
    if strictest {
        let (service, env) = (ground.service, ground.environment);
        because.push(format!(
            "no policy concerns {service} in {env}, so all of them hold"
        ));
    }
    let classed = facts(Some(class));
    let without_emergency = match ordinary == class {
        true => classed.clone(),
        false => facts(Some(ordinary)),
    };
    let boards = boards(spec, class, &classed);
    let owner = spec.services.get(ground.service).map(|s| s.owner.clone());
    let earned = owner
        .clone()
        .and_then(|team| earned(&policies, &unclassed, team));
    let mut sum = Sum {
        owner,
        class,
        ordinary,
        facts: [classed.clone(), without_emergency],
        given: Assessment {
            class,
            because,
            risk,
            required: Vec::new(),
            owed: Vec::new(),
            never_by: BTreeMap::new(),
            valid: VALID,
            signed: None,
            quiet: None,
            documents: BTreeMap::new(),
            needs: BTreeSet::new(),
            lasts: None,
            remind: None,
            boards,
            bound_to_band: None,
            earned,
            facts: classed,
        },
        valid: Vec::new(),
    };
    for (name, policy) in policies {
        sum.add(name, policy);
    }
    sum.never_alone();
    let shortest = sum.valid.into_iter().min();
    sum.given.valid = shortest.unwrap_or(VALID);
    sum.given
}

/// Boards whose rule holds, or may hold. What was approved beforehand needs none, and an emergency is looked at afterwards.
fn boards(spec: &Spec, class: ChangeClass, facts: &Facts) -> BTreeMap<Name, String> {
    if !matches!(class, ChangeClass::Normal | ChangeClass::Major) {
        return BTreeMap::new();
    }
    let why = |board: &Board| match board.reviews.holds(facts) {
        Ok(false) => None,
        Ok(true) => Some(board.reviews.text.clone()),
        Err(unknown) => Some(format!("{unknown}, so `{}` may hold", board.reviews.text)),
    };
    let all = spec.boards.iter();
    all.filter_map(|(name, board)| Some((name.clone(), why(board)?)))
        .collect()
}

/// What the policies ask for, added up.
struct Sum {
    owner: Option<TeamId>,
    class: ChangeClass,
    /// The class without an emergency: what that one asks, an emergency owes.
    ordinary: ChangeClass,
    /// Facts with each of the two.
    facts: [Facts; 2],
    given: Assessment,
    valid: Vec<Millis>,
}

impl Sum {
    fn add(&mut self, name: &Name, policy: &Policy) {
        let at = format!("policies.{name}");
        let emergency = self.class == ChangeClass::Emergency;
        let escalate = policy.escalate_after.zip(policy.escalate_to.clone());
        for rule in &policy.approvals {
            self.require(rule, (format!("{at}.approvals"), &escalate), emergency);
        }
        self.sign_offs(&at, policy, emergency);
        self.by_class(&at, policy);
        for part in &policy.never_by {
            self.given
                .never_by
                .entry(*part)
                .or_insert_with(|| format!("{at}.never-by"));
        }
        self.valid.extend(policy.valid);
        if policy.signed {
            self.given
                .signed
                .get_or_insert_with(|| format!("{at}.signed"));
        }
        if policy.bound_to_band {
            self.given
                .bound_to_band
                .get_or_insert_with(|| format!("{at}.bound-to"));
        }
        self.quiet(&at, policy);
        for document in &policy.documents {
            let rule = format!("{at}.documents");
            self.given.documents.entry(*document).or_insert(rule);
        }
        let remind = &mut self.given.remind;
        *remind = (*remind).into_iter().chain(policy.remind_after).min();
    }

    /// What belongs to the class. An emergency needs only its own beforehand; what it skips is owed.
    fn by_class(&mut self, at: &str, policy: &Policy) {
        let emergency = self.class == ChangeClass::Emergency;
        let escalate = policy.escalate_after.zip(policy.escalate_to.clone());
        for (class, rule) in &policy.classes {
            let own = *class == self.class;
            // Without the emergency it would have been asked this.
            let skipped = emergency && *class == self.ordinary;
            if !own && !skipped {
                continue;
            }
            let path = format!("{at}.classes.{}", class.as_str());
            for approval in &rule.approvals {
                self.require(approval, (format!("{path}.approvals"), &escalate), skipped);
            }
            if own {
                self.given.needs.extend(rule.needs.iter().copied());
                for document in &rule.documents {
                    let rule = format!("{path}.documents");
                    self.given.documents.entry(*document).or_insert(rule);
                }
                let lasts = &mut self.given.lasts;
                *lasts = (*lasts).into_iter().chain(rule.expires).min();
            }
        }
        let has = |class| policy.classes.contains_key(&class);
        // A class without a rule of its own is asked what an owner is asked: never nothing.
        let rules = !policy.classes.is_empty();
        let beforehand = rules && !has(self.class);
        let afterwards = rules && emergency && !has(self.ordinary);
        let owner = ApprovalRule {
            from: Approvers::Owner,
            count: 1,
        };
        for (asked, owed) in [(beforehand, false), (afterwards, true)] {
            if asked {
                self.require(&owner, (format!("{at}.classes"), &escalate), owed);
            }
        }
    }

    /// What repairs an incident does not wait for the night. A fact that is missing counts as if the condition held.
    fn quiet(&mut self, at: &str, policy: &Policy) {
        let Some(when) = &policy.needs_quiet else {
            return;
        };
        if self.class == ChangeClass::Emergency || self.given.quiet.is_some() {
            return;
        }
        let [facts, _] = &self.facts;
        let because = match when.holds(facts) {
            Ok(false) => return,
            Ok(true) => when.text.clone(),
            Err(unknown) => format!("{unknown}, so `{}` may hold", when.text),
        };
        self.given.quiet = Some(Quiet {
            rule: format!("{at}.needs-quiet"),
            because,
        });
    }

    fn sign_offs(&mut self, at: &str, policy: &Policy, emergency: bool) {
        for rule in &policy.sign_offs {
            let holds = |facts| match &rule.when {
                Some(when) => when.holds(facts).unwrap_or(true),
                None => true,
            };
            let asked = self.facts.iter().any(holds);
            if !asked {
                continue;
            }
            let Some(owner) = &self.owner else { continue };
            let required = Required {
                team: rule.from.team(owner).clone(),
                count: 1,
                sign: Some(rule.sign.clone()),
                rule: format!("{at}.sign-offs"),
                escalate: None,
                signed_in_within: rule.signed_in_within,
            };
            let list = self.list(emergency);
            let same = |r: &&mut Required| r.sign == required.sign && r.team == required.team;
            match list.iter_mut().find(same) {
                // The shorter time holds.
                Some(known) => {
                    let times = known.signed_in_within.into_iter();
                    known.signed_in_within = times.chain(required.signed_in_within).min();
                }
                None => list.push(required),
            }
        }
    }

    /// Whoever asks never says yes, and an emergency that would owe anything has one yes beforehand.
    fn never_alone(&mut self) {
        self.given
            .never_by
            .entry(Part::Requester)
            .or_insert_with(|| "built-in".to_owned());
        let skips = self.class == ChangeClass::Emergency && !self.given.owed.is_empty();
        if skips && self.given.required.is_empty() {
            let rule = ApprovalRule {
                from: Approvers::Owner,
                count: 1,
            };
            self.require(&rule, ("built-in".to_owned(), &None), false);
        }
    }

    fn require(
        &mut self,
        rule: &ApprovalRule,
        (path, escalate): (String, &Option<(Millis, TeamId)>),
        owed: bool,
    ) {
        let Some(owner) = &self.owner else { return };
        let team = rule.from.team(owner).clone();
        let count = rule.count;
        let list = self.list(owed);
        let same = list.iter_mut().find(|r| r.sign.is_none() && r.team == team);
        let Some(had) = same else {
            list.push(Required {
                signed_in_within: None,
                team,
                count,
                sign: None,
                rule: path,
                escalate: escalate.clone(),
            });
            return;
        };
        if had.count < count {
            had.count = count;
            had.rule = path;
        }
        // Others decide only where both policies let them, and after the longer time.
        had.escalate = match (had.escalate.take(), escalate.clone()) {
            (Some(one), Some(other)) => Some(if one.0 >= other.0 { one } else { other }),
            _ => None,
        };
    }

    fn list(&mut self, owed: bool) -> &mut Vec<Required> {
        if owed {
            &mut self.given.owed
        } else {
            &mut self.given.required
        }
    }
}

impl std::fmt::Display for Required {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.sign {
            Some(sign) => write!(f, "{sign} by {}", self.team),
            None => write!(f, "{} {}", self.team, self.count),
        }
    }
}
