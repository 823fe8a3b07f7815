//! Rolling: instances are replaced in batches; traffic follows the instances.

use super::{Compiled, Sides, prepare, scale, shift, undo_beside};
use crate::plan::Side;

pub(super) fn compile(sides: &Sides<'_>, batch: u32, max_unavailable: u32) -> Compiled {
    let Some(old) = sides.old else {
        return super::first(sides);
    };
    let (batch, wanted) = (batch.max(1), sides.new.instances);
    let mut steps = vec![prepare()];
    let (mut up, mut down) = (0, old.instances);
    // How many of the old may stop before a new one is up. One must stay, or there is nothing to serve with.
    let spare = max_unavailable.min(old.instances.saturating_sub(1));
    while up < wanted {
        if spare > 0 && down > 1 {
            let stop = spare.min(down - 1);
            down -= stop;
            steps.push(scale(Side::Old, down, old));
        }
        up = (up + batch).min(wanted);
        steps.push(scale(Side::New, up, sides.new));
        // Each instance serves the same share: what the new side has of all that are up.
        let share = if up == wanted {
            10_000
        } else {
            share(up, down)
        };
        steps.push(shift(Some(share)));
        let keep = if up == wanted {
            0
        } else if spare == 0 {
            let keep = u64::from(old.instances) * u64::from(wanted - up) / u64::from(wanted);
            u32::try_from(keep).unwrap_or(1).clamp(1, down)
        } else {
            down
        };
        if keep < down {
            down = keep;
            steps.push(scale(Side::Old, down, old));
        }
    }
    Compiled {
        steps,
        undo: undo_beside(sides),
        closing: Vec::new(),
        watch: sides.watch,
        report: vec![format!(
            "rolling: {wanted} instances in batches of {batch}, {}",
            if spare == 0 {
                "new ones first".to_owned()
            } else {
                format!("up to {spare} fewer meanwhile")
            }
        )],
    }
}

fn share(up: u32, down: u32) -> u32 {
    let all = u64::from(up) + u64::from(down);
    u32::try_from(u64::from(up) * 10_000 / all.max(1)).unwrap_or(10_000)
}
