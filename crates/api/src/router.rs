//! All routes behind all layers.

use crate::auth::guarded;
use crate::error::{panicked, problems};
use crate::layer::{host, past, time};
use crate::{App, openapi};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;

/// Largest body, in bytes, where an operation says nothing else.
const BODY: usize = 1 << 20;

/// The whole API as a service. Layers, from the outside: request id and problem documents, names, panics, deadlines, body
/// limit, tokens.
pub fn router(app: App) -> Router {
    let (router, _) = openapi::routes().split_for_parts();
    let inner = router
        .merge(crate::pages::pages())
        .layer(from_fn(past::looked_back))
        .with_state(app.clone());
    // The guard stands before the routes are looked at, so that what is hidden is no part of an address that they see.
    Router::new()
        .fallback_service(inner)
        .layer(from_fn_with_state(app.clone(), guarded))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(from_fn(time::limited))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), host::known))
        .layer(from_fn(problems))
}
