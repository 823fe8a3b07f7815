//! Who asks: every request carries a token, is known by it, and is refused without one.
//!
//! What a role may change is decided in core, for every way in alike; here stands only who may read, who may use the
//! doors made for agents and administrators, and that nobody else gets as far as a handler.

mod again;
mod caller;
pub(crate) mod csrf;
mod door;
pub(crate) mod enrolment;
mod ensure;
pub(crate) mod guard;
pub(crate) mod password;
mod possession;
pub(crate) mod provider;
mod record;
mod row;
pub(crate) mod sessions;
mod text;
pub(crate) mod throttle;
mod tokens;
mod unit;
mod who;
pub(crate) mod workload;

pub(crate) use again::again;
pub use caller::Caller;
pub(crate) use caller::Way;
pub use ensure::{EnsureError, ensure_admin_token, ensure_agent_token};
pub use guard::guarded;
pub(crate) use possession::Proofs;
pub(crate) use record::{RefusedVote, granted, password_set, refused_vote, revoked, signed_out};
pub(crate) use row::{Grant, grant_of, is_live, role_of, row_of};
pub use text::AccessToken;
pub(crate) use tokens::{Tokens, Used};
pub(crate) use unit::{may_make, theirs};
pub(crate) use who::{administers, called, of_account, of_token};
