//! The browser's first language, from `Accept-Language`.

/// Longest language tag that is kept.
const TAG_BYTES_MAX: usize = 35;

/// The first tag in lower case, as `de-at`; empty when there is none or it is none.
#[must_use]
pub fn first(accept_language: &str) -> String {
    let tag = accept_language
        .split(',')
        .next()
        .and_then(|range| range.split(';').next())
        .unwrap_or("")
        .trim();
    let is_tag = (2..=TAG_BYTES_MAX).contains(&tag.len())
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_tag {
        tag.to_ascii_lowercase()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_tag_in_lower_case() {
        for (header, expected) in [
            ("de-AT,de;q=0.9,en;q=0.8", "de-at"),
            ("en", "en"),
            (" pt-BR ;q=1", "pt-br"),
            ("*", ""),
            ("", ""),
            ("<script>", ""),
        ] {
            assert_eq!(first(header), expected, "{header}");
        }
    }
}
