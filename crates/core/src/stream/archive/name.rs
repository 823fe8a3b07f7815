//! Name of a hold.

crate::id::numbered!(
    HoldId,
    "HLD-",
    "hold",
    "tidegate audit hold list",
    crate::model::archive::NUMBER,
    "Name of a hold: `HLD-1`."
);
