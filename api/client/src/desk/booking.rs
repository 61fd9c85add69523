//! Booking, moving and cancelling.

use chrono::Days;
use sprechstunde_client::{Appointment, Appointments, Booking, Client, Person};
use uuid::Uuid;

use super::{Desk, Failure, midnight, now};

/// How far ahead appointments are looked for by their codes: so many times as many days as the API
/// lists at once.
const WINDOWS: u64 = 6;
const WINDOW_DAYS: u64 = 60;

impl Desk {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_as_people_write_it() {
        assert_eq!(letters("k7qf-2mxp"), letters("K7QF 2MXP"));
        assert_eq!(letters("oi-l"), "011");
    }
}
