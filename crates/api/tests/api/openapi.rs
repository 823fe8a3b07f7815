//! The OpenAPI document: kept, complete, and with a door for every command.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use tidegate_core::stream::{
    artifact, config, decision, departure, deployment, environment, exception, freeze, meeting,
    release, train,
};

fn document() -> Value {
    let mut document = serde_json::to_value(tidegate_api::document()).unwrap();
    document.sort_all_objects();
    document
}

#[test]
fn the_document_is_the_one_on_record() {
    let file = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap())
        .join("../../docs/reference/openapi.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&document()).unwrap());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let first = kept
        .lines()
        .zip(text.lines())
        .position(|(kept, new)| kept != new);
    assert!(
        kept == text,
        "the API differs from docs/reference/openapi.json, first in line {:?}; when that is meant, run this test with UPDATE=1",
        first.map(|n| n + 1)
    );
}

#[test]
fn the_document_is_3_1_and_every_operation_names_its_problems() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} names two operations");
            let problem = &operation["responses"]["default"]["content"]["application/problem+json"];
            assert!(problem.is_object(), "{method} {path}");
            assert!(
                operation["summary"].is_string(),
                "{method} {path} says nothing about itself"
            );
        }
    }
}

#[test]
fn whatever_is_read_looks_back_or_the_reference_says_why_it_cannot() {
    let page = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap())
        .join("../../docs/reference/looking-back.md");
    let page = std::fs::read_to_string(page).unwrap();
    let named: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `GET ")?.split('`').next())
        .collect();
    let document = document();
    let mut cannot = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some(get) = item.get("get") else { continue };
        let parameters = get["parameters"].as_array();
        let mut names = parameters.into_iter().flatten().map(|p| &p["name"]);
        if !names.any(|name| name == "as_of") {
            cannot.insert(path.as_str());
        }
    }
    assert_eq!(named, cannot);
}

/// The operation through which people send a command; `None` for those only the system and agents send. A new command does
/// not compile here until somebody has decided.
fn artifact_door(command: &artifact::Command) -> Option<&'static str> {
    match command {
        artifact::Command::Register { .. } => Some("register_artifact"),
        artifact::Command::Retire { .. } => Some("retire_artifact"),
        artifact::Command::Recall { .. } => Some("recall_artifact"),
        artifact::Command::Verify { .. } => None,
    }
}

fn release_door(command: &release::Command) -> Option<&'static str> {
    match command {
        release::Command::Create { .. } => Some("create_release"),
        release::Command::Promote { .. } => Some("promote"),
        release::Command::Answer { .. } => Some("answer_risk"),
        release::Command::Unhold { .. } => Some("unhold_release"),
        release::Command::Cancel { .. } => Some("cancel_release"),
        release::Command::Scope { .. } => Some("edit_scope"),
        release::Command::Lock { .. } => Some("lock_scope"),
        release::Command::Unlock { .. } => Some("open_scope"),
        release::Command::Stop { .. }
        | release::Command::StageStarted { .. }
        | release::Command::StageDone { .. }
        | release::Command::StageFailed { .. }
        | release::Command::StageDropped { .. } => None,
    }
}

fn environment_door(command: &environment::Command) -> Option<&'static str> {
    match command {
        environment::Command::Hold { .. } => Some("hold_environment"),
        environment::Command::Open { .. } => Some("open_environment"),
        environment::Command::Break { .. } => Some("break_lock"),
        environment::Command::Fence { .. } => Some("fence_environment"),
        environment::Command::Accept { .. } => Some("accept_drift"),
        environment::Command::Wake
        | environment::Command::Distrust { .. }
        | environment::Command::Compare { .. } => None,
    }
}

fn freeze_door(command: &freeze::Command) -> Option<&'static str> {
    match command {
        freeze::Command::Declare { .. } => Some("declare_freeze"),
        freeze::Command::Extend { .. } => Some("extend_freeze"),
        freeze::Command::Lift { .. } => Some("lift_freeze"),
        freeze::Command::Wake => None,
    }
}

fn exception_door(command: &exception::Command) -> Option<&'static str> {
    match command {
        exception::Command::Ask { .. } => Some("ask_exception"),
        exception::Command::Grant { .. } => Some("grant_exception"),
        exception::Command::Refuse { .. } => Some("refuse_exception"),
        exception::Command::Revoke { .. } => Some("revoke_exception"),
        exception::Command::Review { .. } => Some("review_exception"),
        exception::Command::Use { .. } | exception::Command::Wake => None,
    }
}

