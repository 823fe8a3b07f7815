//! The line under load: a long freeze that lifts over many who wait, and whatever comes in whatever order.

use crate::queue::{crowd, frozen, started, under_way, with};
use crate::world::company::{env, service};
use crate::world::story::Story;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::gate::{GateId, Purpose};
use tidegate_core::id::{DeploymentId, Name};
use tidegate_core::model::queue::{At, Row};
use tidegate_core::queue::{BOUND, Line, Me, Priority};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::Tier;
use tidegate_core::stream::{deployment, release};
use tidegate_core::time::Millis;

/// How many wait; the environment variable `QUEUE_OF` asks for more.
fn many() -> usize {
    let text = std::env::var("QUEUE_OF").ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(120)
}

fn ask(story: &mut Story, n: usize, priority: Priority) -> Result<String, Refusal> {
    story.pass(Millis::secs(1));
    let id = format!("s{n}@1.0.0");
    let plan = story.plan(&id, "staging", Purpose::Promote).unwrap();
    story.propose_as(plan, Purpose::Promote, with(priority))
}

#[test]
fn when_a_long_freeze_lifts_the_limit_and_the_order_hold_and_each_start_costs_a_few_looks() {
    let many = many();
    let teams: Vec<&str> = (0..many).map(|_| "a").collect();
    let mut story = crowd(&teams, Some(5));
    frozen(&mut story, "2026-03-05");
    let mut ids = Vec::new();
    for n in 0..many {
        let priority = if n % 10 == 9 {
            Priority::High
        } else {
            Priority::Normal
        };
        ids.push(ask(&mut story, n, priority).unwrap());
    }
    assert_eq!(under_way(&story), 0);
    let (asked, read) = (story.ledger.woken, story.ledger.scanned.get());
    let began = std::time::Instant::now();
    // The server is away when the freeze lifts, and for a day more.
    story.sleep(Millis::minutes(4 * 24 * 60));
    for _ in 0..many * 20 {
        assert!(under_way(&story) <= 5);
        if !story.agent_works() {
            break;
        }
    }
    let order = started(&story);
    assert_eq!(order.len(), many);
    let rank = |name: &str| -> (bool, usize) {
        let n: usize = name[1..].parse().unwrap();
        (n % 10 != 9, n)
    };
    let ranks: Vec<_> = order.iter().map(|name| rank(name)).collect();
    assert!(ranks.is_sorted(), "priority, then age: {order:?}");
    let looks = story.ledger.woken - asked;
    let rows = (story.ledger.scanned.get() - read) / looks;
    println!(
        "{looks} looks for {many} starts in {:?}, {rows} rows read for each",
        began.elapsed()
    );
    // One when the freeze lifts, one when it is its turn, one that its own change wakes.
    assert!(looks <= many * 4, "{looks} looks for {many} starts");
    // The gates of a look, and the reports of the agent between two: the same for ten that wait and for thousands.
    assert!(rows <= 400, "{rows} rows for each look");
}

/// Who is given the next places, from the front of the line and from the whole of it.
fn next_of(story: &Story) -> (Vec<DeploymentId>, Vec<DeploymentId>) {
    let (view, spec, env) = (story.ledger.view(), &story.ledger.spec, env("staging"));
    let me = Me {
        env: &env,
        id: None,
        row: None,
    };
    let near = Line::near(view, spec, &me, story.ledger.now).unwrap();
    let whole = Line::of(view, spec, &env, story.ledger.now).unwrap();
    (near.next(), whole.next())
}

#[test]
fn the_front_of_a_long_line_decides_as_the_whole_of_it_does() {
    let teams: Vec<&str> = (0..60).map(|n| ["a", "a", "b", "c"][n % 4]).collect();
    let mut story = crowd(&teams, Some(3));
    let spec = &mut story.ledger.spec;
    spec.environments.get_mut(&env("staging")).unwrap().tier = Tier::Production;
    for n in (0..60).filter(|n| n % 5 < 2) {
        let one = spec.services.get_mut(&service(&format!("s{n}"))).unwrap();
        one.uses.insert(Name::new("card-network").unwrap());
    }
    frozen(&mut story, "2026-03-03");
    for n in 0..60 {
        // Some come while it is frozen, the others while the line moves.
        match n {
            20 => story.pass(Millis::minutes(9 * 60)),
            40 => story.pass(Millis::minutes(3 * 60)),
            _ => story.pass(Millis::minutes(if n < 40 { 5 } else { 0 })),
        }
        if n >= 40 {
            (0..2).for_each(|_| {
                story.agent_works();
            });
        }
        ask(&mut story, n, Priority::ALL[n % 3]).unwrap();
        let (near, whole) = next_of(&story);
        assert_eq!(near, whole, "after {n} were asked for");
    }
    let mut compared = 0;
    while story.agent_works() {
        let (near, whole) = next_of(&story);
        assert_eq!(near, whole);
        compared += 1;
    }
    assert!(compared > 60, "{compared}");
    assert_eq!(started(&story).len(), 60);
}

