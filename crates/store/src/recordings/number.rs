//! Lengths as LEB128: seven bits a byte, the lowest first.

/// Appends a number.
pub(crate) fn write(number: usize, out: &mut Vec<u8>) {
    let mut number = number;
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Takes a number off the front; none when there is no whole one, or one beyond 35 bits.
pub(crate) fn read(rest: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for shift in (0..35).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
