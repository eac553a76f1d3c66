//! What the demo shop is made of: its lamps, the browsers and countries of its visitors, and the
//! ways that lead to it. Shares are about those of a small European shop.

/// A lamp of the shop, as web/demo-shop has it.
#[derive(Debug)]
pub struct Lamp {
    pub slug: &'static str,
    pub name: &'static str,
    /// Price in euros.
    pub euros: f64,
}

/// All lamps with how often they are looked at, in the order of the shop's list.
pub const LAMPS: [(f64, Lamp); 6] = [
    (3.0, lamp("arc", "Arc", 189.0)),
    (4.0, lamp("pebble", "Pebble", 49.0)),
    (2.0, lamp("harbour", "Harbour", 129.0)),
    (1.5, lamp("reed", "Reed", 99.0)),
    (2.5, lamp("moss", "Moss", 79.0)),
    (1.0, lamp("dusk", "Dusk", 159.0)),
];

const fn lamp(slug: &'static str, name: &'static str, euros: f64) -> Lamp {
    Lamp { slug, name, euros }
}

/// A browser on a device.
#[derive(Debug)]
pub struct Device {
    pub browser: &'static str,
    pub browser_version: &'static str,
    pub system: &'static str,
    pub system_version: &'static str,
    pub kind: &'static str,
    pub screen_px: [u16; 2],
}

const fn device(
    (browser, browser_version): (&'static str, &'static str),
    (system, system_version): (&'static str, &'static str),
    (kind, screen_px): (&'static str, [u16; 2]),
) -> Device {
    Device {
        browser,
        browser_version,
        system,
        system_version,
        kind,
        screen_px,
    }
}

/// Browsers by how common they are.
pub const DEVICES: [(f64, Device); 9] = [
    (
        24.0,
        device(
            ("Chrome", "155.0"),
            ("Windows", "11"),
            ("desktop", [1920, 1080]),
        ),
    ),
    (
        9.0,
        device(
            ("Chrome", "155.0"),
            ("macOS", "26.1"),
            ("desktop", [1512, 982]),
        ),
    ),
    (
        24.0,
        device(
            ("Chrome", "155.0"),
            ("Android", "16"),
            ("phone", [412, 915]),
        ),
    ),
    (
        19.0,
        device(("Safari", "26.1"), ("iOS", "26.1"), ("phone", [390, 844])),
    ),
    (
        9.0,
        device(
            ("Safari", "26.1"),
            ("macOS", "26.1"),
            ("desktop", [1440, 900]),
        ),
    ),
    (
        6.0,
        device(
            ("Firefox", "146.0"),
            ("Windows", "11"),
            ("desktop", [1920, 1080]),
        ),
    ),
    (
        2.0,
        device(
            ("Firefox", "146.0"),
            ("Linux", ""),
            ("desktop", [2560, 1440]),
        ),
    ),
    (
        4.0,
        device(
            ("Edge", "155.0"),
            ("Windows", "11"),
            ("desktop", [1536, 864]),
        ),
    ),
    (
        3.0,
        device(("Safari", "26.0"), ("iOS", "26.0"), ("tablet", [820, 1180])),
    ),
];

/// Whether a browser is one of Apple's: the broken payment of the story.
pub fn is_safari(device: &Device) -> bool {
    device.browser.ends_with("Safari")
}

/// Country and language.
pub const COUNTRIES: [(f64, (&str, &str)); 9] = [
    (38.0, ("DE", "de-de")),
    (14.0, ("SE", "sv-se")),
    (12.0, ("NL", "nl-nl")),
    (9.0, ("AT", "de-at")),
    (7.0, ("DK", "da-dk")),
    (6.0, ("CH", "de-ch")),
    (6.0, ("GB", "en-gb")),
    (5.0, ("FR", "fr-fr")),
    (3.0, ("US", "en-us")),
];

/// A way to the shop: query of the first address, host that led there, and how much more or less
/// likely its visitors are to buy.
#[derive(Debug)]
pub struct Way {
    pub query: &'static str,
    pub referrer: &'static str,
    pub referrer_path: &'static str,
    pub eager: f64,
}

const fn way(
    query: &'static str,
    (referrer, referrer_path): (&'static str, &'static str),
    eager: f64,
) -> Way {
    Way {
        query,
        referrer,
        referrer_path,
        eager,
    }
}

/// The usual ways. The newsletter brings buyers.
pub const WAYS: [(f64, Way); 8] = [
    (34.0, way("", ("", ""), 1.0)),
    (30.0, way("", ("www.google.com", "/"), 1.0)),
    (4.0, way("", ("duckduckgo.com", "/"), 1.1)),
    (
        8.0,
        way(
            "utm_source=newsletter&utm_medium=email&utm_campaign=evening-light",
            ("", ""),
            2.6,
        ),
    ),
    (
        7.0,
        way(
            "utm_source=google&utm_medium=cpc&utm_campaign=lamps&utm_term=floor+lamp",
            ("www.google.com", "/"),
            1.3,
        ),
    ),
    (6.0, way("", ("www.instagram.com", "/"), 0.5)),
    (5.0, way("", ("www.pinterest.com", "/"), 0.7)),
    (6.0, way("", ("interiors.example", "/lamps-that-last"), 1.5)),
];
