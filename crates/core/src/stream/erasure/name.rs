//! Name of an erasure.

crate::id::numbered!(
    ErasureId,
    "ERS-",
    "erasure",
    "tidegate audit erasures",
    crate::model::erasure::NUMBER,
    "Name of an erasure: `ERS-1`."
);
