//! Configuration as code: flat YAML to the configuration in force, with every problem of all files in one pass.
//!
//! Pure: texts come in as a [`Files`] map and nothing is read, written or asked. Nothing here decides what may happen;
//! it only says what was written, where, and what is wrong with it.

mod builtin;
mod check;
mod condition;
mod credential;
mod decode;
mod diagnostic;
mod diff;
mod document;
mod effective;
mod files;
mod holidays;
pub mod ics;
mod init;
mod keys;
mod load;
mod schema;
mod settings;
mod suggest;
mod walk;
mod yaml;

pub use diagnostic::{
    CODES, Code, Diagnostic, SHOWN, Secondary, Severity, explain, render, to_json, to_sarif,
};
pub use diff::{Change, ChangeKind, diff, owned, plan_digest, render_plan};
pub use effective::{Setting, effective};
pub use files::{Files, MAX_FILE};
pub use init::{InitAnswers, init_template};
pub use load::{Loaded, load, load_at, load_over};
pub use schema::schema;
