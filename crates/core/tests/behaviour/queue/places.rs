//! Only so many at a time: limits, resources, windows with places, and the list of who holds and who waits.

use super::{ask, capacity, crowd, drain, limit, name, started};
use crate::world::company::{env, service};
use crate::world::story::Story;
use std::collections::BTreeSet;
use tidegate_core::id::{DeploymentId, EnvId};
use tidegate_core::model::queue::{At, Row};
use tidegate_core::queue::{BOUND, Line, Priority, Request};
use tidegate_core::spec::{Tier, Window};
use tidegate_core::stream::deployment;
use tidegate_core::time::Millis;

#[test]
fn what_is_over_the_limit_waits_and_the_next_goes_when_a_place_is_free() {
    let mut story = crowd(&["a", "a", "a", "a"], Some(2));
    let ids: Vec<String> = (0..4)
        .map(|n| ask(&mut story, n, Request::PLAIN).unwrap())
        .collect();
    let phases: Vec<&str> = ids.iter().map(|id| story.phase(id)).collect();
    assert_eq!(phases, ["running", "running", "waiting", "waiting"]);
    let (title, detail) = capacity(&story, &ids[3]);
    assert_eq!(title, "2nd of 2 for staging; before it: s2@1.0.0");
    assert_eq!(
        detail,
        "staging takes 2 at a time, under way: s0@1.0.0 in staging by rita since Mon 2 Mar 09:00 UTC; \
         s1@1.0.0 in staging by rita since Mon 2 Mar 09:00 UTC"
    );
    drain(&mut story, 2);
    assert_eq!(started(&story), ["s0", "s1", "s2", "s3"]);
}

#[test]
fn one_resource_is_used_by_one_at_a_time_in_all_of_production_and_nobody_behind_waits_for_it() {
    let mut story = crowd(&["a", "b", "c"], None);
    let spec = &mut story.ledger.spec;
    let staging = spec.environments.get_mut(&env("staging")).unwrap();
    staging.tier = tidegate_core::spec::Tier::Production;
    let prod = spec.environments.get_mut(&env("prod")).unwrap();
    (prod.one_at_a_time, prod.after) = (false, Vec::new());
    for n in [0, 1] {
        let one = spec.services.get_mut(&service(&format!("s{n}"))).unwrap();
        one.uses = BTreeSet::from([name("card-network")]);
    }
    let first = ask(&mut story, 0, Request::PLAIN).unwrap();
    let second = story.deploy("s1@1.0.0", "prod").unwrap();
    let third = story.deploy("s2@1.0.0", "prod").unwrap();
    assert_eq!(story.phase(&first), "running");
    assert_eq!(story.phase(&second), "waiting");
    assert_eq!(story.phase(&third), "running", "it uses nothing shared");
    let (title, detail) = capacity(&story, &second);
    assert_eq!(title, "1st of 1 for prod");
    assert!(
        detail.starts_with("card-network is used by one at a time, under way: s0@1.0.0 in staging"),
        "{detail}"
    );
    story.succeeds(&first);
    assert_ne!(
        story.phase(&second),
        "waiting",
        "another environment woke it"
    );
}

#[test]
fn a_window_with_places_has_them_for_all_its_environments_together() {
    let mut story = crowd(&["a", "b", "c"], None);
    let spec = &mut story.ledger.spec;
    let window = Window {
        deny: Vec::new(),
        allow: vec!["Mon-Fri 08:00-18:00".to_owned()],
        zone: None,
        at_most: Some(2),
    };
    spec.windows.insert(name("office"), window);
    for environment in spec.environments.values_mut() {
        environment.window = Some(name("office"));
        environment.after = Vec::new();
        environment.one_at_a_time = false;
    }
    let first = ask(&mut story, 0, Request::PLAIN).unwrap();
    let second = story.deploy("s1@1.0.0", "prod").unwrap();
    let third = story.deploy("s2@1.0.0", "prod").unwrap();
    let phases = [&first, &second, &third].map(|id| story.phase(id));
    assert_eq!(phases, ["running", "running", "waiting"]);
    assert!(
        capacity(&story, &third)
            .1
            .starts_with("window office takes 2 at a time")
    );
    story.succeeds(&first);
    assert_ne!(story.phase(&third), "waiting");
}

