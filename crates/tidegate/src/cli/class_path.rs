//! The path of gates that the class of a change takes, drawn: what is asked, in which order, how it stands, and what is not asked.

use crate::output::{Look, Mark};
use tidegate_client::wire::{ClassPath, ConditionState};

/// Lines that draw it: the gates that are asked first, then for each reason those that are not.
pub fn drawn(path: &ClassPath, look: &Look) -> (Vec<String>, Vec<String>) {
    let asked = path.gates.iter().filter(|gate| gate.skipped.is_none());
    let asked: Vec<String> = asked
        .map(|gate| match gate.state {
            Some(state) => format!("{} {}", mark(state).paint(look), gate.id),
            None => gate.id.clone(),
        })
        .collect();
    let mut spared: Vec<(&str, Vec<&str>)> = Vec::new();
    for gate in &path.gates {
        let Some(reason) = &gate.skipped else {
            continue;
        };
        match spared.iter_mut().find(|(known, _)| known == reason) {
            Some((_, gates)) => gates.push(&gate.id),
            None => spared.push((reason, vec![&gate.id])),
        }
    }
    let spared = spared.into_iter();
    let spared = spared.map(|(reason, gates)| format!("{} ({reason})", gates.join(", ")));
    (wrapped(&asked), spared.collect())
}

/// Gates in a row, a few in each line.
fn wrapped(gates: &[String]) -> Vec<String> {
    const IN_A_LINE: usize = 6;
    let rows = gates.chunks(IN_A_LINE).map(|row| row.join(" > "));
    let mut rows: Vec<String> = rows.collect();
    let last = rows.len().saturating_sub(1);
    for row in rows.iter_mut().take(last) {
        row.push_str(" >");
    }
    rows
}

/// The mark of an answer.
pub fn mark(state: ConditionState) -> Mark {
    match state {
        ConditionState::Pass => Mark::Ok,
        ConditionState::Wait => Mark::Wait,
        ConditionState::Fail => Mark::No,
        ConditionState::Broken => Mark::Broken,
        ConditionState::Overridden => Mark::Exception,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_client::wire::ClassGate;

    #[test]
    fn what_is_asked_is_drawn_in_order_and_what_is_not_stands_under_its_reason() {
        let gate = |id: &str, skipped: Option<&str>| ClassGate {
            id: id.to_owned(),
            state: skipped.is_none().then_some(ConditionState::Pass),
            title: skipped.is_none().then(|| format!("{id} holds")),
            skipped: skipped.map(str::to_owned),
        };
        let calm = Some("an emergency does not wait for it");
        let later = Some("an emergency is looked at afterwards");
        let path = ClassPath {
            class: "emergency".to_owned(),
            gates: vec![
                gate("artifact", None),
                gate("soak", calm),
                gate("approval", None),
                gate("board", later),
                gate("window", calm),
            ],
        };
        let (asked, spared) = drawn(&path, &Look::plain());
        assert_eq!(asked, ["[ok] artifact > [ok] approval"]);
        assert_eq!(
            spared,
            [
                "soak, window (an emergency does not wait for it)",
                "board (an emergency is looked at afterwards)"
            ]
        );
    }
}
