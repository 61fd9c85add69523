use actix_web::{HttpRequest, HttpResponse, get};
use domain::absence::Absence;
use domain::ids::AbsenceId;
use domain::permission::Permission;
use persistence::absences::{self, Filter};
use persistence::stored::Stored;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{AbsencePage, AbsenceView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{Path, Query};
use crate::pages::{self, Limit};
use crate::permit::{permit_for, permitted};
use crate::problems::Problem;
use crate::refusals::Refusals;
use crate::views::found;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAbsences {
    /// Only absences of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// Only absences of this counsellor.
    #[param(format = Uuid)]
    counsellor_id: Option<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List absences
///
/// Those of the own organisations; a counsellor sees their own.
#[utoipa::path(operation_id = "listAbsences", tag = "setup", params(ListAbsences), security(("bearer" = [])),
    responses((status = 200, description = "A page of absences", body = AbsencePage), Refusals))]
#[get("/v1/absences")]
pub async fn list_absences(
    request: HttpRequest,
    app: AppData,
    caller: SignedIn,
    query: Query<ListAbsences>,
) -> Result<HttpResponse, Problem> {
    let limit = Limit::new(query.0.limit)?;
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let own = staff.counsellors.iter().map(|(_, counsellor)| *counsellor);
    let filter = Filter {
        within: permitted(&staff, Permission::ManageAbsences, None),
        own: own.collect(),
        organisation_id: pages::parsed("organisation_id", query.0.organisation_id.as_deref())?,
        counsellor_id: pages::parsed("counsellor_id", query.0.counsellor_id.as_deref())?,
    };
    let after = pages::after(query.0.cursor.as_deref(), &filter)?.map(AbsenceId::new);
    let mut items = absences::list(&mut reader, &filter, after, limit.with_lookahead()).await?;
    let next_cursor = limit.turn(&mut items, &filter, |absence| absence.value.id.uuid());
    let ids: Vec<_> = items.iter().map(|absence| absence.value.id).collect();
    let affected = absences::affected(&mut reader, &ids).await?;
    let view = |absence: &Stored<Absence>| {
        let affected = affected.get(&absence.value.id);
        AbsenceView::new(absence, affected.map_or(&[], Vec::as_slice))
    };
    Ok(AbsencePage {
        items: items.iter().map(view).collect(),
        next_cursor,
    }
    .respond(&request))
}

/// Get an absence
///
/// With the open appointments over which it lies.
#[utoipa::path(operation_id = "getAbsence", tag = "setup", params(("id" = Uuid, Path, description = "The absence")),
    security(("bearer" = [])),
    responses((status = 200, description = "The absence", body = AbsenceView), Refusals))]
#[get("/v1/absences/{id}")]
pub async fn get_absence(
    app: AppData,
    caller: SignedIn,
    id: Path<AbsenceId>,
) -> Result<HttpResponse, Problem> {
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let absence = absences::find(&mut reader, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    permit_for(
        &staff,
        Permission::ManageAbsences,
        absence.value.organisation_id,
        absence.value.counsellor_id,
    )?;
    let affected = absences::affected(&mut reader, &[id.0]).await?;
    let affected = affected.get(&id.0).map_or(&[][..], Vec::as_slice);
    let view = AbsenceView::new(&absence, affected);
    Ok(found(absence.version, &view))
}
