use domain::crockford::{self, Case};
use domain::ids::HoldId;
use domain::slot_id::SlotId;
use persistence::vault::Vault;

use crate::problems::{Code, Problem};

/// What redeems a hold: 26 letters that only this installation can make for this hold and slot,
/// and the slot. So a redemption knows what to lock before it asks the data base.
#[derive(Debug, Clone)]
pub(crate) struct HoldToken {
    pub(crate) slot: SlotId,
    text: String,
}

impl HoldToken {
    pub(crate) fn new(vault: &Vault, hold: HoldId, slot: SlotId) -> Self {
        Self {
            slot,
            text: format!("{}.{slot}", proof(vault, hold, slot)),
        }
    }

    /// Reads a token and proves that it belongs to the hold.
    pub(crate) fn read(vault: &Vault, hold: HoldId, text: &str) -> Result<Self, Problem> {
        let mismatch = || Problem::new(Code::HoldMismatch);
        let (_, slot) = text.split_once('.').ok_or_else(mismatch)?;
        let slot: SlotId = slot.parse().map_err(|_| mismatch())?;
        let expected = Self::new(vault, hold, slot);
        // Compared as keyed hashes, so that the time it takes tells nothing.
        if expected.hash(vault) == vault.hash("hold-token", &[text.as_bytes()]) {
            Ok(expected)
        } else {
            Err(mismatch())
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// What the data base keeps of it.
    pub(crate) fn hash(&self, vault: &Vault) -> [u8; 32] {
        vault.hash("hold-token", &[self.text.as_bytes()])
    }
}

fn proof(vault: &Vault, hold: HoldId, slot: SlotId) -> String {
    let hash = vault.hash(
        "hold-proof",
        &[hold.uuid().as_bytes(), slot.to_string().as_bytes()],
    );
    let mut letters = crockford::encode(&hash[..17], Case::Upper);
    letters.truncate(26);
    letters
}
