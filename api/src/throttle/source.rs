//! Where a request comes from.

use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, dev};

use super::Throttle;
use crate::app::SharedApp;
use crate::problems::{Code, Problem};

/// The address of whoever calls; of an IPv6 address its first 64 bits, for one person has them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source(IpAddr);

impl Source {
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from_bits(network))
            }
            address @ IpAddr::V4(_) => address,
        })
    }
}

impl FromRequest for Source {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let Some(app) = request.app_data::<SharedApp>() else {
            return ready(Err(Problem::new(Code::Internal)));
        };
        let peer = request
            .peer_addr()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip());
        let forwarded: Vec<&str> = request
            .headers()
            .get_all(header::X_FORWARDED_FOR)
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        ready(Ok(Self::of(farthest(&app.throttle, peer, &forwarded))))
    }
}

/// Walks back through the proxies as long as they are trusted: each wrote the address to the right
/// of those that it received, and what stands further left may be invented.
fn farthest(throttle: &Throttle, peer: IpAddr, forwarded: &[&str]) -> IpAddr {
    let mut farthest = peer;
    for entry in forwarded.iter().rev() {
        if !throttle.trusts(farthest) {
            break;
        }
        let Some(address) = address(entry.trim()) else {
            break;
        };
        farthest = address;
    }
    farthest
}

/// An address as proxies write it: some add the port, and brackets around IPv6.
fn address(entry: &str) -> Option<IpAddr> {
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    let with_port = || entry.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let trusted = vec!["10.0.0.0/8".parse().expect("a network")];
        let throttle = Throttle::new(Clock::default(), trusted);
        let peer = peer.parse().expect("an address");
        farthest(&throttle, peer, forwarded).to_string()
    }

    #[test]
    fn only_what_trusted_proxies_wrote_is_believed() {
        assert_eq!(seen("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(seen("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(
            seen("10.0.0.1", &["203.0.113.9", " 198.51.100.7", "10.0.0.2"]),
            "198.51.100.7"
        );
        assert_eq!(seen("10.0.0.1", &["203.0.113.9", "unknown"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &["[2001:db8::1]:443"]), "2001:db8::1");
    }

    #[test]
    fn the_addresses_of_one_line_are_one_source() {
        let source = |text: &str| Source::of(text.parse().expect("an address"));
        assert_eq!(source("2001:db8::1"), source("2001:db8::ffff:2"));
        assert_ne!(source("2001:db8::1"), source("2001:db8:0:1::1"));
        assert_eq!(source("::ffff:192.0.2.1"), source("192.0.2.1"));
        assert_ne!(source("192.0.2.1"), source("192.0.2.2"));
    }
}