#[test]
fn the_line_is_listed_with_places_and_holders() {
    let mut story = crowd(&["a", "b", "a"], Some(1));
    for n in 0..3 {
        ask(&mut story, n, Request::PLAIN).unwrap();
    }
    let view = story.ledger.view();
    let line = Line::of(view, &story.ledger.spec, &env("staging"), story.ledger.now).unwrap();
    let places: Vec<String> = line
        .standing(&env("staging"))
        .iter()
        .map(|s| format!("{} {}", s.place, s.row.release))
        .collect();
    assert_eq!(places, ["1 s1@1.0.0", "2 s2@1.0.0"]);
    assert_eq!(
        line.running(&env("staging"))[0].release.to_string(),
        "s0@1.0.0"
    );
    assert!(BOUND == Millis::minutes(24 * 60));
}

#[test]
fn a_return_that_waits_for_the_lock_goes_first_although_it_uses_what_another_has() {
    let mut story = crowd(&["a", "a", "b"], None);
    let spec = &mut story.ledger.spec;
    let staging = spec.environments.get_mut(&env("staging")).unwrap();
    (staging.tier, staging.one_at_a_time) = (Tier::Production, true);
    let mut elsewhere = staging.clone();
    elsewhere.one_at_a_time = false;
    let other = env("elsewhere");
    spec.environments.insert(other.clone(), elsewhere);
    let mut uses = |n: usize| {
        let one = spec.services.get_mut(&service(&format!("s{n}"))).unwrap();
        one.uses.insert(name("card-network"));
    };
    uses(0);
    uses(2);
    let now = story.ledger.now;
    let row = |n: usize, goes_back: bool, at: At| Row {
        service: service(&format!("s{n}")),
        release: format!("s{n}@1.0.0").parse().unwrap(),
        team: None,
        by: "ana".to_owned(),
        priority: Priority::Normal,
        goes_back,
        since: now,
        waited: Millis::ZERO,
        at,
        slot: None,
        expected: Millis::ZERO,
    };
    let running = || At::Running { since: now };
    let ready = || At::Ready { since: now };
    let id = |n: u32| DeploymentId::parse(&format!("dep_{n:026}")).unwrap();
    let mut put = |env: &EnvId, n: u32, row: &Row| {
        let body = serde_json::to_string(row).unwrap();
        let keys = [
            (Row::MODEL, Row::key(env, &id(n))),
            (Row::INDEX, row.indexed(env, &id(n)).unwrap()),
        ];
        for (model, key) in keys {
            let key = (model.to_owned(), key);
            story.ledger.models.insert(key, body.clone());
        }
    };
    // The return uses what a deployment elsewhere has; what waits behind it uses nothing.
    put(&other, 1, &row(0, false, running()));
    put(&env("staging"), 2, &row(2, true, ready()));
    put(&env("staging"), 3, &row(1, false, ready()));
    let (view, spec) = (story.ledger.view(), &story.ledger.spec);
    let line = Line::of(view, spec, &env("staging"), now).unwrap();
    assert_eq!(line.next(), [id(2)], "the lock is its, and it is told");
}

#[test]
fn what_is_set_aside_while_it_waits_leaves_the_line_and_what_is_under_way_keeps_its_place() {
    let mut story = crowd(&["a", "a", "a"], Some(1));
    let ids: Vec<String> = (0..3)
        .map(|n| ask(&mut story, n, Request::PLAIN).unwrap())
        .collect();
    let id = |n: usize| DeploymentId::parse(&ids[n]).unwrap();
    limit(&mut story, "staging", Some(2));
    let leaves = |story: &Story, n: usize| {
        let (view, spec) = (story.ledger.view(), &story.ledger.spec);
        deployment::leave_line(view, spec, &id(n), story.ledger.now)
    };
    assert_eq!(leaves(&story, 0), deployment::Left::default());
    let left = leaves(&story, 1);
    assert_eq!(left.fires, [format!("turn/{}", ids[2])]);
    for change in left.models {
        assert_eq!(change.body, None);
        let key = (change.model.to_owned(), change.key);
        let gone = story.ledger.models.remove(&key);
        assert!(gone.is_some(), "it had this row");
    }
    let (view, spec) = (story.ledger.view(), &story.ledger.spec);
    let line = Line::of(view, spec, &env("staging"), story.ledger.now).unwrap();
    assert_eq!(line.next(), [id(2)]);
}
