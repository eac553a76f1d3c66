//! Who asks, and what that allows: logins by cookie, API tokens, the control socket; roles per
//! site; limits on failed sign-ins.
//!
//! A request's site always comes out of here, as `SiteAccess`: the route says what it needs, the
//! guard checks it before the handler runs, and a handler cannot name a site by itself.

pub mod access;
pub mod attempts;
pub mod cookie;
pub mod guard;
pub mod password;
pub mod second_step;
pub mod subject;
pub mod unlock;
