//! Blue-green: the new side starts whole beside the old, traffic switches at once, the old stays warm for an instant return.

use super::{Compiled, Sides, prepare, retire_old, scale, shift, undo_instant};
use crate::plan::Side;
use crate::time::Millis;

pub(super) fn compile(sides: &Sides<'_>, warm: Millis) -> Compiled {
    Compiled {
        steps: vec![
            prepare(),
            scale(Side::New, sides.new.instances, sides.new),
            shift(Some(10_000)),
        ],
        undo: undo_instant(sides),
        closing: retire_old(sides),
        watch: sides.watch.max(warm),
        report: vec![format!(
            "blue-green: the old stays warm for {}",
            sides.watch.max(warm)
        )],
    }
}
