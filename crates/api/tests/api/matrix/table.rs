//! Who may use each operation, and a body it understands.

use crate::server::{CONFIG, artifact};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tidegate_client::wire::Role;

pub const PASSWORD: &str = "four plain words here";
pub const KEY: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// Who may use an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Everybody,
    /// Everybody, and refused for what is said, not for who says it.
    Unsigned,
    /// Somebody signed in; nobody with a token.
    Signed,
    Readers,
    Publishers,
    Approvers,
    Operators,
    Admins,
    Agents,
}

/// In the order in which they knock: those who may do least first, so that what the others do hides nothing.
pub const ROLES: [Role; 6] = [
    Role::Agent,
    Role::Viewer,
    Role::Publisher,
    Role::Approver,
    Role::Operator,
    Role::Admin,
];

impl Who {
    pub fn includes(self, role: Role) -> bool {
        match self {
            Self::Everybody => true,
            Self::Signed | Self::Unsigned => false,
            Self::Readers => role != Role::Agent,
            Self::Publishers => matches!(role, Role::Publisher | Role::Operator | Role::Admin),
            Self::Approvers => matches!(role, Role::Approver | Role::Operator | Role::Admin),
            Self::Operators => matches!(role, Role::Operator | Role::Admin),
            Self::Admins => role == Role::Admin,
            Self::Agents => role == Role::Agent,
        }
    }
}

