//! Name of a decision.

crate::id::numbered!(
    DecisionId,
    "DEC-",
    "decision",
    "tidegate decision list",
    crate::model::decision::NUMBER,
    "Name of a decision about the way back: `DEC-1`."
);
