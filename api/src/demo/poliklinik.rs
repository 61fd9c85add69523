//! The solidarity health centre in Leipzig-Schönefeld.

use domain::holidays::FederalState::Saxony;
use domain::modality::Modality::{InPerson, Phone};
use domain::service::ContactRule;
use domain::service::Format::OpenHours;

use super::tables::{
    ANONYMOUS, Besides, Body, CIRCLE, Chamber, Given, Hours, NO_NEEDS, NOTHING, Offer, Outcome, Person,
    Place, TALK,
    Visit, WEEKLY, minutes,
};

pub(super) const BODY: Body = Body {
    number: 1,
    slug: "poliklinik-leipzig",
    name: &[
        ("de", "Poliklinik Leipzig"),
        ("de-simple", "Poliklinik Leipzig"),
        ("en", "Poliklinik Leipzig"),
        ("ar", "بوليكلينيك لايبزيغ"),
        ("uk", "Поліклініка Лейпциг"),
    ],
    description: &[
        ("de", "Solidarisches Gesundheitszentrum in Schönefeld: psychosoziale und gesundheitliche Beratung, kostenlos und auf Wunsch anonym."),
        ("de-simple", "Wir beraten Sie. Es kostet nichts. Sie müssen keinen Namen sagen."),
        ("en", "Solidarity health centre in Schönefeld: psychosocial and health counselling, free of charge and anonymous if you wish."),
    ],
    website: Some("https://poliklinik-leipzig.org"),
    retention_days: 30,
    sites: &[Place {
        number: 1,
        name: &[("de", "Poliklinik, Taubestraße"), ("en", "Poliklinik, Taubestraße")],
        street: "Taubestraße 2",
        postal_code: "04347",
        city: "Leipzig",
        coordinates: (51.36, 12.41),
        regional_key: "147130000000",
        federal_state: Saxony,
    }],
    rooms: &[
        Chamber { number: 1, site: 1, name: "Beratungsraum 1", seats: 4 },
        Chamber { number: 2, site: 1, name: "Beratungsraum 2", seats: 3 },
        Chamber { number: 3, site: 1, name: "Gruppenraum", seats: 14 },
    ],
    counsellors: &[
        Person { number: 1, name: "Mina Beispiel", languages: &["de", "en"], skills: &["Krisengespräch"], most: None, published: true },
        Person { number: 2, name: "Karim Beispiel", languages: &["de", "ar", "en"], skills: &["Trauma", "Asyl"], most: None, published: true },
        Person { number: 3, name: "Olena Beispiel", languages: &["de", "uk", "en"], skills: &["Krisengespräch"], most: None, published: true },
        Person { number: 4, name: "Dr. Toni Beispiel", languages: &["de", "en"], skills: &["Allgemeinmedizin"], most: Some(4), published: true },
        Person { number: 5, name: "Robin Beispiel", languages: &["de"], skills: &["Mietrecht"], most: None, published: false },
    ],
    coordinator: "Kim Beispiel",
    administrator: "Alex Beispiel",
    services: SERVICES,
    schedules: SCHEDULES,
    appointments: APPOINTMENTS,
    ill: &[2, 3],
    remote_in: None,
    besides: Besides {
        features: &[(1, &["wheelchair"]), (3, &["wheelchair", "hearing_loop"])],
        interprets: &[(2, &["ar"]), (3, &["uk"])],
        equipment: &[(1, "Blutdruckmessgerät", 2)],
        services: &[(HEALTH, &[1])],
        ..NO_NEEDS
    },
};

const COUNSELLING: u16 = 1;
const RELIEF: u16 = 2;
const HEALTH: u16 = 3;
const SOCIAL: u16 = 4;
const CIRCLE_OF_TALK: u16 = 5;
const OPEN_DAY: u16 = 6;

