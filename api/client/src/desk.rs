//! What the desk does.

use std::collections::HashMap;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use chrono::{DateTime, Days, Local, NaiveDate, TimeDelta, TimeZone, Utc};
use sprechstunde_client::{
    Appointment, Appointments, Booking, Client, Error, Person, Search, Service, Session, Slot,
    Tokens,
};
use uuid::Uuid;

use crate::table::table;
use crate::words::Language;

/// One sentence for whoever sits there.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Call(#[from] Error),
    #[error("{0}")]
    Told(&'static str),
    #[error(transparent)]
    File(#[from] io::Error),
}

/// How far ahead appointments are looked for by their codes: so many times as many days as the API
/// lists at once.
const WINDOWS: u64 = 6;
const WINDOW_DAYS: u64 = 60;

#[derive(Debug)]
pub struct Desk {
    pub language: Language,
    pub url: String,
    pub session: PathBuf,
}

impl Desk {
    const fn say(&self, german: &'static str, english: &'static str) -> &'static str {
        self.language.of(german, english)
    }

    pub async fn sign_in(&self, email: &str) -> Result<String, Failure> {
        let password = match std::env::var("SPRECHSTUNDE_PASSWORD") {
            Ok(password) => password,
            Err(_) => self.asked()?,
        };
        let mut session = Session::open(&self.session)?;
        let client = Client::new(&self.url)?;
        let tokens = client.sign_in(&self.url, email, &password).await?;
        session.write(Some(&tokens))?;
        Ok(format!(
            "{} {email}\n",
            self.say("Angemeldet:", "Signed in:")
        ))
    }

    /// A line of the input: without a terminal, or where nobody looks over the shoulder.
    fn asked(&self) -> Result<String, Failure> {
        if io::stdin().is_terminal() {
            let hint = self.say(
                "Kennwort in SPRECHSTUNDE_PASSWORD setzen, oder über die Eingabe geben: `sign-in … < Datei`.",
                "Set SPRECHSTUNDE_PASSWORD, or give the password as input: `sign-in … < file`.",
            );
            return Err(Failure::Told(hint));
        }
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }

    pub async fn sign_out(&self) -> Result<String, Failure> {
        let mut session = Session::open(&self.session)?;
        if let Some(tokens) = session.read()? {
            session.write(None)?;
            Client::new(&tokens.url)?.sign_out(&tokens).await?;
        }
        Ok(format!("{}\n", self.say("Abgemeldet.", "Signed out.")))
    }

    /// A client for whoever is signed in; renews what is not good any more.
    async fn client(&self) -> Result<Client, Failure> {
        let mut session = Session::open(&self.session)?;
        let nobody = self.say(
            "Niemand ist angemeldet: `sign-in` und die E-Mail-Adresse.",
            "Nobody is signed in: `sign-in` and the e-mail address.",
        );
        let tokens = session.read()?.filter(|tokens| tokens.url == self.url);
        let tokens = tokens.ok_or(Failure::Told(nobody))?;
        let tokens = self.good(&mut session, tokens).await?;
        Ok(Client::new(&self.url)?.with_token(tokens.access_token))
    }

    async fn good(&self, session: &mut Session, tokens: Tokens) -> Result<Tokens, Failure> {
        if tokens.is_good(now().to_utc()) {
            return Ok(tokens);
        }
        match Client::new(&self.url)?.renew(&tokens).await {
            Ok(renewed) => {
                session.write(Some(&renewed))?;
                Ok(renewed)
            }
            Err(error @ Error::Refused(_)) => {
                session.write(None)?;
                Err(error.into())
            }
            Err(error) => Err(error.into()),
        }
    }

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

    pub async fn book(
        &self,
        slot_id: String,
        client: Person,
        note: Option<String>,
    ) -> Result<String, Failure> {
        let client = (client != Person::default()).then_some(client);
        let booking = Booking {
            slot_id,
            client,
            note,
        };
        let booked = self.client().await?.book(&booking).await?;
        let mut told = self.told(self.say("Gebucht", "Booked"), &booked);
        if let Some(secret) = &booked.secret {
            let secret_of = self.say(
                "Geheimnis, nur für die Person selbst",
                "Secret, for the person alone",
            );
            told += &format!("{secret_of}: {secret}\n");
        }
        Ok(told)
    }

    pub async fn reschedule(&self, which: &str, slot_id: &str) -> Result<String, Failure> {
        let client = self.client().await?;
        let id = self.find(&client, which).await?;
        let moved = client.reschedule(id, slot_id).await?;
        Ok(self.told(self.say("Verlegt", "Moved"), &moved))
    }

    pub async fn cancel(&self, which: &str, reason: Option<&str>) -> Result<String, Failure> {
        let client = self.client().await?;
        let id = self.find(&client, which).await?;
        let cancelled = client.cancel(id, reason).await?;
        Ok(self.told(self.say("Abgesagt", "Cancelled"), &cancelled))
    }

    /// By its id, or by the code that somebody says on the telephone.
    async fn find(&self, client: &Client, which: &str) -> Result<Uuid, Failure> {
        if let Ok(id) = which.parse() {
            return Ok(id);
        }
        let (today, code) = (now().date_naive(), letters(which));
        for window in 0..WINDOWS {
            let day = |windows| midnight(today + Days::new(windows * WINDOW_DAYS));
            let wanted = Appointments {
                from: day(window),
                before: day(window + 1),
            };
            let all = client.appointments(wanted).await?;
            if let Some(found) = all.iter().find(|one| letters(&one.code) == code) {
                return Ok(found.id);
            }
        }
        Err(Failure::Told(self.say(
            "Ab heute gibt es keinen Termin mit diesem Code.",
            "From today on there is no appointment with this code.",
        )))
    }

    fn told(&self, what: &str, one: &Appointment) -> String {
        format!("{what}: {} {}\n", one.code, self.time(one.starts_at))
    }

    fn time<Z: TimeZone>(&self, at: DateTime<Z>) -> String
    where
        Z::Offset: std::fmt::Display,
    {
        let day = self.date(at.date_naive());
        format!("{day} {}", at.format("%H:%M"))
    }

    fn date(&self, date: NaiveDate) -> String {
        date.format(self.say("%d.%m.%Y", "%d/%m/%Y")).to_string()
    }

    /// What went wrong, as whoever sits there can use it.
    pub fn complaint(&self, failure: &Failure) -> String {
        match failure {
            Failure::Call(Error::Refused(problem)) => self
                .language
                .problem(&problem.code, &problem.detail)
                .to_owned(),
            Failure::Call(Error::Unreachable(_)) => {
                let advice = self.say(
                    "Der Dienst antwortet nicht. Ob etwas gespeichert wurde, zeigt der Tag: `day`.",
                    "The service does not answer. Whether anything was stored, the day shows: `day`.",
                );
                advice.to_owned()
            }
            other => other.to_string(),
        }
    }
}

