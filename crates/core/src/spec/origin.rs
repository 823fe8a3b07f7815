//! Where each value of the configuration was written.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A place in a configuration file; `line` counts from 1. Built-in defaults have file `built-in` and line 0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Path relative to the configuration root.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            f.write_str(&self.file)
        } else {
            write!(f, "{}:{}", self.file, self.line)
        }
    }
}

/// Places by dotted path, for example `environments.prod-eu.one-at-a-time` or `services.web.values.GREETING`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Origins(pub BTreeMap<String, Place>);

impl Origins {
    /// Place of a path, or of its nearest ancestor that was written down, or `built-in`.
    #[must_use]
    pub fn of(&self, path: &str) -> Place {
        let mut at = path;
        loop {
            if let Some(place) = self.0.get(at) {
                return place.clone();
            }
            match at.rsplit_once('.') {
                Some((parent, _)) => at = parent,
                None => {
                    return Place {
                        file: "built-in".to_owned(),
                        line: 0,
                    };
                }
            }
        }
    }
}