const SERVICES: &[Offer] = &[
    Offer {
        number: COUNSELLING,
        name: &[
            ("de", "Psychosoziale Beratung"),
            ("de-simple", "Reden, wenn es Ihnen schlecht geht"),
            ("en", "Psychosocial counselling"),
            ("ar", "استشارة نفسية اجتماعية"),
            ("uk", "Психосоціальна консультація"),
        ],
        description: &[
            ("de", "Fünfzig Minuten in Ruhe: Krisen, Belastungen, Fragen des Alltags. Sie brauchen weder Namen noch Versicherung."),
            ("de-simple", "Sie haben 50 Minuten Zeit. Wir hören zu und helfen. Sie müssen keinen Namen sagen."),
            ("en", "Fifty quiet minutes: crises, strain, questions of everyday life. You need neither a name nor insurance."),
        ],
        topic: "psychosocial",
        languages: &["de", "en", "ar", "uk"],
        waits: Some(240),
        ..TALK
    },
    Offer {
        number: RELIEF,
        name: &[
            ("de", "Entlastungsgespräch am selben Tag"),
            ("de-simple", "Schnelle Hilfe: heute reden"),
            ("en", "Same-day relief talk"),
            ("ar", "محادثة دعم في اليوم نفسه"),
            ("uk", "Розмова підтримки того ж дня"),
        ],
        description: &[
            ("de", "Kurz und sofort, auch an Wochenenden und Feiertagen. Wir fragen nach nichts."),
            ("en", "Short and at once, also on weekends and public holidays. We ask for nothing."),
        ],
        topic: "psychosocial",
        ways: &[InPerson, Phone],
        languages: &["de", "en", "uk"],
        contact: ContactRule::None,
        minutes: minutes(0, 25, 5),
        notice: 0,
        horizon_days: 28,
        deadline: 0,
        ..TALK
    },
    Offer {
        number: HEALTH,
        name: &[
            ("de", "Gesundheitsberatung"),
            ("de-simple", "Fragen zu Ihrer Gesundheit"),
            ("en", "Health counselling"),
            ("ar", "استشارة صحية"),
        ],
        description: &[
            ("de", "Ärztlicher Rat ohne Behandlung: Befunde verstehen, Wege durch das Gesundheitswesen, auch ohne Versicherung."),
            ("en", "Medical advice without treatment: understand findings, find your way, also without insurance."),
        ],
        topic: "medical",
        ways: &[InPerson],
        contact: ContactRule::None,
        minutes: minutes(5, 40, 15),
        horizon_days: 42,
        ..TALK
    },
    Offer {
        number: SOCIAL,
        name: &[
            ("de", "Sozialberatung"),
            ("de-simple", "Hilfe mit Amt, Wohnung und Geld"),
            ("en", "Social counselling"),
        ],
        description: &[("de", "Mietrecht, Sozialleistungen, Briefe vom Amt.")],
        topic: "social",
        languages: &["de"],
        minutes: minutes(0, 45, 15),
        ..TALK
    },
    Offer {
        number: CIRCLE_OF_TALK,
        name: &[("de", "Gesprächskreis"), ("de-simple", "Reden in der Gruppe"), ("en", "Discussion circle")],
        description: &[("de", "Eine Runde von höchstens zwölf, die einander zuhört. Wer mag, kommt einfach dazu.")],
        topic: "psychosocial",
        contact: ContactRule::None,
        ..CIRCLE
    },
    Offer {
        number: OPEN_DAY,
        name: &[("de", "Offener Nachmittag"), ("de-simple", "Einfach vorbeikommen"), ("en", "Open afternoon")],
        description: &[("de", "Ohne Termin: ankommen, Tee, Fragen.")],
        topic: "social",
        format: OpenHours,
        contact: ContactRule::None,
        ..CIRCLE
    },
];

const EVERY_DAY_TALKS: Hours = Hours {
    services: &[RELIEF],
    ways: &[InPerson, Phone],
    starts: "10:00",
    ends: "20:00",
    holidays: true,
    ..WEEKLY
};

