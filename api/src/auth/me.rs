use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get};
use domain::account::Account;
use domain::actor::Staff;
use persistence::accounts;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::private;
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::problems::Problem;
use crate::refusals::Refusals;

/// The account that is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeView {
    pub id: Uuid,
    #[schema(format = Email)]
    pub email: String,
    pub display_name: String,
    /// Founds organisations and sees nothing of their insides.
    pub network_coordinator: bool,
    pub memberships: Vec<MembershipView>,
    /// The counsellors whom this account is, one in each organisation.
    pub counsellor_ids: Vec<Uuid>,
}

/// What an account is in one organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct MembershipView {
    pub organisation_id: Uuid,
    /// Of `counsellor, coordinator, administrator`.
    #[schema(example = json!(["coordinator"]))]
    pub roles: Vec<String>,
}

impl MeView {
    /// `staff` is what the account may do; nothing, when it is new.
    #[must_use]
    pub fn new(account: &Account, staff: Option<&Staff>) -> Self {
        let mut memberships = BTreeMap::<_, Vec<String>>::new();
        for (organisation, role) in staff.iter().flat_map(|staff| &staff.memberships) {
            let roles = memberships.entry(*organisation).or_default();
            roles.push(role.to_string());
        }
        let counsellors = staff.iter().flat_map(|staff| &staff.counsellors);
        Self {
            id: account.id.uuid(),
            email: account.email.as_str().to_owned(),
            display_name: account.display_name.to_string(),
            network_coordinator: account.network_coordinator,
            memberships: memberships
                .into_iter()
                .map(|(organisation, roles)| MembershipView {
                    organisation_id: organisation.uuid(),
                    roles,
                })
                .collect(),
            counsellor_ids: counsellors.map(|(_, id)| id.uuid()).collect(),
        }
    }
}

/// Who am I
///
/// The account behind the token, with its roles as they are at this moment.
#[utoipa::path(operation_id = "getMe", tag = "auth", security(("bearer" = [])),
    responses((status = 200, description = "The account", body = MeView), Refusals))]
#[get("/v1/me")]
pub async fn get_me(app: AppData, caller: SignedIn) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let account = accounts::find(&mut transaction, staff.account_id)
        .await?
        .ok_or_else(Problem::not_found)?;
    transaction.rollback().await;
    Ok(private(
        StatusCode::OK,
        &MeView::new(&account, Some(&staff)),
    ))
}
