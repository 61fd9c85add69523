//! Base32 in Crockford's alphabet, which leaves out I, L, O and U: no two letters look alike.
//!
//! Bytes are packed as in RFC 4648, section 6, without padding: the first bit of the first byte is
//! the first bit of the first letter, and unused bits at the end are zero.

const UPPER: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LOWER: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Texts for people are in upper case, texts for addresses in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    Upper,
    Lower,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedBase32 {
    #[error("only the digits and the letters A to Z without I, L, O and U may occur")]
    Letter,
    #[error("no number of whole bytes has this many letters")]
    Length,
    #[error("the last letter says more than the bytes before it need")]
    TrailingBits,
}

#[must_use]
pub fn encode(bytes: &[u8], case: Case) -> String {
    let alphabet = match case {
        Case::Upper => UPPER,
        Case::Lower => LOWER,
    };
    let mut text = String::with_capacity((bytes.len() * 8).div_ceil(5));
    let (mut bits, mut count) = (0_u16, 0);
    for byte in bytes {
        bits = (bits << 8) | u16::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            text.push(letter(alphabet, bits >> count));
        }
    }
    if count > 0 {
        text.push(letter(alphabet, bits << (5 - count)));
    }
    text
}

fn letter(alphabet: &[u8; 32], bits: u16) -> char {
    char::from(alphabet[usize::from(bits & 0b1_1111)])
}

/// Reads only what [`encode`] writes in the same case.
pub fn decode_strict(text: &str, case: Case) -> Result<Vec<u8>, MalformedBase32> {
    let in_case = |byte: &u8| match case {
        Case::Upper => !byte.is_ascii_lowercase(),
        Case::Lower => !byte.is_ascii_uppercase(),
    };
    if !text.as_bytes().iter().all(in_case) {
        return Err(MalformedBase32::Letter);
    }
    pack(text.bytes())
}

/// Reads what a person wrote down: in any case, O for 0, I and L for 1, with hyphens and spaces
/// anywhere.
pub fn decode_lenient(text: &str) -> Result<Vec<u8>, MalformedBase32> {
    pack(letters_meant(text))
}

/// The canonical upper-case letters that a person meant, whether or not they make whole bytes.
pub fn canonical(text: &str) -> Result<String, MalformedBase32> {
    letters_meant(text)
        .map(|byte| {
            value(byte)
                .map(|value| letter(UPPER, value))
                .ok_or(MalformedBase32::Letter)
        })
        .collect()
}

fn letters_meant(text: &str) -> impl Iterator<Item = u8> {
    text.bytes()
        .filter(|byte| !matches!(byte, b'-' | b' '))
        .map(|byte| match byte {
            b'O' | b'o' => b'0',
            b'I' | b'i' | b'L' | b'l' => b'1',
            _ => byte,
        })
}

fn pack(letters: impl Iterator<Item = u8>) -> Result<Vec<u8>, MalformedBase32> {
    let mut bytes = Vec::with_capacity(letters.size_hint().1.unwrap_or_default() * 5 / 8);
    let (mut bits, mut count) = (0_u16, 0);
    for byte in letters {
        bits = (bits << 5) | value(byte).ok_or(MalformedBase32::Letter)?;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count).to_be_bytes()[1]);
            bits &= (1 << count) - 1;
        }
    }
    match (count, bits) {
        (0..5, 0) => Ok(bytes),
        (0..5, _) => Err(MalformedBase32::TrailingBits),
        _ => Err(MalformedBase32::Length),
    }
}

fn value(byte: u8) -> Option<u16> {
    let value = match byte.to_ascii_uppercase() {
        digit @ b'0'..=b'9' => digit - b'0',
        letter @ b'A'..=b'H' => letter - b'A' + 10,
        letter @ b'J'..=b'K' => letter - b'J' + 18,
        letter @ b'M'..=b'N' => letter - b'M' + 20,
        letter @ b'P'..=b'T' => letter - b'P' + 22,
        letter @ b'V'..=b'Z' => letter - b'V' + 27,
        _ => return None,
    };
    Some(u16::from(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    #[test]
    fn bytes_are_packed_from_the_front() {
        assert_eq!(encode(&[], Case::Upper), "");
        assert_eq!(encode(&[0xFF], Case::Upper), "ZW");
        assert_eq!(encode(&[0, 1, 2, 3, 4], Case::Upper), "000G40R4");
        // RFC 4648, section 10: "foobar" is MZXW6YTBOI in the alphabet of that document.
        assert_eq!(encode(b"foobar", Case::Lower), "csqpyrk1e8");
    }

    #[test]
    fn every_letter_has_the_value_of_its_place() {
        for alphabet in [UPPER, LOWER] {
            for (place, byte) in (0_u16..).zip(alphabet) {
                assert_eq!(value(*byte), Some(place));
            }
        }
        assert_eq!(
            b"ILOUilou-_ @[`{\0".iter().find_map(|byte| value(*byte)),
            None
        );
    }

    #[test]
    fn strict_reading_takes_only_the_canonical_form() {
        assert_eq!(
            decode_strict("000G40R4", Case::Upper),
            Ok(vec![0, 1, 2, 3, 4])
        );
        assert_eq!(
            decode_strict("000G40R4", Case::Lower),
            Err(MalformedBase32::Letter)
        );
        assert_eq!(
            decode_strict("000g40r4", Case::Upper),
            Err(MalformedBase32::Letter)
        );
        assert_eq!(
            decode_strict("OOOG40R4", Case::Upper),
            Err(MalformedBase32::Letter)
        );
        assert_eq!(
            decode_strict("000G-40R4", Case::Upper),
            Err(MalformedBase32::Letter)
        );
        assert_eq!(
            decode_strict("ZX", Case::Upper),
            Err(MalformedBase32::TrailingBits)
        );
        for impossible in ["Z", "0", "000", "000000"] {
            assert_eq!(
                decode_strict(impossible, Case::Upper),
                Err(MalformedBase32::Length)
            );
        }
    }

    #[test]
    fn lenient_reading_takes_what_people_write() {
        let code = decode_strict("K7Q10MXP", Case::Upper);
        for written in ["K7Q1-0MXP", "k7ql-omxp", " K7QI OMXP ", "k7-qi-om-xp"] {
            assert_eq!(decode_lenient(written), code, "{written}");
            assert_eq!(canonical(written).as_deref(), Ok("K7Q10MXP"), "{written}");
        }
        assert_eq!(decode_lenient("K7QU-0MXP"), Err(MalformedBase32::Letter));
        assert_eq!(canonical("K7Qß"), Err(MalformedBase32::Letter));
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes: Vec<u8>) {
            for case in [Case::Upper, Case::Lower] {
                let text = encode(&bytes, case);
                assert_eq!(decode_strict(&text, case).as_ref(), Ok(&bytes));
                assert_eq!(decode_lenient(&text).as_ref(), Ok(&bytes));
            }
        }

        #[test]
        fn each_bytes_have_one_text(text in "[0-9A-Z]{0,24}") {
            if let Ok(bytes) = decode_strict(&text, Case::Upper) {
                assert_eq!(encode(&bytes, Case::Upper), text);
            }
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = decode_strict(&text, Case::Lower);
            let _ = decode_lenient(&text);
            let _ = canonical(&text);
        }
    }
}
