//! Bodies as they may be sent about users, sites and the server, for the OpenAPI document.

use super::route::Example;

/// The first user, or an invited one.
pub const FIRST_USER: &[Example] = &[(
    "The owner, from the link that the server prints at its first start",
    r#"{"token": "gq2Ttd3ZyQ0Z1bqYcV2m5A", "email": "owner@example.org", "password": "a long enough password"}"#,
)];

/// Looks at one-time links.
pub const LINK_LOOK: &[Example] = &[("A link", r#"{"token": "gq2Ttd3ZyQ0Z1bqYcV2m5A"}"#)];

/// Sign-ins.
pub const CREDENTIALS: &[Example] = &[
    (
        "With a password",
        r#"{"email": "owner@example.org", "password": "a long enough password"}"#,
    ),
    (
        "And a second factor",
        r#"{"email": "owner@example.org", "password": "a long enough password", "code": "492039"}"#,
    ),
];

/// What a second factor begins with.
pub const OWN_PASSWORD: &[Example] = &[(
    "The password once more",
    r#"{"password": "a long enough password"}"#,
)];

/// Codes of a second factor.
pub const FACTOR_CODE: &[Example] = &[("What the app shows now", r#"{"code": "492039"}"#)];

/// What making recovery codes anew asks for.
pub const PASSWORD_AND_CODE: &[Example] = &[(
    "The password, and what the app shows now",
    r#"{"password": "a long enough password", "code": "492039"}"#,
)];

/// Sites to be made.
pub const SITES: &[Example] = &[(
    "A shop with all its subdomains, in its own time zone",
    r#"{"name": "Shop", "domains": ["shop.example", "*.shop.example"], "time_zone": "Europe/Berlin"}"#,
)];

/// Changes of a site.
pub const SITE_PATCHES: &[Example] = &[
    ("Another name", r#"{"name": "Shop (old)"}"#),
    (
        "One more domain: the list is given whole",
        r#"{"domains": ["shop.example", "shop.test"]}"#,
    ),
];

/// Names that are typed before something goes for good.
pub const CONFIRMATIONS: &[Example] = &[("The name, typed", r#"{"name": "Shop (old)"}"#)];

/// Merges that are taken back.
pub const UNDOS: &[Example] = &[(
    "The visitor who is taken out of the person again",
    r#"{"visitor": "0f4c1f6de3c04c9b9a6f0d5a2b7c8e91"}"#,
)];

/// What opens a board that has a password.
pub const LINK_PASSWORDS: &[Example] = &[(
    "The link's password",
    r#"{"password": "lamps in the evening"}"#,
)];

/// How long an alert is silent.
pub const MUTES: &[Example] = &[
    ("Until a moment", r#"{"until_ms": 1795705200000}"#),
    ("Until somebody ends it", r#"{}"#),
];

/// Changes of a collection.
pub const COLLECTION_PATCHES: &[Example] = &[
    ("Another name", r#"{"name": "Payments that failed"}"#),
    (
        "Another order",
        r#"{"sessions": ["5b0f3f3f1f0d4c0c8c8d6e1f2a3b4c5d", "0f4c1f6de3c04c9b9a6f0d5a2b7c8e91"]}"#,
    ),
];

/// Tokens to be made.
pub const TOKENS: &[Example] = &[(
    "For a program that reads numbers",
    r#"{"name": "Weekly report", "scope": "read"}"#,
)];

/// Roles.
pub const ROLES: &[Example] = &[("An editor", r#"{"role": "editor"}"#)];

/// Users to be invited.
pub const INVITATIONS: &[Example] = &[("Somebody new", r#"{"email": "editor@example.org"}"#)];

/// Who needs a second factor.
pub const FACTOR_RULES: &[Example] =
    &[("Everybody needs a second factor", r#"{"required": true}"#)];

/// What is written where.
pub const BACKUPS: &[Example] = &[
    (
        "Everything but the keys",
        r#"{"part": "data", "folder": "/var/backups/hitmetrix/2026-11-27"}"#,
    ),
    (
        "The keys, to another place",
        r#"{"part": "keys", "folder": "/media/safe/hitmetrix-keys/2026-11-27"}"#,
    ),
];

/// Passwords that are changed by those whose they are.
pub const PASSWORD_CHANGES: &[Example] = &[(
    "The old one and a new one",
    r#"{"old": "a long enough password", "new": "another long enough password"}"#,
)];

/// Users who become owners.
pub const OWNERS: &[Example] = &[("The address, typed", r#"{"email": "editor@example.org"}"#)];
