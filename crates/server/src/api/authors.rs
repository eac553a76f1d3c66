//! Who makes and changes saved things, and how that is shown to others.

use hitmetrix_store::settings::{Author, Role, Touch};

use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::auth::subject::Subject;
use crate::problem::Problem;

/// Now, by whoever calls.
///
/// # Errors
/// When nobody calls, which the guard does not let through.
pub fn touch(app: &App, subject: &Subject) -> Result<Touch, Problem> {
    let by = match subject {
        Subject::User(user) => Author::User(user.id),
        Subject::Token(token) => Author::Token(token.id.clone()),
        Subject::Control => Author::Control,
        Subject::Nobody | Subject::Enrolling(_) | Subject::Share(_) | Subject::Reader(_) => {
            return Err(Problem::internal("nobody saves something"));
        }
    };
    Ok(Touch {
        at_ms: app.now_ms(),
        by,
    })
}

/// An author by name; addresses of other users are for those who may see the members.
///
/// # Errors
/// When the database fails.
pub async fn shown(
    app: &App,
    (access, subject): (&SiteAccess, &Subject),
    author: &Author,
) -> Result<Option<String>, Problem> {
    match author {
        Author::Control => Ok(Some("command line".to_owned())),
        Author::Token(id) => {
            let known = app.sites.token(id);
            Ok(known.map(|known| known.token.name))
        }
        Author::User(id) => {
            let is_own = matches!(subject, Subject::User(user) if user.id == *id);
            if !is_own && access.role() < Role::Admin {
                return Ok(None);
            }
            let user = app.settings().user(*id).await?;
            Ok(user.map(|user| user.email))
        }
    }
}
