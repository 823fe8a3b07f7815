//! People with accounts of their own, signed in as they would be.

use crate::world::World;

/// What they choose.
pub const WORDS: &str = "four plain words here\n";

impl World {
    /// Somebody with a role, added by an admin and signed in for the first time.
    pub fn signs_in(&self, who: &str, role: &str) {
        let once = self.run(&["user", "add", who, "--role", role]).ends(0);
        let lines = format!("{}\n{WORDS}", once.out.trim());
        self.run_as(who, &lines, &["login", who, "--password-stdin"])
            .ends(0);
    }
}
