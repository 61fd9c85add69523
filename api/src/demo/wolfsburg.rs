//! The health region: doctors, clinics, counselling and the town of Wolfsburg.

use domain::holidays::FederalState::LowerSaxony;
use domain::modality::Modality::{AtHome, InPerson, Phone};
use domain::service::ContactRule;
use domain::service::Format::{Course, Visit as HomeVisit};

use super::tables::{
    ANONYMOUS, Address, Besides, Body, CIRCLE, Chamber, Given, Hours, NO_NEEDS, NOTHING, Offer,
    Outcome, Person, Place, TALK, Visit, WEEKLY, minutes,
};

pub(super) const BODY: Body = Body {
    number: 5,
    slug: "gesundheitsregion-wolfsburg",
    name: &[
        ("de", "Gesundheitsregion Wolfsburg"),
        ("de-simple", "Gesund in Wolfsburg"),
        ("en", "Health region Wolfsburg"),
    ],
    description: &[
        (
            "de",
            "Kurze Wege durch das Gesundheitswesen: Praxen, Kliniken, Beratung und Stadt arbeiten zusammen.",
        ),
        (
            "de-simple",
            "Wir zeigen Ihnen den Weg: zum Arzt, zur Beratung, zum Amt.",
        ),
        (
            "en",
            "Short ways through the health system: practices, clinics, counselling and the town work together.",
        ),
    ],
    website: Some("https://www.wolfsburg.de"),
    retention_days: 90,
    sites: &[
        Place {
            number: 1,
            name: &[("de", "Rathaus Wolfsburg"), ("en", "Town hall Wolfsburg")],
            street: "Porschestraße 49",
            postal_code: "38440",
            city: "Wolfsburg",
            coordinates: (52.42, 10.79),
            regional_key: "031030000000",
            federal_state: LowerSaxony,
        },
        Place {
            number: 2,
            name: &[
                ("de", "Beratung am Klinikum"),
                ("en", "Counselling at the hospital"),
            ],
            street: "Sauerbruchstraße 7",
            postal_code: "38440",
            city: "Wolfsburg",
            coordinates: (52.42, 10.78),
            regional_key: "031030000000",
            federal_state: LowerSaxony,
        },
    ],
    rooms: &[
        Chamber {
            number: 1,
            site: 1,
            name: "Zimmer Lotsenstelle",
            seats: 3,
        },
        Chamber {
            number: 2,
            site: 1,
            name: "Ratssaal",
            seats: 60,
        },
        Chamber {
            number: 3,
            site: 2,
            name: "Sprechzimmer",
            seats: 3,
        },
    ],
    counsellors: &[
        Person {
            number: 1,
            name: "Vera Vorlage",
            languages: &["de", "en"],
            skills: &["Lotsin"],
            most: None,
            published: true,
        },
        Person {
            number: 2,
            name: "Yusuf Vorlage",
            languages: &["de", "ar", "tr"],
            skills: &["Lotse", "Sprachmittlung"],
            most: None,
            published: true,
        },
        Person {
            number: 3,
            name: "Greta Vorlage",
            languages: &["de", "it"],
            skills: &["Pflegeberatung"],
            most: None,
            published: true,
        },
    ],
    coordinator: "Kai Vorlage",
    administrator: "Agnes Vorlage",
    services: SERVICES,
    schedules: SCHEDULES,
    appointments: APPOINTMENTS,
    ill: &[],
    remote_in: None,
    besides: Besides {
        areas: &[(3, (52.42, 10.79, 25.0))],
        ways: &[(CARE, 2, 1)],
        ..NO_NEEDS
    },
};

const GUIDE_CALL: u16 = 1;
const GUIDE: u16 = 2;
const FIRST_COUNSEL: u16 = 3;
const CARE: u16 = 4;
const WORKING_GROUP: u16 = 5;
const COURSE: u16 = 6;

