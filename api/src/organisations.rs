//! Organisations: the bodies of the network.

mod archive;
mod create;
mod list;
mod update;

use domain::ids::OrganisationId;
use domain::no_show::{NoShowRule, NoShowRuleError};
use domain::organisation::{Organisation, RetentionDays};
use domain::reason::{OwnReason, OwnReasons};
use persistence::stored::Stored;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use archive::archive_organisation;
pub use create::create_organisation;
pub use list::{get_organisation, list_organisations};
pub use update::update_organisation;

use crate::checks::Checks;
use crate::extract::optional_object;
use crate::pages::page;
use crate::problems::Problem;
use crate::views::{TextMap, etag};

/// An organisation as staff write it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "slug": "poliklinik-leipzig", "name": {"de": "Poliklinik Leipzig"},
    "website": "https://poliklinik.example", "retention_days": 90, "published": true}))]
pub struct OrganisationBody {
    /// A short name for addresses, unique in the network.
    #[schema(
        min_length = 1,
        max_length = 63,
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*$",
        example = "poliklinik-leipzig"
    )]
    pub slug: String,
    pub name: TextMap,
    #[serde(default)]
    pub description: Option<TextMap>,
    /// Begins with `https://` or `http://`.
    #[serde(default)]
    #[schema(max_length = 200, example = "https://poliklinik.example")]
    pub website: Option<String>,
    /// How many days after an appointment what the visitor gave is deleted.
    #[serde(default = "three_months")]
    #[schema(minimum = 1, maximum = 3650, default = 90)]
    pub retention_days: i64,
    /// Its own reasons to cancel or move an appointment, beside those of the whole network.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub reasons: Vec<OwnReasonBody>,
    /// What follows when somebody who gave an address or a number misses talks; nothing, when left out.
    #[serde(default, deserialize_with = "optional_object")]
    pub no_shows: Option<NoShowRuleBody>,
    /// Whether the public sees it.
    #[serde(default)]
    pub published: bool,
}

/// After how many missed talks what a visitor books needs approval, and for how long. Nobody is refused,
/// it ends by itself, and staff can forgive at any time. Whoever gives nothing is never affected.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"after": 3, "within_days": 90, "approval_days": 30}))]
pub struct NoShowRuleBody {
    #[schema(minimum = 2, maximum = 10)]
    pub after: i64,
    #[schema(minimum = 1, maximum = 180)]
    pub within_days: i64,
    #[schema(minimum = 1, maximum = 90)]
    pub approval_days: i64,
}

/// A reason to cancel or move an appointment that only this organisation has.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "official_appointment", "text": {"de": "Termin bei einer Behörde"}, "staff_only": false}))]
pub struct OwnReasonBody {
    /// What figures call it.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,62}$", example = "official_appointment")]
    pub code: String,
    pub text: TextMap,
    /// Whether only staff can give it.
    pub staff_only: bool,
}

const fn three_months() -> i64 {
    90
}

/// An organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationView {
    pub id: Uuid,
    #[schema(example = "poliklinik-leipzig")]
    pub slug: String,
    pub name: TextMap,
    #[schema(required)]
    pub description: Option<TextMap>,
    #[schema(required)]
    pub website: Option<String>,
    /// How many days after an appointment what the visitor gave is deleted.
    pub retention_days: i64,
    pub reasons: Vec<OwnReasonBody>,
    /// What follows from missed talks; null: nothing.
    #[schema(required)]
    pub no_shows: Option<NoShowRuleBody>,
    pub published: bool,
    /// What `If-Match` wants.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

page!(
    /// Organisations, in the order in which they were entered.
    OrganisationPage of OrganisationView
);

impl OrganisationBody {
    pub(super) fn read(self, id: OrganisationId) -> Result<Organisation, Problem> {
        let mut checks = Checks::new();
        let slug = checks.field("/slug", self.slug.parse());
        let name = self.name.read("/name", &mut checks);
        let description = TextMap::read_optional(self.description, "/description", &mut checks);
        let website = self.website.map(|website| website.parse());
        let website = checks.optional("/website", website);
        let retention = checks.field("/retention_days", RetentionDays::new(self.retention_days));
        let reasons = read_reasons(self.reasons, &mut checks);
        let no_shows = self.no_shows.map(|rule| rule.read(&mut checks));
        checks.finish(|| {
            Some(Organisation {
                id,
                slug: slug?,
                name: name?,
                description: description?,
                website: website?,
                retention: retention?,
                reasons: reasons?,
                no_shows: match no_shows {
                    Some(rule) => Some(rule?),
                    None => None,
                },
                published: self.published,
            })
        })
    }
}

impl NoShowRuleBody {
    fn read(self, checks: &mut Checks) -> Option<NoShowRule> {
        let rule = NoShowRule::new(self.after, self.within_days, self.approval_days);
        let at = match rule {
            Err(NoShowRuleError::After) => "/no_shows/after",
            Err(NoShowRuleError::Within) => "/no_shows/within_days",
            _ => "/no_shows/approval_days",
        };
        checks.field(at, rule)
    }
}

impl From<NoShowRule> for NoShowRuleBody {
    fn from(rule: NoShowRule) -> Self {
        Self {
            after: rule.after().into(),
            within_days: rule.within_days().into(),
            approval_days: rule.approval_days().into(),
        }
    }
}

fn read_reasons(reasons: Vec<OwnReasonBody>, checks: &mut Checks) -> Option<OwnReasons> {
    let mut read = Vec::new();
    for (place, reason) in reasons.into_iter().enumerate() {
        let at = format!("/reasons/{place}");
        let code = checks.field(&format!("{at}/code"), reason.code.parse());
        let text = reason.text.read(&format!("{at}/text"), checks);
        read.push(OwnReason {
            code: code?,
            text: text?,
            staff_only: reason.staff_only,
        });
    }
    checks.field("/reasons", OwnReasons::new(read))
}

impl From<&OwnReason> for OwnReasonBody {
    fn from(reason: &OwnReason) -> Self {
        Self {
            code: reason.code.to_string(),
            text: (&reason.text).into(),
            staff_only: reason.staff_only,
        }
    }
}

impl From<&Organisation> for OrganisationBody {
    fn from(organisation: &Organisation) -> Self {
        let website = organisation.website.as_ref();
        Self {
            slug: organisation.slug.to_string(),
            name: (&organisation.name).into(),
            description: organisation.description.as_ref().map(TextMap::from),
            website: website.map(|website| website.as_str().to_owned()),
            retention_days: organisation.retention.count().into(),
            reasons: organisation.reasons.iter().map(Into::into).collect(),
            no_shows: organisation.no_shows.map(Into::into),
            published: organisation.published,
        }
    }
}

impl From<&Stored<Organisation>> for OrganisationView {
    fn from(stored: &Stored<Organisation>) -> Self {
        let body = OrganisationBody::from(&stored.value);
        Self {
            id: stored.value.id.uuid(),
            slug: body.slug,
            name: body.name,
            description: body.description,
            website: body.website,
            retention_days: body.retention_days,
            reasons: body.reasons,
            no_shows: body.no_shows,
            published: body.published,
            etag: etag(stored.version),
        }
    }
}
