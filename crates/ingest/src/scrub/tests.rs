//! What is taken out of texts, what stays, and what no text can do.

use proptest::prelude::*;

use super::*;

#[test]
fn secrets_are_removed() {
    for (text, expected) in [
        ("write to ada@example.org now", "write to [email] now"),
        ("/u/ada%40example.org/x", "/u/[email]/x"),
        ("jörg.müller@bücher.example!", "[email]!"),
        ("4111 1111 1111 1111 12/30", "[card] 12/30"),
        ("pay 4111111111111111.", "pay [card]."),
        ("no 17 4111-1111-1111-1111", "no 17 [card]"),
        ("3782 822463 10005", "[card]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF", "[secret]"),
        (
            "/reset/9f86d081884c7d659a2feaa0c55ad015/",
            "/reset/[secret]/",
        ),
        ("key sk_live_abcdefghijklmnop", "key [secret]"),
        (
            "failed: password=hunter2&x=1",
            "failed: password=[secret]&x=1",
        ),
        ("Authorization: Bearer abc.def", "Authorization: [secret]"),
        (
            "Authorization: Basic dXNlcjpwYXNz\nHost: x",
            "Authorization: [secret]\nHost: x",
        ),
        (
            r#"{"authorization": "Basic dXNlcjpwYXNz", "a": 1}"#,
            r#"{"authorization": "[secret]", "a": 1}"#,
        ),
        (
            "Authorization: Digest username=\"a\", response=b",
            "Authorization: [secret]",
        ),
        ("Cookie: a=1; b=2", "Cookie: [secret]"),
        ("X-Api-Key: abc", "X-Api-Key: [secret]"),
        ("PIN: 4711", "PIN: [secret]"),
        ("/x;jsessionid=abc?y", "/x;jsessionid=[secret]"),
        ("https://joe:pa55@host/x", "https://[secret]@host/x"),
        ("DE89 3704 0044 0532 0130 00 is mine", "[iban] is mine"),
        ("GB82WEST12345698765432", "[iban]"),
        ("4111\u{a0}1111\u{a0}1111\u{a0}1111", "[card]"),
        ("4111  1111  1111  1111", "[card]"),
        (
            "key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY!",
            "key [secret]!",
        ),
        ("AKIAIOSFODNN7EXAMPLE", "[secret]"),
        ("npm_abcdefghijklmnopqrstuvwxyz", "[secret]"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
            "[secret]-----END RSA PRIVATE KEY-----",
        ),
        (r#"{"token":"abc"}"#, r#"{"token":"[secret]"}"#),
        ("Zm9vYmFyQmF6MTIzNDU2Nzg5MA", "[secret]"),
    ] {
        assert_eq!(scrub(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_secret_stays() {
    for text in [
        "Buy 2 for 1",
        "/orders/123456789012",
        "/how-to-build-a-House-in-10-days-for-Beginners-and-Experts",
        "550e8400-e29b-41d4-a716-446655440000",
        "4111 1111 1111 1112",
        "@media screen",
        "user@localhost",
        "shipping: free, mapping: none",
        "We use a cookie: it helps",
        "GB82 WEST 1234 5698 7654 33",
        "/How/To/Build/A/House/In/10/Days/For/Beginners/And/2/Experts",
        "https://example.org/@joe/x",
        "-----BEGIN CERTIFICATE-----",
        "Forgot your password?",
        "2026-11-23 15:30:00.123",
        "",
    ] {
        assert_eq!(scrub(text), text);
    }
}

/// Texts in which secrets, halves of them and marks stand side by side.
fn any_text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("4111 1111 1111 1111".to_owned()),
        Just("ada@example.org".to_owned()),
        Just("password=hunter2".to_owned()),
        Just("Authorization: Basic dXNlcjpwYXNz".to_owned()),
        Just("DE89370400440532013000".to_owned()),
        Just("https://a:b@c/".to_owned()),
        Just(SECRET.to_owned()),
        Just(EMAIL.to_owned()),
        "[ -~]{0,12}",
        "\\PC{0,6}",
    ];
    proptest::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn what_is_found_is_in_order_and_within_the_text(text in any_text()) {
        let mut end = 0;
        for (range, _) in find(&text) {
            prop_assert!(range.start >= end && range.start < range.end);
            prop_assert!(text.is_char_boundary(range.start) && text.is_char_boundary(range.end));
            end = range.end;
        }
        prop_assert!(end <= text.len());
    }

    #[test]
    fn scrubbing_only_removes(text in any_text()) {
        // What is left between the marks stands in the text, in the same order.
        let clean = scrub(&text);
        let mut rest = text.as_str();
        let parts = [EMAIL, CARD, IBAN, SECRET]
            .iter()
            .fold(vec![&*clean], |parts, mark| parts.iter().flat_map(|part| part.split(mark)).collect());
        for part in parts {
            let at = rest.find(part);
            prop_assert!(at.is_some(), "{part:?} is not in {rest:?}");
            rest = &rest[at.unwrap_or_default() + part.len()..];
        }
    }

    #[test]
    fn a_card_is_found_among_other_words(digits in "4[0-9]{14}", before in "[a-z ,]{0,9}", gap in 0..GAPS.len()) {
        let check = (b'0'..=b'9').find(|check| {
            let all: Vec<u8> = digits.bytes().chain([*check]).map(|byte| byte - b'0').collect();
            is_card(&all)
        });
        let plain = format!("{digits}{}", char::from(check.unwrap()));
        let groups = [&plain[..4], &plain[4..8], &plain[8..12], &plain[12..]].join(GAPS[gap]);
        for card in [groups, plain] {
            let text = format!("{before} {card}");
            prop_assert_eq!(scrub(&text), format!("{before} [card]"));
        }
    }
}
