//! What visitors of the demo shop do, from the first page to the order. How far somebody comes is
//! decided before; what goes wrong on the way is one of the stories.

use hitmetrix_model::Value;

use super::surveys::{Leaving, ask};
use super::visit::{Visit, properties, text};
use super::world::{LAMPS, Lamp};

/// How far a session goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// One page.
    Landing,
    /// Some lamps.
    Lamps,
    /// Something in the cart.
    Cart,
    /// The address of the checkout is begun.
    Address,
    /// It is sent; the delivery is looked at.
    Delivery,
    /// The payment is tried, and succeeds where nothing is broken.
    Payment,
}

/// What a session will come to.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub reach: Reach,
    /// The payment does not work in this browser.
    pub payment_is_broken: bool,
    /// The postcode is refused until its visitor gives up.
    pub postcode_is_refused: bool,
}

/// What is in the cart.
#[derive(Debug, Default)]
struct Cart {
    euros: f64,
    lines: i64,
}

/// Goes through the shop; whether something was ordered, and for how many euros.
pub fn go(visit: &mut Visit<'_>, plan: Plan) -> Option<f64> {
    let lands_on_a_lamp = visit.dice.happens(0.35);
    if lands_on_a_lamp {
        lamp_page(visit);
    } else {
        visit.open("/", "Lamps for long evenings");
        visit.wait(9.0);
    }
    if plan.reach == Reach::Landing {
        return None;
    }
    let mut cart = Cart::default();
    look_around(visit, plan.reach, &mut cart);
    if plan.reach == Reach::Lamps {
        return None;
    }
    visit.open("/cart", "Cart");
    visit.wait(8.0);
    if plan.reach == Reach::Cart {
        return None;
    }
    visit.click("a#to-checkout", "To checkout");
    visit.open("/checkout", "Checkout");
    sees(visit, "address");
    visit.wait(4.0);
    if !address(visit, plan) {
        return None;
    }
    visit.step("/checkout-delivery", "Checkout");
    sees(visit, "delivery");
    visit.wait(7.0);
    if plan.reach == Reach::Delivery {
        ask(visit, Leaving::Delivery);
        return None;
    }
    submit(visit, "delivery", "form#delivery>button");
    visit.step("/checkout-payment", "Checkout");
    sees(visit, "payment");
    fields(visit, "payment", &["card", "valid", "code", "terms"], 9.0);
    if plan.payment_is_broken {
        pay_in_vain(visit);
        return None;
    }
    submit(visit, "payment", "button#pay");
    Some(order(visit, &cart))
}

