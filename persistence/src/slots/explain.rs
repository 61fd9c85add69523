//! Everything that decides about one start of a service, in whichever session.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::calendar::Calendar;
use domain::ids::{CounsellorId, ServiceId, SiteId};
use domain::minutes::WholeMinute;
use domain::texts::LanguageTag;

use super::groups::{self, Group};
use super::statements::BY_START;
use crate::acting::Reader;
use crate::error::Result;
use crate::statement::Statement;

/// One start, of whom and where.
#[derive(Debug, Clone)]
pub struct AskedStart {
    pub service_id: ServiceId,
    pub starts_at: WholeMinute,
    pub counsellor_id: Option<CounsellorId>,
    pub site_id: Option<SiteId>,
    pub interpreter_language: Option<LanguageTag>,
}

#[derive(QueryableByName)]
struct StartRow {
    #[diesel(embed)]
    group: Group,
    #[diesel(sql_type = Bool)]
    is_published: bool,
}

/// The sessions that are open then, and whether anybody can find the service.
pub async fn load_start(
    reader: &mut Reader,
    asked: &AskedStart,
    now: DateTime<Utc>,
) -> Result<(Calendar, bool)> {
    let tongue = asked.interpreter_language.as_ref();
    let statement = Statement::new(BY_START)
        .bind::<SqlUuid, _>(asked.service_id.uuid())
        .bind::<Timestamptz, _>(asked.starts_at.instant())
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<SqlUuid>, _>(asked.counsellor_id.map(CounsellorId::uuid))
        .bind::<Nullable<SqlUuid>, _>(asked.site_id.map(SiteId::uuid))
        .bind::<Nullable<Text>, _>(tongue.map(ToString::to_string));
    let rows: Vec<StartRow> = reader.ask(statement).await?;
    let is_published = rows.iter().all(|row| row.is_published);
    let groups: Vec<_> = rows.into_iter().map(|row| row.group).collect();
    Ok((groups::calendar(&groups)?, is_published))
}
