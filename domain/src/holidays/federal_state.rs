use std::fmt;
use std::str::FromStr;

/// A state of Germany, written as its ISO 3166-2 code: `DE-SN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FederalState {
    BadenWuerttemberg,
    Bavaria,
    Berlin,
    Brandenburg,
    Bremen,
    Hamburg,
    Hesse,
    MecklenburgWesternPomerania,
    LowerSaxony,
    NorthRhineWestphalia,
    RhinelandPalatinate,
    Saarland,
    Saxony,
    SaxonyAnhalt,
    SchleswigHolstein,
    Thuringia,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a federal state is the ISO 3166-2 code of a German state, in capitals, such as `DE-SN`")]
pub struct UnknownFederalState;

impl FederalState {
    pub const ALL: [Self; 16] = [
        Self::BadenWuerttemberg,
        Self::Bavaria,
        Self::Berlin,
        Self::Brandenburg,
        Self::Bremen,
        Self::Hamburg,
        Self::Hesse,
        Self::MecklenburgWesternPomerania,
        Self::LowerSaxony,
        Self::NorthRhineWestphalia,
        Self::RhinelandPalatinate,
        Self::Saarland,
        Self::Saxony,
        Self::SaxonyAnhalt,
        Self::SchleswigHolstein,
        Self::Thuringia,
    ];

    /// ISO 3166-2: `DE-SN`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::BadenWuerttemberg => "DE-BW",
            Self::Bavaria => "DE-BY",
            Self::Berlin => "DE-BE",
            Self::Brandenburg => "DE-BB",
            Self::Bremen => "DE-HB",
            Self::Hamburg => "DE-HH",
            Self::Hesse => "DE-HE",
            Self::MecklenburgWesternPomerania => "DE-MV",
            Self::LowerSaxony => "DE-NI",
            Self::NorthRhineWestphalia => "DE-NW",
            Self::RhinelandPalatinate => "DE-RP",
            Self::Saarland => "DE-SL",
            Self::Saxony => "DE-SN",
            Self::SaxonyAnhalt => "DE-ST",
            Self::SchleswigHolstein => "DE-SH",
            Self::Thuringia => "DE-TH",
        }
    }

    /// The paragraph that lists the state's public holidays.
    #[must_use]
    pub const fn holiday_law(self) -> &'static str {
        match self {
            Self::BadenWuerttemberg => "FTG Baden-Württemberg § 1",
            Self::Bavaria => "Bayerisches FTG Art. 1",
            Self::Berlin => "Berliner Gesetz über die Sonn- und Feiertage § 1",
            Self::Brandenburg => "FTG Brandenburg § 2",
            Self::Bremen => "Bremisches Gesetz über die Sonn- und Feiertage § 2",
            Self::Hamburg => "Hamburgisches Feiertagsgesetz § 1",
            Self::Hesse => "HFeiertagsG § 1",
            Self::MecklenburgWesternPomerania => "FTG M-V § 2",
            Self::LowerSaxony => "NFeiertagsG § 2",
            Self::NorthRhineWestphalia => "Feiertagsgesetz NW § 2",
            Self::RhinelandPalatinate => "LFtG Rheinland-Pfalz § 2",
            Self::Saarland => "SFG Saarland § 2",
            Self::Saxony => "SächsSFG § 1",
            Self::SaxonyAnhalt => "FeiertG LSA § 2",
            Self::SchleswigHolstein => "SFTG Schleswig-Holstein § 2",
            Self::Thuringia => "ThürFGtG § 2",
        }
    }
}

impl FromStr for FederalState {
    type Err = UnknownFederalState;

    fn from_str(text: &str) -> Result<Self, UnknownFederalState> {
        Self::ALL
            .into_iter()
            .find(|state| state.code() == text)
            .ok_or(UnknownFederalState)
    }
}

impl fmt::Display for FederalState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_state_is_read_back_from_its_own_code() {
        let codes: BTreeSet<_> = FederalState::ALL
            .into_iter()
            .map(FederalState::code)
            .collect();
        assert_eq!(codes.len(), 16);
        for state in FederalState::ALL {
            assert_eq!(state.to_string().parse(), Ok(state));
        }
    }

    #[test]
    fn what_is_no_german_state_is_refused() {
        for text in ["", "SN", "de-sn", "DE-SN ", "AT-1", "DE-XX"] {
            assert_eq!(text.parse::<FederalState>(), Err(UnknownFederalState));
        }
    }
}
