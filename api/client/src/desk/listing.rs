//! What there is: the day, services, free slots.

use chrono::{Days, NaiveDate, TimeDelta};
use sprechstunde_client::{Appointment, Appointments, Search, Slot};
use uuid::Uuid;

use super::names::Names;
use super::{Desk, Failure, midnight, now};
use crate::table::table;
use crate::words::Language;

impl Desk {
    pub async fn day(&self, date: Option<NaiveDate>) -> Result<String, Failure> {
        let client = self.client().await?;
        let date = date.unwrap_or_else(|| now().date_naive());
        let wanted = Appointments {
            from: midnight(date),
            before: midnight(date + Days::new(1)),
        };
        let (appointments, names) = (
            client.appointments(wanted).await?,
            Names::load(&client).await?,
        );
        if appointments.is_empty() {
            let nothing = self.say("Keine Termine am", "No appointments on");
            return Ok(format!("{nothing} {}\n", self.date(date)));
        }
        let rows: Vec<_> = appointments
            .iter()
            .map(|one| self.row(one, &names))
            .collect();
        let heading = match self.language {
            Language::De => ["Zeit", "Code", "Stand", "Bei", "Angebot", "Wie", "Wer"],
            Language::En => ["Time", "Code", "Status", "With", "Service", "How", "Who"],
        };
        Ok(table(heading, &rows))
    }

    fn row(&self, one: &Appointment, names: &Names) -> [String; 7] {
        let client = one.client.clone().unwrap_or_default();
        let who = client.name.or(client.phone).or(client.email);
        let anonymous = || self.say("anonym", "anonymous").to_owned();
        [
            format!(
                "{}–{}",
                one.starts_at.format("%H:%M"),
                one.ends_at.format("%H:%M")
            ),
            one.code.clone(),
            self.language.status(&one.status).to_owned(),
            names.counsellor(one.counsellor_id),
            names.service(one.service_id, self.language),
            self.language.modality(&one.modality).to_owned(),
            who.unwrap_or_else(anonymous),
        ]
    }

    pub async fn services(&self) -> Result<String, Failure> {
        let services = self.client().await?.services().await?;
        let rows: Vec<_> = services
            .iter()
            .map(|service| {
                let name = service.name.in_language(self.language.tag()).to_owned();
                [
                    name,
                    format!("{} min", service.length_minutes),
                    service.id.to_string(),
                ]
            })
            .collect();
        let heading = [
            self.say("Angebot", "Service"),
            self.say("Dauer", "Length"),
            self.say("Kennung", "Id"),
        ];
        Ok(table(heading, &rows))
    }

    pub async fn slots(
        &self,
        service_id: Uuid,
        from: Option<NaiveDate>,
        days: u16,
        language: Option<String>,
    ) -> Result<String, Failure> {
        let client = self.client().await?;
        let from = from.map_or_else(|| now().to_utc(), midnight);
        let search = Search {
            service_id,
            from,
            before: from + TimeDelta::days(days.into()),
            language,
            count: 40,
        };
        let slots = client.slots(&search).await?;
        if slots.is_empty() {
            let nothing = self.say(
                "In dieser Zeit ist nichts frei.",
                "Nothing is free in that time.",
            );
            return Ok(format!("{nothing}\n"));
        }
        let names = Names::load(&client).await?;
        let rows: Vec<_> = slots.iter().map(|slot| self.free(slot, &names)).collect();
        let heading = match self.language {
            Language::De => ["Wann", "Bei", "Wie", "Termin"],
            Language::En => ["When", "With", "How", "Slot"],
        };
        Ok(table(heading, &rows))
    }

    fn free(&self, slot: &Slot, names: &Names) -> [String; 4] {
        let ways = slot
            .modalities
            .iter()
            .map(|way| self.language.modality(way));
        let counsellor = slot.counsellor_id.map(|id| names.counsellor(id));
        [
            self.time(slot.starts_at),
            counsellor.unwrap_or_default(),
            ways.collect::<Vec<_>>().join(", "),
            slot.id.clone(),
        ]
    }
}
