use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::actor::Staff;
use domain::ids::AppointmentId;
use domain::line::Line;
use domain::permission::Permission;
use persistence::Transaction;
use persistence::appointments::{
    AttentionFilter, Cause, Dealing, DealtWith, Found, NeedsAttention, attention,
};
use persistence::audit::Entry;
use persistence::vault::{Purpose, Vault};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{AttentionView, row};
use crate::app::{AppData, account_gone};
use crate::appointments::access::permitted_to;
use crate::authentication::SignedIn;
use crate::extract::{Body, Path};
use crate::idempotency::Attempt;
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};

/// With what somebody has dealt.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "told her at the door"}))]
pub struct DealBody {
    /// Exactly these causes, as they were listed; all that there are now unless given.
    #[serde(default)]
    #[schema(max_items = 50, example = json!(["absence:01990000-0000-7000-8000-000000000006"]))]
    pub causes: Option<Vec<String>>,
    /// Kept sealed, as long as contacts are.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub note: Option<String>,
}

/// Tell that what needed attention was dealt with
///
/// Keeps that somebody has dealt with exactly these causes. The appointment stays as it is; a new
/// cause, or another time, lists it again.
#[utoipa::path(operation_id = "dealWithAttention", tag = "appointments", request_body = DealBody, security(("bearer" = [])),
    params(("appointment_id" = Uuid, Path, description = "The appointment"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The appointment with its causes", body = AttentionView), Refusals, ChangeRefusals))]
#[post("/v1/attention/{appointment_id}/dealt-with")]
pub async fn deal_with_attention(
    app: AppData,
    caller: SignedIn,
    id: Path<AppointmentId>,
    attempt: Attempt,
    body: Body<DealBody>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let operation = format!("dealWithAttention {}", id.0);
    let keyed = attempt.by(&caller).with(&app, &operation, &body.bytes);
    let note = body.value.note()?;
    let filter = AttentionFilter {
        appointment_id: Some(id.0),
        with_dealt_with: true,
        ..AttentionFilter::default()
    };
    let account = caller.account_id;
    let found = attention(&app.database, account, &filter, None, 1, now).await?;
    let (staff, mut needs) = found.ok_or_else(account_gone)?;
    let mut needs = needs.pop().ok_or_else(Problem::not_found)?;
    permitted_to(&staff, &needs.found, Permission::ChangeAppointments)?;
    let (mut transaction, staff) = app.staff(&caller).await?;
    if let Some(answer) = keyed.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    let noted = Noted {
        staff: &staff,
        note: note.as_ref(),
        now,
    };
    let known = needs.found.clone();
    for cause in body.value.choose(&mut needs)? {
        noted.keep(&app.vault, &mut transaction, &known, cause)?;
    }
    let view = AttentionView::of(&needs, &app.vault)?;
    keyed.done(&app, transaction, &view).await
}

impl DealBody {
    fn note(&self) -> Result<Option<Line>, Problem> {
        let note = self.note.as_deref().filter(|note| !note.trim().is_empty());
        note.map(|note| Line::new(note).map_err(|error| Problem::rule("/note", error)))
            .transpose()
    }

    /// The wanted causes with which nobody has dealt yet. One that is there no more was somebody
    /// else's news.
    fn choose<'n>(&self, needs: &'n mut NeedsAttention) -> Result<Vec<&'n mut Cause>, Problem> {
        let wanted = self.causes.as_deref();
        if wanted.is_some_and(|wanted| wanted.len() > 50) {
            return Err(Problem::rule("/causes", "has at most 50 items"));
        }
        let is_known = |name: &String| needs.causes.iter().any(|cause| cause.name == *name);
        if !wanted.into_iter().flatten().all(is_known) {
            let detail = "not all of these are causes for which it needs attention now";
            return Err(Problem::because(Code::Conflict, detail));
        }
        let is_wanted = |cause: &Cause| wanted.is_none_or(|wanted| wanted.contains(&cause.name));
        let causes = needs.causes.iter_mut();
        let chosen = causes.filter(|cause| is_wanted(cause) && cause.dealt_with.is_none());
        Ok(chosen.collect())
    }
}

/// Who has dealt with it, and what they say.
struct Noted<'n> {
    staff: &'n Staff,
    note: Option<&'n Line>,
    now: DateTime<Utc>,
}

impl Noted<'_> {
    fn keep(
        &self,
        vault: &Vault,
        transaction: &mut Transaction,
        found: &Found,
        cause: &mut Cause,
    ) -> Result<(), Problem> {
        let organisation = found.appointment.organisation_id;
        let id = Uuid::now_v7();
        let row = row(found, id);
        let seal = |note: &Line| vault.seal(Purpose::AttentionNote, &row, note.as_str().as_bytes());
        let dealt_with = DealtWith {
            id,
            at: self.now,
            sealed_note: self.note.map(seal).transpose()?,
        };
        cause.dealt_with = Some(dealt_with.clone());
        let dealing = Dealing {
            found,
            cause: &cause.name,
            account: self.staff.account_id,
            dealt_with,
        };
        dealing.insert(transaction);
        let subject = ("attention", id);
        let entry = Entry::by(self.staff, organisation, "deal-with", subject, self.now);
        transaction.audit(entry);
        Ok(())
    }
}
