//! What policy texts mean, what is wrong with them, and that they agree with the deciders.

use super::*;
use std::collections::BTreeSet;
use tidegate_core::authority::{
    ACTIONS, ChangeFacts, History, Kind, PlaceFacts, Principal, ROLES, Request, Resource, Right,
    ServiceFacts, Thing,
};
use tidegate_core::change::Parties;
use tidegate_core::spec::{Guardrail, Part, Place};

fn names(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|name| (*name).to_owned()).collect()
}

fn person(role: &str, name: &str, teams: &[&str]) -> Principal {
    Principal {
        account: name.to_owned(),
        kind: Kind::Person,
        role: role.to_owned(),
        within: std::collections::BTreeMap::new(),
        person: Some(name.to_owned()),
        teams: names(teams),
        groups: BTreeSet::new(),
    }
}

fn request(action: &str, principal: Principal) -> Request {
    Request {
        principal,
        action: action.to_owned(),
        resource: Resource {
            kind: Thing::of_action(action),
            id: "x".to_owned(),
            ..Resource::default()
        },
        instead_of: None,
    }
}

fn spec(forbid: &str) -> (Spec, Origins) {
    let mut spec = Spec::default();
    let guardrail = Guardrail {
        unit: None,
        owner: "platform".parse().unwrap(),
        forbid: forbid.to_owned(),
    };
    spec.guardrails.insert("money".parse().unwrap(), guardrail);
    let place = Place {
        file: "guardrails.yaml".to_owned(),
        line: 10,
    };
    let origins = Origins([("guardrails.money.forbid".to_owned(), place)].into());
    (spec, origins)
}

fn problems(text: &str) -> Vec<Problem> {
    let text = Text {
        name: "guardrail money".to_owned(),
        path: "guardrails.money.forbid".to_owned(),
        text,
        unit: None,
    };
    read(&text).map(drop).err().unwrap_or_default()
}

#[test]
fn the_schema_knows_every_action_in_the_group_of_its_right() {
    let schema = schema().unwrap();
    let written: BTreeSet<String> = schema.actions().map(ToString::to_string).collect();
    let groups = [
        "publish",
        "decide",
        "operate",
        "administer",
        "own",
        "deploy",
    ];
    let known = ACTIONS.iter().filter(|(_, right)| *right != Right::Work);
    let expected: BTreeSet<String> = known
        .map(|(name, _)| *name)
        .chain(groups)
        .map(|name| format!("Action::\"{name}\""))
        .collect();
    assert_eq!(written, expected);
}

#[test]
fn the_reference_shows_schema_and_built_in_policies_as_they_are() {
    let root = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let page = format!("{root}/../../docs/reference/policies.md");
    let page = std::fs::read_to_string(page).unwrap();
    for text in [SCHEMA, BUILT_IN] {
        assert!(
            page.contains(text),
            "copy `schema.cedarschema` and `builtin.cedar` to docs/reference/policies.md"
        );
    }
}

#[test]
fn the_built_in_policies_give_each_role_what_the_table_gives_it() {
    let policies = Policies::built_in().unwrap();
    let mut asked = 0;
    for (action, right) in ACTIONS {
        for role in ROLES {
            let ruling = policies.judge(&request(action, person(role, "ana", &[])));
            // Who decides about a change whose authors nobody knows is another question.
            let allowed = matches!(ruling, Ruling::Allowed { .. });
            let listed = right.is_for(role);
            assert_eq!(allowed, listed, "{role} {action}: {ruling:?}");
            asked += 1;
        }
    }
    println!("{asked} roles and actions agree");
    let unknown = policies.judge(&request("change start", person("admin", "ana", &[])));
    assert_eq!(unknown, Ruling::Unlisted);
}