const SERVICES: &[Offer] = &[
    Offer {
        number: GUIDE_CALL,
        name: &[
            ("de", "Lotsentelefon"),
            ("de-simple", "Anrufen und den Weg finden"),
            ("en", "Guide on the telephone"),
            ("ar", "هاتف الإرشاد الصحي"),
        ],
        description: &[(
            "de",
            "Wohin mit meiner Frage? Zwanzig Minuten am Telefon, an jedem Tag.",
        )],
        topic: "medical",
        ways: &[Phone],
        languages: &["de", "en", "ar", "tr"],
        contact: ContactRule::None,
        minutes: minutes(0, 20, 10),
        notice: 0,
        horizon_days: 28,
        deadline: 0,
        ..TALK
    },
    Offer {
        number: GUIDE,
        name: &[
            ("de", "Lotsengespräch"),
            ("de-simple", "Ein Mensch hilft Ihnen weiter"),
            ("en", "Talk with a guide"),
            ("ar", "لقاء مع مرشد صحي"),
        ],
        description: &[(
            "de",
            "Den eigenen Weg planen: Praxis, Reha, Beratung, Leistungen.",
        )],
        topic: "social",
        languages: &["de", "en", "ar", "tr"],
        minutes: minutes(0, 45, 15),
        ..TALK
    },
    Offer {
        number: FIRST_COUNSEL,
        name: &[
            ("de", "Psychosoziale Erstberatung"),
            ("de-simple", "Das erste Gespräch über Sorgen"),
            ("en", "First psychosocial talk"),
            ("ar", "استشارة نفسية أولى"),
        ],
        description: &[(
            "de",
            "Ein erstes Gespräch, und wenn nötig die Vermittlung an die passende Stelle.",
        )],
        topic: "psychosocial",
        languages: &["de", "en", "ar", "tr"],
        minutes: minutes(0, 45, 15),
        ..TALK
    },
    Offer {
        number: CARE,
        name: &[
            ("de", "Pflegeberatung zu Hause"),
            ("de-simple", "Beratung zur Pflege, bei Ihnen zu Hause"),
            ("en", "Care counselling at home"),
        ],
        description: &[("de", "Pflegegrad, Hilfsmittel, Entlastung für Angehörige.")],
        topic: "medical",
        format: HomeVisit,
        ways: &[AtHome],
        languages: &["de", "it"],
        contact: ContactRule::Required,
        minutes: minutes(0, 75, 15),
        notice: 2 * 24 * 60,
        ..TALK
    },
    Offer {
        number: WORKING_GROUP,
        name: &[
            ("de", "Arbeitsgruppe Versorgung"),
            ("en", "Working group on care"),
        ],
        description: &[("de", "Praxen, Kliniken, Beratung und Stadt an einem Tisch.")],
        topic: "institutional",
        ..CIRCLE
    },
    Offer {
        number: COURSE,
        name: &[
            ("de", "Kurs: Gesund älter werden"),
            ("de-simple", "Kurs: Gesund bleiben im Alter"),
            ("en", "Course: growing older in good health"),
        ],
        description: &[("de", "Bewegung, Ernährung, Gesellschaft.")],
        topic: "training",
        format: Course,
        minutes: minutes(0, 90, 0),
        ..CIRCLE
    },
];

const WEEKDAYS: &str = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR";

const SCHEDULES: &[Hours] = &[
    Hours {
        number: 1,
        counsellor: 1,
        services: &[GUIDE_CALL],
        ways: &[Phone],
        rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        starts: "13:00",
        ends: "18:00",
        holidays: true,
        ..WEEKLY
    },
    Hours {
        number: 2,
        counsellor: 1,
        room: Some(1),
        services: &[GUIDE, FIRST_COUNSEL],
        ways: &[InPerson, Phone],
        rule: WEEKDAYS,
        starts: "09:00",
        ends: "12:00",
        ..WEEKLY
    },
    Hours {
        number: 3,
        counsellor: 2,
        site: 2,
        room: Some(3),
        services: &[GUIDE, FIRST_COUNSEL],
        rule: WEEKDAYS,
        starts: "10:00",
        ends: "16:00",
        ..WEEKLY
    },
    Hours {
        number: 4,
        counsellor: 3,
        services: &[CARE],
        ways: &[AtHome],
        rule: "FREQ=WEEKLY;BYDAY=TU,TH",
        starts: "09:30",
        ends: "16:00",
        ..WEEKLY
    },
    Hours {
        number: 5,
        counsellor: 1,
        room: Some(2),
        services: &[WORKING_GROUP],
        rule: "FREQ=MONTHLY;BYDAY=3WE",
        starts: "18:00",
        ends: "20:00",
        ..WEEKLY
    },
    Hours {
        number: 6,
        counsellor: 3,
        room: Some(2),
        services: &[COURSE],
        rule: "FREQ=WEEKLY;BYDAY=MO",
        starts: "16:00",
        ends: "17:30",
        ..WEEKLY
    },
];

const APPOINTMENTS: &[Visit] = &[
    Visit {
        service: GUIDE_CALL,
        nth: 1,
        ..ANONYMOUS
    },
    Visit {
        service: GUIDE_CALL,
        nth: 3,
        language: Some("ar"),
        ..ANONYMOUS
    },
    Visit {
        service: GUIDE_CALL,
        nth: 6,
        outcome: Outcome::Misses,
        ..ANONYMOUS
    },
    Visit {
        service: GUIDE_CALL,
        day: 1,
        nth: 2,
        ..ANONYMOUS
    },
    Visit {
        service: GUIDE,
        nth: 2,
        ..ANONYMOUS
    },
    Visit {
        service: FIRST_COUNSEL,
        day: 1,
        nth: 1,
        language: Some("ar"),
        given: Given {
            phone: Some("+49 5361 000001"),
            ..NOTHING
        },
        ..ANONYMOUS
    },
    Visit {
        service: FIRST_COUNSEL,
        day: 2,
        nth: 3,
        outcome: Outcome::Cancels,
        ..ANONYMOUS
    },
    Visit {
        service: CARE,
        day: 3,
        nth: 0,
        language: Some("it"),
        given: Given {
            name: Some("Giulia Inventata"),
            email: Some("giulia.inventata@example.org"),
            access_needs: Some("Rollstuhl"),
            home: Some(Address {
                street: "Erdachte Gasse 3",
                postal_code: "38440",
                city: "Wolfsburg",
                coordinates: (52.415, 10.781),
                hint: None,
            }),
            ..NOTHING
        },
        ..ANONYMOUS
    },
];
