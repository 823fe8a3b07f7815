//! Canary: growing shares of traffic, each held and judged against the old side in the same minutes.

use super::{Compiled, Sides, hold, prepare, retire_old, scale, shift, sign_off, undo_instant};
use crate::plan::{Intent, Side, Step};
use crate::spec::CanaryStep;
use crate::time::Millis;

pub(super) fn compile(sides: &Sides<'_>, canary: &[CanaryStep]) -> Compiled {
    let mut steps = vec![prepare()];
    let mut up = 0;
    for step in canary {
        // As many instances as the share needs, at least one: a small share must not melt a single instance.
        let need = (u64::from(sides.new.instances) * u64::from(step.to.0)).div_ceil(10_000);
        let need = u32::try_from(need)
            .unwrap_or(sides.new.instances)
            .clamp(1, sides.new.instances);
        if need > up {
            up = need;
            steps.push(scale(Side::New, up, sides.new));
        }
        steps.push(shift(Some(step.to.0)));
        if step.hold > Millis::ZERO {
            steps.push(hold(step.hold));
        }
        let asked = step.sign_off.as_ref();
        steps.extend(asked.map(|asked| sign_off(asked, sides.owner)));
    }
    finish(&mut steps, up, sides);
    let shares: Vec<String> = canary.iter().map(|s| s.to.to_string()).collect();
    Compiled {
        steps,
        undo: undo_instant(sides),
        closing: retire_old(sides),
        watch: sides.watch,
        report: vec![format!(
            "canary {}: the old keeps all its instances until the watch is over",
            shares.join(", ")
        )],
    }
}

/// A list of shares that stops early still ends with everything on the new side.
fn finish(steps: &mut Vec<Step>, up: u32, sides: &Sides<'_>) {
    if up < sides.new.instances {
        steps.push(scale(Side::New, sides.new.instances, sides.new));
    }
    let whole = steps.iter().rev().find_map(|s| match s.intent {
        Intent::Shift { new } => Some(new == Some(10_000)),
        _ => None,
    });
    if whole != Some(true) {
        steps.push(shift(Some(10_000)));
    }
}
