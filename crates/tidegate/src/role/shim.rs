//! The supervisor of one instance. It ends with the code of the program.

use crate::exit::{Exit, Failure};
use clap::Args;
use std::path::PathBuf;

/// Options of the supervisor.
#[derive(Debug, Clone, Args)]
pub struct ShimArgs {
    /// Folder of the instance
    #[arg(long)]
    pub dir: PathBuf,
}

/// `tidegate instance-shim`.
pub fn run(args: &ShimArgs) -> Result<Exit, Failure> {
    match tidegate_drivers::shim_main(&args.dir) {
        0 => Ok(Exit::Done),
        code => Err(Failure::new(
            Exit::Failed,
            format!("the instance in {} ended with {code}", args.dir.display()),
        )),
    }
}