fn config_door(command: &config::Command) -> Option<&'static str> {
    match command {
        config::Command::Apply { .. } => Some("apply_config"),
        config::Command::Propose { .. } => Some("propose_config"),
        config::Command::Approve { .. } => Some("approve_config"),
        config::Command::Reject { .. } => Some("reject_config"),
    }
}

fn deployment_door(command: &deployment::Command) -> Option<&'static str> {
    match command {
        deployment::Command::Propose { .. } => Some("deploy"),
        deployment::Command::Pause { .. } => Some("pause"),
        deployment::Command::Resume => Some("resume"),
        deployment::Command::Advance { .. } => Some("advance"),
        deployment::Command::Abort { .. } => Some("abort"),
        deployment::Command::Settle { .. } => Some("settle"),
        deployment::Command::Sign { .. } => Some("sign_off"),
        deployment::Command::RefuseToSign { .. } => Some("refuse_sign_off"),
        deployment::Command::Report { .. } => Some("report"),
        deployment::Command::Observe { .. } => Some("observe"),
        deployment::Command::Wake | deployment::Command::Supersede { .. } => None,
    }
}

fn departure_door(command: &departure::Command) -> Option<&'static str> {
    match command {
        departure::Command::Join { .. } => Some("board"),
        departure::Command::Leave { .. } => Some("leave_departure"),
        departure::Command::Admit { .. } => Some("admit_passenger"),
        departure::Command::Promise { .. } => Some("promise_feature"),
        departure::Command::Go { .. } | departure::Command::NoGo { .. } => Some("decide_departure"),
        departure::Command::Postpone { .. } => Some("postpone_departure"),
        departure::Command::Cancel { .. } => Some("cancel_departure"),
        departure::Command::Depart { .. } => Some("depart"),
        departure::Command::Lay { .. }
        | departure::Command::KeepDate { .. }
        | departure::Command::Take { .. }
        | departure::Command::Wake => None,
    }
}

fn meeting_door(command: &meeting::Command) -> Option<&'static str> {
    match command {
        meeting::Command::Open { .. } => Some("open_board"),
        meeting::Command::Vote { .. } => Some("vote_on_board"),
        meeting::Command::Answer { .. } => Some("answer_board"),
        meeting::Command::Confirm { .. } => Some("confirm_board_condition"),
        meeting::Command::Attest { .. } => Some("attest_criterion"),
        meeting::Command::Adopt { .. } => Some("adopt_criteria"),
        meeting::Command::Put { .. }
        | meeting::Command::Drop { .. }
        | meeting::Command::Keep { .. }
        | meeting::Command::Wake => None,
    }
}

fn decision_door(command: &decision::Command) -> Option<&'static str> {
    match command {
        decision::Command::Open { .. } => Some("ask_rollback_decision"),
        decision::Command::Order { .. } => Some("order_rollback"),
        decision::Command::Close { .. } | decision::Command::Wake => None,
    }
}

fn train_door(command: &train::Command) -> Option<&'static str> {
    match command {
        train::Command::Keep { .. } => Some("keep_pace"),
        train::Command::Wake | train::Command::Report { .. } => None,
    }
}

