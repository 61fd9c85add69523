//! Counsellors: who gives appointments.

mod archive;
mod caps;
mod create;
mod list;
mod update;
mod visits;

use domain::counsellor::{Counsellor, PublishedCounsellor};
use domain::ids::{AccountId, CounsellorId};
use domain::line::Line;
use persistence::references::References;
use persistence::stored::Stored;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use archive::archive_counsellor;
pub use create::create_counsellor;
pub use list::{get_counsellor, list_counsellors};
pub use update::update_counsellor;
pub use visits::VisitingArea;

use crate::checks::Checks;
use crate::extract::optional_object;
use crate::pages::page;
use crate::problems::Problem;
use crate::views::{etag, texts_of};

/// What somebody speaks stands in the index of the slot search, whose rows are of limited length.
const MOST_LANGUAGES: usize = 50;

/// A counsellor as staff write them.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "01990000-0000-7000-8000-000000000001", "display_name": "Nour Haddad",
    "languages": ["de", "ar"], "skills": ["debt counselling"], "published": true}))]
pub struct CounsellorBody {
    /// The organisation to which they belong; cannot be changed.
    pub organisation_id: Uuid,
    /// The account with which they sign in, a member of the organisation; it makes the calendar
    /// their own.
    #[serde(default)]
    pub account_id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 200)]
    pub display_name: String,
    /// BCP 47 tags.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub languages: Vec<String>,
    #[serde(default)]
    pub skills: Vec<String>,
    /// How many talks they give on one day, of whatever kind; as many as there is time for, when left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100, example = 4)]
    pub max_per_day: Option<i64>,
    /// After so many talks in a row there is a pause of `pause_minutes`; both or neither are given.
    /// Talks of one day are in a row when less than the pause lies between them, buffers aside.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100, example = 3)]
    pub pause_after: Option<i64>,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1440, example = 30)]
    pub pause_minutes: Option<i64>,
    /// BCP 47 tags of the languages for which they are booked as an interpreter beside others.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub interprets: Vec<String>,
    /// As they say themselves: `female`, `male` or `diverse`. The public does not see it; where a
    /// service allows that wish, it finds slots by it.
    #[serde(default)]
    #[schema(example = "female")]
    pub gender: Option<String>,
    /// Where they set out to visits, and how far they go; they visit nobody when it is left out.
    #[serde(default, deserialize_with = "optional_object")]
    pub visits: Option<VisitingArea>,
    /// Whether the public learns name and languages.
    #[serde(default)]
    pub published: bool,
}

/// A counsellor. The public sees published ones only, and of those name and languages.
#[derive(Debug, Serialize, ToSchema)]
pub struct CounsellorView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    /// For staff only.
    #[schema(required)]
    pub account_id: Option<Uuid>,
    pub display_name: String,
    /// BCP 47 tags.
    pub languages: Vec<String>,
    /// For staff only.
    #[schema(required)]
    pub skills: Option<Vec<String>>,
    /// How many talks they give on one day; for staff only.
    #[schema(required)]
    pub max_per_day: Option<i64>,
    /// After how many talks in a row there is a pause; for staff only.
    #[schema(required)]
    pub pause_after: Option<i64>,
    /// How long the pause is; for staff only.
    #[schema(required)]
    pub pause_minutes: Option<i64>,
    /// For staff only.
    #[schema(required)]
    pub interprets: Option<Vec<String>>,
    /// `female`, `male` or `diverse`, if they say so; for staff only.
    #[schema(required)]
    pub gender: Option<String>,
    /// For staff only.
    #[schema(required)]
    pub visits: Option<VisitingArea>,
    pub published: bool,
    /// What `If-Match` wants.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

page!(
    /// Counsellors, in the order in which they were entered.
    CounsellorPage of CounsellorView
);

impl CounsellorBody {
    pub(super) fn read(self, id: CounsellorId) -> Result<Counsellor, Problem> {
        let mut checks = Checks::new();
        let display_name = checks.field("/display_name", Line::new(&self.display_name));
        checks.count("/languages", self.languages.len(), 0..=MOST_LANGUAGES);
        let languages = checks.each("/languages", &self.languages, |text| text.parse());
        checks.count("/interprets", self.interprets.len(), 0..=MOST_LANGUAGES);
        let interprets = checks.each("/interprets", &self.interprets, |text| text.parse());
        let skills = checks.each("/skills", &self.skills, |text| Line::new(text));
        let caps = caps::read(
            self.max_per_day,
            self.pause_after,
            self.pause_minutes,
            &mut checks,
        );
        let gender = self.gender.map(|gender| gender.parse());
        let gender = checks.optional("/gender", gender);
        let visiting_area = visits::read(self.visits, &mut checks);
        checks.finish(|| {
            Some(Counsellor {
                id,
                organisation_id: self.organisation_id.into(),
                account_id: self.account_id.map(AccountId::new),
                display_name: display_name?,
                languages: languages?,
                skills: skills?,
                caps: caps?,
                interprets: interprets?,
                gender: gender?,
                visiting_area: visiting_area?,
                published: self.published,
            })
        })
    }
}

fn references_of(counsellor: &Counsellor) -> References {
    References {
        account_id: counsellor.account_id,
        ..References::of(counsellor.organisation_id)
    }
}

impl From<&Counsellor> for CounsellorBody {
    fn from(counsellor: &Counsellor) -> Self {
        let caps = counsellor.caps;
        Self {
            organisation_id: counsellor.organisation_id.uuid(),
            account_id: counsellor.account_id.map(AccountId::uuid),
            display_name: counsellor.display_name.to_string(),
            languages: texts_of(&counsellor.languages),
            skills: texts_of(&counsellor.skills),
            max_per_day: caps.max_per_day.map(|most| most.count().into()),
            pause_after: caps.pause.map(|pause| pause.after().count().into()),
            pause_minutes: caps.pause.map(|pause| pause.length().count().into()),
            interprets: texts_of(&counsellor.interprets),
            gender: counsellor.gender.map(|gender| gender.to_string()),
            visits: counsellor.visiting_area.map(Into::into),
            published: counsellor.published,
        }
    }
}

impl From<&Stored<Counsellor>> for CounsellorView {
    fn from(stored: &Stored<Counsellor>) -> Self {
        let body = CounsellorBody::from(&stored.value);
        Self {
            id: stored.value.id.uuid(),
            organisation_id: body.organisation_id,
            account_id: body.account_id,
            display_name: body.display_name,
            languages: body.languages,
            skills: Some(body.skills),
            max_per_day: body.max_per_day,
            pause_after: body.pause_after,
            pause_minutes: body.pause_minutes,
            interprets: Some(body.interprets),
            gender: body.gender,
            visits: body.visits,
            published: body.published,
            etag: etag(stored.version),
        }
    }
}

impl From<&Stored<PublishedCounsellor>> for CounsellorView {
    fn from(stored: &Stored<PublishedCounsellor>) -> Self {
        let counsellor = &stored.value;
        Self {
            id: counsellor.id.uuid(),
            organisation_id: counsellor.organisation_id.uuid(),
            account_id: None,
            display_name: counsellor.display_name.to_string(),
            languages: texts_of(&counsellor.languages),
            skills: None,
            max_per_day: None,
            pause_after: None,
            pause_minutes: None,
            interprets: None,
            gender: None,
            visits: None,
            published: true,
            etag: etag(stored.version),
        }
    }
}
