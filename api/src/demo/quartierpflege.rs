//! Neighbours in two quarters of Leipzig, and a model project in Halle, who visit people that need care.

use domain::holidays::FederalState::{Saxony, SaxonyAnhalt};
use domain::modality::Modality::{AtHome, InPerson, Phone};
use domain::service::ContactRule;
use domain::service::Format::Visit as HomeVisit;

use super::tables::{
    ANONYMOUS, Address, Besides, Body, CIRCLE, Chamber, Given, Hours, NOTHING, NO_NEEDS, Offer, Outcome, Person, Place, TALK,
    Visit, WEEKLY, minutes,
};

/// Its people are never published: visitors learn neither name nor address of a neighbour.
pub(super) const BODY: Body = Body {
    number: 2,
    slug: "quartierpflege-leipzig",
    name: &[("de", "QuartierPfleger Leipzig"), ("de-simple", "Nachbarn helfen Nachbarn"), ("en", "QuartierPfleger Leipzig")],
    description: &[
        ("de", "Nachbarinnen und Nachbarn besuchen ehrenamtlich Menschen mit Pflegebedarf, zu Hause und im Quartier."),
        ("de-simple", "Brauchen Sie Hilfe zu Hause? Nachbarn besuchen Sie. Es kostet nichts."),
        ("en", "Neighbours volunteer to visit people who need care, at home and in the quarter."),
    ],
    website: None,
    retention_days: 90,
    sites: &[
        Place {
            number: 1,
            name: &[("de", "Treffpunkt Quartier Zentrum"), ("en", "Meeting point, city centre quarter")],
            street: "Wintergartenstraße 4",
            postal_code: "04103",
            city: "Leipzig",
            coordinates: (51.34, 12.39),
            regional_key: "147130000000",
            federal_state: Saxony,
        },
        Place {
            number: 2,
            name: &[("de", "Treffpunkt im Stadthaus"), ("en", "Meeting point, town house")],
            street: "Martin-Luther-Ring 4-6",
            postal_code: "04109",
            city: "Leipzig",
            coordinates: (51.34, 12.37),
            regional_key: "147130000000",
            federal_state: Saxony,
        },
        Place {
            number: 3,
            name: &[("de", "Modellprojekt Halle"), ("en", "Model project Halle")],
            street: "Marktplatz 1",
            postal_code: "06108",
            city: "Halle (Saale)",
            coordinates: (51.48, 11.97),
            regional_key: "150020000000",
            federal_state: SaxonyAnhalt,
        },
    ],
    rooms: &[
        Chamber { number: 1, site: 1, name: "Gemeinschaftsraum", seats: 20 },
        Chamber { number: 2, site: 2, name: "Besprechungsraum", seats: 12 },
    ],
    counsellors: &[
        Person { number: 1, name: "Hanne Muster", languages: &["de"], skills: &["Vorlesen", "Einkaufen"], most: None, published: false },
        Person { number: 2, name: "Igor Muster", languages: &["de", "ru", "uk"], skills: &["Wegbegleitung"], most: None, published: false },
        Person { number: 3, name: "Thuy Muster", languages: &["de", "vi"], skills: &["Behördenbriefe"], most: None, published: false },
        Person { number: 4, name: "Frieder Muster", languages: &["de"], skills: &["Besuche in Halle"], most: None, published: false },
    ],
    coordinator: "Kirsten Muster",
    administrator: "Anton Muster",
    services: SERVICES,
    schedules: SCHEDULES,
    appointments: APPOINTMENTS,
    ill: &[],
    remote_in: None,
    besides: Besides {
        areas: &[
            (1, (51.34, 12.39, 6.0)),
            (2, (51.33, 12.40, 10.0)),
            (3, (51.34, 12.36, 8.0)),
            (4, (51.48, 11.97, 12.0)),
        ],
        ways: &[(HOME, 4, 1), (ERRANDS, 4, 2)],
        ..NO_NEEDS
    },
};

const HOME: u16 = 1;
const ERRANDS: u16 = 2;
const FIRST_TALK: u16 = 3;
const TEAM: u16 = 4;

const HOME_VISIT: Offer = Offer {
    topic: "neighbourhood_care",
    format: HomeVisit,
    ways: &[AtHome],
    languages: &["de", "ru", "uk", "vi"],
    contact: ContactRule::Required,
    minutes: minutes(0, 60, 0),
    notice: 12 * 60,
    horizon_days: 35,
    ..TALK
};

