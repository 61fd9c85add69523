//! Loans: rooms that one organisation lends to another.

mod archive;
mod create;
mod list;
mod preview;
mod read;
mod update;
mod uses;

use chrono::NaiveDate;
use domain::actor::Staff;
use domain::ids::LoanId;
use domain::loan::{Loan, Terms};
use domain::permission::Permission;
use persistence::Transaction;
use persistence::loans::{self, Found};
use persistence::stored::Stored;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use archive::archive_loan;
pub use create::create_loan;
pub use list::{get_loan, list_loans};
pub use preview::{LoanPreview, LoanSpanView};
pub use update::update_loan;
pub use uses::list_loan_uses;

use crate::extract::optional_object;
use crate::pages::page;
use crate::permit::permit;
use crate::problems::{Code, Problem};
use crate::views::etag;

/// A loan as the owner of the room writes it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "01990000-0000-7000-8000-000000000001",
    "room_id": "01990000-0000-7000-8000-000000000005",
    "borrower_id": "01990000-0000-7000-8000-000000000006",
    "hours": [{"weekday": "WE", "starts": "17:00", "ends": "21:00"}],
    "quota": {"limit": 2, "unit": "uses", "per": "month"}, "valid_from": "2026-12-01"}))]
pub struct LoanBody {
    /// The owner of the room; cannot be changed.
    pub organisation_id: Uuid,
    /// A room of the owner's own; cannot be changed.
    pub room_id: Uuid,
    /// The organisation that may use it; cannot be changed.
    pub borrower_id: Uuid,
    /// When it may be used, on the clocks of the room's site.
    #[schema(min_items = 1, max_items = 50)]
    pub hours: Vec<LentHoursBody>,
    /// How much it may be used; without one as much as the hours have.
    #[serde(default, deserialize_with = "optional_object")]
    pub quota: Option<QuotaBody>,
    pub valid_from: NaiveDate,
    /// The last day; without one it has no end.
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
}

/// Hours of a weekday.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LentHoursBody {
    /// One of `MO`, `TU`, `WE`, `TH`, `FR`, `SA`, `SU`.
    #[schema(example = "WE")]
    pub weekday: String,
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "17:00")]
    pub starts: String,
    /// On the same day, at 23:59 at the latest.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "21:00")]
    pub ends: String,
}

/// How much of a room may be used.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuotaBody {
    #[schema(minimum = 1, maximum = 44640, example = 2)]
    pub limit: i64,
    /// What is counted: `minutes`, buffers included, or `uses`.
    #[schema(example = "uses")]
    pub unit: String,
    /// For which time: a `week` from Monday to Sunday, or a `month`.
    #[schema(example = "month")]
    pub per: String,
}

/// A loan, as its owner and its borrower see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoanView {
    pub id: Uuid,
    /// The owner of the room.
    pub organisation_id: Uuid,
    pub room_id: Uuid,
    pub borrower_id: Uuid,
    pub hours: Vec<LentHoursBody>,
    #[schema(required)]
    pub quota: Option<QuotaBody>,
    pub valid_from: NaiveDate,
    #[schema(required)]
    pub valid_until: Option<NaiveDate>,
    /// Of the room's site: the hours and the quota's weeks and months are meant on its clocks.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    pub room_name: String,
    #[schema(required)]
    pub seats: Option<i32>,
    pub features: Vec<String>,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    /// The room that the borrower has entered for it; null for everybody else, and before.
    #[schema(required)]
    pub entered_as: Option<Uuid>,
    /// What this change leaves without its room; null where nothing was changed.
    #[schema(required)]
    pub stranded: Option<LoanPreview>,
    /// What `If-Match` wants.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

page!(
    /// Loans, in the order in which they were made.
    LoanPage of LoanView
);

/// Staff of either side read it; to everybody else it does not exist.
fn permit_reading(staff: &Staff, loan: &Loan) -> Result<(), Problem> {
    permit(staff, Permission::ReadSetup, loan.borrower_id)
        .or_else(|_| permit(staff, Permission::ReadSetup, loan.organisation_id))
}

/// The loan that the owner changes, its room locked; to the borrower it is no secret.
async fn open(
    transaction: &mut Transaction,
    staff: &Staff,
    id: LoanId,
) -> Result<Stored<Loan>, Problem> {
    let seen = loans::look_at(transaction, id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let loan = &seen.loan.value;
    permit_reading(staff, loan)?;
    if !staff.may(Permission::ManageLoans, loan.organisation_id) {
        return Err(Problem::new(Code::Forbidden));
    }
    loans::lock(transaction, id);
    let loan = loans::find_for_update(transaction, id).await?;
    loan.ok_or_else(Problem::not_found)
}

fn hours_of(terms: &Terms) -> Vec<LentHoursBody> {
    let clock = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
    let hours = terms.hours.each().iter();
    hours
        .map(|hours| LentHoursBody {
            weekday: hours.weekday().to_owned(),
            starts: clock(hours.starts()),
            ends: clock(hours.ends()),
        })
        .collect()
}

fn quota_of(terms: &Terms) -> Option<QuotaBody> {
    terms.quota.map(|quota| QuotaBody {
        limit: quota.limit().into(),
        unit: quota.unit().to_string(),
        per: quota.per().to_string(),
    })
}

impl From<&Loan> for LoanBody {
    fn from(loan: &Loan) -> Self {
        Self {
            organisation_id: loan.organisation_id.uuid(),
            room_id: loan.room_id.uuid(),
            borrower_id: loan.borrower_id.uuid(),
            hours: hours_of(&loan.terms),
            quota: quota_of(&loan.terms),
            valid_from: loan.terms.validity.from(),
            valid_until: loan.terms.validity.until(),
        }
    }
}

impl From<&Found> for LoanView {
    fn from(found: &Found) -> Self {
        let loan = &found.loan.value;
        Self {
            id: loan.id.uuid(),
            organisation_id: loan.organisation_id.uuid(),
            room_id: loan.room_id.uuid(),
            borrower_id: loan.borrower_id.uuid(),
            hours: hours_of(&loan.terms),
            quota: quota_of(&loan.terms),
            valid_from: loan.terms.validity.from(),
            valid_until: loan.terms.validity.until(),
            time_zone: loan.terms.time_zone.name().to_owned(),
            room_name: found.room_name.clone(),
            seats: found.seats,
            features: found.features.clone(),
            street: found.street.clone(),
            postal_code: found.postal_code.clone(),
            city: found.city.clone(),
            entered_as: found.entered_as.map(Uuid::from),
            stranded: None,
            etag: etag(found.loan.version),
        }
    }
}
