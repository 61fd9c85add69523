//! The network in which contact points of self-help and clinics work together.

use domain::approval::Approval;
use domain::holidays::FederalState::{Berlin, Saxony};
use domain::modality::Modality::{Phone, Video};
use domain::service::ContactRule;
use domain::service::Format::Course;

use super::tables::{NO_NEEDS, 
    ANONYMOUS, Body, CIRCLE, Chamber, Given, Hours, NOTHING, Offer, Outcome, Person, Place, TALK,
    Visit, WEEKLY, minutes,
};

pub(super) const BODY: Body = Body {
    number: 4,
    slug: "selbsthilfefreundlichkeit",
    name: &[
        ("de", "Netzwerk Selbsthilfefreundlichkeit"),
        ("de-simple", "Klinik und Selbst-Hilfe zusammen"),
        ("en", "Network for self-help friendliness"),
    ],
    description: &[
        ("de", "Kontaktstellen und Kliniken arbeiten auf Augenhöhe: vom Erstgespräch über die Beratung bis zum Mentoring."),
        ("en", "Contact points and clinics work at eye level: from a first talk over counselling to mentoring."),
    ],
    website: Some("https://www.selbsthilfefreundlichkeit.de"),
    retention_days: 180,
    sites: &[
        Place {
            number: 1,
            name: &[("de", "Koordination Berlin"), ("en", "Coordination, Berlin")],
            street: "Otto-Suhr-Allee 115",
            postal_code: "10585",
            city: "Berlin",
            coordinates: (52.52, 13.30),
            regional_key: "110000000000",
            federal_state: Berlin,
        },
        Place {
            number: 2,
            name: &[("de", "Regionaltreffen Leipzig"), ("en", "Regional meeting, Leipzig")],
            street: "Martin-Luther-Ring 4-6",
            postal_code: "04109",
            city: "Leipzig",
            coordinates: (51.34, 12.37),
            regional_key: "147130000000",
            federal_state: Saxony,
        },
    ],
    rooms: &[
        Chamber { number: 1, site: 1, name: "Seminarraum", seats: 18 },
        Chamber { number: 2, site: 2, name: "Sitzungszimmer", seats: 24 },
    ],
    counsellors: &[
        Person { number: 1, name: "Elif Exempel", languages: &["de", "en", "tr"], skills: &["Krankenhäuser"], most: None, published: true },
        Person { number: 2, name: "Bernd Exempel", languages: &["de"], skills: &["Rehabilitation", "Mentoring"], most: None, published: true },
    ],
    coordinator: "Katja Exempel",
    administrator: "Aaron Exempel",
    services: SERVICES,
    schedules: SCHEDULES,
    appointments: APPOINTMENTS,
    ill: &[],
    remote_in: None,
    besides: NO_NEEDS,
};

const QUESTION: u16 = 1;
const FIRST_TALK: u16 = 2;
const COUNSELLING: u16 = 3;
const MENTORING: u16 = 4;
const BEGINNERS: u16 = 5;
const EXCHANGE: u16 = 6;

/// Between bodies: whoever books says for whom.
const BETWEEN_BODIES: Offer = Offer {
    topic: "institutional",
    ways: &[Phone, Video],
    contact: ContactRule::Required,
    notice: 24 * 60,
    horizon_days: 90,
    deadline: 2 * 24 * 60,
    ..TALK
};

