//! Lists are read in parts; no part is larger than the cap.

use serde::Deserialize;

/// Items of a part unless said otherwise.
const USUAL: usize = 50;
/// Most items of a part.
const MOST: usize = 200;

/// How many items are wanted.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(transparent)]
pub struct Limit(Option<usize>);

impl Limit {
    /// The number, within the cap and at least 1.
    pub fn get(self) -> usize {
        self.0.unwrap_or(USUAL).clamp(1, MOST)
    }
}

/// Part of a list of things that belong to services.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only of this service.
    pub service: Option<String>,
    /// At most this many, 50 unless said, never more than 200.
    #[param(value_type = Option<u32>)]
    #[serde(default)]
    pub limit: Limit,
    /// `next` of the part before.
    pub after: Option<String>,
}
