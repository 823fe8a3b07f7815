//! The ledger verifies; one changed byte of a copy is found and named.

use super::claim;
use crate::demo::narrator::Narrator;
use crate::demo::stage::Stage;
use crate::exit::{Exit, Failure};

pub async fn play(narrator: &Narrator, stage: &mut Stage) -> Result<(), Failure> {
    let verified = stage.client.audit_verification().await?;
    claim(verified.ok, "the ledger does not verify")?;
    claim(verified.entries > 0, "the ledger is empty")?;
    narrator.held(&format!(
        "{} entries, chain whole, head {}",
        verified.entries,
        short(&verified.head)
    ));

    let mut lines = stage.client.audit_export().await?;
    let mut copy = String::new();
    while let Some(line) = lines.next().await? {
        copy.push_str(&line);
        copy.push('\n');
    }
    let verify = |text: &str| {
        tidegate_ledger::export::verify_export(std::io::Cursor::new(text.as_bytes().to_vec()))
    };
    claim(verify(&copy).is_ok(), "the untouched copy does not verify")?;
    // One letter in the middle of an entry's body: 1.1.0 becomes 1.1.1.
    let middle = copy.len() / 2;
    let at = copy[middle..].find("1.1.0").map(|i| middle + i + 4);
    let at = at.or_else(|| copy.rfind("1.0.0").map(|i| i + 4));
    let at = at.ok_or_else(|| Failure::new(Exit::Failed, "no version in the copy".to_owned()))?;
    let mut bytes = copy.into_bytes();
    bytes[at] = b'1';
    let changed =
        String::from_utf8(bytes).map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
    match verify(&changed) {
        Ok(_) => Err(Failure::new(
            Exit::Failed,
            "the changed copy verifies".to_owned(),
        )),
        Err(found) => {
            narrator.held(&format!("one byte changed in the copy: {found}"));
            Ok(())
        }
    }
}

fn short(hash: &str) -> String {
    hash.chars().take(19).collect()
}
