//! The path of a class: which gates a change is asked, in which order, and which it is spared and why. It decides nothing:
//! each gate does, and [`emergency`](super::emergency) lifts what an emergency does not wait for.

use super::{Asked, GateId, emergency};
use crate::change::Assessment;
use crate::spec::ChangeClass;

/// The gates of a change by its class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassPath {
    /// Class.
    pub class: ChangeClass,
    /// Every gate in the order in which people read them, with the reason why it is not asked.
    pub gates: Vec<(GateId, Option<String>)>,
}

/// The path of what is asked about. `None` where no policy gives it a class, or where it cannot be told.
#[must_use]
pub fn class_path(asked: &Asked<'_>) -> Option<ClassPath> {
    if !crate::change::is_governed(asked.spec, asked.plan) {
        return None;
    }
    let (_, assessment) = super::approval::known(asked).ok()?;
    let assessment = assessment?;
    let of = |gate: GateId| match asked.plan.gates.contains(&gate) {
        false => Some("a return to what ran before goes without it".to_owned()),
        true => spared(gate, &assessment),
    };
    Some(ClassPath {
        class: assessment.class,
        gates: GateId::ALL
            .into_iter()
            .map(|gate| (gate, of(gate)))
            .collect(),
    })
}

/// Why this class is not asked a gate.
fn spared(gate: GateId, assessment: &Assessment) -> Option<String> {
    let class = assessment.class;
    let named = class.as_str();
    if class == ChangeClass::Emergency && emergency::skips(gate) {
        return Some("an emergency does not wait for it".to_owned());
    }
    match (gate, class) {
        (GateId::ReviewDebt, ChangeClass::Emergency) => {
            Some("an emergency goes although another one owes its review".to_owned())
        }
        (GateId::Board, ChangeClass::Emergency) => {
            Some("an emergency is looked at afterwards".to_owned())
        }
        (GateId::Board, ChangeClass::Standard) => {
            Some("what was approved beforehand needs no board".to_owned())
        }
        (GateId::Board, _) if assessment.boards.is_empty() => {
            Some("no board decides about such changes".to_owned())
        }
        (GateId::Approval, _) if assessment.required.is_empty() => {
            Some(format!("class {named} needs nobody's approval"))
        }
        (GateId::Documents, _) if assessment.documents.is_empty() => {
            Some(format!("no documents are asked of class {named}"))
        }
        _ => None,
    }
}
