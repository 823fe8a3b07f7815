//! Who asks: every request carries a token, is known by it, and is refused without one.
//!
//! What a role may change is decided in core, for every way in alike; here stands only who may read, who may use the
//! doors made for agents and administrators, and that nobody else gets as far as a handler.

mod caller;
mod door;
mod ensure;
mod guard;
mod record;
mod row;
mod text;
mod tokens;

pub use caller::Caller;
pub use ensure::{EnsureError, ensure_admin_token, ensure_agent_token};
pub use guard::guarded;
pub(crate) use record::{granted, revoked};
pub(crate) use row::{is_live, role_of, row_of};
pub use text::AccessToken;
pub(crate) use tokens::Tokens;
