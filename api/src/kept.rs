//! What schedules and sessions keep for staff, as it is written and read.

use domain::kept::{DeskPlaces, Kept, Reader};
use domain::minutes::Minutes;

use crate::app::App;
use crate::authentication::Caller;
use crate::checks::Checks;
use crate::problems::Problem;

impl Caller {
    /// With whose eyes slots are looked at.
    pub(crate) async fn reads_slots(&self, app: &App) -> Result<Reader, Problem> {
        match self {
            Self::Visitor => Ok(Reader::Public),
            Self::SignedIn(signed_in) => {
                let (transaction, staff) = app.staff(signed_in).await?;
                transaction.rollback().await;
                Ok(Reader::Staff(staff))
            }
        }
    }
}

pub(crate) fn everyone() -> String {
    "everyone".to_owned()
}

pub(crate) fn audience(kept: Kept) -> String {
    if kept.staff_only {
        "staff".to_owned()
    } else {
        everyone()
    }
}

pub(crate) fn opens_to_all(kept: Kept) -> Option<u32> {
    kept.opens_to_all.map(Minutes::count)
}

pub(crate) fn read(
    audience: &str,
    desk_places: i64,
    opens_to_all: Option<i64>,
    checks: &mut Checks,
) -> Option<Kept> {
    let staff_only = match audience {
        "everyone" => Ok(false),
        "staff" => Ok(true),
        _ => Err("an audience is one of everyone, staff"),
    };
    let staff_only = checks.field("/audience", staff_only);
    let desk_places = checks.field("/desk_places", DeskPlaces::new(desk_places));
    let minutes = |count: i64| {
        let count = u32::try_from(count).ok();
        let minutes = count.and_then(|count| Minutes::new(count).ok());
        minutes.ok_or_else(|| format!("is 0 to {} minutes", Minutes::MAX.count()))
    };
    let opens = checks.optional("/opens_to_all_minutes", opens_to_all.map(minutes));
    let kept = Kept::new(staff_only?, desk_places?, opens?);
    checks.field("/opens_to_all_minutes", kept)
}
