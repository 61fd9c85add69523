//! What a visitor gives of themselves. Everything is optional; a visitor may give nothing.

use std::fmt;
use std::str::FromStr;

use crate::line::Line;
use crate::service::ContactRule;
use crate::visits::Home;

/// Name, address, needs and note of a visitor. Kept sealed, and never written to a log: it has no
/// text of its own.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Contact {
    pub name: Option<Line>,
    pub email: Option<Email>,
    pub phone: Option<Phone>,
    pub access_needs: Option<String>,
    pub note: Option<String>,
    /// Where a visit is wanted.
    pub home: Option<Home>,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(hidden)")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    #[error("this service needs an e-mail address or a telephone number")]
    Required,
    #[error("this service takes no name, e-mail address or telephone number: leave `client` out")]
    NotTaken,
}

impl Contact {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn satisfies(&self, rule: ContactRule) -> Result<(), ContactError> {
        let reachable = self.email.is_some() || self.phone.is_some();
        match rule {
            ContactRule::Required if !reachable => Err(ContactError::Required),
            ContactRule::None if reachable || self.name.is_some() => Err(ContactError::NotTaken),
            _ => Ok(()),
        }
    }
}

/// An e-mail address in lower case. Whether it exists, only a message shows.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail address is name@domain with at most 254 characters")]
pub struct MalformedEmail;

impl Email {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = MalformedEmail;

    /// The form of RFC 5321 without quoted local parts and address literals.
    fn from_str(text: &str) -> Result<Self, MalformedEmail> {
        // In lower case it can be longer: `İ` has two bytes, and three as `i` with its dot.
        let text = text.trim().to_lowercase();
        let (local, domain) = text.rsplit_once('@').ok_or(MalformedEmail)?;
        let forbidden = |char: char| {
            char.is_whitespace() || char.is_control() || "\"(),:;<>@[\\]".contains(char)
        };
        let dotted = |part: &str| part.split('.').all(|label| !label.is_empty());
        let well_formed = text.len() <= 254
            && local.len() <= 64
            && dotted(local)
            && dotted(domain)
            && domain.contains('.')
            && !local.contains(forbidden)
            && !domain.contains(forbidden);
        if well_formed {
            Ok(Self(text))
        } else {
            Err(MalformedEmail)
        }
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(hidden)")
    }
}

/// A telephone number as people write it: digits with an optional leading `+`, and spaces,
/// hyphens, slashes or brackets between them.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a telephone number has 3 to 20 digits, as in +49 341 1234567")]
pub struct MalformedPhone;

impl Phone {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Phone {
    type Err = MalformedPhone;

    fn from_str(text: &str) -> Result<Self, MalformedPhone> {
        let text = text.trim();
        let rest = text.strip_prefix('+').unwrap_or(text);
        let digits = rest.bytes().filter(u8::is_ascii_digit).count();
        let written = |char: char| char.is_ascii_digit() || " -/().".contains(char);
        if (3..=20).contains(&digits) && text.len() <= 40 && rest.chars().all(written) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedPhone)
        }
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_brought_to_lower_case() {
        assert_eq!(
            "Ada@Example.ORG"
                .parse::<Email>()
                .expect("an address")
                .as_str(),
            "ada@example.org"
        );
        for malformed in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "a b@example.org",
            "ada@example",
            "a@b..c",
        ] {
            assert_eq!(
                malformed.parse::<Email>(),
                Err(MalformedEmail),
                "{malformed}"
            );
        }
        assert!("+49 (341) 12-34 567".parse::<Phone>().is_ok());
        assert!("call me".parse::<Phone>().is_err());
    }

    #[test]
    fn a_rule_decides_what_must_be_given() {
        let nothing = Contact::default();
        let reachable = Contact {
            email: "a@b.de".parse().ok(),
            ..Contact::default()
        };
        assert_eq!(nothing.satisfies(ContactRule::None), Ok(()));
        assert_eq!(nothing.satisfies(ContactRule::Optional), Ok(()));
        assert_eq!(
            nothing.satisfies(ContactRule::Required),
            Err(ContactError::Required)
        );
        assert_eq!(reachable.satisfies(ContactRule::Required), Ok(()));
        assert_eq!(
            reachable.satisfies(ContactRule::None),
            Err(ContactError::NotTaken)
        );
    }

    #[test]
    fn nothing_of_a_visitor_can_be_printed_by_accident() {
        let contact = Contact {
            phone: "0341 1234567".parse().ok(),
            ..Contact::default()
        };
        assert!(!format!("{contact:?}").contains("0341"));
    }
}