/// Every operation: who may use it, and a body it understands.
pub fn table(action: &str) -> BTreeMap<&'static str, (Who, Option<Value>)> {
    let because = || Some(json!({ "reason": "because" }));
    let passenger = || Some(json!({ "release": "web@1.0.0", "reason": "because" }));
    let seldom =
        |who, ids: &[&'static str]| ids.iter().map(|id| (*id, (who, None))).collect::<Vec<_>>();
    let account = || Some(json!({ "account": "oidc:1", "reason": "because" }));
    let mut all = BTreeMap::new();
    all.extend(seldom(
        Who::Everybody,
        &[
            "openapi",
            "health",
            "problem_page",
            "calendar_feed",
            "public_known_issues",
        ],
    ));
    all.extend(seldom(
        Who::Readers,
        &[
            "agents",
            "artifacts",
            "artifact",
            "users",
            "user",
            "whoami",
            "permissions",
            "sign_out",
            "audit_overrides",
            "audit",
            "audit_checkpoint",
            "audit_consistency",
            "audit_export",
            "audit_population",
            "audit_proof",
            "audit_verification",
            "config",
            "effective_config",
            "config_revisions",
            "config_proposals",
            "config_proposal",
            "decision",
            "deployments",
            "deployment",
            "deployment_events",
            "doctor",
            "environments",
            "erasure",
            "erasures",
            "holds",
            "retention",
            "environment",
            "notices",
            "queue",
            "events",
            "exception",
            "exceptions",
            "freeze",
            "freezes",
            "approvals",
            "change",
            "changes",
            "document_draft",
            "delegation",
            "delegations",
            "change_boards",
            "board_meetings",
            "board_meeting",
            "vote_statement",
            "calendar",
            "calendar_entries",
            "calendar_entry",
            "imported_calendars",
            "conflicts",
            "next_slots",
            "standing",
            "windows",
            "vendors",
            "legacy",
            "releases",
            "release",
            "release_evidence",
            "release_readiness",
            "rollback_decision",
            "rollback_decisions",
            "release_risk",
            "release_scope",
            "release_notes",
            "services",
            "service",
            "known_issues",
            "status",
            "usage",
            "trains",
            "train",
            "departure",
            "whereabouts",
        ],
    ));
    let files = json!({ "files": { "tidegate.yaml": CONFIG } });
    let new = json!({ "release": "web@1.0.0", "environment": "staging" });
    let back = json!({ "service": "web", "environment": "staging", "reason": "because" });
    let work = json!({ "environments": ["staging"], "max": 1, "wait_ms": 0 });
    let report =
        json!({ "action": action, "epoch": 1, "state": { "state": "running", "note": "at it" } });
    all.extend([
        ("plan_config", (Who::Readers, Some(files.clone()))),
        ("simulate_policy", (Who::Readers, Some(files.clone()))),
        ("simulate_calendar", (Who::Readers, Some(files.clone()))),
        (
            "register_artifact",
            (Who::Publishers, Some(json!(artifact("web", "2.0.0")))),
        ),
        (
            "create_release",
            (Who::Publishers, Some(json!({ "release": "web@1.0.0" }))),
        ),
        ("recall_artifact", (Who::Operators, because())),
        ("retire_artifact", (Who::Operators, because())),
        ("deploy", (Who::Operators, Some(new))),
        ("roll_back", (Who::Operators, Some(back))),
        (
            "promote",
            (Who::Operators, Some(json!({ "to": "staging" }))),
        ),
        ("unhold_release", (Who::Operators, because())),
        (
            "answer_risk",
            (
                Who::Publishers,
                Some(json!({ "answers": { "rehearsed": "done" } })),
            ),
        ),
        ("cancel_release", (Who::Operators, because())),
        (
            "edit_scope",
            (
                Who::Publishers,
                Some(json!({ "edits": [], "reason": "because" })),
            ),
        ),
        ("lock_scope", (Who::Operators, because())),
        ("open_scope", (Who::Approvers, because())),
        (
            "declare_freeze",
            (
                Who::Operators,
                Some(json!({ "name": "matrix", "reason": "because" })),
            ),
        ),
        ("extend_freeze", (Who::Operators, because())),
        (
            "declare_entry",
            (
                Who::Operators,
                Some(json!({
                    "kind": "board", "title": "Weekly board", "reason": "because",
                    "time": { "phrase": "Wed 14:00-15:00" },
                })),
            ),
        ),
        (
            "move_entry",
            (
                Who::Operators,
                Some(json!({ "time": { "phrase": "Thu 14:00-15:00" }, "reason": "because" })),
            ),
        ),
        ("cancel_entry", (Who::Operators, because())),
        ("consent_to_release", (Who::Operators, passenger())),
        ("withdraw_consent", (Who::Operators, passenger())),
        ("lift_freeze", (Who::Operators, because())),
        (
            "ask_exception",
            (
                Who::Operators,
                Some(json!({ "release": "web@1.0.0", "reason": "because" })),
            ),
        ),
        ("grant_exception", (Who::Approvers, because())),
        ("refuse_exception", (Who::Approvers, because())),
        ("revoke_exception", (Who::Operators, because())),
        ("review_exception", (Who::Approvers, because())),
        (
            "delegate",
            (
                Who::Approvers,
                Some(json!({
                    "team": "nobody", "to": "ana", "until": "2126-01-01T00:00:00Z", "reason": "because"
                })),
            ),
        ),
        (
            "erase",
            (Who::Admins, Some(json!({ "seq": 999, "reason": "because" }))),
        ),
        (
            "place_hold",
            (
                Who::Admins,
                Some(json!({ "everything": true, "reason": "because" })),
            ),
        ),
        ("release_hold", (Who::Admins, because())),
        ("confirm_erasure", (Who::Admins, because())),
        (
            "propose_config",
            (
                Who::Admins,
                Some(json!({ "files": { "tidegate.yaml": "tidegate: 1" }, "reason": "because" })),
            ),
        ),
        ("approve_config", (Who::Approvers, because())),
        ("reject_config", (Who::Approvers, because())),
        ("refuse_erasure", (Who::Admins, because())),
        ("revoke_delegation", (Who::Approvers, because())),
        ("open_board", (Who::Approvers, because())),
        (
            "vote_on_board",
            (
                Who::Approvers,
                Some(json!({
                    "choice": "go",
                    "plan": format!("sha256:{}", "0".repeat(64)),
                })),
            ),
        ),
        (
            "answer_board",
            (Who::Approvers, Some(json!({ "text": "because" }))),
        ),
        (
            "confirm_board_condition",
            (
                Who::Approvers,
                Some(json!({ "condition": 1, "evidence": "seen" })),
            ),
        ),
        (
            "attest_criterion",
            (
                Who::Approvers,
                Some(json!({
                    "criterion": "rehearsed", "met": true, "evidence": "seen",
                    "plan": format!("sha256:{}", "0".repeat(64)),
                })),
            ),
        ),
        ("adopt_criteria", (Who::Approvers, because())),
        (
            "ask_rollback_decision",
            (
                Who::Approvers,
                Some(json!({ "deployment": "dep_01KJPWD6M084XFE65JDY1T1QGE", "reason": "because" })),
            ),
        ),
        (
            "order_rollback",
            (
                Who::Approvers,
                Some(json!({ "choice": "roll-back", "reason": "because" })),
            ),
        ),
        ("own_rollback", (Who::Approvers, because())),
        ("approve_change", (Who::Approvers, Some(json!({})))),
        ("approve_release", (Who::Approvers, Some(json!({})))),
        ("reject_change", (Who::Approvers, because())),
        ("reject_release", (Who::Approvers, because())),
        (
            "raise_change",
            (
                Who::Approvers,
                Some(json!({ "class": "major", "reason": "because" })),
            ),
        ),
        ("lower_change", (Who::Approvers, because())),
        (
            "write_document",
            (
                Who::Approvers,
                Some(json!({ "document": "impact", "text": "none" })),
            ),
        ),
        (
            "review_change",
            (Who::Approvers, Some(json!({ "findings": "a typo" }))),
        ),
        (
            "declare_emergency",
            (
                Who::Operators,
                Some(json!({
                    "environment": "production", "incident": "INC-1", "reason": "because"
                })),
            ),
        ),
        ("hold_environment", (Who::Operators, because())),
        ("open_environment", (Who::Operators, because())),
        ("break_lock", (Who::Admins, because())),
        ("fence_environment", (Who::Admins, because())),
        (
            "accept_drift",
            (
                Who::Admins,
                Some(json!({ "service": "web", "reason": "because" })),
            ),
        ),
        ("abort", (Who::Operators, because())),
        ("advance", (Who::Operators, because())),
        ("pause", (Who::Operators, because())),
        ("resume", (Who::Operators, Some(json!({})))),
        ("settle", (Who::Operators, because())),
        ("sign_off", (Who::Approvers, Some(json!({})))),
        ("refuse_sign_off", (Who::Approvers, because())),
        (
            "board",
            (Who::Operators, Some(json!({ "release": "web@1.0.0" }))),
        ),
        ("leave_departure", (Who::Operators, passenger())),
        ("admit_passenger", (Who::Operators, passenger())),
        (
            "promise_feature",
            (
                Who::Operators,
                Some(json!({ "feature": "checkout", "requires": ["web@1.0.0"] })),
            ),
        ),
        (
            "decide_departure",
            (
                Who::Approvers,
                Some(json!({ "go": true, "reason": "because" })),
            ),
        ),
        ("postpone_departure", (Who::Operators, because())),
        ("cancel_departure", (Who::Operators, because())),
        ("depart", (Who::Operators, because())),
        ("keep_pace", (Who::Operators, because())),
        (
            "import_calendar",
            (
                Who::Operators,
                Some(json!({
                    "kind": "maintenance", "calendar": "vendor", "reason": "because",
                    "text": "BEGIN:VCALENDAR\nEND:VCALENDAR\n"
                })),
            ),
        ),
        ("end_imported_calendar", (Who::Operators, because())),
        ("apply_config", (Who::Admins, Some(files))),
        ("tokens", (Who::Admins, None)),
        ("calendar_feeds", (Who::Admins, None)),
        (
            "create_calendar_feed",
            (Who::Admins, Some(json!({ "name": "planners" }))),
        ),
        ("revoke_calendar_feed", (Who::Admins, None)),
        (
            "create_token",
            (
                Who::Admins,
                Some(json!({ "name": "another", "role": "viewer" })),
            ),
        ),
        ("revoke_token", (Who::Admins, None)),
        (
            "enroll_agent",
            (
                Who::Admins,
                Some(json!({ "agent": "another", "environments": ["staging"] })),
            ),
        ),
        ("revoke_agent", (Who::Admins, None)),
        (
            "join",
            (
                Who::Unsigned,
                Some(json!({ "token": "tg_x", "publicKey": KEY, "signature": "" })),
            ),
        ),
        ("renew_credential", (Who::Agents, Some(json!({})))),
        (
            "sign_in",
            (
                Who::Everybody,
                Some(json!({ "account": "ana", "password": PASSWORD })),
            ),
        ),
        (
            "begin_sign_in",
            (
                Who::Everybody,
                Some(json!({ "port": 9, "challenge": format!("sha256:{}", "0".repeat(64)) })),
            ),
        ),
        (
            "complete_sign_in",
            (Who::Unsigned, Some(json!({ "code": "x", "verifier": "y" }))),
        ),
        (
            "create_user",
            (
                Who::Admins,
                Some(json!({ "name": "hugo", "role": "viewer" })),
            ),
        ),
        ("link_account", (Who::Admins, account())),
        ("unlink_account", (Who::Admins, account())),
        (
            "change_user_role",
            (
                Who::Admins,
                Some(json!({ "role": "operator", "reason": "because" })),
            ),
        ),
        (
            "change_addresses",
            (
                Who::Admins,
                Some(json!({ "emails": [], "reason": "because" })),
            ),
        ),
        (
            "set_password",
            (Who::Admins, Some(json!({ "password": PASSWORD }))),
        ),
        ("end_sessions", (Who::Admins, because())),
        ("disable_user", (Who::Admins, because())),
        ("restore_user", (Who::Admins, because())),
        (
            "register_key",
            (
                Who::Signed,
                Some(json!({ "name": "laptop", "publicKey": KEY })),
            ),
        ),
        (
            "revoke_key",
            (
                Who::Admins,
                Some(json!({ "name": "laptop", "reason": "because" })),
            ),
        ),
        ("lease", (Who::Agents, Some(work))),
        (
            "observe",
            (
                Who::Agents,
                Some(json!({ "environments": ["staging"], "seen": {} })),
            ),
        ),
        ("report", (Who::Agents, Some(report))),
        ("mandate", (Who::Agents, None)),
    ]);
    all
}
