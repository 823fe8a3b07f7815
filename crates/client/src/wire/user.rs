//! People, their accounts, and signing in. Passwords and the text of a session travel once and are never answered again.

use super::{Role, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Name, unique.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Accounts to sign in with.
    pub accounts: Vec<String>,
    /// Addresses under which the person writes commits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// Groups at the identity provider, as of the newest sign-in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Teams, by name, account or group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
    /// Public keys for signed votes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<UserKey>,
    /// Has left: signs in no more and decides nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Left>,
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UserKey {
    /// Name, unique for the person.
    pub name: String,
    /// Ed25519, base64.
    pub public_key: String,
}

/// That somebody has left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Left {
    /// Who said so.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
}

/// `POST /users`: make a person known.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserRequest {
    /// Name, unique; the account of this name is the person's.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Addresses under which the person writes commits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// Password; a one-time password is made when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Make no password: the person signs in with another account.
    #[serde(default)]
    pub no_password: bool,
}

/// A new person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewUser {
    /// The person.
    pub user: User,
    /// Lets in once, together with the password that replaces it. Shown only here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_time_password: Option<String>,
    /// Until when it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// `POST /users/{user}/passwords`: set a password.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasswordRequest {
    /// Password; a one-time password is made when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// A password was set.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewPassword {
    /// Lets in once, together with the password that replaces it. Shown only here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_time_password: Option<String>,
    /// Until when it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// Link or unlink an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountRequest {
    /// Account, as it stands in the audit trail.
    pub account: String,
    /// Why.
    pub reason: String,
}

/// Give another role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleRequest {
    /// What the person may do from now on.
    pub role: Role,
    /// Why.
    pub reason: String,
}

/// Replace the addresses of commits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddressesRequest {
    /// All of them.
    pub emails: Vec<String>,
    /// Why.
    pub reason: String,
}

/// Register a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyRequest {
    /// Name, unique for the person.
    pub name: String,
    /// Ed25519: 32 bytes in base64.
    pub public_key: String,
}

/// Revoke a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyRevocation {
    /// Name of the key.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// `POST /sessions`: sign in with a local account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInRequest {
    /// Account.
    pub account: String,
    /// Password.
    pub password: String,
    /// The password that replaces it; needed with a one-time password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_password: Option<String>,
}

/// `POST /sign-ins`: sign in at the identity provider, for a command line that listens on this host.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderSignIn {
    /// Port on 127.0.0.1 to which the browser is sent at the end.
    pub port: u16,
    /// `sha256:` and the digest of a random text that only the command line knows.
    pub challenge: String,
}

/// Where the person goes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProviderAddress {
    /// Address at the identity provider, to be opened in a browser.
    pub url: String,
}

/// `POST /sign-ins/completions`: fetch the sign-in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInCompletion {
    /// What the browser brought.
    pub code: String,
    /// The random text whose digest began it.
    pub verifier: String,
}

/// A sign-in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewSession {
    /// Bearer text: a secret, shown only here.
    pub token: String,
    /// Account.
    pub account: String,
    /// When it ends if it is not used.
    pub ends_at: Timestamp,
    /// When it ends in any case.
    pub until: Timestamp,
}

/// Sign-ins that were ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignedOut {
    /// How many.
    pub sessions: usize,
}

/// How somebody showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum WayIn {
    /// An access token.
    Token,
    /// A sign-in.
    Session,
}

/// Whoever asks.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WhoAmI {
    /// Account or token, as it stands in the audit trail.
    pub name: String,
    /// The person behind it; absent when nobody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What it may do everywhere.
    pub role: Role,
    /// What it may do in business units beside that.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub within: BTreeMap<String, String>,
    /// Teams of the person.
    pub teams: Vec<String>,
    /// Groups at the identity provider, as of the newest sign-in.
    pub groups: Vec<String>,
    /// Only these environments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// Only these services.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// How it was shown.
    pub way: WayIn,
    /// When it ends by itself, a sign-in when it is not used; absent for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// To be repeated by writes with the cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csrf_token: Option<String>,
}