/// A role that holds in one unit alone gives there what it gives everywhere, and nothing where anybody else has a say. The table
/// of core and Cedar say the same.
#[test]
fn a_role_of_one_unit_gives_nothing_in_another_one() {
    use tidegate_core::authority::{BuiltIn, Rules as _};
    let policies = Policies::built_in().unwrap();
    let table = BuiltIn.of(&Spec::default(), &Origins::default());
    let places: [(Option<&[&str]>, bool); 6] = [
        (Some(&["retail"]), true),
        (Some(&["retail", "cards"]), true),
        (Some(&["bank"]), false),
        (Some(&["retail", "bank"]), false),
        (None, false),
        (Some(&[]), true),
    ];
    let mut asked = 0;
    for (action, right) in ACTIONS.iter().filter(|(_, right)| *right != Right::Work) {
        for role in ROLES {
            for (units, own) in places {
                let mut request = request(action, person("viewer", "ana", &[]));
                request.principal.within = [(role, names(&["retail", "cards"]))].into();
                request.resource.units = units.map(names);
                request.resource.above = units.map(names).unwrap_or_default();
                let ruling = policies.judge(&request);
                let expected = right.is_for("viewer") || (own && right.is_for(role));
                let allowed = matches!(ruling, Ruling::Allowed { .. });
                assert_eq!(allowed, expected, "{role} {action} {units:?}: {ruling:?}");
                let listed = matches!(table.judge(&request), Ruling::Allowed { .. });
                assert_eq!(listed, expected, "{role} {action} {units:?}");
                asked += 1;
            }
        }
    }
    println!("{asked} roles of a unit, actions and places agree");
}

#[test]
fn a_guardrail_of_a_unit_forbids_nothing_beyond_it_whatever_its_text_says() {
    let (mut spec, origins) = spec("forbid (principal, action, resource);");
    let guardrail = spec.guardrails.values_mut().next().unwrap();
    guardrail.unit = Some("retail".parse().unwrap());
    let policies = Policies::of(&spec, &origins).unwrap();
    let mut there = request("release promote", person("admin", "ana", &[]));
    assert!(matches!(policies.judge(&there), Ruling::Allowed { .. }));
    there.resource.above = names(&["bank"]);
    assert!(matches!(policies.judge(&there), Ruling::Allowed { .. }));
    there.resource.above = names(&["cards", "retail"]);
    assert!(matches!(policies.judge(&there), Ruling::Forbidden { .. }));
}

#[test]
fn every_request_fits_the_schema() {
    let mut policies = Policies::built_in().unwrap();
    policies.is_checking = true;
    let mut spec = Spec::default();
    spec.teams
        .insert("web".parse().unwrap(), tidegate_core::spec::Team::default());
    for (action, _) in ACTIONS.iter().filter(|(_, right)| *right != Right::Work) {
        for who in sample::people(&spec) {
            for full in [false, true] {
                let mut asked = request(action, who.clone());
                if full {
                    asked.resource = everything(Thing::of_action(action));
                    asked.instead_of = Some("ben".to_owned());
                    asked.principal.kind = Kind::Program;
                    let everywhere = ROLES.map(|role| (role, names(&["cards"])));
                    asked.principal.within = everywhere.into();
                }
                let ruling = policies.judge(&asked);
                assert!(
                    !matches!(ruling, Ruling::Broken { .. }),
                    "{asked:?} {ruling:?}"
                );
            }
        }
    }
}

fn everything(kind: Thing) -> Resource {
    Resource {
        kind,
        id: "x".to_owned(),
        units: Some(names(&["cards"])),
        above: names(&["cards", "retail"]),
        service: Some("web".parse().unwrap()),
        facts: Some(ServiceFacts {
            owner: "web".to_owned(),
            tier: 1,
            data: Some("public"),
            audience: Some("staff"),
        }),
        environment: Some(PlaceFacts {
            name: "production".to_owned(),
            tier: Some("production"),
            region: Some("eu".to_owned()),
        }),
        release: Some("web@1.0.0".to_owned()),
        purpose: Some("promote".to_owned()),
        change: Some(ChangeFacts {
            class: Some("normal".to_owned()),
            risk: Some(40),
            never_by: ["author"].into(),
        }),
        history: Some(History {
            authors: names(&["ana"]),
            ..History::default()
        }),
    }
}

