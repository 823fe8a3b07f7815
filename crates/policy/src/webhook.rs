//! Signatures of requests that are sent to others, as Standard Webhooks has them: HMAC-SHA256 over id, instant and body.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How a key in base64 begins.
const BASE64: &str = "whsec_";

/// The value of `webhook-signature`. `key` is taken as it is written, or as base64 behind `whsec_`; `at` is in seconds since 1970.
///
/// # Errors
/// The key cannot be read; never what it is.
pub fn signature(key: &str, id: &str, at: i64, body: &str) -> Result<String, String> {
    let key = key.trim();
    let bytes = match key.strip_prefix(BASE64) {
        Some(text) => STANDARD
            .decode(text)
            .map_err(|_| format!("the key behind `{BASE64}` is not base64"))?,
        None => key.as_bytes().to_vec(),
    };
    if bytes.is_empty() {
        return Err("the key is empty".to_owned());
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
    let tag = hmac::sign(&key, format!("{id}.{at}.{body}").as_bytes());
    Ok(format!("v1,{}", STANDARD.encode(tag.as_ref())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification.
    #[test]
    fn a_request_is_signed_as_the_specification_says() {
        let made = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            "{\"test\": 2432232314}",
        );
        let said = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(made.as_deref(), Ok(said));
    }

    #[test]
    fn a_key_that_cannot_be_read_is_not_shown() {
        let error = signature("whsec_not base64!", "id", 0, "").unwrap_err();
        assert!(!error.contains("not base64!"), "{error}");
        assert!(signature(" ", "id", 0, "").is_err());
    }
}