#[test]
fn every_command_has_a_door() {
    let ids: BTreeSet<String> = document()["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap().to_owned())
        .collect();
    let text = String::new;
    let digest = || tidegate_core::digest::Digest::of(b"");
    let environment = || tidegate_core::id::EnvId::new("staging").unwrap();
    let bits = artifact::Bits {
        built_by: None,
        digest: digest(),
        size: None,
        location: text(),
        commit: None,
        repository: None,
        build: None,
        authors: Vec::new(),
        commits: None,
        migrates: None,
    };
    let apply = config::Command::Apply {
        digest: digest(),
        blob: digest(),
        commit: None,
        reason: None,
        parent: None,
        changes: Vec::new(),
        weakens: Vec::new(),
        weakened: config::Weakened::default(),
        concerns: std::collections::BTreeMap::new(),
    };
    let id = || "web@1.0.0".parse::<tidegate_core::id::ReleaseId>().unwrap();
    let change = || tidegate_core::change::ChangeId::new("CHG-1").unwrap();
    let doors = [
        departure_door(&departure::Command::Join {
            release: id(),
            reason: text(),
        }),
        departure_door(&departure::Command::Leave {
            release: id(),
            reason: text(),
        }),
        departure_door(&departure::Command::Admit {
            release: id(),
            reason: text(),
        }),
        departure_door(&departure::Command::Promise {
            feature: tidegate_core::id::Name::new("checkout").unwrap(),
            requires: Vec::new(),
            reason: text(),
        }),
        departure_door(&departure::Command::Go { reason: text() }),
        departure_door(&departure::Command::NoGo {
            reason: text(),
            next: None,
        }),
        departure_door(&departure::Command::Postpone {
            to: None,
            reason: text(),
        }),
        departure_door(&departure::Command::Cancel {
            reason: text(),
            moves: true,
        }),
        departure_door(&departure::Command::Depart { reason: text() }),
        train_door(&train::Command::Keep { reason: text() }),
        decision_door(&decision::Command::Order {
            choice: decision::Choice::RollBack,
            reason: text(),
        }),
        decision_door(&decision::Command::Open {
            deployment: tidegate_core::id::DeploymentId::parse("dep_01KJPWD6M084XFE65JDY1T1QGE")
                .unwrap(),
            because: text(),
            effect: None,
        }),
        meeting_door(&meeting::Command::Open { reason: text() }),
        meeting_door(&meeting::Command::Vote {
            change: change(),
            subject: digest(),
            criteria: None,
            ballot: meeting::Ballot::Go,
            team: None,
            instead_of: None,
            reason: text(),
        }),
        meeting_door(&meeting::Command::Attest {
            change: change(),
            subject: digest(),
            criterion: tidegate_core::id::Name::new("rehearsed").unwrap(),
            met: true,
            evidence: text(),
        }),
        meeting_door(&meeting::Command::Adopt { reason: text() }),
        meeting_door(&meeting::Command::Answer {
            change: change(),
            text: text(),
        }),
        meeting_door(&meeting::Command::Confirm {
            change: change(),
            condition: 1,
            evidence: text(),
        }),
        artifact_door(&artifact::Command::Register { bits }),
        artifact_door(&artifact::Command::Retire { because: text() }),
        artifact_door(&artifact::Command::Recall { because: text() }),
        release_door(&release::Command::Create { artifact: None }),
        release_door(&release::Command::Promote {
            to: environment(),
            reason: String::new(),
            request: tidegate_core::queue::Request::PLAIN,
        }),
        release_door(&release::Command::Unhold { reason: text() }),
        release_door(&release::Command::Cancel { reason: text() }),
        environment_door(&environment::Command::Hold {
            because: text(),
            until: None,
            lasting: None,
        }),
        environment_door(&environment::Command::Break { because: text() }),
        environment_door(&environment::Command::Open { because: text() }),
        environment_door(&environment::Command::Fence {
            because: text(),
            generations: environment::Generations::new(),
        }),
        config_door(&apply),
        Some("propose_config"),
        config_door(&config::Command::Approve {
            digest: digest(),
            reason: text(),
        }),
        config_door(&config::Command::Reject {
            digest: digest(),
            reason: text(),
        }),
        freeze_door(&freeze::Command::Lift { reason: text() }),
        exception_door(&exception::Command::Revoke { reason: text() }),
        Some("declare_freeze"),
        Some("extend_freeze"),
        Some("ask_exception"),
        Some("grant_exception"),
        Some("refuse_exception"),
        Some("review_exception"),
        deployment_door(&deployment::Command::Pause { reason: text() }),
        deployment_door(&deployment::Command::Resume),
        deployment_door(&deployment::Command::Advance { reason: text() }),
        deployment_door(&deployment::Command::Abort { reason: text() }),
        deployment_door(&deployment::Command::Settle { reason: text() }),
        Some("sign_off"),
        Some("refuse_sign_off"),
        // Proposing, reporting and observing carry large values; their doors are named here.
        Some("deploy"),
        Some("roll_back"),
        Some("report"),
        Some("observe"),
        Some("lease"),
    ];
    for door in doors {
        assert!(
            door.is_some_and(|door| ids.contains(door)),
            "{door:?} is not in the document"
        );
    }
}