/// Every way in which a human being, a program of theirs or a deputy can have part in a release: Cedar and the rule of the
/// decider say the same.
#[test]
fn separation_of_duties_in_cedar_is_that_of_the_decider_over_every_history() {
    let policies = Policies::built_in().unwrap();
    let people = ["ana", "ben", "cleo"];
    let sets: Vec<BTreeSet<String>> = (0..8_u8)
        .map(|bits| {
            let has = |n: &usize| bits & (1 << n) != 0;
            (0..3).filter(has).map(|n| people[n].to_owned()).collect()
        })
        .collect();
    let parts: Vec<BTreeSet<Part>> = (0..8_u8)
        .map(|bits| {
            let has = |n: &usize| bits & (1 << n) != 0;
            (0..3).filter(has).map(|n| Part::ALL[n]).collect()
        })
        .collect();
    let (mut asked, mut refused) = (0, 0);
    for authors in &sets {
        for requesters in &sets {
            for barred in &parts {
                for (who, holder) in [
                    ("ana", None),
                    ("ben", None),
                    ("cleo", None),
                    ("ana", Some("ben")),
                    ("ben", Some("cleo")),
                    ("cleo", Some("ana")),
                ] {
                    for known in [true, false] {
                        let parties = Parties {
                            authors: authors.clone(),
                            requesters: requesters.clone(),
                            unknown: if known {
                                BTreeSet::new()
                            } else {
                                names(&["x"])
                            },
                            ..Parties::default()
                        };
                        let both = std::iter::once(who).chain(holder);
                        let decider_refuses =
                            both.clone().any(|p| !parties.parts(p, barred).is_empty())
                                || parties.unclear(barred).is_some();
                        let mut request = request("change approve", person("operator", who, &[]));
                        request.instead_of = holder.map(str::to_owned);
                        request.resource.change = Some(ChangeFacts {
                            class: None,
                            risk: None,
                            never_by: barred.iter().map(|p| p.as_str()).collect(),
                        });
                        request.resource.history = Some(History {
                            authors: authors.clone(),
                            is_known: known,
                            requesters: requesters.clone(),
                            ..History::default()
                        });
                        let ruling = policies.judge(&request);
                        let forbids = matches!(ruling, Ruling::Forbidden { .. });
                        assert_eq!(forbids, decider_refuses, "{request:?} {ruling:?}");
                        asked += 1;
                        refused += u32::from(forbids);
                        if known && holder.is_none() {
                            // A board asks the same of its members.
                            request.action = "meeting vote".to_owned();
                            let ruling = policies.judge(&request);
                            let forbids = matches!(ruling, Ruling::Forbidden { .. });
                            assert_eq!(forbids, decider_refuses, "{request:?} {ruling:?}");
                            asked += 1;
                            refused += u32::from(forbids);
                            request.action = "change approve".to_owned();
                        }
                        // Through a program of the same person it is refused whatever the history.
                        request.principal.kind = Kind::Program;
                        let ruling = policies.judge(&request);
                        assert!(matches!(ruling, Ruling::Forbidden { .. }), "{ruling:?}");
                    }
                }
            }
        }
    }
    println!("{asked} histories agree, {refused} of them refused; {asked} programs refused");
    assert!(refused > 0 && refused < asked);
}

#[test]
fn whoever_asked_for_an_exception_does_not_grant_it_and_a_program_decides_nothing() {
    let policies = Policies::built_in().unwrap();
    for asker in ["ana", "ben"] {
        for who in ["ana", "ben"] {
            for role in ["approver", "operator", "admin"] {
                let mut request = request("exception grant", person(role, who, &[]));
                request.resource.history = Some(History {
                    requesters: names(&[asker]),
                    is_known: true,
                    ..History::default()
                });
                let forbids = matches!(policies.judge(&request), Ruling::Forbidden { .. });
                assert_eq!(forbids, asker == who, "{role} {who} {asker}");
            }
        }
    }
    for action in [
        "exception grant",
        "meeting vote",
        "decision order",
        "change reject",
    ] {
        let mut request = request(action, person("admin", "ana", &[]));
        assert!(
            matches!(policies.judge(&request), Ruling::Allowed { .. }),
            "{action}"
        );
        request.principal.kind = Kind::Program;
        let ruling = policies.judge(&request);
        assert!(
            matches!(ruling, Ruling::Forbidden { .. }),
            "{action}: {ruling:?}"
        );
    }
}

#[test]
fn a_refusal_names_the_policy_its_line_and_what_it_says() {
    let (spec, origins) = spec(
        "// Money moves only by those who answer for it.\n@id(\"owners\")\n@message(\"only the owners of a payment \
         service bring it to production\")\nforbid (principal, action in Action::\"deploy\", resource)\nwhen { resource \
         has service && resource.service.tier == 1 }\nunless { principal in resource.service.owner };\n",
    );
    let policies = Policies::of(&spec, &origins).unwrap();
    let mut asked = request("release promote", person("admin", "ana", &["web"]));
    asked.resource.service = Some("payments".parse().unwrap());
    asked.resource.facts = Some(ServiceFacts {
        owner: "payments".to_owned(),
        tier: 1,
        data: None,
        audience: None,
    });
    asked.resource.environment = Some(PlaceFacts {
        name: "production".to_owned(),
        tier: Some("production"),
        region: None,
    });
    let Ruling::Forbidden { by } = policies.judge(&asked) else {
        panic!("it is forbidden");
    };
    assert_eq!(by.len(), 1);
    assert_eq!(
        by[0].to_string(),
        "guardrail money: owners (guardrails.yaml:11)"
    );
    assert_eq!(
        by[0].message,
        "only the owners of a payment service bring it to production"
    );
    asked.principal.teams = names(&["payments"]);
    assert!(matches!(policies.judge(&asked), Ruling::Allowed { .. }));
}

