//! What the tour says: one line an event, with the time since it began.

use super::Scenario;
use crate::exit::Failure;
use std::time::Instant;

/// Tells the story.
pub struct Narrator {
    began: Instant,
    step: bool,
}

impl Narrator {
    pub fn new(step: bool) -> Self {
        Self {
            began: Instant::now(),
            step,
        }
    }

    pub fn title(&self, fast: bool) {
        println!("tidegate demo: Acme Pay on this machine");
        let holds = if fast {
            "1 to 3 seconds"
        } else {
            "4 to 8 seconds"
        };
        println!(
            "  real processes, real traffic on 127.0.0.1, real ledger; only the holds are short ({holds} instead of minutes),"
        );
        println!("  and the number of requests a verdict needs with them\n");
    }

    /// One line.
    pub fn say(&self, text: &str) {
        let seconds = self.began.elapsed().as_secs();
        println!("{:02}:{:02} {text}", seconds / 60, seconds % 60);
    }

    /// One line below another.
    pub fn more(&self, text: &str) {
        println!("      {text}");
    }

    /// A claim that held.
    pub fn held(&self, text: &str) {
        println!("      [ok] {text}");
    }

    pub fn scene(&self, n: usize, of: usize, scene: Scenario) {
        let (title, explains) = match scene {
            Scenario::GoodRelease => (
                "web@1.1.0, a good release",
                "a promotion walks dev, staging, prod-eu, prod-us; production takes it as a canary of 10, 50, 100 %",
            ),
            Scenario::BadRelease => (
                "payments@2.0.0, a bad release: 8 % of its answers are errors",
                "nobody watches; the canary is compared with the old version in the same seconds and taken back",
            ),
            Scenario::ServerKilled => (
                "the server is killed (SIGKILL) while web@1.2.0 rolls out",
                "traffic goes through the router, which needs neither server nor agent; the ledger knows where the rollout was",
            ),
            Scenario::Locked => (
                "prod-eu is locked by payments@1.1.0; ledger@1.1.0 waits",
                "prod-eu takes one deployment at a time; `why` says who holds it",
            ),
            Scenario::Freeze => (
                "quarter-close freezes the ledger in prod-eu: web@1.3.0 may go, ledger@1.2.0 may not",
                "a freeze is configuration; it holds what it names, says until when, and never a return",
            ),
            Scenario::TwoPeople => (
                "payments@3.0.0 needs two people; ana asked for it",
                "a policy asks the owning team and risk; a yes counts for one person, and never for whoever asked",
            ),
            Scenario::VoidedApproval => (
                "payments@3.1.0 has a yes; then something else ships with it",
                "a yes is for the digest of one plan, which covers every effect and the scope of the release",
            ),
            Scenario::Emergency => (
                "ledger@1.3.0 repairs INC-31 with one yes; ledger@1.4.0 waits for the review",
                "an emergency asks fewer people and owes the rest: until its review is closed no normal release of the service goes",
            ),
            Scenario::Audit => (
                "the ledger is verified, then one byte of a copy is changed",
                "every entry is chained to the one before it by its hash",
            ),
        };
        self.say(&format!("{n}/{of} {title}"));
        if self.step {
            self.more(explains);
            self.more("press Enter");
            let mut line = String::new();
            // Without a terminal there is nobody to wait for.
            drop(std::io::stdin().read_line(&mut line));
        }
    }

    pub fn broken(&self, failure: &Failure) {
        println!("      [no] this claim did not hold: {}", failure.message);
        for note in &failure.notes {
            println!("           {note}");
        }
    }

    pub fn end(&self, held: usize, of: usize) {
        let seconds = self.began.elapsed().as_secs();
        println!(
            "\nDone in {} min {} s, {held} of {of} claims held.  Next: tidegate init   ·   docs/how-to/deploy-your-own-program.md",
            seconds / 60,
            seconds % 60
        );
    }
}