const SERVICES: &[Offer] = &[
    Offer {
        number: QUESTION,
        name: &[("de", "Kurze Frage am Telefon"), ("de-simple", "Kurz anrufen und fragen"), ("en", "A short question by telephone")],
        description: &[("de", "Zwanzig Minuten für alles, was nicht warten soll; an jedem Tag.")],
        contact: ContactRule::Optional,
        ways: &[Phone],
        minutes: minutes(0, 20, 10),
        notice: 0,
        horizon_days: 28,
        deadline: 0,
        ..BETWEEN_BODIES
    },
    Offer {
        number: FIRST_TALK,
        name: &[("de", "Erstgespräch"), ("de-simple", "Das erste Gespräch"), ("en", "First talk")],
        description: &[("de", "Für Kliniken und Kontaktstellen, die dem Netzwerk beitreten wollen: was es bedeutet, was es kostet, wer hilft.")],
        approval: Approval::Required,
        minutes: minutes(0, 60, 15),
        ..BETWEEN_BODIES
    },
    Offer {
        number: COUNSELLING,
        name: &[("de", "Einzelberatung"), ("de-simple", "Beratung für Mitglieder"), ("en", "Individual counselling")],
        description: &[("de", "Qualitätskriterien, Kooperationsvertrag, Auszeichnung.")],
        minutes: minutes(0, 45, 15),
        ..BETWEEN_BODIES
    },
    Offer {
        number: MENTORING,
        name: &[("de", "Mentoring"), ("en", "Mentoring")],
        description: &[("de", "Erfahrene Mitglieder begleiten neue durch das erste Jahr.")],
        minutes: minutes(0, 60, 0),
        most: Some(8),
        ..BETWEEN_BODIES
    },
    Offer {
        number: BEGINNERS,
        name: &[("de", "Schulung für Einsteiger:innen"), ("de-simple", "Kurs für den Anfang"), ("en", "Training for beginners")],
        description: &[("de", "Ein Vormittag im Monat: Grundlagen und gute Beispiele.")],
        topic: "training",
        format: Course,
        contact: ContactRule::Required,
        minutes: minutes(0, 180, 0),
        ..CIRCLE
    },
    Offer {
        number: EXCHANGE,
        name: &[("de", "Austauschtreffen"), ("en", "Meeting for exchange")],
        description: &[("de", "Was in einer Klinik gelingt, hilft der nächsten.")],
        topic: "training",
        ..CIRCLE
    },
];

const SCHEDULES: &[Hours] = &[
    Hours { number: 1, counsellor: 1, services: &[QUESTION], ways: &[Phone], rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", starts: "15:00", ends: "18:00", holidays: true, ..WEEKLY },
    Hours { number: 2, counsellor: 1, services: &[FIRST_TALK, COUNSELLING], ways: &[Phone, Video], rule: "FREQ=WEEKLY;BYDAY=MO,WE,FR", starts: "09:00", ends: "14:00", ..WEEKLY },
    Hours { number: 3, counsellor: 2, services: &[COUNSELLING, MENTORING], ways: &[Phone, Video], rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", starts: "10:00", ends: "16:00", ..WEEKLY },
    Hours { number: 4, counsellor: 2, room: Some(1), services: &[BEGINNERS], rule: "FREQ=MONTHLY;BYDAY=1FR", starts: "09:00", ends: "12:00", ..WEEKLY },
    Hours { number: 5, counsellor: 2, site: 2, room: Some(2), services: &[EXCHANGE], rule: "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1WE", starts: "13:00", ends: "15:00", ..WEEKLY },
];

const APPOINTMENTS: &[Visit] = &[
    Visit { service: QUESTION, nth: 0, ..ANONYMOUS },
    Visit { service: QUESTION, nth: 3, given: Given { name: Some("Klinik am Ausgedachten See"), phone: Some("+49 30 0000001"), ..NOTHING }, ..ANONYMOUS },
    Visit { service: QUESTION, day: 1, nth: 2, outcome: Outcome::Cancels, ..ANONYMOUS },
    Visit { service: QUESTION, day: 1, nth: 4, ..ANONYMOUS },
    Visit {
        service: FIRST_TALK,
        day: 2,
        nth: 1,
        given: Given { name: Some("Krankenhaus Musterhausen"), email: Some("qualitaet@example.org"), ..NOTHING },
        ..ANONYMOUS
    },
    Visit { service: MENTORING, day: 1, nth: 0, given: Given { email: Some("mentoring@example.org"), ..NOTHING }, ..ANONYMOUS },
];
