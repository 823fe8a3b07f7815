//! People with a token of their own account, so that what they decide is theirs.

use crate::world::World;

impl World {
    /// An operator of this name, and the text of a token for the account.
    pub fn operator(&self, name: &str) -> String {
        self.run(&["user", "add", name, "--role", "operator"])
            .ends(0);
        let made = self
            .run(&[
                "token", "create", name, "--for", name, "--role", "operator", "-o", "json",
            ])
            .ends(0)
            .json();
        made["token"].as_str().unwrap().to_owned()
    }
}