#[derive(Debug, Clone)]
enum Act {
    Ask(usize, Priority),
    Work(usize),
    Abort(usize),
    Pass(u64),
}

fn act() -> impl Strategy<Value = Act> {
    let priority = prop::sample::select(Priority::ALL.to_vec());
    prop_oneof![
        4 => (0usize..12, priority).prop_map(|(n, p)| Act::Ask(n, p)),
        4 => (1usize..8).prop_map(Act::Work),
        1 => (0usize..12).prop_map(Act::Abort),
        2 => (1u64..600).prop_map(Act::Pass),
    ]
}

fn rows(story: &Story) -> BTreeMap<String, Row> {
    let rows = story.ledger.view().queue(&env("staging")).unwrap();
    rows.into_iter()
        .map(|(id, row)| (id.to_string(), row))
        .collect()
}

/// Random stories; the environment variable `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    let text = std::env::var("PROPTEST_CASES").ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn the_limit_is_never_exceeded_and_no_newcomer_goes_before_who_waited_a_day(
        limit in 1u32..4,
        acts in prop::collection::vec(act(), 1..30),
    ) {
        let teams = ["a", "a", "a", "a", "b", "b", "b", "c", "c", "d", "e", "f"];
        let mut story = crowd(&teams, Some(limit));
        // For each that was asked for: those that had waited a day by then.
        let mut before: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut running: BTreeSet<String> = BTreeSet::new();
        for act in acts {
            match act {
                Act::Ask(n, priority) => {
                    let now = story.ledger.now;
                    let old = rows(&story).into_iter().filter(|(_, row)| !row.is_running() && row.has_waited(now) >= BOUND);
                    let old: BTreeSet<String> = old.map(|(id, _)| id).collect();
                    if let Ok(id) = ask(&mut story, n, priority) {
                        before.insert(id, old);
                    }
                }
                Act::Work(times) => (0..times).for_each(|_| {
                    story.agent_works();
                }),
                Act::Abort(n) => {
                    let one = rows(&story).into_keys().nth(n);
                    if let Some(id) = one {
                        let _ = story.deployment(&id, deployment::Command::Abort { reason: "no".to_owned() });
                    }
                }
                Act::Pass(minutes) => story.pass(Millis::minutes(minutes)),
            }
            let now = rows(&story);
            prop_assert!(under_way(&story) <= limit as usize);
            for (id, _) in now.iter().filter(|(id, row)| row.is_running() && !running.contains(*id)) {
                let older = before.get(id).cloned().unwrap_or_default();
                let passed_over: Vec<_> = older.iter().filter(|old| now.get(*old).is_some_and(|row| !row.is_running())).collect();
                prop_assert!(passed_over.is_empty(), "{id} went before {passed_over:?}");
            }
            running = now.into_iter().filter(|(_, row)| row.is_running()).map(|(id, _)| id).collect();
        }
        // Nobody is left behind.
        for _ in 0..2_000 {
            if story.agent_works() {
                continue;
            }
            let left = rows(&story);
            if left.is_empty() {
                break;
            }
            // What was taken back is held until a person lets it go.
            for row in left.values() {
                if matches!(&row.at, At::Blocked { by, .. } if by.contains(&GateId::Hold)) {
                    let reason = "looked at".to_owned();
                    let _ = story.release(&row.release.to_string(), release::Command::Unhold { reason });
                }
            }
            // An agent that was away for too long leaves work to people, who hold the place until they are done.
            for id in left.into_keys().filter(|id| story.phase(id) == "needs a person").collect::<Vec<_>>() {
                let reason = "put right by hand".to_owned();
                story.deployment(&id, deployment::Command::Settle { reason }).unwrap();
            }
            story.pass(Millis::minutes(1));
        }
        prop_assert!(rows(&story).is_empty(), "{:?}", rows(&story));
    }
}
