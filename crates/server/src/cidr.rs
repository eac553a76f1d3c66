//! Ranges of network addresses, as `10.0.0.0/8` or `::1`: the proxies whose word on the sender's
//! address counts, and the addresses that a site leaves out.

use std::net::IpAddr;
use std::str::FromStr;

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    network: IpAddr,
    bits: u8,
}

impl Cidr {
    /// The same range without IPv6 clothes, where it lies in those whole: addresses are compared
    /// without them.
    fn canonical(self) -> Self {
        match self.network.to_canonical() {
            network @ IpAddr::V4(_) if self.network.is_ipv6() && self.bits >= CLOTHES_BITS => {
                Self {
                    network,
                    bits: self.bits - CLOTHES_BITS,
                }
            }
            _ => self,
        }
    }

    /// Whether the address lies in the range. An IPv4 address in IPv6 clothes counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => shifted(
                u128::from(network.to_bits() ^ address.to_bits()),
                32,
                self.bits,
            ),
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                shifted(network.to_bits() ^ address.to_bits(), 128, self.bits)
            }
            _ => false,
        }
    }
}

/// Bits before an IPv4 address in IPv6 clothes.
const CLOTHES_BITS: u8 = 96;

/// Whether the first `bits` of `width` are all zero.
fn shifted(difference: u128, width: u32, bits: u8) -> bool {
    let rest = width - u32::from(bits);
    difference.checked_shr(rest).unwrap_or(0) == 0
}

impl FromStr for Cidr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let network: IpAddr = address
            .parse()
            .map_err(|_| format!("`{text}` is no range of addresses; write it as 10.0.0.0/8"))?;
        let width = if network.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(width), str::parse::<u8>);
        match bits {
            Ok(bits) if bits <= width => Ok(Self { network, bits }.canonical()),
            _ => Err(format!("`{text}` has a length that is not 0 to {width}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_holds_its_addresses_and_no_others() {
        let cases = [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "::1", false),
            ("fd00::/8", "fd12::1", true),
            ("::/0", "2001:db8::1", true),
            ("::1", "::2", false),
            ("::ffff:198.51.100.7", "198.51.100.7", true),
            ("::ffff:198.51.100.7", "::ffff:198.51.100.7", true),
            ("::ffff:198.51.100.7", "198.51.100.8", false),
            ("::ffff:198.51.100.0/120", "198.51.100.9", true),
            ("::ffff:198.51.100.0/120", "198.51.101.9", false),
            ("::ffff:0:0/96", "8.8.8.8", true),
            ("::ffff:0:0/96", "2001:db8::1", false),
        ];
        for (range, address, expected) in cases {
            let cidr: Cidr = range.parse().unwrap();
            assert_eq!(
                cidr.contains(address.parse().unwrap()),
                expected,
                "{range} {address}"
            );
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            "ten",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/-1",
        ] {
            assert!(text.parse::<Cidr>().is_err(), "{text}");
        }
    }
}
