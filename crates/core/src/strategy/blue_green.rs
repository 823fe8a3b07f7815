//! Blue-green: the new side starts whole beside the old, traffic switches at once, the old stays warm for an instant return.

use super::{Compiled, Sides, prepare, retire_old, scale, shift, sign_off, undo_instant};
use crate::plan::Side;
use crate::spec::StepSignOff;
use crate::time::Millis;

pub(super) fn compile(sides: &Sides<'_>, warm: Millis, signed: Option<&StepSignOff>) -> Compiled {
    let mut steps = vec![prepare(), scale(Side::New, sides.new.instances, sides.new)];
    steps.extend(signed.map(|asked| sign_off(asked, sides.owner)));
    steps.push(shift(Some(10_000)));
    Compiled {
        steps,
        undo: undo_instant(sides),
        closing: retire_old(sides),
        watch: sides.watch.max(warm),
        report: vec![format!(
            "blue-green: the old stays warm for {}",
            sides.watch.max(warm)
        )],
    }
}