const SERVICES: &[Offer] = &[
    Offer {
        number: HOME,
        name: &[
            ("de", "Nachbarschaftsbesuch"),
            ("de-simple", "Besuch zu Hause"),
            ("en", "Neighbourly visit"),
            ("uk", "Візит сусіда"),
        ],
        description: &[
            ("de", "Gesellschaft, Gespräch, kleine Handgriffe. Wir brauchen eine Telefonnummer, um den Weg abzusprechen."),
            ("de-simple", "Jemand kommt zu Ihnen. Wir brauchen Ihre Telefonnummer."),
        ],
        ..HOME_VISIT
    },
    Offer {
        number: ERRANDS,
        name: &[("de", "Einkaufs- und Wegbegleitung"), ("de-simple", "Hilfe beim Einkaufen"), ("en", "Company for errands")],
        description: &[("de", "Zum Einkauf, zur Praxis, auf das Amt: zu zweit.")],
        minutes: minutes(0, 90, 0),
        ..HOME_VISIT
    },
    Offer {
        number: FIRST_TALK,
        name: &[("de", "Kennenlerngespräch"), ("de-simple", "Wir lernen uns kennen"), ("en", "Getting to know each other")],
        description: &[("de", "Für alle, die Hilfe suchen oder mithelfen möchten.")],
        topic: "neighbourhood_care",
        ways: &[InPerson, Phone],
        languages: &["de", "ru", "uk"],
        minutes: minutes(0, 30, 0),
        notice: 60,
        ..TALK
    },
    Offer {
        number: TEAM,
        name: &[("de", "Treffen der QuartierPfleger"), ("en", "Meeting of the neighbours")],
        description: &[("de", "Donnerstags um vier, abwechselnd an zwei Orten.")],
        topic: "neighbourhood_care",
        ..CIRCLE
    },
];

const NEIGHBOUR: Hours = Hours {
    services: &[HOME, ERRANDS],
    ways: &[AtHome],
    rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    ..WEEKLY
};
const MEETING: Hours = Hours {
    services: &[TEAM],
    rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH",
    starts: "16:00",
    ends: "18:00",
    ..WEEKLY
};

const SCHEDULES: &[Hours] = &[
    Hours { number: 1, counsellor: 1, rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", starts: "09:30", ends: "15:30", holidays: true, ..NEIGHBOUR },
    Hours { number: 2, counsellor: 2, starts: "12:30", ends: "18:30", ..NEIGHBOUR },
    Hours { number: 3, counsellor: 3, site: 2, rule: "FREQ=WEEKLY;BYDAY=SA", starts: "10:00", ends: "16:00", ..NEIGHBOUR },
    Hours { number: 4, counsellor: 4, site: 3, starts: "10:00", ends: "14:30", ..NEIGHBOUR },
    Hours { number: 5, counsellor: 3, room: Some(1), services: &[FIRST_TALK], ways: &[InPerson, Phone], rule: "FREQ=WEEKLY;BYDAY=TU,TH", starts: "13:00", ends: "15:00", ..WEEKLY },
    Hours { number: 6, counsellor: 3, room: Some(1), ..MEETING },
    Hours { number: 7, counsellor: 3, site: 2, room: Some(2), from_day: 7, ..MEETING },
];

const AT_THE_PARK: Address = Address {
    street: "Erfundener Weg 7",
    postal_code: "04315",
    city: "Leipzig",
    coordinates: (51.345, 12.405),
    hint: Some("Hinterhaus, zweiter Stock"),
};

const FRAU_ERDACHT: Given = Given {
    name: Some("Erna Erdacht"),
    phone: Some("+49 341 0000002"),
    access_needs: Some("Hört schlecht: bitte zweimal klingeln"),
    home: Some(AT_THE_PARK),
    ..NOTHING
};

const APPOINTMENTS: &[Visit] = &[
    Visit { service: HOME, nth: 0, given: FRAU_ERDACHT, ..ANONYMOUS },
    Visit { service: HOME, nth: 2, given: Given { phone: Some("+49 341 0000003"), home: Some(Address { street: "Ausgedachte Straße 12", coordinates: (51.352, 12.381), hint: None, ..AT_THE_PARK }), ..NOTHING }, outcome: Outcome::Misses, ..ANONYMOUS },
    Visit { service: HOME, day: 1, nth: 1, given: FRAU_ERDACHT, ..ANONYMOUS },
    Visit { service: ERRANDS, day: 2, nth: 1, language: Some("ru"), given: Given { name: Some("Wera Erdacht"), email: Some("wera.erdacht@example.org"), home: Some(AT_THE_PARK), ..NOTHING }, ..ANONYMOUS },
    Visit { service: HOME, day: 3, nth: 0, given: FRAU_ERDACHT, outcome: Outcome::Cancels, ..ANONYMOUS },
    Visit { service: FIRST_TALK, day: 1, nth: 1, ..ANONYMOUS },
];