/// A lamp, looked at.
fn lamp_page(visit: &mut Visit<'_>) -> &'static Lamp {
    let lamp = visit.dice.pick(&LAMPS);
    let place = LAMPS.iter().position(|(_, one)| one.slug == lamp.slug);
    if let (true, Some(place)) = (visit.is_on("/"), place) {
        let card = format!("ul#lamps>li:nth-of-type({})>a", place + 1);
        visit.click(&card, lamp.name);
    }
    visit.open(&format!("/product/{}", lamp.slug), lamp.name);
    sees(visit, "add");
    visit.wait(18.0);
    if visit.dice.happens(0.24) {
        picture_in_vain(visit);
    }
    if visit.dice.happens(0.15) {
        visit.click("lamp-rating#rating>>>button", "Read what people say");
        visit.wait(5.0);
    }
    lamp
}

/// The drawing of a lamp looks as if it could be made larger.
fn picture_in_vain(visit: &mut Visit<'_>) {
    const PICTURE: &str = "div#picture>svg>circle";
    let clicks = if visit.dice.happens(0.2) { 3 } else { 1 };
    for _ in 0..clicks {
        visit.click(PICTURE, "");
        visit.at_ms += 400;
    }
    if clicks > 1 {
        visit.again("rage_click", [("clicks", Value::Number(f64::from(clicks)))]);
    }
    visit.again("dead_click", []);
    visit.wait(3.0);
}

/// Some lamps, and what is put into the cart; sometimes the search, the help, the size guide.
fn look_around(visit: &mut Visit<'_>, reach: Reach, cart: &mut Cart) {
    let lamps = visit.dice.between(1, 4);
    for place in 0..lamps {
        if visit.dice.happens(0.12) {
            visit.open("/search", "Search");
            visit.wait(4.0);
        }
        if visit.dice.happens(0.07) {
            visit.open("/help", "Help");
            visit.wait(12.0);
        }
        let lamp = lamp_page(visit);
        let is_last = place == lamps - 1;
        if reach >= Reach::Cart && (is_last || visit.dice.happens(0.3)) {
            add_to_cart(visit, lamp, 1);
            cart.euros += lamp.euros;
            cart.lines += 1;
        }
    }
    if visit.dice.happens(0.04) {
        size_guide(visit);
    }
}

fn add_to_cart(visit: &mut Visit<'_>, lamp: &Lamp, amount: i64) {
    visit.click("form#add>button", "Add to cart");
    visit.act("form_submit", properties([("form", text("add"))]));
    let what = [
        ("product", text(lamp.slug)),
        ("amount", Value::Number(amount as f64)),
        ("value", Value::Number(lamp.euros * amount as f64)),
    ];
    visit.act("add_to_cart", properties(what));
    visit.wait(3.0);
}

/// The page whose button is broken on purpose.
fn size_guide(visit: &mut Visit<'_>) {
    visit.open("/broken", "Size guide");
    visit.wait(6.0);
    visit.click("button#chart", "Show the size chart");
    let what = [
        (
            "message",
            text("Cannot read properties of undefined (reading 'rows')"),
        ),
        ("source", text("/shop.js")),
        ("line", Value::Number(61.0)),
        ("column", Value::Number(38.0)),
    ];
    visit.act("error", properties(what));
    visit.wait(3.0);
    if visit.dice.happens(0.4) {
        visit.click("div#dead", "Compare all sizes");
        visit.again("dead_click", []);
        visit.wait(2.0);
    }
}

/// A form comes into view.
fn sees(visit: &mut Visit<'_>, form: &str) {
    visit.act("form_view", properties([("form", text(form))]));
}

/// The fields of a form, one after the other.
fn fields(visit: &mut Visit<'_>, form: &str, names: &[&str], seconds: f64) {
    for name in names {
        let place = || properties([("form", text(form)), ("field", text(name))]);
        visit.act("form_focus", place());
        visit.wait(seconds * 0.6);
        visit.act("form_change", place());
        visit.wait(seconds * 0.1);
    }
}

fn submit(visit: &mut Visit<'_>, form: &str, button: &str) {
    visit.click(button, if form == "payment" { "Pay now" } else { "Next" });
    visit.act("form_submit", properties([("form", text(form))]));
}

/// The address; whether it was sent.
fn address(visit: &mut Visit<'_>, plan: Plan) -> bool {
    const FIELDS: [&str; 5] = ["name", "email", "street", "zip", "city"];
    if plan.postcode_is_refused {
        fields(visit, "address", &FIELDS[..3], 6.0);
        for _ in 0..visit.dice.between(2, 4) {
            fields(visit, "address", &["zip"], 9.0);
            visit.click("form#address>button", "Next: delivery");
            let refused = [
                ("form", "address"),
                ("field", "zip"),
                ("kind", "customError"),
            ];
            visit.act(
                "form_error",
                properties(refused.map(|(name, value)| (name, text(value)))),
            );
            visit.wait(2.0);
        }
        abandon(visit, "zip");
        ask(visit, Leaving::Postcode);
        return false;
    }
    if plan.reach == Reach::Address {
        let done = visit.dice.between(0, 4);
        let done = usize::try_from(done).unwrap_or(0);
        fields(visit, "address", &FIELDS[..done], 6.0);
        if let Some(last) = done.checked_sub(1) {
            abandon(visit, FIELDS[last]);
        }
        return false;
    }
    fields(visit, "address", &FIELDS, 5.0);
    submit(visit, "address", "form#address>button");
    true
}

fn abandon(visit: &mut Visit<'_>, field: &str) {
    let place = [("form", text("address")), ("field", text(field))];
    visit.act("form_abandon", properties(place));
}

/// "Pay now" does nothing but throw: again, and then in anger.
fn pay_in_vain(visit: &mut Visit<'_>) {
    for _ in 0..visit.dice.between(1, 2) {
        submit(visit, "payment", "button#pay");
        let what = [
            (
                "message",
                text("undefined is not an object (evaluating 'card.scheme.name')"),
            ),
            ("source", text("/shop.js")),
            ("line", Value::Number(214.0)),
            ("column", Value::Number(18.0)),
        ];
        visit.at_ms += 40;
        visit.act("error", properties(what));
        visit.wait(3.0);
    }
    if visit.dice.happens(0.8) {
        let clicks = visit.dice.between(3, 9);
        visit.again("rage_click", [("clicks", Value::Number(clicks as f64))]);
    }
    visit.wait(6.0);
    ask(visit, Leaving::Payment);
}

fn order(visit: &mut Visit<'_>, cart: &Cart) -> f64 {
    visit.open("/thanks", "Thank you");
    let session = visit.session().to_string();
    let what = [
        ("value", Value::Number(cart.euros)),
        ("currency", text("EUR")),
        (
            "order_id",
            text(&format!("G-{}", session[..8].to_uppercase())),
        ),
        ("lines", Value::Number(cart.lines as f64)),
    ];
    visit.act("order", properties(what));
    visit.wait(8.0);
    cart.euros
}

/// A visit of a company that will buy many: the lamp it wants, and what it asks.
pub fn company_visit(visit: &mut Visit<'_>, pages: &[(&str, &str)]) {
    for (path, title) in pages {
        visit.open(path, title);
        visit.wait(40.0);
    }
}

/// The order of a company: many of one lamp.
pub fn company_order(visit: &mut Visit<'_>, lamp: &Lamp, amount: i64) {
    visit.open(&format!("/product/{}", lamp.slug), lamp.name);
    sees(visit, "add");
    visit.wait(30.0);
    add_to_cart(visit, lamp, amount);
    visit.open("/cart", "Cart");
    visit.wait(12.0);
    visit.open("/checkout", "Checkout");
    sees(visit, "address");
    fields(
        visit,
        "address",
        &["name", "email", "street", "zip", "city"],
        6.0,
    );
    submit(visit, "address", "form#address>button");
    visit.step("/checkout-delivery", "Checkout");
    sees(visit, "delivery");
    visit.wait(10.0);
    submit(visit, "delivery", "form#delivery>button");
    visit.step("/checkout-payment", "Checkout");
    sees(visit, "payment");
    fields(visit, "payment", &["card", "valid", "code", "terms"], 9.0);
    submit(visit, "payment", "button#pay");
    let cart = Cart {
        euros: lamp.euros * amount as f64,
        lines: 1,
    };
    order(visit, &cart);
}