const SCHEDULES: &[Hours] = &[
    Hours { number: 1, counsellor: 1, room: Some(1), rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH", ..EVERY_DAY_TALKS },
    Hours { number: 2, counsellor: 3, room: Some(1), rule: "FREQ=WEEKLY;BYDAY=FR,SA,SU", ..EVERY_DAY_TALKS },
    Hours { number: 3, counsellor: 2, room: Some(2), services: &[COUNSELLING], rule: "FREQ=WEEKLY;BYDAY=MO,WE", starts: "09:00", ends: "15:00", ..WEEKLY },
    Hours { number: 4, counsellor: 3, room: Some(2), services: &[COUNSELLING], rule: "FREQ=WEEKLY;BYDAY=TU,TH", starts: "12:00", ends: "18:00", ..WEEKLY },
    Hours { number: 5, counsellor: 4, room: Some(2), services: &[HEALTH], rule: "FREQ=WEEKLY;BYDAY=FR", starts: "13:00", ends: "18:00", ..WEEKLY },
    Hours { number: 6, counsellor: 5, services: &[SOCIAL], rule: "FREQ=WEEKLY;BYDAY=WE", ways: &[Phone], starts: "14:00", ends: "18:00", ..WEEKLY },
    Hours { number: 7, counsellor: 2, room: Some(3), services: &[CIRCLE_OF_TALK], rule: "FREQ=WEEKLY;BYDAY=WE", starts: "18:00", ends: "20:00", ..WEEKLY },
    Hours { number: 8, counsellor: 5, room: Some(3), services: &[OPEN_DAY], rule: "FREQ=WEEKLY;BYDAY=TH", starts: "15:00", ends: "18:00", ..WEEKLY },
    // Two emergency talks.
    Hours { number: 9, counsellor: 3, services: &[COUNSELLING], rule: "FREQ=WEEKLY;BYDAY=MO,WE", starts: "16:00", ends: "18:00", ..WEEKLY },
];

const APPOINTMENTS: &[Visit] = &[
    Visit { service: RELIEF, nth: 0, ..ANONYMOUS },
    Visit { service: RELIEF, nth: 2, outcome: Outcome::Misses, ..ANONYMOUS },
    Visit { service: RELIEF, nth: 5, language: Some("uk"), ..ANONYMOUS },
    Visit { service: RELIEF, nth: 8, ..ANONYMOUS },
    Visit { service: RELIEF, nth: 11, language: Some("en"), ..ANONYMOUS },
    Visit { service: RELIEF, nth: 13, ..ANONYMOUS },
    Visit { service: RELIEF, day: 1, nth: 2, ..ANONYMOUS },
    Visit { service: RELIEF, day: 1, nth: 9, ..ANONYMOUS },
    Visit { service: RELIEF, day: 2, nth: 4, outcome: Outcome::Cancels, ..ANONYMOUS },
    Visit { service: COUNSELLING, nth: 1, ..ANONYMOUS },
    Visit {
        service: COUNSELLING,
        day: 1,
        nth: 2,
        language: Some("ar"),
        given: Given { name: Some("Samir Erfunden"), email: Some("samir.erfunden@example.org"), ..NOTHING },
        ..ANONYMOUS
    },
    Visit {
        service: COUNSELLING,
        day: 2,
        nth: 0,
        language: Some("fa"),
        interpreter: true,
        given: Given { phone: Some("+49 341 0000001"), access_needs: Some("Stufenloser Zugang"), ..NOTHING },
        ..ANONYMOUS
    },
    Visit { service: CIRCLE_OF_TALK, nth: 0, ..ANONYMOUS },
    Visit { service: CIRCLE_OF_TALK, nth: 0, language: Some("ar"), ..ANONYMOUS },
    Visit { service: CIRCLE_OF_TALK, nth: 0, outcome: Outcome::Cancels, ..ANONYMOUS },
    Visit { service: CIRCLE_OF_TALK, nth: 0, ..ANONYMOUS },
    Visit { service: HEALTH, nth: 2, ..ANONYMOUS },
    Visit { service: SOCIAL, nth: 1, given: Given { note: Some("Es geht um eine Kündigung."), ..NOTHING }, ..ANONYMOUS },
];
