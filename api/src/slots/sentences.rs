//! What a visitor is told about a start, in one sentence.

use std::collections::BTreeMap;

use domain::calendar::Answer;
use domain::texts::{LanguageTag, Texts};

/// In German, in plain German and in English.
const fn sentences(answer: Answer) -> [&'static str; 3] {
    match answer {
        Answer::NotPublished => [
            "Dieses Angebot ist nicht veröffentlicht.",
            "Dieses Angebot kann noch niemand sehen.",
            "This service is not published.",
        ],
        Answer::NotBySlots => [
            "Für dieses Angebot werden keine Termine vergeben.",
            "Für dieses Angebot brauchen Sie keinen Termin.",
            "This service is not booked by appointment.",
        ],
        Answer::Past => [
            "Diese Zeit ist schon vorbei.",
            "Diese Zeit ist schon vorbei.",
            "This time has passed.",
        ],
        Answer::TooSoon => [
            "Für diese Zeit ist es zu kurzfristig.",
            "Es ist zu spät, um diesen Termin zu buchen.",
            "This time is too soon to be booked.",
        ],
        Answer::TooFar => [
            "So weit im Voraus werden noch keine Termine vergeben.",
            "Diese Zeit ist noch zu weit weg.",
            "This time is too far ahead to be booked yet.",
        ],
        Answer::NoSession => [
            "Zu dieser Zeit ist keine Sprechstunde.",
            "Zu dieser Zeit ist niemand für Sie da.",
            "There is no session at this time.",
        ],
        Answer::ModalityNotOffered => [
            "Auf diesem Weg findet die Sprechstunde zu dieser Zeit nicht statt.",
            "So geht es zu dieser Zeit nicht.",
            "At this time the session is not held in this way.",
        ],
        Answer::LanguageNotOffered => [
            "In dieser Sprache wird zu dieser Zeit nicht beraten.",
            "Zu dieser Zeit spricht niemand diese Sprache.",
            "This language is not offered at this time.",
        ],
        Answer::OutOfReach => [
            "So weit kommt zu dieser Zeit niemand.",
            "Zu dieser Zeit kann niemand zu Ihnen kommen.",
            "Nobody comes so far at this time.",
        ],
        Answer::OffGrid => [
            "Zu dieser Minute beginnt kein Termin.",
            "Zu dieser Uhrzeit fängt kein Termin an.",
            "No appointment starts at this minute.",
        ],
        Answer::PublicHoliday => [
            "An diesem Tag ist ein Feiertag.",
            "An diesem Tag ist ein Feiertag.",
            "This day is a public holiday.",
        ],
        Answer::Closed => [
            "Zu dieser Zeit ist geschlossen.",
            "Zu dieser Zeit ist geschlossen.",
            "The place is closed at this time.",
        ],
        Answer::Taken => [
            "Diese Zeit ist nicht mehr frei.",
            "Diese Zeit ist nicht mehr frei.",
            "This time is not free any more.",
        ],
        Answer::CapReached => [
            "Um diese Zeit werden keine weiteren Termine vergeben.",
            "Zu dieser Zeit gibt es keine Termine mehr.",
            "No more appointments are given around this time.",
        ],
        Answer::NoInterpreter => [
            "Für diese Zeit gibt es niemanden, der dolmetscht.",
            "Zu dieser Zeit kann niemand für Sie übersetzen.",
            "Nobody can interpret at this time.",
        ],
        Answer::Free => [
            "Diese Zeit ist frei.",
            "Diese Zeit ist frei.",
            "This time is free.",
        ],
    }
}

pub(super) fn sentence(answer: Answer, wishes: &[LanguageTag]) -> String {
    let tags = ["de", "de-simple", "en"];
    let known = tags.iter().zip(sentences(answer));
    let known = known.filter_map(|(tag, text)| Some((tag.parse().ok()?, text.to_owned())));
    let texts = Texts::new(known.collect::<BTreeMap<_, _>>());
    texts.map_or_else(
        |_| String::new(),
        |texts| texts.in_language(wishes).to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_one_sentence_in_three_languages() {
        for answer in Answer::ALL {
            for language in ["de", "de-simple", "en"] {
                let sentence = sentence(answer, &[language.parse().expect("a tag")]);
                let inside = sentence.strip_suffix('.').expect(language);
                assert!(!inside.contains('.'), "{sentence}");
            }
            let german = sentence(answer, &["de-CH".parse().expect("a tag")]);
            assert_eq!(german, sentences(answer)[0]);
            let english = sentence(answer, &["uk".parse().expect("a tag")]);
            assert_eq!(english, sentences(answer)[2]);
        }
    }
}
