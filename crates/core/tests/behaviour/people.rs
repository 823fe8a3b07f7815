//! People: what is one person's is nobody else's, and a token for less touches less.

use crate::world::company::{env, release, service};
use crate::world::story::{Story, given, nothing, rita};
use std::collections::BTreeSet;
use tidegate_core::actor::{Actor, Reach, Role};
use tidegate_core::command::Command as Any;
use tidegate_core::id::{AccountId, Name, PersonId};
use tidegate_core::model::person::row;
use tidegate_core::people;
use tidegate_core::queue::Request;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::Team;
use tidegate_core::stream::person::{Command, Standing};
use tidegate_core::stream::release as rel;

const KEY: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

fn say(story: &mut Story, by: Actor, who: &str, command: Command) -> Result<String, Refusal> {
    let id = PersonId::new(who).unwrap();
    story.ask(by, Any::Person { id, command })
}

fn admin(story: &mut Story, who: &str, command: Command) -> Result<String, Refusal> {
    say(story, rita(), who, command)
}

fn add(emails: &[&str]) -> Command {
    Command::Add {
        standing: Standing::Operator,
        emails: emails.iter().map(|e| (*e).to_owned()).collect(),
    }
}

fn link(account: &str) -> Command {
    Command::Link {
        account: AccountId::new(account).unwrap(),
        because: "the same person".to_owned(),
    }
}

fn because() -> String {
    "because".to_owned()
}

/// Ana and Hugo are known.
fn two() -> Story {
    let mut story = nothing();
    admin(&mut story, "ana", add(&["Ana@Acme.example"])).unwrap();
    admin(&mut story, "hugo", add(&[])).unwrap();
    story
}

fn refused(answer: Result<String, Refusal>) -> String {
    answer.expect_err("it is refused").to_string()
}

#[test]
fn two_accounts_of_one_person_are_one_person_until_they_are_taken_apart() {
    let mut story = two();
    admin(&mut story, "ana", link("oidc:1001")).unwrap();
    let view = story.ledger.view();
    assert_eq!(people::behind(view, "oidc:1001"), "ana");
    assert_eq!(people::behind(view, "ana"), "ana");
    assert_eq!(
        people::by_address(view, "ANA@acme.example"),
        Some("ana".to_owned())
    );
    let unlink = Command::Unlink {
        account: AccountId::new("oidc:1001").unwrap(),
        because: because(),
    };
    admin(&mut story, "ana", unlink).unwrap();
    assert_eq!(
        people::behind(story.ledger.view(), "oidc:1001"),
        "oidc:1001"
    );
}

#[test]
fn what_belongs_to_somebody_else_is_refused() {
    let mut story = two();
    admin(&mut story, "ana", link("oidc:1001")).unwrap();
    for account in ["oidc:1001", "ana"] {
        let text = refused(admin(&mut story, "hugo", link(account)));
        assert_eq!(text, format!("the account `{account}` belongs to ana"));
    }
    let text = refused(admin(&mut story, "dina", add(&["ana@acme.example"])));
    assert_eq!(text, "the address `ana@acme.example` belongs to ana");
    admin(&mut story, "ana", link("dina")).unwrap();
    let text = refused(admin(&mut story, "dina", add(&[])));
    assert_eq!(text, "the account `dina` belongs to ana");
    let own = Command::Unlink {
        account: AccountId::new("ana").unwrap(),
        because: because(),
    };
    let text = refused(admin(&mut story, "ana", own));
    assert_eq!(text, "`ana` is the account of the person's own name");
    assert!(refused(admin(&mut story, "ana", add(&[]))).contains("known already"));
    assert!(refused(admin(&mut story, "eve", link("x"))).contains("no person `eve`"));
}

#[test]
fn groups_of_a_sign_in_decide_membership_until_the_person_has_left() {
    let mut story = two();
    let payments = tidegate_core::id::TeamId::new("payments").unwrap();
    let team = Team {
        group: Some("pay".to_owned()),
        ..Team::default()
    };
    story.ledger.spec.teams.insert(payments.clone(), team);
    let member = |story: &Story| {
        people::is_member(&story.ledger.spec, story.ledger.view(), &payments, "ana")
    };
    assert!(!member(&story));
    let signed_in = |groups: &[&str]| Command::SignedIn {
        account: AccountId::new("ana").unwrap(),
        groups: groups.iter().map(|g| (*g).to_owned()).collect(),
    };
    say(&mut story, Actor::system(), "ana", signed_in(&["pay"])).unwrap();
    assert!(member(&story));
    let before = story.ledger.entries.len();
    say(&mut story, Actor::system(), "ana", signed_in(&["pay"])).unwrap();
    assert_eq!(story.ledger.entries.len(), before, "nothing changed");
    let text = refused(say(&mut story, rita(), "ana", signed_in(&["admins"])));
    assert!(text.contains("may not person sign in"), "{text}");

    admin(&mut story, "ana", Command::Disable { because: because() }).unwrap();
    assert!(!member(&story));
    let text = refused(say(&mut story, Actor::system(), "ana", signed_in(&["pay"])));
    assert!(
        text.contains("(disabled) does not take `sign in`"),
        "{text}"
    );
    admin(&mut story, "ana", Command::Restore { because: because() }).unwrap();
    assert!(member(&story));
}

