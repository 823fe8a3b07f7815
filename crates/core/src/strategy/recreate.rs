//! Recreate: the two revisions never run at the same time.

use super::{Compiled, Sides, prepare, scale, shift};
use crate::plan::Side;
use crate::spec::Shape;

pub(super) fn compile(sides: &Sides<'_>) -> Compiled {
    let Some(old) = sides.old else {
        return super::first(sides, &Shape::Recreate);
    };
    Compiled {
        steps: vec![
            prepare(),
            shift(None),
            scale(Side::Old, 0, old),
            scale(Side::New, sides.new.instances, sides.new),
            shift(Some(10_000)),
        ],
        undo: vec![
            shift(None),
            scale(Side::New, 0, sides.new),
            scale(Side::Old, old.instances, old),
            shift(Some(0)),
        ],
        closing: Vec::new(),
        watch: sides.watch,
        report: vec![
            "recreate: the old stops before the new starts; requests meanwhile get 503".to_owned(),
        ],
    }
}
