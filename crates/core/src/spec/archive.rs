//! Where signed states of the log are handed to.
//!
//! Only what the server is to do. How a destination did lately stands beside the ledger, not here.

use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// When the server hands out its newest checkpoint, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoints {
    /// Longest time that grown entries are without a checkpoint elsewhere.
    pub every: Millis,
    /// Destinations, each by itself.
    pub to: Vec<Destination>,
}

impl Checkpoints {
    /// `every` where the configuration names none.
    pub const EVERY: Millis = Millis::secs(60);
}

/// A place that whoever runs the server should not be able to rewrite.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Destination {
    /// A file, below the server's folder of checkpoints.
    File {
        /// Relative path.
        path: String,
    },
    /// A git repository, below the server's folder of checkpoints.
    Git {
        /// Relative path.
        folder: String,
        /// Push its branch afterwards.
        push: bool,
    },
    /// An address that takes the note as JSON.
    Webhook {
        /// Address.
        url: String,
        /// `secret:` reference of the key that signs the request.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
}

impl Destination {
    /// For people; of an address only the host, because the rest may let somebody in.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::File { path } => format!("file {path}"),
            Self::Git { folder, .. } => format!("git {folder}"),
            Self::Webhook { url, .. } => format!("webhook {}", host(url)),
        }
    }
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority.rsplit('@').next().unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_address_holds_nothing_that_lets_anybody_in() {
        let url = "https://ana:pass@log.acme.example:8443/in?token=abc".to_owned();
        let place = Destination::Webhook { url, key: None };
        assert_eq!(place.label(), "webhook log.acme.example:8443");
    }
}
