//! What the desk reads, in its language.

use clap::ValueEnum;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    De,
    En,
}

impl Language {
    /// As the environment says, German otherwise.
    pub fn of_environment() -> Self {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|text| !text.is_empty()));
        match set {
            Some(text) if text.starts_with("en") => Self::En,
            _ => Self::De,
        }
    }

    pub const fn tag(self) -> &'static str {
        self.of("de", "en")
    }

    /// The one of both.
    pub const fn of(self, german: &'static str, english: &'static str) -> &'static str {
        match self {
            Self::De => german,
            Self::En => english,
        }
    }

    /// A status in a word.
    pub fn status(self, status: &str) -> &str {
        match status {
            "requested" => self.of("angefragt", "requested"),
            "booked" => self.of("gebucht", "booked"),
            "checked_in" => self.of("da", "arrived"),
            "completed" => self.of("beendet", "completed"),
            "no_show" => self.of("nicht gekommen", "did not come"),
            "cancelled" => self.of("abgesagt", "cancelled"),
            other => other,
        }
    }

    pub fn modality(self, modality: &str) -> &str {
        match modality {
            "in_person" => self.of("vor Ort", "in person"),
            "phone" => self.of("Telefon", "telephone"),
            "video" => self.of("Video", "video"),
            "at_home" => self.of("zu Hause", "at home"),
            other => other,
        }
    }

    /// What somebody can do about a refusal; its own words where there is nothing better.
    pub fn problem<'a>(self, code: &str, detail: &'a str) -> &'a str {
        match code {
            "slot-taken" | "slot-gone" => self.of(
                "Dieser Termin ist nicht mehr frei. `slots` zeigt, was es noch gibt.",
                "This slot is not free any more. `slots` shows what there is.",
            ),
            "not-found" => self.of(
                "Das gibt es nicht, oder es gehört nicht zu dieser Stelle.",
                "There is no such thing, or it is not of this organisation.",
            ),
            "too-late" => self.of(
                "Dafür ist es zu spät: bitte anrufen.",
                "It is too late for that: please call.",
            ),
            "unauthenticated" => self.of(
                "Bitte anmelden: `sign-in` und die E-Mail-Adresse.",
                "Please sign in: `sign-in` and the e-mail address.",
            ),
            "forbidden" => self.of(
                "Das darf dieses Konto nicht.",
                "This account may not do that.",
            ),
            _ => detail,
        }
    }
}
