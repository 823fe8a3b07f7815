//! Random texts from the system's source: tokens, request ids, command ids nobody chose.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Digits of 32 bytes in base 62.
const WIDTH: usize = 43;

/// 32 random bytes in base 62, always 43 digits.
///
/// # Errors
/// The system gives no random numbers.
pub(crate) fn secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(base62(bytes))
}

/// A short id for an exchange; without a source of random numbers all exchanges share one, which only costs convenience.
pub(crate) fn id() -> String {
    secret().map_or_else(
        |_| "unnamed".to_owned(),
        |text| format!("req_{}", &text[WIDTH - 20..]),
    )
}

fn base62(mut number: [u8; 32]) -> String {
    let mut digits = [b'0'; WIDTH];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0_u32;
        for byte in &mut number {
            let value = rest * 256 + u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            rest = value % 62;
        }
        *digit = DIGITS[usize::try_from(rest).unwrap_or(0)];
    }
    digits.iter().map(|&digit| char::from(digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_has_the_same_width_and_none_is_lost_to_rounding() {
        assert_eq!(base62([0; 32]), "0".repeat(WIDTH));
        let mut one = [0; 32];
        one[31] = 63;
        assert!(base62(one).ends_with("11"));
        assert_ne!(base62([255; 32]), base62([254; 32]));
        assert_ne!(secret().unwrap(), secret().unwrap());
    }
}
