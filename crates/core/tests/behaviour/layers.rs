//! Layers of the calendar: cover, quiet hours, regions that never change together, runs that cannot be moved, bookings, and
//! what people declare.

use crate::gates::{ask, text};
use crate::world::company::{env, release, service};
use crate::world::story::{Story, given, rita};
use std::fmt::Write as _;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command as Any;
use tidegate_core::digest::Digest;
use tidegate_core::gate::{GateId, Purpose};
use tidegate_core::id::{Name, StreamId, StreamKind, TeamId};
use tidegate_core::replan::{self, Ground, Outcome, Proposal, Work};
use tidegate_core::spec::{Booking, Environment, Legacy, Scope, Team, Vendor, Window};
use tidegate_core::stream::entry::{
    Command, Declared, Effect, Entry, Facts, Kind, Phase, When, declared,
};
use tidegate_core::time::{Millis, Timestamp};

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn team(text: &str) -> TeamId {
    TeamId::new(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|word| (*word).to_owned()).collect()
}

fn until(story: &mut Story, then: &str) {
    let span = Millis::between(story.ledger.now, at(then));
    story.pass(span);
}

fn passed(story: &Story, id: &str) -> Option<Timestamp> {
    let stream = StreamId::new(StreamKind::Deployment, id);
    let mut entries = story.ledger.entries.iter();
    entries
        .find(|e| e.entry.stream == stream && e.entry.kind.starts_with("deployment.gates_passed"))
        .map(|e| e.at)
}

/// Three versions of `web`; `prod` and a second region `far` take them without anything before.
fn two_regions() -> Story {
    let mut story = given(&["web@1.0.0", "web@1.1.0", "web@1.2.0", "api@1.0.0"]);
    let spec = &mut story.ledger.spec;
    let prod = spec.environments.get_mut(&env("prod")).unwrap();
    prod.after = Vec::new();
    prod.one_at_a_time = false;
    let far = prod.clone();
    spec.environments.insert(env("far"), far);
    let pipeline = spec.pipelines.get_mut(&name("standard")).unwrap();
    pipeline.path.push(env("far"));
    let platform = Team {
        members: words(&["dina", "hugo"]),
        ..Team::default()
    };
    spec.teams.insert(team("platform"), platform);
    story
}

fn environment<'s>(story: &'s mut Story, name: &str) -> &'s mut Environment {
    story.ledger.spec.environments.get_mut(&env(name)).unwrap()
}

fn cover(story: &mut Story, name: &str, phrases: &[&str], zone: &str) {
    let team = story.ledger.spec.teams.entry(team(name)).or_default();
    team.cover = words(phrases);
    team.zone = Some(zone.to_owned());
}

fn says(story: &Story, to: &str, gate: GateId) -> String {
    text(&ask(story, "web@1.1.0", to, Purpose::Promote), Some(gate))
}

// Cover.

#[test]
fn a_deployment_waits_when_cover_ends_while_it_would_still_be_watched() {
    let mut story = two_regions();
    cover(
        &mut story,
        "platform",
        &["Mon-Fri 08:00-20:00"],
        "Europe/Berlin",
    );
    story.deployed("web@1.0.0", "prod");
    let mut late = story.clone();
    // Ten minutes of holds, ten of watch and ten for the way back; 20:00 in Berlin is 19:00 UTC.
    until(&mut story, "2026-03-06T18:30:00Z");
    let fits = story.deploy("web@1.1.0", "prod").unwrap();
    assert_eq!(story.phase(&fits), "running", "it just fits");

    until(&mut late, "2026-03-06T18:30:01Z");
    let id = late.deploy("web@1.1.0", "prod").unwrap();
    assert_eq!(late.phase(&id), "waiting");
    let mut out = says(&late, "prod", GateId::Cover);
    out += &says(&late, "staging", GateId::Cover);
    until(&mut late, "2026-03-07T12:00:00Z");
    out += &says(&late, "prod", GateId::Cover);
    until(&mut late, "2026-03-09T08:00:00Z");
    assert_eq!(passed(&late, &id), Some(at("2026-03-09T07:00:00Z")));
    out += &says(&late, "prod", GateId::Cover);
    insta::assert_snapshot!(out);
}

