//! Plans as people read them, for every strategy, there and back; and the checker, which finds every broken one.

use crate::world::company::{canary, company, env, release, service, strategy};
use proptest::prelude::*;
use std::fmt::Write as _;
use tidegate_core::digest::Digest;
use tidegate_core::gate::Purpose;
use tidegate_core::id::{DeploymentId, Name};
use tidegate_core::model::lane::{Lane, Running};
use tidegate_core::plan::check::{Note, check};
use tidegate_core::plan::{self, Intent, Plan, Revision, Side, Step, Wanted};
use tidegate_core::spec::{Shape, Spec};
use tidegate_core::time::Millis;

/// One service in one environment, and what is wanted there.
#[derive(Debug, Clone)]
struct Case {
    shape: Shape,
    /// Version and instances of what runs.
    from: Option<(&'static str, u32)>,
    /// Kept warm beside it.
    warm: Option<&'static str>,
    to: (&'static str, u32),
    purpose: Purpose,
    port: bool,
}

impl Case {
    fn of(shape: Shape, from: u32, to: u32) -> Self {
        Self {
            shape,
            from: Some(("1.0.0", from)),
            warm: None,
            to: ("1.1.0", to),
            purpose: Purpose::Promote,
            port: true,
        }
    }

    fn spec(&self) -> Spec {
        let mut spec = company();
        let chosen = Name::new("chosen").unwrap();
        spec.strategies
            .insert(chosen.clone(), strategy(self.shape.clone()));
        let web = spec.services.get_mut(&service("web")).unwrap();
        web.strategy.default = Some(chosen);
        if !self.port {
            web.run.as_mut().unwrap().port = None;
        }
        spec
    }

    fn plan(&self) -> Plan {
        let spec = self.spec();
        let resolved = spec.resolve(&service("web"), &env("staging")).unwrap();
        let revision = |(version, instances): (&str, u32)| {
            let id = release(&format!("web@{version}"));
            let mut revision = crate::world::story::revision(&id, &resolved);
            revision.instances = instances;
            revision
        };
        let running = |revision: Revision| Running {
            revision,
            deployment: DeploymentId::parse("dep_01KJQ1J020BV68VCK6FKGDJMCS").unwrap(),
            generation: 1,
            since: crate::world::company::morning(),
        };
        let lane = Lane {
            running: self.from.map(|from| running(revision(from))),
            warm: self.warm.map(|version| revision((version, 2))),
            ..Lane::default()
        };
        let wanted = Wanted {
            to: revision(self.to),
            resolved: &resolved,
            spec: Digest::of(b"spec"),
            purpose: self.purpose,
            again: true,
            scope: None,
        };
        plan::plan(&wanted, &lane).unwrap()
    }
}

fn list(steps: &[Step]) -> String {
    let steps: Vec<String> = steps.iter().map(|s| s.intent.to_string()).collect();
    if steps.is_empty() {
        "nothing".to_owned()
    } else {
        steps.join(" | ")
    }
}

fn show(cases: impl IntoIterator<Item = (String, Case)>) -> String {
    let mut out = String::new();
    for (name, case) in cases {
        let plan = case.plan();
        assert_eq!(check(&plan), [], "{name}: {}", list(&plan.body.steps));
        let _ = writeln!(out, "{name}");
        let _ = writeln!(out, "  there    {}", list(&plan.body.steps));
        let _ = writeln!(out, "  back     {}", list(&plan.body.undo));
        let closing = list(&plan.body.closing);
        let _ = writeln!(out, "  closing  after {}: {closing}", plan.body.watch);
        let _ = writeln!(out, "  because  {}", plan.envelope.report.join("; "));
    }
    out
}

fn rolling(batch: u32, max_unavailable: u32) -> Shape {
    Shape::Rolling {
        batch,
        max_unavailable,
    }
}

fn blue_green() -> Shape {
    let warm = Millis::minutes(30);
    Shape::BlueGreen {
        warm,
        sign_off: None,
    }
}

const SIZES: [(u32, u32); 5] = [(1, 1), (2, 2), (4, 4), (4, 2), (2, 4)];

#[test]
fn rolling_replaces_in_batches_and_traffic_follows_the_instances() {
    let mut cases = Vec::new();
    for batch in [1, 2, 3] {
        for spare in [0, 1, 2] {
            for (from, to) in SIZES {
                let name = format!("{from} -> {to}, batch {batch}, {spare} fewer");
                cases.push((name, Case::of(rolling(batch, spare), from, to)));
            }
        }
    }
    insta::assert_snapshot!(show(cases));
}

#[test]
fn recreate_and_blue_green_move_everything_at_once() {
    let mut cases = Vec::new();
    for (name, shape) in [("recreate", Shape::Recreate), ("blue-green", blue_green())] {
        for (from, to) in SIZES {
            let case = Case::of(shape.clone(), from, to);
            cases.push((format!("{name}, {from} -> {to}"), case));
        }
    }
    insta::assert_snapshot!(show(cases));
}

#[test]
fn a_canary_grows_by_its_shares_and_always_ends_whole() {
    let shares = [
        (
            "1, 10, 50, 100",
            canary(&[(100, 5), (1_000, 5), (5_000, 10), (10_000, 0)]),
        ),
        ("10, 50", canary(&[(1_000, 5), (5_000, 5)])),
        ("100 only", canary(&[(10_000, 5)])),
        ("0.5 without hold, 100", canary(&[(50, 0), (10_000, 0)])),
        ("no shares", canary(&[])),
    ];
    let mut cases = Vec::new();
    for (name, shape) in shares {
        for (from, to) in [(1, 1), (4, 4), (10, 10)] {
            let case = Case::of(shape.clone(), from, to);
            cases.push((format!("{name}, {from} -> {to}"), case));
        }
    }
    insta::assert_snapshot!(show(cases));
}

#[test]
fn first_installs_new_sizes_returns_warm_sides_and_programs_without_traffic() {
    let shapes = [
        ("recreate", Shape::Recreate),
        ("rolling", rolling(1, 0)),
        ("blue-green", blue_green()),
        ("canary", canary(&[(1_000, 5), (10_000, 0)])),
    ];
    let mut cases = Vec::new();
    for (name, shape) in shapes {
        let case = Case::of(shape, 2, 2);
        let mut add = |what: &str, case: Case| cases.push((format!("{name}, {what}"), case));
        add(
            "first install",
            Case {
                from: None,
                ..case.clone()
            },
        );
        add(
            "new size",
            Case {
                to: ("1.0.0", 4),
                ..case.clone()
            },
        );
        add(
            "return",
            Case {
                purpose: Purpose::Rollback,
                ..case.clone()
            },
        );
        add(
            "something warm",
            Case {
                warm: Some("0.9.0"),
                ..case.clone()
            },
        );
        add(
            "return to what is warm",
            Case {
                warm: Some("1.1.0"),
                purpose: Purpose::Rollback,
                ..case.clone()
            },
        );
        add(
            "no port",
            Case {
                port: false,
                ..case.clone()
            },
        );
        add(
            "no port, first install",
            Case {
                port: false,
                from: None,
                ..case
            },
        );
    }
    insta::assert_snapshot!(show(cases));
}

fn shapes() -> impl Strategy<Value = Shape> {
    let share = (1_u32..=10_000, 0_u64..3);
    prop_oneof![
        Just(Shape::Recreate),
        Just(blue_green()),
        (1_u32..6, 0_u32..6).prop_map(|(batch, spare)| rolling(batch, spare)),
        proptest::collection::vec(share, 0..6).prop_map(|steps| canary(&steps)),
    ]
}

fn cases() -> impl Strategy<Value = Case> {
    let from = proptest::option::of((prop_oneof![Just("1.0.0"), Just("1.1.0")], 1_u32..12));
    let warm = proptest::option::of(prop_oneof![Just("0.9.0"), Just("1.1.0")]);
    let purpose = prop_oneof![
        Just(Purpose::Promote),
        Just(Purpose::Rollback),
        Just(Purpose::Redeploy)
    ];
    (shapes(), from, warm, 1_u32..12, purpose, any::<bool>()).prop_map(
        |(shape, from, warm, instances, purpose, port)| Case {
            shape,
            from,
            warm,
            to: ("1.1.0", instances),
            purpose,
            port,
        },
    )
}

/// Instances of both sides and the share of the new one, walked apart from the checker.
fn walk(plan: &Plan, steps: &[&Step]) -> (u32, u32, Option<u32>) {
    let from = plan.body.from.as_ref();
    let runs = from.map_or(0, |f| f.instances);
    // A new size has one side only.
    let mut at = match is_same(plan) {
        true => (0, runs, Some(10_000)),
        false => (runs, 0, from.map(|_| 0)),
    };
    for step in steps {
        match step.intent {
            Intent::Scale {
                side: Side::Old,
                count,
            } => at.0 = count,
            Intent::Scale {
                side: Side::New,
                count,
            } => at.1 = count,
            Intent::Shift { new } => at.2 = new,
            _ => {}
        }
    }
    at
}

fn is_same(plan: &Plan) -> bool {
    let body = &plan.body;
    body.from.as_ref().is_some_and(|f| f.key == body.to.key)
}

fn sealed(mut plan: Plan) -> Plan {
    plan.digest = plan.body.digest().unwrap();
    plan
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_plan_is_safe_and_its_way_back_restores_the_start_from_every_point(case in cases()) {
        let plan = case.plan();
        prop_assert_eq!(check(&plan), vec![]);
        let body = &plan.body;
        let (_, up, share) = walk(&plan, &body.steps.iter().collect::<Vec<_>>());
        prop_assert_eq!(up, body.to.instances);
        prop_assert!(!case.port || share == Some(10_000));
        for reached in 0..=body.steps.len() {
            let done: Vec<&Step> = body.steps[..reached].iter().chain(&body.undo).collect();
            let start = walk(&plan, &[]);
            let end = walk(&plan, &done);
            if is_same(&plan) {
                // Both sides are the same instances; the last word counts.
                break;
            }
            prop_assert_eq!((end.0, end.1), (start.0, start.1));
            prop_assert!(!case.port || end.2 == start.2);
        }
    }

    #[test]
    fn a_new_size_is_taken_back_to_the_old_one(shape in shapes(), from in 1_u32..12, to in 1_u32..12) {
        let plan = Case { to: ("1.0.0", to), ..Case::of(shape, from, to) }.plan();
        let last = plan.body.undo.iter().rev().find_map(|s| match s.intent {
            Intent::Scale { count, .. } => Some(count),
            _ => None,
        });
        prop_assert_eq!(last, Some(from));
    }

    #[test]
    fn a_plan_that_lost_a_step_it_needs_is_found(case in cases(), which in any::<prop::sample::Index>()) {
        let whole = case.plan();
        let n = which.index(whole.body.steps.len());
        let mut plan = whole.clone();
        let lost = plan.body.steps.remove(n);
        let plan = sealed(plan);
        // Only a hold, the retiring of something older and steps overtaken by later ones may be missing.
        let all = |p: &Plan| walk(p, &p.body.steps.iter().collect::<Vec<_>>());
        let needed = lost.intent == Intent::Prepare || (all(&plan).1, all(&plan).2) != (all(&whole).1, all(&whole).2);
        prop_assert!(!needed || !check(&plan).is_empty(), "lost `{}` of {}", lost.intent, list(&whole.body.steps));
    }

    #[test]
    fn a_plan_that_lost_a_step_of_its_way_back_is_found(case in cases(), which in any::<prop::sample::Index>()) {
        let whole = case.plan();
        let mut plan = whole.clone();
        let n = which.index(plan.body.undo.len());
        let lost = plan.body.undo.remove(n);
        let plan = sealed(plan);
        let routed = case.port || !matches!(lost.intent, Intent::Shift { .. });
        // Idle: what restores a thing that no step changed, and what a later step of the way back does anyhow.
        let moved = |f: fn(&(u32, u32, Option<u32>)) -> u32| {
            let steps: Vec<&Step> = whole.body.steps.iter().collect();
            let start = f(&walk(&whole, &[]));
            (0..=steps.len()).any(|n| f(&walk(&whole, &steps[..n])) != start)
        };
        let needed = match lost.intent {
            Intent::Scale { side: Side::Old, .. } if is_same(&whole) => moved(|at| at.1),
            Intent::Scale { side: Side::Old, .. } => moved(|at| at.0),
            Intent::Scale { .. } => moved(|at| at.1),
            Intent::Shift { new: None } => case.from.is_none(),
            Intent::Shift { .. } => !is_same(&whole),
            _ => true,
        };
        prop_assert!(!(routed && needed && check(&plan).is_empty()), "lost `{}` of {}", lost.intent, list(&whole.body.undo));
    }

    #[test]
    fn rolling_never_serves_with_fewer_than_it_may(batch in 1_u32..8, spare in 0_u32..8, from in 1_u32..30, to in 1_u32..30) {
        let plan = Case::of(rolling(batch, spare), from, to).plan();
        let steps: Vec<&Step> = plan.body.steps.iter().collect();
        let least = from.min(to).saturating_sub(spare).max(1);
        for reached in 0..=steps.len() {
            let (old, new, _) = walk(&plan, &steps[..reached]);
            prop_assert!(old + new >= least, "{old} + {new} after {reached} steps of {}", list(&plan.body.steps));
        }
    }

    #[test]
    fn a_plan_with_a_changed_weight_or_order_is_found(case in cases(), which in any::<prop::sample::Index>()) {
        prop_assume!(case.port);
        let whole = case.plan();
        // All traffic at the very start goes to nothing, or to what is not there yet.
        let mut early = whole.clone();
        let shift = Step { intent: Intent::Shift { new: Some(10_000) }, ..whole.body.steps[0].clone() };
        early.body.steps.insert(0, shift);
        prop_assert!(is_same(&whole) || !check(&sealed(early)).is_empty());
        // More than everything.
        let mut heavy = whole.clone();
        let n = which.index(heavy.body.steps.len());
        heavy.body.steps[n].intent = Intent::Shift { new: Some(10_001) };
        let notes = check(&sealed(heavy));
        let heavy = notes.iter().any(|n| matches!(n, Note::Weight { .. }));
        prop_assert!(heavy, "{notes:?}");
        // Not everything at the end.
        let mut light = whole.clone();
        light.body.steps.push(Step { intent: Intent::Shift { new: Some(9_999) }, ..whole.body.steps[0].clone() });
        prop_assert!(!check(&sealed(light)).is_empty());
        // A body changed after the digest was taken.
        let mut forged = whole.clone();
        forged.body.watch = Millis(forged.body.watch.0 + 1);
        prop_assert_eq!(check(&forged), vec![Note::Digest]);
    }
}
