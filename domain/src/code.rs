//! What a visitor keeps of an appointment: a code to say and a secret that opens it.

use std::fmt;
use std::str::FromStr;

use crate::crockford::{self, Case};

/// Eight letters of Crockford base32 that a person can say on the telephone: `K7QF-2MXP`. Opens
/// nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has eight letters and digits, as in K7QF-2MXP")]
pub struct MalformedCode;

impl Code {
    #[must_use]
    pub fn from_random(bytes: [u8; 5]) -> Self {
        Self(crockford::encode(&bytes, Case::Upper))
    }

    /// The eight letters without the hyphen.
    #[must_use]
    pub fn letters(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at(4);
        write!(f, "{first}-{second}")
    }
}

impl FromStr for Code {
    type Err = MalformedCode;

    /// As people write it: in any case, with `O` for `0` and `I` or `L` for `1`.
    fn from_str(text: &str) -> Result<Self, MalformedCode> {
        if text.len() > 40 {
            return Err(MalformedCode);
        }
        let letters = crockford::canonical(text).map_err(|_| MalformedCode)?;
        if letters.len() == 8 { Ok(Self(letters)) } else { Err(MalformedCode) }
    }
}

/// 130 random bits in 26 letters of Crockford base32. Opens an appointment without an account;
/// never stored, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret has 26 letters and digits")]
pub struct MalformedSecret;

impl Secret {
    /// The first 130 of the bits.
    #[must_use]
    pub fn from_random(bytes: [u8; 17]) -> Self {
        let mut letters = crockford::encode(&bytes, Case::Upper);
        letters.truncate(26);
        Self(letters)
    }

    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for Secret {
    type Err = MalformedSecret;

    fn from_str(text: &str) -> Result<Self, MalformedSecret> {
        if text.len() > 80 {
            return Err(MalformedSecret);
        }
        let letters = crockford::canonical(text).map_err(|_| MalformedSecret)?;
        if letters.len() == 26 { Ok(Self(letters)) } else { Err(MalformedSecret) }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_understood_as_people_write_it() {
        let code: Code = "k7qf-2mxp".parse().expect("a code");
        assert_eq!(code.to_string(), "K7QF-2MXP");
        assert_eq!("O1IL 0000".parse::<Code>().expect("a code").to_string(), "0111-0000");
        for malformed in ["", "K7QF-2MX", "K7QF-2MXPP", "U7QF-2MXP", "ä7QF-2MXP"] {
            assert_eq!(malformed.parse::<Code>(), Err(MalformedCode), "{malformed}");
        }
    }

    #[test]
    fn a_secret_has_26_letters_and_is_read_back() {
        let secret = Secret::from_random([0xa5; 17]);
        assert_eq!(secret.reveal().len(), 26);
        assert_eq!(secret.reveal().to_lowercase().parse(), Ok(secret.clone()));
        assert_eq!(format!("{secret:?}"), "Secret(hidden)");
    }
}