/// By the clock and in the time zone of the desk.
#[expect(
    clippy::disallowed_methods,
    reason = "people at the desk speak of their own day"
)]
fn now() -> DateTime<Local> {
    Local::now()
}

/// Without what people put between the letters, and with those that look alike as one.
fn letters(code: &str) -> String {
    let kept = code.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|letter| match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    })
    .collect()
}

/// When the day begins where the desk is; an hour later where the clocks leap over midnight.
fn midnight(date: NaiveDate) -> DateTime<Utc> {
    let begins = date.and_time(chrono::NaiveTime::MIN);
    let later = begins + TimeDelta::hours(1);
    let local = Local.from_local_datetime(&begins).earliest();
    local
        .or_else(|| Local.from_local_datetime(&later).earliest())
        .map_or_else(|| begins.and_utc(), |local| local.to_utc())
}

/// What things are called.
struct Names {
    services: Vec<Service>,
    counsellors: HashMap<Uuid, String>,
}

impl Names {
    async fn load(client: &Client) -> Result<Self, Error> {
        let counsellors = client.counsellors().await?.into_iter();
        Ok(Self {
            services: client.services().await?,
            counsellors: counsellors.map(|one| (one.id, one.display_name)).collect(),
        })
    }

    fn counsellor(&self, id: Uuid) -> String {
        self.counsellors.get(&id).cloned().unwrap_or_default()
    }

    fn service(&self, id: Uuid, language: Language) -> String {
        let service = self.services.iter().find(|service| service.id == id);
        let name = service.map(|service| service.name.in_language(language.tag()));
        name.unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_as_people_write_it() {
        assert_eq!(letters("k7qf-2mxp"), letters("K7QF 2MXP"));
        assert_eq!(letters("oi-l"), "011");
    }
}
