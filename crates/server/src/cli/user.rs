//! `hitmetrix user`.

use axum::http::Method;
use serde::Deserialize;

use super::arguments::UserCommand;
use super::table::{TableCell, draw};
use super::{CommandError, print};
use crate::client::Client;

#[derive(Deserialize)]
struct Users {
    users: Vec<User>,
}

#[derive(Deserialize)]
struct User {
    id: i64,
    email: String,
    owner: bool,
    invited: bool,
}

#[derive(Deserialize)]
struct OneTimeLink {
    link: String,
}

pub async fn run(client: &Client, command: UserCommand) -> Result<(), CommandError> {
    let Users { users } = client.get("/api/v1/users").await?;
    match command {
        UserCommand::List => print(&list(&users)),
        UserCommand::ResetPassword { email } => {
            let user = find(&users, &email)?;
            let path = format!("/api/v1/users/{}/reset", user.id);
            let made: OneTimeLink = client.call((Method::POST, &path), &()).await?;
            print(&format!("Set the new password, once, at  {}\n", made.link))
        }
        UserCommand::ResetSecondFactor { email } => {
            let user = find(&users, &email)?;
            let path = format!("/api/v1/users/{}/second-factor", user.id);
            let () = client.call((Method::DELETE, &path), &()).await?;
            print(&format!(
                "{} signs in with the password alone\n",
                user.email
            ))
        }
    }
}

fn find<'a>(users: &'a [User], email: &str) -> Result<&'a User, CommandError> {
    let wanted = email.trim().to_lowercase();
    users
        .iter()
        .find(|user| user.email == wanted)
        .ok_or_else(|| {
            CommandError::Usage(format!(
                "there is no user `{wanted}`; see `hitmetrix user list`"
            ))
        })
}

fn list(users: &[User]) -> String {
    let head = ["id", "email", "role"].map(str::to_owned);
    let rows: Vec<Vec<TableCell>> = users
        .iter()
        .map(|user| {
            let role = match (user.owner, user.invited) {
                (true, _) => "owner",
                (false, true) => "invited",
                (false, false) => "user",
            };
            vec![
                TableCell {
                    text: user.id.to_string(),
                    is_number: true,
                },
                TableCell::text(&user.email),
                TableCell::text(role),
            ]
        })
        .collect();
    draw(&head, &rows)
}
