//! Address ranges.

use std::net::IpAddr;
use std::str::FromStr;

/// An address, or a range in CIDR notation: `10.0.0.0/8`, `fd00::/8`, `127.0.0.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a network is an address or a range such as 10.0.0.0/8 or fd00::/8")]
pub struct MalformedNetwork;

impl Network {
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(given)) => {
                let differing = ours.to_bits() ^ given.to_bits();
                differing.leading_zeros() >= u32::from(self.prefix)
            }
            (IpAddr::V6(ours), IpAddr::V6(given)) => {
                let differing = ours.to_bits() ^ given.to_bits();
                differing.leading_zeros() >= u32::from(self.prefix)
            }
            _ => false,
        }
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        let prefix = if address.is_ipv4() { 32 } else { 128 };
        Self { address, prefix }
    }
}

impl FromStr for Network {
    type Err = MalformedNetwork;

    fn from_str(text: &str) -> Result<Self, MalformedNetwork> {
        let parse = |address: &str| address.parse::<IpAddr>().map_err(|_| MalformedNetwork);
        let Some((address, prefix)) = text.trim().split_once('/') else {
            return parse(text.trim()).map(Self::from);
        };
        let single = Self::from(parse(address)?);
        match prefix.parse() {
            Ok(prefix) if prefix <= single.prefix => Ok(Self { prefix, ..single }),
            _ => Err(MalformedNetwork),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_contains_its_addresses() {
        let contains = |network: &str, address: &str| {
            let network: Network = network.parse().expect("a network");
            network.contains(address.parse().expect("an address"))
        };
        assert!(contains("10.0.0.0/8", "10.255.0.1"));
        assert!(!contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("0.0.0.0/0", "192.0.2.1"));
        assert!(contains("127.0.0.1", "127.0.0.1"));
        assert!(contains("127.0.0.1", "::ffff:127.0.0.1"));
        assert!(!contains("127.0.0.1", "127.0.0.2"));
        assert!(contains("fd00::/8", "fd12::1"));
        assert!(!contains("::/0", "192.0.2.1"));
        for malformed in ["", "10.0.0.0/33", "10.0.0.0/", "example.org", "::/129"] {
            assert_eq!(malformed.parse::<Network>(), Err(MalformedNetwork));
        }
    }
}