#[test]
fn a_key_is_registered_by_its_person_alone_and_counts_for_one_person() {
    let mut story = two();
    let register = |public: &str| Command::RegisterKey {
        key: Name::new("laptop").unwrap(),
        public: public.to_owned(),
    };
    let ana = Actor::account("ana", Role::Viewer);
    let hugo = Actor::account("hugo", Role::Operator);
    assert!(refused(admin(&mut story, "ana", register(KEY))).contains("nobody else may"));
    // A token of Ana's is not Ana.
    let mut token = Actor::machine("ana-laptop", Role::Operator);
    token.person = Some("ana".to_owned());
    assert!(refused(say(&mut story, token, "ana", register(KEY))).contains("nobody else may"));
    for wrong in ["", "AAAA", &KEY.replace("o=", "p="), &KEY.replace('=', "A")] {
        let text = refused(say(&mut story, ana.clone(), "ana", register(wrong)));
        assert!(text.contains("not a public ed25519 key"), "{wrong}: {text}");
    }
    say(&mut story, ana.clone(), "ana", register(KEY)).unwrap();
    let text = refused(say(&mut story, hugo.clone(), "hugo", register(KEY)));
    assert_eq!(text, "this key belongs to ana");
    let revoke = || Command::RevokeKey {
        key: Name::new("laptop").unwrap(),
        because: "lost".to_owned(),
    };
    assert!(refused(say(&mut story, hugo, "ana", revoke())).contains("the person or an admin may"));
    say(&mut story, ana, "ana", revoke()).unwrap();
    assert!(row(story.ledger.view(), "ana").unwrap().keys.is_empty());
    // Whoever has it now, it counts for nobody any more, under no name.
    for who in ["ana", "hugo"] {
        let register = Command::RegisterKey {
            key: Name::new("pad").unwrap(),
            public: KEY.to_owned(),
        };
        let own = Actor::account(who, Role::Operator);
        assert_eq!(
            refused(say(&mut story, own, who, register)),
            "this key was revoked"
        );
    }
}

#[test]
fn only_admins_say_who_somebody_is_and_always_why() {
    let mut story = two();
    let hugo = Actor::account("hugo", Role::Operator);
    let text = refused(say(&mut story, hugo, "hugo", link("oidc:7")));
    assert_eq!(text, "hugo (operator) may not link an account to a person");
    let silent = Command::Disable {
        because: " ".to_owned(),
    };
    assert!(refused(admin(&mut story, "hugo", silent)).contains("needs a reason"));
}

#[test]
fn a_token_for_less_touches_less_and_nothing_that_concerns_everybody() {
    let mut story = given(&["web@1.0.0"]);
    let reach = |environments: &[&str], services: &[&str]| {
        let mut actor = Actor::account("hugo", Role::Admin);
        actor.reach = Some(Reach {
            environments: environments.iter().map(|e| env(e)).collect(),
            services: services.iter().map(|s| service(s)).collect::<BTreeSet<_>>(),
        });
        actor
    };
    let promote = || Any::Release {
        id: release("web@1.0.0"),
        command: rel::Command::Promote {
            to: env("prod"),
            reason: String::new(),
            request: Request::PLAIN,
        },
    };
    let text = refused(story.ask(reach(&["staging"], &[]), promote()));
    assert!(
        text.ends_with("its token does not reach environment prod"),
        "{text}"
    );
    let text = refused(story.ask(reach(&[], &["api"]), promote()));
    assert!(
        text.ends_with("its token does not reach service web"),
        "{text}"
    );
    let hold = Any::Environment {
        id: env("staging"),
        command: tidegate_core::stream::environment::Command::Hold {
            because: because(),
            until: None,
            lasting: None,
        },
    };
    let text = refused(story.ask(reach(&["staging"], &["web"]), hold.clone()));
    assert!(text.contains("all services of an environment"), "{text}");
    let person = Any::Person {
        id: PersonId::new("eve").unwrap(),
        command: add(&[]),
    };
    let text = refused(story.ask(reach(&["staging"], &[]), person));
    assert!(text.contains("beyond single services"), "{text}");
    story.ask(reach(&["staging"], &[]), hold).unwrap();
    story.ask(reach(&["prod"], &["web"]), promote()).unwrap();
}
