//! Why something is cancelled or moved: a list to choose from.

use actix_web::{get, web};
use domain::actor::Actor;
use domain::ids::OrganisationId;
use domain::reason::{CommonReason, OwnReason, OwnReasons, ReasonCode};
use persistence::{Transaction, organisations};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::AppData;
use crate::authentication::Caller;
use crate::extract::Query;
use crate::pages;
use crate::problems::Problem;
use crate::refusals::Refusals;
use crate::views::TextMap;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCancellationReasons {
    /// With those that only this organisation has.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
}

/// A reason to cancel or move an appointment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CancellationReasonView {
    #[schema(example = "ill")]
    pub code: String,
    #[schema(example = json!({"de": "krank", "de-simple": "Ich bin krank.", "en": "ill"}))]
    pub text: TextMap,
    /// Whether only staff can give it.
    pub staff_only: bool,
    /// Whether the whole network has it; its figures can be compared then.
    pub common: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CancellationReasonPage {
    pub items: Vec<CancellationReasonView>,
    /// Always null: the list is one page.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

impl From<CommonReason> for CancellationReasonView {
    fn from(reason: CommonReason) -> Self {
        let texts = reason.texts().into_iter();
        let texts = texts.map(|(tag, text)| (tag.to_owned(), text.to_owned()));
        Self {
            code: reason.as_str().to_owned(),
            text: TextMap(texts.collect()),
            staff_only: reason.is_of_staff(),
            common: true,
        }
    }
}

impl From<&OwnReason> for CancellationReasonView {
    fn from(reason: &OwnReason) -> Self {
        Self {
            code: reason.code.to_string(),
            text: (&reason.text).into(),
            staff_only: reason.staff_only,
            common: false,
        }
    }
}

/// List the reasons to cancel or move
///
/// What `reason_code` can be: the reasons of the whole network, and behind them those of the
/// organisation. Nobody has to give one.
#[utoipa::path(operation_id = "listCancellationReasons", tag = "booking", params(ListCancellationReasons),
    security((), ("bearer" = [])),
    responses((status = 200, description = "The reasons", body = CancellationReasonPage), Refusals))]
#[get("/v1/cancellation-reasons")]
pub async fn list_cancellation_reasons(
    app: AppData,
    caller: Caller,
    query: Query<ListCancellationReasons>,
) -> Result<web::Json<CancellationReasonPage>, Problem> {
    let organisation: Option<OrganisationId> =
        pages::parsed("organisation_id", query.0.organisation_id.as_deref())?;
    let mut items: Vec<_> = CommonReason::ALL.into_iter().map(Into::into).collect();
    if let Some(id) = organisation {
        let mut reader = app.reader(&caller).await?;
        let organisation = organisations::find(&mut reader, id)
            .await?
            .ok_or_else(Problem::not_found)?;
        items.extend(organisation.value.reasons.iter().map(Into::into));
    }
    Ok(web::Json(CancellationReasonPage {
        items,
        next_cursor: None,
    }))
}

pub(crate) fn read_code(code: Option<&str>) -> Result<Option<ReasonCode>, Problem> {
    code.map(|code| code.parse().map_err(|error| refused(&error)))
        .transpose()
}

/// Refuses a reason that the actor cannot give there. Only those of one organisation are looked up.
pub(crate) async fn check_code(
    transaction: &mut Transaction,
    code: Option<&ReasonCode>,
    organisation: OrganisationId,
    actor: &Actor,
) -> Result<(), Problem> {
    let Some(code) = code else {
        return Ok(());
    };
    let own = if code.common().is_some() {
        OwnReasons::default()
    } else {
        organisations::reasons_of(transaction, organisation).await?
    };
    own.check(code, actor).map_err(|error| refused(&error))
}

fn refused(error: &impl ToString) -> Problem {
    Problem::rule("/reason_code", error.to_string())
}