#[test]
fn what_is_wrong_with_a_text_is_told_with_its_line() {
    let told = |text: &str| -> Vec<String> {
        let all = problems(text).into_iter();
        all.map(|p| {
            let help = p.help.map(|h| format!(" [{h}]")).unwrap_or_default();
            format!("{:?} {}: {}{help}", p.kind, p.line, p.message)
        })
        .collect()
    };
    let texts = [
        (
            "syntax",
            "forbid (principal, action, resource)\nwhen { resource.environment. };\n",
        ),
        (
            "attribute",
            "\nforbid (principal, action == Action::\"release promote\", resource)\nwhen { resource has environment &&\n  resource.environment.teir == \"production\" };",
        ),
        (
            "action",
            "forbid (principal, action == Action::\"release promot\", resource);",
        ),
        (
            "absent",
            "forbid (principal, action == Action::\"release promote\", resource)\nwhen { resource.environment.tier == \"production\" };",
        ),
        (
            "type",
            "forbid (principal, action == Action::\"release promote\", resource)\nwhen { resource has service && resource.service.tier == \"1\" };",
        ),
        (
            "permit",
            "forbid (principal, action == Action::\"config apply\", resource)\nunless { principal.account == \"ana\" };\npermit (principal, action, resource);",
        ),
        (
            "never",
            "forbid (principal, action == Action::\"config apply\", resource)\nwhen { principal is Person && principal is Program };",
        ),
        ("empty", "// nothing"),
    ];
    let all: Vec<String> = texts
        .iter()
        .map(|(name, text)| format!("{name}:\n  {}", told(text).join("\n  ")))
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn an_action_on_which_others_wait_is_never_forbidden_to_everybody() {
    let told = |forbid: &str| {
        let (spec, origins) = spec(forbid);
        let policies = Policies::of(&spec, &origins).unwrap();
        let all = impossible(&policies, &spec).into_iter();
        all.map(|i| i.action).collect::<Vec<_>>()
    };
    assert_eq!(
        told("forbid (principal, action == Action::\"environment break\", resource);"),
        [""; 0]
    );
    assert_eq!(
        told("forbid (principal, action == Action::\"change approve\", resource);"),
        ["change approve"]
    );
    assert_eq!(
        told(
            "forbid (principal, action in Action::\"deploy\", resource) unless { principal in Team::\"none\" };"
        ),
        ["deployment propose", "release promote"]
    );
    assert_eq!(
        told(
            "forbid (principal, action in Action::\"administer\", resource) unless { principal in Role::\"operator\" };"
        ),
        ["config apply"]
    );
}

#[test]
fn what_cannot_be_read_lets_nobody_do_anything_but_correct_it() {
    let (spec, origins) = spec("forbid (principal, action, resource) when { nonsense };");
    let judge = Cedar.of(&spec, &origins);
    let promote = judge.judge(&request("release promote", person("admin", "ana", &[])));
    let Ruling::Broken { because, .. } = promote else {
        panic!("{promote:?}");
    };
    assert!(
        because.starts_with("guardrail money (guardrails.yaml:10)"),
        "{because}"
    );
    let apply = |role| judge.judge(&request("config apply", person(role, "ana", &[])));
    assert!(matches!(apply("admin"), Ruling::Allowed { .. }));
    assert_eq!(apply("operator"), Ruling::Unlisted);
}

#[test]
fn a_judge_that_reads_no_texts_lets_nobody_pass_where_there_are_some() {
    let (spec, origins) = spec("forbid (principal, action == Action::\"config apply\", resource);");
    let judge = tidegate_core::authority::BuiltIn.of(&spec, &origins);
    let ruling = judge.judge(&request("release promote", person("admin", "ana", &[])));
    assert!(matches!(ruling, Ruling::Broken { .. }), "{ruling:?}");
}
