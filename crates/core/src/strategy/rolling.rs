//! Rolling: instances are replaced in batches; traffic follows the instances.

use super::{Compiled, Sides, prepare, scale, shift, undo_beside};
use crate::plan::Side;
use crate::spec::Shape;

pub(super) fn compile(sides: &Sides<'_>, batch: u32, max_unavailable: u32) -> Compiled {
    let Some(old) = sides.old else {
        return super::first(sides, &Shape::Recreate);
    };
    let (batch, wanted) = (batch.max(1), sides.new.instances);
    let mut steps = vec![prepare()];
    let (mut up, mut down) = (0, old.instances);
    // Old instances that must stay once `up` new ones serve: on the straight line from the old number to the new, `fewer`
    // below it. One stays to the end, or there is nothing to serve with.
    let stay = |up: u32, fewer: u32| {
        let line = u64::from(old.instances) * u64::from(wanted - up) / u64::from(wanted.max(1));
        let line = u32::try_from(line).unwrap_or(old.instances);
        line.saturating_sub(fewer).max(1)
    };
    while up < wanted {
        if stay(up, max_unavailable) < down {
            down = stay(up, max_unavailable);
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
        if up == wanted {
            down = 0;
            steps.push(scale(Side::Old, down, old));
        }
    }
    Compiled {
        steps,
        undo: undo_beside(sides),
        closing: Vec::new(),
        watch: sides.watch,
        report: vec![format!(
            "rolling: to {wanted} in batches of {batch}, {}",
            if max_unavailable == 0 {
                "new ones first".to_owned()
            } else {
                format!("up to {max_unavailable} fewer meanwhile")
            }
        )],
    }
}

fn share(up: u32, down: u32) -> u32 {
    let all = u64::from(up) + u64::from(down);
    u32::try_from(u64::from(up) * 10_000 / all.max(1)).unwrap_or(10_000)
}
