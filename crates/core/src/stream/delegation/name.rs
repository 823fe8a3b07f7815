//! Name of a delegation.

crate::id::numbered!(
    DelegationId,
    "DLG-",
    "delegation",
    "tidegate delegate list",
    crate::model::delegation::NUMBER,
    "Name of a delegation: `DLG-1`."
);
