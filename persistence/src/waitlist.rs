//! The waiting list: entries, what is offered to them, and when somebody is to look what fits.

mod answer;
mod join;
mod line;
mod list;
mod rounds;
mod rows;
mod save;

use diesel::sql_types::{Binary, Uuid as SqlUuid};
use domain::actor::Staff;
use domain::ids::{AccountId, WaitlistEntryId};

use crate::acting::{as_holder, as_staff};
use crate::database::Database;
use crate::error::Result;
use crate::statement::Statement;
pub use answer::{OpenedOffer, calendar_at, open_entry, open_offer};
pub use join::{Joined, Kept, open_join};
pub use line::{line, lock_waiting};
pub use list::{EntryFilter, list};
pub use rounds::{Round, begin_round, pass_time};
pub use rows::Found;
pub use save::{Change, insert_offer, save_change};

/// The columns of an entry with its open offer; needs a condition behind.
macro_rules! select_entry {
    ($rest:literal) => {
        concat!(
            "SELECT e.organisation_id, e.id, e.code, e.secret_hash, e.service_id, e.counsellor_id, e.site_id, e.language,
       e.modality, e.spans_from, e.spans_before, e.joined_at, e.queued_at, e.valid_until, e.unanswered, e.status, e.ended_at,
       e.appointment_id, c.sealed AS sealed_contact,
       (SELECT count(*) FROM waitlist_offers m
        WHERE m.organisation_id = e.organisation_id AND m.entry_id = e.id) AS offers_made,
       o.id AS offer_id, o.session_id, o.site_id AS offer_site_id, o.counsellor_id AS offer_counsellor_id, o.starts_at,
       o.ends_at, o.time_zone, o.modality AS offer_modality, o.offered_at, o.expires_at
FROM waitlist_entries e
LEFT JOIN waitlist_contacts c ON c.organisation_id = e.organisation_id AND c.entry_id = e.id
LEFT JOIN waitlist_offers o ON o.organisation_id = e.organisation_id AND o.entry_id = e.id AND o.state = 'open' ",
            $rest
        )
    };
}
pub(crate) use select_entry;

/// The entry, if the secret with that hash opens it.
pub async fn find_as_holder(
    database: &Database,
    secret_hash: [u8; 32],
    id: WaitlistEntryId,
) -> Result<Option<Found>> {
    let query = Statement::new(as_holder!(select_entry!("WHERE e.id = $2")))
        .bind::<Binary, _>(secret_hash.to_vec())
        .bind::<SqlUuid, _>(id.uuid());
    database.holder_finds::<rows::Row, Found>(query).await
}

/// The entry, if the walls let it through to that account, and who that is. `None` when the account
/// is gone.
pub async fn find_as_staff(
    database: &Database,
    account: AccountId,
    id: WaitlistEntryId,
) -> Result<Option<(Staff, Option<Found>)>> {
    let query = Statement::new(as_staff!(select_entry!("WHERE e.id = $2")))
        .bind::<SqlUuid, _>(account.uuid())
        .bind::<SqlUuid, _>(id.uuid());
    let found = database
        .staff_finds::<rows::Row, Found>(account, query)
        .await?;
    Ok(found.map(|(staff, found)| (staff, found.into_iter().next())))
}
