//! Who is signed in, and what they may look at.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use hitmetrix_model::Site;
use hitmetrix_store::settings::Role;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::access::Caller;
use crate::auth::subject::Subject;
use crate::cidr::Cidr;
use crate::egress::is_public;
use crate::peer::ClientAddress;
use crate::problem::Problem;

/// Answer to `me`.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// The user.
    user: MyUser,
    /// Sites with the role on each.
    sites: Vec<MySite>,
    /// Version of the server.
    version: String,
    /// Address of the demo shop while it is served.
    demo_shop: Option<String>,
}

/// The user of a login.
#[derive(Serialize, ToSchema)]
pub struct MyUser {
    /// Number.
    id: i64,
    /// E-mail address.
    email: String,
    /// Whether everything of the installation is allowed.
    owner: bool,
    /// Whether the sign-in asks for a code.
    second_factor: bool,
    /// How many recovery codes are left.
    recovery_codes_left: u32,
    /// True when a second factor must be made before anything else.
    must_make_factor: bool,
}

/// A site that a user may look at.
#[derive(Serialize, ToSchema)]
pub struct MySite {
    /// The site.
    site: Site,
    /// `viewer`, `editor` or `admin`.
    #[schema(value_type = String)]
    role: Role,
}

/// Who is signed in.
///
/// # Errors
/// When the database fails.
pub async fn me(State(app): State<Arc<App>>, Caller(subject): Caller) -> Result<Json<Me>, Problem> {
    let user = match &subject {
        Subject::User(user) | Subject::Enrolling(user) => {
            let factor = app.settings().second_factor(user.id).await?;
            MyUser {
                id: user.id.0,
                email: user.email.clone(),
                owner: user.owner,
                second_factor: factor.is_some_and(|factor| factor.confirmed),
                recovery_codes_left: app.settings().recovery_codes_left(user.id).await?,
                must_make_factor: matches!(subject, Subject::Enrolling(_)),
            }
        }
        _ => MyUser {
            id: 0,
            email: String::new(),
            owner: subject.is_owner(),
            second_factor: false,
            recovery_codes_left: 0,
            must_make_factor: false,
        },
    };
    Ok(Json(Me {
        user,
        sites: sites_of(&app, &subject).await?,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        demo_shop: crate::demo::address(&app),
    }))
}

/// Where the caller is seen to be; told to them alone and kept nowhere.
#[derive(Serialize, ToSchema)]
pub struct MyAddress {
    /// The network address of this request; of IPv6 the network of 64 bits that it is in, because the
    /// rest changes daily.
    address: String,
    /// True of what is none of the public internet, as this machine, a network of one's own or of a
    /// carrier, and of a proxy that names nobody behind it: others may be seen under the same address.
    shared: bool,
}

/// Where the caller is seen to be.
pub async fn address(
    State(app): State<Arc<App>>,
    ClientAddress(address): ClientAddress,
) -> ([(HeaderName, &'static str); 1], Json<MyAddress>) {
    let is_proxy = |range: &Cidr| range.contains(address);
    // As that of a proxy in a container, or of a carrier behind whose address many are.
    let is_inside = !is_public(address.to_canonical());
    let mine = MyAddress {
        shared: is_inside || app.config.trusted_proxy.iter().any(is_proxy),
        address: network(address),
    };
    ([(header::CACHE_CONTROL, "no-store")], Json(mine))
}

/// What is left out when this address is: of IPv6 its network, because the rest of it changes daily.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            format!("{}/64", std::net::Ipv6Addr::from(network))
        }
    }
}

/// A site as somebody of this role sees it: from where its people work is the business of its admins.
#[must_use]
pub fn shown(site: &Site, role: Role) -> Site {
    let mut site = site.clone();
    if role < Role::Admin {
        site.settings.excluded_addresses.clear();
    }
    site
}

async fn sites_of(app: &Arc<App>, subject: &Subject) -> Result<Vec<MySite>, Problem> {
    let mine = |site: &Site, role| MySite {
        site: shown(site, role),
        role,
    };
    if subject.is_owner() {
        let all = app.sites.all();
        return Ok(all
            .iter()
            .map(|known| mine(&known.site, Role::Admin))
            .collect());
    }
    let Subject::User(user) = subject else {
        return Ok(Vec::new());
    };
    let roles = app.settings().roles_of(user.id).await?;
    Ok(roles
        .into_iter()
        .filter_map(|(site, role)| Some(mine(&app.sites.by_id(site)?.site, role)))
        .collect())
}

/// Sites that the caller may look at, without roles.
///
/// # Errors
/// When the database fails.
pub async fn sites(app: &Arc<App>, subject: &Subject) -> Result<Vec<Site>, Problem> {
    let mine = sites_of(app, subject).await?;
    Ok(mine.into_iter().map(|mine| mine.site).collect())
}
