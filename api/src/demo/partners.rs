//! Places that a group of the demo network keeps for people whom the Poliklinik sends.

use domain::ids::KeptPlacesId;
use domain::kept_places::{KeptOf, KeptPlaces};
use domain::minutes::Minutes;
use domain::places::Capacity;
use persistence::kept_places;
use persistence::stored::Stored;

use super::ids::{Kind, id};
use super::lending::unless_there;
use super::model::ruled;
use super::{BODIES, DemoError, selbsthilfe};
use crate::app::App;

/// Of twelve; open to everybody two days before.
const PLACES: i64 = 2;
const RELEASED: u32 = 2 * 24 * 60;

pub(super) async fn load(app: &App) -> Result<(), DemoError> {
    unless_there(keep(app).await)
}

async fn keep(app: &App) -> Result<(), DemoError> {
    let [partner, _, body, ..] = &BODIES;
    let kept = KeptPlaces {
        id: KeptPlacesId::new(id(body.number, Kind::KeptPlaces, 1)),
        organisation_id: body.id(),
        service_id: body.service_id(selbsthilfe::GROUP),
        of: KeptOf::Service,
        partner_id: partner.id(),
        places: ruled(Capacity::new(PLACES))?,
        release: Some(ruled(Minutes::new(RELEASED))?),
    };
    let mut transaction = app.database.program(body.id()).await?;
    kept_places::insert(&mut transaction, &Stored::new(kept));
    Ok(transaction.commit().await?)
}
