//! Self-help in Saxony: contact points, groups, and free courses for people in groups.

use domain::holidays::FederalState::Saxony;
use domain::modality::Modality::{InPerson, Phone, Video};
use domain::service::ContactRule;
use domain::service::Format::Course;

use super::tables::{Besides, NO_NEEDS, Run, 
    ANONYMOUS, Body, CIRCLE, Chamber, Given, Hours, NOTHING, Offer, Outcome, Person, Place, TALK,
    Visit, WEEKLY, minutes,
};

pub(super) const BODY: Body = Body {
    number: 3,
    slug: "selbsthilfe-sachsen",
    name: &[("de", "Selbsthilfe in Sachsen"), ("de-simple", "Selbst-Hilfe in Sachsen"), ("en", "Self-help in Saxony")],
    description: &[
        ("de", "Kontaktstellen im Paritätischen Sachsen und die Selbsthilfeakademie: Gruppen finden, gründen und begleiten."),
        ("de-simple", "Sie sind nicht allein. Wir finden mit Ihnen eine Gruppe."),
        ("en", "Contact points of the Paritätischer Sachsen and the self-help academy: find, found and accompany groups."),
    ],
    website: Some("https://parisax.de"),
    retention_days: 60,
    sites: &[
        Place {
            number: 1,
            name: &[("de", "Paritätischer Sachsen, Dresden"), ("en", "Paritätischer Sachsen, Dresden")],
            street: "Am Brauhaus 8",
            postal_code: "01099",
            city: "Dresden",
            coordinates: (51.06, 13.77),
            regional_key: "146120000000",
            federal_state: Saxony,
        },
        Place {
            number: 2,
            name: &[("de", "Kontaktstelle Chemnitz"), ("en", "Contact point Chemnitz")],
            street: "Markt 1",
            postal_code: "09111",
            city: "Chemnitz",
            coordinates: (50.83, 12.92),
            regional_key: "145110000000",
            federal_state: Saxony,
        },
        Place {
            number: 3,
            name: &[("de", "Kontaktstelle Leipzig"), ("en", "Contact point Leipzig")],
            street: "Ranftsche Gasse 14",
            postal_code: "04103",
            city: "Leipzig",
            coordinates: (51.33, 12.39),
            regional_key: "147130000000",
            federal_state: Saxony,
        },
    ],
    rooms: &[
        Chamber { number: 1, site: 1, name: "Beratungszimmer", seats: 4 },
        Chamber { number: 2, site: 1, name: "Saal", seats: 40 },
        Chamber { number: 3, site: 2, name: "Gruppenraum", seats: 16 },
        Chamber { number: 4, site: 3, name: "Gruppenraum", seats: 12 },
    ],
    counsellors: &[
        Person { number: 1, name: "Paula Probe", languages: &["de", "en"], skills: &["Gruppengründung"], most: None, published: true },
        Person { number: 2, name: "Marek Probe", languages: &["de", "cs", "pl"], skills: &["Sucht"], most: None, published: true },
        Person { number: 3, name: "Ines Probe", languages: &["de"], skills: &["Digitale Treffen"], most: None, published: true },
    ],
    coordinator: "Konrad Probe",
    administrator: "Anja Probe",
    services: SERVICES,
    schedules: SCHEDULES,
    appointments: APPOINTMENTS,
    ill: &[],
    remote_in: Some(21),
    besides: Besides { courses: COURSES, ..NO_NEEDS },
};

const TELEPHONE: u16 = 1;
const ADVICE: u16 = 2;
const FOUNDING: u16 = 3;
pub(super) const GROUP: u16 = 4;
const DIGITAL: u16 = 5;

