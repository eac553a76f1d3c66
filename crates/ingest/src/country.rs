//! Country of a network address, from the registries' delegations that the crate `iptocc` carries.
//! The address is looked up and forgotten.

use std::net::IpAddr;

/// ISO 3166-1 alpha-2 code in capitals; empty when unknown.
#[must_use]
pub fn of(address: IpAddr) -> &'static str {
    iptocc::country_code(address.to_canonical()).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_public_addresses_and_no_private_ones() {
        assert_eq!(of("8.8.8.8".parse().unwrap()), "US");
        assert_eq!(of("::ffff:8.8.8.8".parse().unwrap()), "US");
        assert_eq!(of("2001:4860:4860::8888".parse().unwrap()), "US");
        for private in ["10.0.0.1", "127.0.0.1", "::1", "fe80::1"] {
            assert_eq!(of(private.parse().unwrap()), "", "{private}");
        }
    }
}