#[test]
fn who_must_be_on_duty_is_the_owner_and_the_owners_of_what_it_needs_or_who_is_named() {
    let mut story = two_regions();
    let spec = &mut story.ledger.spec;
    spec.services.get_mut(&service("api")).unwrap().owner = team("shop");
    cover(&mut story, "platform", &["Mon-Fri 08:00-12:00"], "UTC");
    cover(&mut story, "shop", &["Mon-Fri 08:00-10:00"], "UTC");
    let covering = |story: &Story, service_name: &str| {
        let teams = story.ledger.spec.covering(&service(service_name));
        teams.into_iter().map(TeamId::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        covering(&story, "api"),
        ["platform", "shop"],
        "it needs web"
    );
    assert_eq!(covering(&story, "web"), ["platform"]);
    let api = story.ledger.spec.services.get_mut(&service("api")).unwrap();
    api.cover_by = vec![team("platform")];
    assert_eq!(covering(&story, "api"), ["platform"]);
    // A team that says nothing restricts nothing; one that is gone is no pass.
    story
        .ledger
        .spec
        .teams
        .get_mut(&team("platform"))
        .unwrap()
        .cover = Vec::new();
    assert_eq!(covering(&story, "api"), Vec::<String>::new());
    let web = story.ledger.spec.services.get_mut(&service("web")).unwrap();
    web.cover_by = vec![team("gone")];
    assert!(says(&story, "prod", GateId::Cover).contains("broken"));
}

#[test]
fn a_change_of_the_roster_is_seen_by_what_has_its_slot_already() {
    let mut story = two_regions();
    cover(&mut story, "platform", &["every day 06:00-22:00"], "UTC");
    let spec = &mut story.ledger.spec;
    let window = Window {
        allow: words(&["Tue 20:00-21:00"]),
        deny: Vec::new(),
        zone: None,
        at_most: None,
    };
    spec.windows.insert(name("tuesday"), window);
    environment(&mut story, "prod").window = Some(name("tuesday"));
    let id = story.deploy("web@1.1.0", "prod").unwrap();
    let before = story.ledger.entries.len();
    cover(&mut story, "platform", &["every day 06:00-18:00"], "UTC");
    story.ledger.fire(&["config".to_owned()].into());
    story.ledger.wake_due();
    assert_eq!(
        story.ledger.kinds(before),
        ["deployment.waiting", "deployment.slot_lost"]
    );
    let body = &story.ledger.entries[before].entry.body;
    assert!(body.contains("platform is not on duty"), "{body}");
    until(&mut story, "2026-03-04T00:00:00Z");
    assert_eq!(
        passed(&story, &id),
        None,
        "nobody would be there on Tuesday"
    );
}

// Quiet hours, denials, regions.

#[test]
fn two_regions_go_in_their_own_quiet_hours_over_the_change_of_clocks_and_never_together() {
    let mut story = two_regions();
    for (to, zone, quiet) in [
        ("prod", "Europe/Berlin", "every day 02:00-05:00"),
        ("far", "America/New_York", "every day 20:00-23:00"),
    ] {
        let environment = environment(&mut story, to);
        zone.clone_into(&mut environment.zone);
        environment.quiet = words(&[quiet]);
    }
    environment(&mut story, "far").never_with = vec![env("prod")];
    let web = story.ledger.spec.services.get_mut(&service("web")).unwrap();
    web.needs_quiet = true;
    let mut out = String::new();
    // The evening before New York changes its clocks, before Berlin does, and after both did.
    for evening in ["2026-03-07", "2026-03-28", "2026-04-03"] {
        until(&mut story, &format!("{evening}T22:00:00Z"));
        let _ = writeln!(out, "{evening}");
        for to in ["prod", "far"] {
            out += &says(&story, to, GateId::Window);
        }
    }
    let first = story.deploy("web@1.1.0", "prod").unwrap();
    // Of two that may go at one instant, the older one goes first.
    story.pass(Millis::secs(1));
    let second = story.deploy("web@1.1.0", "far").unwrap();
    until(&mut story, "2026-04-04T00:00:00Z");
    assert_eq!(passed(&story, &first), Some(at("2026-04-04T00:00:00Z")));
    // The evening of New York is the same instant as the night of Berlin: one after the other.
    out += &says(&story, "far", GateId::Apart);
    assert_eq!(passed(&story, &second), None);
    story.succeeds(&first);
    story.pass(Millis::minutes(11));
    story.agent_finishes();
    let then = passed(&story, &second).expect("it goes in the same night");
    assert!(then < at("2026-04-04T02:30:00Z"), "{then}");
    insta::assert_snapshot!(out);
}

#[test]
fn a_service_that_needs_quiet_goes_nowhere_where_nobody_says_when_it_is() {
    let mut story = two_regions();
    let web = story.ledger.spec.services.get_mut(&service("web")).unwrap();
    web.needs_quiet = true;
    insta::assert_snapshot!(says(&story, "prod", GateId::Window));
}

#[test]
fn the_other_region_waits_until_the_same_service_was_proven_and_any_service_was_changed() {
    let mut story = two_regions();
    environment(&mut story, "far").never_with = vec![env("prod")];
    let first = story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(story.phase(&first), "running");
    let second = story.deploy("web@1.0.0", "far").unwrap();
    assert_eq!(story.phase(&second), "waiting");
    story.succeeds(&first);
    assert_eq!(story.phase(&first), "succeeded");
    assert_eq!(story.phase(&second), "waiting", "watched still");
    let lane = says(&story, "far", GateId::Apart);
    assert!(lane.contains("web@1.0.0 is watched in prod"), "{lane}");
    story.pass(Millis::minutes(11));
    story.agent_finishes();
    assert_ne!(story.phase(&second), "waiting", "it begins by itself");
    // And the other way round, although only one of them says so.
    let third = story.deploy("web@1.1.0", "prod").unwrap();
    assert_eq!(story.phase(&third), "waiting");
}

#[test]
fn a_denial_closes_its_own_hours_and_no_others() {
    let mut story = two_regions();
    let window = Window {
        allow: words(&["Mon-Fri 08:00-18:00"]),
        deny: words(&["Mon-Fri 12:00-14:00", "Sat 00:00-24:00"]),
        zone: None,
        at_most: None,
    };
    story.ledger.spec.windows.insert(name("days"), window);
    environment(&mut story, "prod").window = Some(name("days"));
    let mut out = says(&story, "prod", GateId::Window);
    for then in [
        "2026-03-02T11:45:00Z",
        "2026-03-02T13:00:00Z",
        "2026-03-02T14:00:00Z",
    ] {
        until(&mut story, then);
        out += &says(&story, "prod", GateId::Window);
    }
    insta::assert_snapshot!(out);
}

// Runs that cannot be moved, bookings.

#[test]
fn a_run_at_night_keeps_its_length_and_its_margin_when_clocks_change() {
    let mut story = two_regions();
    let settlement = Legacy {
        why: "Nightly settlement on the mainframe".to_owned(),
        runs: words(&["every day at 01:30"]),
        lasting: Some(Millis::minutes(120)),
        restart_margin: Millis::minutes(30),
        zone: Some("Europe/Berlin".to_owned()),
        services: vec![service("web")],
        environments: vec![env("prod")],
        owner: team("platform"),
        review_by: jiff::civil::date(2026, 12, 1),
    };
    story
        .ledger
        .spec
        .legacy
        .insert(name("settlement"), settlement);
    // Clocks skip 02:00 to 03:00 on 29 March: two hours from 01:30 end at 04:30 on the wall, and the margin at 05:00.
    until(&mut story, "2026-03-29T00:15:00Z");
    let mut out = says(&story, "prod", GateId::Calendar);
    let id = story.deploy("web@1.1.0", "prod").unwrap();
    until(&mut story, "2026-03-29T02:00:00Z");
    out += &says(&story, "prod", GateId::Calendar);
    until(&mut story, "2026-03-29T04:00:00Z");
    assert_eq!(passed(&story, &id), Some(at("2026-03-29T03:00:00Z")));
    out += &says(&story, "far", GateId::Calendar);
    insta::assert_snapshot!(out);
}

#[test]
fn while_an_environment_is_booked_only_services_of_that_team_go_there() {
    let mut story = two_regions();
    let load_test = Booking {
        why: "Load test before the launch".to_owned(),
        environment: env("staging"),
        team: team("shop"),
        times: words(&["Mon 08:00-12:00"]),
        from: None,
        until: None,
        zone: None,
    };
    story
        .ledger
        .spec
        .bookings
        .insert(name("load-test"), load_test);
    let mut out = says(&story, "staging", GateId::Booking);
    story
        .ledger
        .spec
        .services
        .get_mut(&service("web"))
        .unwrap()
        .owner = team("shop");
    out += &says(&story, "staging", GateId::Booking);
    story
        .ledger
        .spec
        .services
        .get_mut(&service("web"))
        .unwrap()
        .owner = team("platform");
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    until(&mut story, "2026-03-02T12:00:00Z");
    assert_eq!(passed(&story, &id), Some(at("2026-03-02T12:00:00Z")));
    insta::assert_snapshot!(out);
}

// What people declare.

pub fn person(name: &str) -> Actor {
    Actor::account(name, Role::Operator)
}

pub fn once(from: &str, until: &str) -> When {
    When::Once {
        from: at(from),
        until: at(until),
    }
}

pub fn what(kind: Kind, title: &str, when: When) -> Declared {
    Declared {
        kind,
        title: title.to_owned(),
        when,
        zone: Some("Europe/Berlin".to_owned()),
        scope: Scope::default(),
        effect: None,
        owner: Some(team("platform")),
        lets: Vec::new(),
        vendor: None,
        source: None,
    }
}

pub fn declare(what: Declared, accepting: Option<Digest>) -> Any {
    let command = Command::Declare {
        what: Box::new(what),
        reason: "it must be".to_owned(),
        accepting,
        despite_terms: false,
    };
    Any::Enter { command }
}

fn entry(id: &str, command: Command) -> Any {
    let id = name(id);
    Any::Entry { id, command }
}

/// What declaring it would do.
pub fn proposed(story: &Story, what: &Declared) -> Proposal {
    let facts = Facts {
        kind: what.kind,
        title: what.title.clone(),
        when: what.when.clone(),
        zone: "Europe/Berlin".to_owned(),
        scope: what.scope.clone(),
        effect: what.effect.unwrap_or_else(|| what.kind.effect()),
        owner: what.owner.clone(),
        lets: what.lets.clone(),
        vendor: None,
        breaches: Vec::new(),
        source: None,
        reason: String::new(),
        by: "ana".to_owned(),
        at: story.ledger.now,
        moved: 0,
        consents: Vec::new(),
    };
    let ground = Ground {
        now: story.ledger.now,
        spec: &story.ledger.spec,
        origins: &story.ledger.origins,
        view: &story.ledger,
    };
    let id = name(&format!("{}-1", what.kind.as_str()));
    replan::propose(&id, &facts, &ground).unwrap()
}

#[test]
fn an_outage_moves_what_it_must_keeps_what_it_can_and_is_refused_on_outdated_ground() {
    let mut story = two_regions();
    // `prod` opens in the evening, `far` on Wednesday; one deployment runs already.
    for (to, allow) in [
        ("prod", "every day 20:00-22:00"),
        ("far", "Wed 09:00-12:00"),
    ] {
        let window = Window {
            allow: words(&[allow]),
            deny: Vec::new(),
            zone: None,
            at_most: None,
        };
        story.ledger.spec.windows.insert(name(to), window);
        environment(&mut story, to).window = Some(name(to));
    }
    let moved = story.deploy("web@1.1.0", "prod").unwrap();
    let kept = story.deploy("web@1.1.0", "far").unwrap();
    let running = story.deploy("web@1.0.0", "staging").unwrap();
    assert_eq!(story.phase(&running), "running");

    let mut outage = what(
        Kind::Outage,
        "The payment network moves",
        once("2026-03-02T18:00:00Z", "2026-03-03T06:00:00Z"),
    );
    outage.scope.environments = vec![env("staging"), env("prod"), env("far")];
    let proposal = proposed(&story, &outage);
    let said: Vec<_> = proposal
        .items
        .iter()
        .map(|item| match &item.work {
            Work::Deployment { id, .. } => (id.as_str(), &item.outcome),
            Work::Departure { .. } => panic!("no train goes here"),
        })
        .collect();
    let to = at("2026-03-03T20:00:00Z");
    assert_eq!(
        said,
        [
            (kept.as_str(), &Outcome::Stays),
            (moved.as_str(), &Outcome::Moves { to }),
            (running.as_str(), &Outcome::GoesOn),
        ]
    );
    assert_eq!(proposal.items[1].tell, ["rita", "team platform"]);
    assert_eq!(
        proposal.summary(),
        "1 move, 1 are under way and go on, 1 stay"
    );

    // Not without saying so, and not on ground that has moved.
    story
        .ask(person("ana"), declare(outage.clone(), None))
        .unwrap_err();
    story.refused("it hits planned work: 1 move");
    let mut other = story.clone();
    let id = other.deploy("web@1.2.0", "prod").unwrap();
    assert_eq!(other.phase(&id), "waiting");
    let answer = other.ask(
        person("ana"),
        declare(outage.clone(), Some(proposal.digest.clone())),
    );
    assert_eq!(answer.unwrap_err().code(), "TG2007");
    assert_eq!(declared(&other.ledger).unwrap(), []);

    let answer = story.ask(person("ana"), declare(outage, Some(proposal.digest)));
    assert_eq!(answer.unwrap(), "outage-1");
    // What it moves is told at once, why included.
    let reports = says(&story, "prod", GateId::Calendar);
    assert!(
        reports.contains("outage-1 (The payment network moves)"),
        "{reports}"
    );
    until(&mut story, "2026-03-04T09:00:00Z");
    assert_eq!(passed(&story, &moved), Some(to));
    assert_eq!(passed(&story, &kept), Some(at("2026-03-04T09:00:00Z")));
    let over: Entry = story.ledger.view().load("outage-1").unwrap();
    assert_eq!(over.phase.name(), "over");
}

#[test]
fn an_audit_that_leaves_no_slot_gives_up_what_would_expire_and_says_why() {
    let mut story = two_regions();
    let window = Window {
        allow: words(&["Tue 20:00-22:00"]),
        deny: Vec::new(),
        zone: None,
        at_most: None,
    };
    story.ledger.spec.windows.insert(name("tuesdays"), window);
    environment(&mut story, "prod").window = Some(name("tuesdays"));
    let id = story.deploy("web@1.1.0", "prod").unwrap();
    let audit = what(
        Kind::Audit,
        "Auditors are here",
        once("2026-03-03T00:00:00Z", "2027-06-01T00:00:00Z"),
    );
    let proposal = proposed(&story, &audit);
    assert_eq!(proposal.items[0].outcome, Outcome::IsCancelled);
    story
        .ask(person("ana"), declare(audit, Some(proposal.digest)))
        .unwrap();
    story.then(&[
        "entry.declared",
        "deployment.cancelled",
        "change.withdrawn",
        "release.stage_failed",
    ]);
    assert_eq!(story.phase(&id), "cancelled");
    let told = story
        .ledger
        .entries
        .iter()
        .rev()
        .find(|e| e.entry.kind.starts_with("deployment.c"));
    let body = &told.unwrap().entry.body;
    assert!(
        body.contains("Auditors are here: audit audit-1 leaves it no slot"),
        "{body}"
    );
}

#[test]
fn a_patch_goes_and_everything_else_makes_way() {
    let mut story = two_regions();
    let mut patch = what(
        Kind::Patch,
        "CVE in the parser",
        once("2026-03-02T09:00:00Z", "2026-03-02T18:00:00Z"),
    );
    patch.lets = vec![release("web@1.1.0")];
    story.ask(person("ana"), declare(patch, None)).unwrap();
    let other = story.deploy("web@1.2.0", "prod").unwrap();
    assert_eq!(story.phase(&other), "waiting");
    let this = story.deploy("web@1.1.0", "prod").unwrap();
    assert_eq!(story.phase(&this), "running");
}

#[test]
fn a_campaign_asks_for_the_consent_of_its_owner_and_never_of_whoever_wants_the_release() {
    let mut story = two_regions();
    let campaign = what(
        Kind::Campaign,
        "Spring sale",
        once("2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z"),
    );
    let when = campaign.when.clone();
    story.ask(rita(), declare(campaign, None)).unwrap();
    let plan = story.plan("web@1.1.0", "prod", Purpose::Promote).unwrap();
    let propose = tidegate_core::stream::deployment::Command::Propose {
        plan: Box::new(plan),
        purpose: Purpose::Promote,
        reason: "the new basket".to_owned(),
        request: Default::default(),
    };
    // Dina is a member of the owning team, and asks for it herself.
    let id = story
        .ask(person("dina"), Any::Propose { command: propose })
        .unwrap();
    assert_eq!(story.phase(&id), "waiting");
    let mut out = says(&story, "prod", GateId::Calendar);
    let consent = |because: &str| {
        let (release, because) = (release("web@1.1.0"), because.to_owned());
        entry("campaign-1", Command::Consent { release, because })
    };
    story.ask(person("ana"), consent("fine")).unwrap_err();
    story.refused("ana may not consent to web@1.1.0: only members of platform consent | ask platform (dina, hugo)");
    story.ask(person("dina"), consent("fine")).unwrap_err();
    story.refused("nobody consents to what they asked for themselves | ask hugo");
    crate::changes::person(&mut story, "dina", &["dina", "dina-ops"], &[]);
    story.ask(person("dina-ops"), consent("fine")).unwrap_err();
    story.refused("nobody consents to what they asked for themselves | ask hugo");
    story
        .ask(rita(), consent("I am the administrator"))
        .unwrap_err();
    story.refused("rita may not consent to web@1.1.0");
    story.ask(person("hugo"), consent("")).unwrap_err();
    story.refused("needs a reason");

    let mut moved = story.clone();
    story
        .ask(person("hugo"), consent("the sale needs it"))
        .unwrap();
    assert_eq!(story.phase(&id), "running", "it goes at once");
    out += &says(&story, "prod", GateId::Calendar);
    insta::assert_snapshot!(out);

    // A consent is for one time: moved, it must be given again.
    moved
        .ledger
        .spec
        .environments
        .get_mut(&env("prod"))
        .unwrap()
        .window = Some(name("never"));
    moved
        .ask(person("hugo"), consent("the sale needs it"))
        .unwrap();
    let command = Command::Move {
        to: once("2026-03-02T06:00:00Z", "2026-03-06T00:00:00Z"),
        title: None,
        sequence: None,
        because: "it goes well".to_owned(),
        accepting: None,
        despite_terms: false,
    };
    moved
        .ask(person("ana"), entry("campaign-1", command.clone()))
        .unwrap_err();
    moved.refused("ana may not change `campaign-1`");
    moved
        .ask(person("hugo"), entry("campaign-1", command))
        .unwrap();
    let (_, facts) = declared(&moved.ledger).unwrap().remove(0);
    assert_eq!((facts.consents.len(), facts.moved), (0, 1));
    assert_ne!(facts.when, when);
}

#[test]
fn a_vendor_is_held_to_its_hours_and_its_notice_and_a_breach_is_recorded() {
    let mut story = two_regions();
    let network = Vendor {
        owner: team("platform"),
        maintenance: words(&["Sun 02:00-06:00"]),
        notice: Some("10 days".to_owned()),
        zone: Some("America/New_York".to_owned()),
        services: vec![service("web")],
    };
    story
        .ledger
        .spec
        .vendors
        .insert(name("card-network"), network);
    let work = |from: &str, until: &str| Declared {
        owner: None,
        zone: None,
        vendor: Some(name("card-network")),
        ..what(Kind::Vendor, "New switches", once(from, until))
    };
    // Sunday 15 March, 02:00 to 06:00 by summer time, announced thirteen days before.
    story
        .ask(
            person("ana"),
            declare(work("2026-03-15T06:00:00Z", "2026-03-15T10:00:00Z"), None),
        )
        .unwrap();
    let (_, facts) = declared(&story.ledger).unwrap().remove(0);
    assert_eq!(facts.breaches, Vec::<String>::new());
    assert_eq!(
        (facts.effect, facts.zone.as_str()),
        (Effect::Informs, "America/New_York")
    );
    assert_eq!(facts.scope.services, [service("web")]);

    let early = work("2026-03-08T06:30:00Z", "2026-03-08T11:00:00Z");
    story
        .ask(person("ana"), declare(early.clone(), None))
        .unwrap_err();
    story.refused("card-network may not work then: Sun 8 Mar 2026 01:30 - Sun 8 Mar 03:00 lies outside its hours");
    story.refused("with less than 10 days of notice");
    let command = Command::Declare {
        what: Box::new(early),
        reason: "they insist".to_owned(),
        accepting: None,
        despite_terms: true,
    };
    story.ask(person("ana"), Any::Enter { command }).unwrap();
    let (id, facts) = declared(&story.ledger).unwrap().remove(1);
    assert_eq!((id.as_str(), facts.breaches.len()), ("vendor-2", 2));
}

#[test]
fn what_makes_no_sense_is_refused_with_the_way_out() {
    let mut story = two_regions();
    let good = || {
        what(
            Kind::Maintenance,
            "Switches",
            once("2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z"),
        )
    };
    let mut out = String::new();
    let mut no = |story: &mut Story, label: &str, change: &dyn Fn(&mut Declared)| {
        let mut what = good();
        change(&mut what);
        let refusal = story.ask(person("ana"), declare(what, None)).unwrap_err();
        let _ = writeln!(out, "{label}\n  {refusal}\n  help: {}", refusal.help());
    };
    no(&mut story, "no title", &|w| w.title = " ".to_owned());
    no(&mut story, "backwards", &|w| {
        w.when = once("2026-03-04T00:00:00Z", "2026-03-03T00:00:00Z")
    });
    no(&mut story, "past", &|w| {
        w.when = once("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")
    });
    no(&mut story, "zone", &|w| {
        w.zone = Some("Europe/Berln".to_owned())
    });
    no(&mut story, "service", &|w| {
        w.scope.services = vec![service("moon")]
    });
    no(&mut story, "nothing", &|w| w.scope.service_tiers = vec![1]);
    no(&mut story, "team", &|w| w.owner = Some(team("nobody")));
    no(&mut story, "asks, no team", &|w| {
        (w.kind, w.owner) = (Kind::Peak, None)
    });
    no(&mut story, "vendor", &|w| w.kind = Kind::Vendor);
    no(&mut story, "booking", &|w| {
        (w.kind, w.owner) = (Kind::Booking, None)
    });
    no(&mut story, "phrase", &|w| {
        w.when = When::Repeats {
            phrase: "Sunn 02:00-06:00".to_owned(),
            lasting: None,
            from: None,
            until: None,
        };
    });
    no(&mut story, "no end", &|w| {
        w.when = When::Repeats {
            phrase: "every week on Sun at 02:00".to_owned(),
            lasting: None,
            from: None,
            until: None,
        };
    });
    no(&mut story, "never", &|w| {
        w.when = When::Repeats {
            phrase: "Sun 02:00-06:00 from 2099-01-01".to_owned(),
            lasting: None,
            from: None,
            until: None,
        };
    });
    insta::assert_snapshot!(out);
}

#[test]
fn ids_are_counted_and_a_name_that_people_chose_is_not_taken_again() {
    let mut story = two_regions();
    let good = || {
        what(
            Kind::Board,
            "Weekly board",
            once("2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z"),
        )
    };
    assert_eq!(
        story.ask(person("ana"), declare(good(), None)).unwrap(),
        "board-1"
    );
    let Any::Enter { command } = declare(good(), None) else {
        unreachable!()
    };
    story
        .ask(person("ana"), entry("board-3", command.clone()))
        .unwrap();
    assert_eq!(
        story.ask(person("ana"), declare(good(), None)).unwrap(),
        "board-4"
    );
    story
        .ask(person("ana"), entry("board-3", command))
        .unwrap_err();
    story.refused("does not take `declare` now");
    let cancel = Command::Cancel {
        because: "it rains".to_owned(),
    };
    story
        .ask(person("ana"), entry("board-1", cancel.clone()))
        .unwrap();
    story
        .ask(person("ana"), entry("board-1", cancel))
        .unwrap_err();
    story.refused("does not take `cancel` now");
    until(&mut story, "2026-03-04T00:00:00Z");
    assert_eq!(declared(&story.ledger).unwrap(), []);
    let phase = |story: &Story, id: &str| story.ledger.view().load::<Entry>(id).unwrap().phase;
    assert!(matches!(phase(&story, "board-1"), Phase::Cancelled { .. }));
    assert!(matches!(phase(&story, "board-4"), Phase::Over { .. }));
}
