//! Options that every command takes.

use crate::output::Format;

/// Options everywhere.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Options everywhere")]
pub struct Globals {
    /// Server to talk to [default: the one of the `.tidegate` folder here or above]
    #[arg(
        long,
        global = true,
        env = "TIDEGATE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub server: Option<String>,
    /// Token to talk with; the environment is safer, as other users see command lines
    #[arg(
        long,
        global = true,
        env = "TIDEGATE_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub token: Option<String>,
    /// How results are written [default: a table on a terminal, tab-separated rows elsewhere]
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        hide_possible_values = true,
        help = "How results are written: table, wide, json, yaml, jsonl, name [default: a table on a terminal, tab-separated rows elsewhere]"
    )]
    pub output: Option<Format>,
    /// Columns of a table, in this order
    #[arg(long, global = true, value_delimiter = ',', value_name = "NAMES")]
    pub columns: Vec<String>,
    /// Zone in which times are shown: an IANA name or an environment [default: the zone of this machine]
    #[arg(long, global = true, value_name = "ZONE")]
    pub zone: Option<String>,
    /// Show what was: everything as of this instant, or with this ledger entry as the newest
    #[arg(long, global = true, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Never ask; refuse when an answer would be needed
    #[arg(long, global = true)]
    pub no_input: bool,
}
