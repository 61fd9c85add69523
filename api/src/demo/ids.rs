//! Ids that are the same in every demo network: `01900000-000O-7KKK-8000-NNNNNNNNNNNN` is the thing
//! number N of the kind K in the organisation O. They have the shape of a UUIDv7 of June 2024.

use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Organisation = 1,
    Site = 2,
    Room = 3,
    Counsellor = 4,
    Service = 5,
    Schedule = 6,
    Account = 7,
    Equipment = 8,
    Loan = 9,
    Course = 10,
    KeptPlaces = 11,
}

/// The organisation 0 is the network itself.
pub(super) const fn id(organisation: u16, kind: Kind, number: u16) -> Uuid {
    let time = 0x0190_0000_0000 + organisation as u128;
    let version = 0x7000 + kind as u128;
    Uuid::from_u128(time << 80 | version << 64 | 0x8000 << 48 | number as u128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_can_be_read() {
        let service = id(1, Kind::Service, 2);
        assert_eq!(service.to_string(), "01900000-0001-7005-8000-000000000002");
        assert_eq!(service.get_version_num(), 7);
        assert_eq!(service.get_variant(), uuid::Variant::RFC4122);
    }
}
