//! What a body refers to must be there, in the same organisation, and not archived.

use persistence::Transaction;
use persistence::references::{Found, References};

use crate::checks::Checks;
use crate::problems::Problem;

/// Refuses every reference that leads nowhere, by its pointer.
pub async fn check(transaction: &mut Transaction, references: &References) -> Result<(), Problem> {
    let found = references.find(transaction).await?;
    let mut checks = Checks::new();
    let mut want = |pointer: &str, wanted: bool, there: bool, detail: &str| {
        if wanted && !there {
            checks.refuse(pointer, detail);
        }
    };
    let Found {
        account,
        counsellor,
        site,
        room_at,
        service_ids,
        wants_all,
        equipment_ids,
    } = found;
    want(
        "/account_id",
        references.account_id.is_some(),
        account,
        "is no account of the organisation",
    );
    want(
        "/counsellor_id",
        references.counsellor_id.is_some(),
        counsellor,
        "is no counsellor of the organisation",
    );
    want(
        "/site_id",
        references.site_id.is_some(),
        site,
        "is no site of the organisation",
    );
    want(
        "/room_id",
        references.room_id.is_some(),
        room_at.is_some_and(|room_at| references.site_id.is_none_or(|site| site == room_at)),
        "is no room of the organisation, or not at the site",
    );
    want(
        "/service_ids",
        true,
        service_ids == references.service_ids,
        "not all are services of the organisation",
    );
    want(
        "/service_ids",
        wants_all,
        references.service_ids.len() == 1,
        "a group or a course has a session to itself",
    );
    want(
        "/equipment",
        true,
        equipment_ids == references.equipment_ids,
        "not all of it is equipment of the organisation",
    );
    checks.finish(|| Some(()))
}
