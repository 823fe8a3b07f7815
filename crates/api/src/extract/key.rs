//! Idempotency keys: the same key of the same caller is the same command, however often it is sent.

use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, kind};
use axum::extract::FromRequestParts;
use axum::http::HeaderName;
use axum::http::request::Parts;
use tidegate_core::id::CommandId;

/// Name of the header.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Longest key in characters.
const LONGEST: usize = 200;

/// The key a request carries, if any.
pub struct Key {
    caller: String,
    given: Option<String>,
}

impl Key {
    /// For commands that start something: there must be one.
    pub fn required(self) -> Result<CommandId, Problem> {
        let help = "send an `Idempotency-Key` header that is new for each new command, for example a UUID or the id of the build";
        let key = self.given.ok_or_else(|| {
            Problem::new(
                &kind::KEY_MISSING,
                "the command carries no idempotency key",
                help,
            )
        })?;
        Ok(id(&self.caller, &key))
    }

    /// For other commands: made up when absent.
    pub fn or_new(self) -> Result<CommandId, Problem> {
        let key = match self.given {
            Some(key) => key,
            None => crate::random::secret().map_err(|e| {
                Problem::new(
                    &kind::INTERNAL,
                    format!("the system gives no random numbers: {e}"),
                    "send an `Idempotency-Key`",
                )
            })?,
        };
        Ok(id(&self.caller, &key))
    }
}

impl FromRequestParts<App> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app)
            .await?
            .name()
            .to_owned();
        let Some(value) = parts.headers.get(HEADER) else {
            return Ok(Self {
                caller,
                given: None,
            });
        };
        let key = value.to_str().unwrap_or_default().trim();
        if key.is_empty() || key.len() > LONGEST || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Problem::new(
                &kind::KEY_MISSING,
                "the idempotency key is not 1 to 200 visible characters",
                "use for example a UUID",
            ));
        }
        Ok(Self {
            caller,
            given: Some(key.to_owned()),
        })
    }
}

/// Keys of one caller never meet those of another, nor ids the server makes itself.
fn id(caller: &str, key: &str) -> CommandId {
    CommandId(format!("{caller}:{key}"))
}