const SERVICES: &[Offer] = &[
    Offer {
        number: TELEPHONE,
        name: &[("de", "Selbsthilfe-Telefon"), ("de-simple", "Telefon für Selbst-Hilfe"), ("en", "Self-help telephone")],
        description: &[("de", "Welche Gruppe passt? Eine Viertelstunde am Telefon, an jedem Tag des Jahres.")],
        topic: "self_help",
        ways: &[Phone],
        contact: ContactRule::None,
        minutes: minutes(0, 15, 5),
        notice: 0,
        horizon_days: 28,
        deadline: 0,
        ..TALK
    },
    Offer {
        number: ADVICE,
        name: &[("de", "Beratung zur Selbsthilfe"), ("de-simple", "Beratung: Gruppe finden"), ("en", "Self-help counselling")],
        description: &[
            ("de", "Was Selbsthilfe kann, und wo es sie gibt: vor Ort, am Telefon oder als Videogespräch."),
            ("de-simple", "Wir erklären, was eine Gruppe ist. Wir finden eine Gruppe für Sie."),
        ],
        topic: "self_help",
        languages: &["de", "en", "cs", "pl"],
        minutes: minutes(0, 30, 10),
        ..TALK
    },
    Offer {
        number: FOUNDING,
        name: &[("de", "Eine Gruppe gründen"), ("de-simple", "Eine neue Gruppe machen"), ("en", "Founding a group")],
        description: &[("de", "Begleitung vom ersten Aushang bis zum dritten Treffen.")],
        topic: "self_help",
        contact: ContactRule::Required,
        minutes: minutes(0, 60, 15),
        notice: 24 * 60,
        ..TALK
    },
    Offer {
        number: GROUP,
        name: &[("de", "Gruppe: Leben mit Angst"), ("de-simple", "Gruppe für Menschen mit Angst"), ("en", "Group: living with anxiety")],
        description: &[("de", "Offen für neue Gesichter. Namen fragt niemand.")],
        topic: "self_help",
        ways: &[InPerson, Video],
        contact: ContactRule::None,
        ..CIRCLE
    },
    Offer {
        number: DIGITAL,
        name: &[
            ("de", "Digital durchstarten in der Selbsthilfe!"),
            ("de-simple", "Kurs: Treffen im Internet"),
            ("en", "Self-help goes digital"),
        ],
        description: &[("de", "Kostenlose Reihe der Selbsthilfeakademie Sachsen, online.")],
        topic: "training",
        format: Course,
        ways: &[Video],
        minutes: minutes(0, 90, 0),
        ..CIRCLE
    },
];

const SCHEDULES: &[Hours] = &[
    Hours { number: 1, counsellor: 1, services: &[TELEPHONE], ways: &[Phone], rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH", starts: "14:00", ends: "18:00", holidays: true, ..WEEKLY },
    Hours { number: 2, counsellor: 2, services: &[TELEPHONE], ways: &[Phone], rule: "FREQ=WEEKLY;BYDAY=FR,SA,SU", starts: "14:00", ends: "18:00", holidays: true, ..WEEKLY },
    Hours { number: 3, counsellor: 1, room: Some(1), services: &[ADVICE, FOUNDING], rule: "FREQ=WEEKLY;BYDAY=MO,TH", starts: "09:00", ends: "13:00", ..WEEKLY },
    Hours { number: 4, counsellor: 2, site: 2, room: Some(3), services: &[ADVICE, FOUNDING], rule: "FREQ=WEEKLY;BYDAY=TU", starts: "10:00", ends: "17:00", ..WEEKLY },
    Hours { number: 5, counsellor: 3, site: 2, room: Some(3), services: &[GROUP], rule: "FREQ=MONTHLY;BYDAY=2WE", starts: "17:00", ends: "19:00", ..WEEKLY },
    Hours { number: 6, counsellor: 3, services: &[DIGITAL], ways: &[Video], rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", starts: "10:00", ends: "11:30", holidays: true, ..WEEKLY },
];

const COURSES: &[Run] = &[Run {
    number: 1,
    service: DIGITAL,
    title: &[
        ("de", "Digital durchstarten in der Selbsthilfe! Vier Samstage"),
        ("de-simple", "Kurs an vier Samstagen: Treffen im Internet"),
        ("en", "Self-help goes digital: four Saturdays"),
    ],
    dates: 4,
    joins_late: false,
    participants: 5,
}];

const APPOINTMENTS: &[Visit] = &[
    Visit { service: TELEPHONE, nth: 1, ..ANONYMOUS },
    Visit { service: TELEPHONE, nth: 4, outcome: Outcome::Misses, ..ANONYMOUS },
    Visit { service: TELEPHONE, nth: 8, ..ANONYMOUS },
    Visit { service: TELEPHONE, day: 1, nth: 3, ..ANONYMOUS },
    Visit { service: TELEPHONE, day: 2, nth: 6, outcome: Outcome::Cancels, ..ANONYMOUS },
    Visit { service: ADVICE, day: 1, nth: 2, language: Some("cs"), given: Given { email: Some("jana.erfunden@example.org"), ..NOTHING }, ..ANONYMOUS },
    Visit {
        service: FOUNDING,
        day: 2,
        nth: 0,
        given: Given { name: Some("Gruppe Herbstlaub"), phone: Some("+49 351 0000001"), note: Some("Wir suchen einen Raum mit Tageslicht."), ..NOTHING },
        ..ANONYMOUS
    },
];
