//! Members: which user may do what on which site.

use hitmetrix_model::SiteId;
use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::columns::named;
use super::sites::{missing_unless, site_id};
use super::{Settings, SettingsError, UserId};

/// What a user may do on a site; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Look at everything.
    Viewer,
    /// Also save segments and remove recordings.
    Editor,
    /// Also change the site, its tokens and its members.
    Admin,
}

impl Role {
    /// Every role, weakest first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Editor, Self::Admin];

    /// The word in API and database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    fn from_name(word: &str) -> Result<Self, SettingsError> {
        named(("role of a member", word), Self::ALL, Self::name)
    }
}

/// One user on one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The user.
    pub user: UserId,
    /// Their address.
    pub email: String,
    /// What they may do.
    pub role: Role,
}

impl Settings {
    /// Members of a site, by address.
    pub async fn members(&self, site: SiteId) -> Result<Vec<Member>, SettingsError> {
        let rows = sqlx::query(
            "SELECT members.user_id, users.email, members.role FROM members \
             JOIN users ON users.id = members.user_id WHERE members.site = $1 ORDER BY users.email",
        )
        .bind(i64::from(site.0))
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Member {
                    user: UserId(row.try_get(0)?),
                    email: row.try_get(1)?,
                    role: Role::from_name(row.try_get(2)?)?,
                })
            })
            .collect()
    }

    /// The sites of a user with the role on each.
    pub async fn roles_of(&self, user: UserId) -> Result<Vec<(SiteId, Role)>, SettingsError> {
        let rows = sqlx::query("SELECT site, role FROM members WHERE user_id = $1 ORDER BY site")
            .bind(user.0)
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| Ok((site_id(row.try_get(0)?)?, Role::from_name(row.try_get(1)?)?)))
            .collect()
    }

    /// The role of a user on a site.
    pub async fn role(&self, site: SiteId, user: UserId) -> Result<Option<Role>, SettingsError> {
        let row = sqlx::query("SELECT role FROM members WHERE site = $1 AND user_id = $2")
            .bind(i64::from(site.0))
            .bind(user.0)
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Role::from_name(row.try_get(0)?)).transpose()
    }

    /// Gives a user a role on a site, in place of the one before.
    pub async fn set_role(
        &self,
        site: SiteId,
        user: UserId,
        role: Role,
    ) -> Result<(), SettingsError> {
        let known = sqlx::query("SELECT 1 FROM users WHERE id = $1")
            .bind(user.0)
            .fetch_optional(&self.pool)
            .await?;
        if known.is_none() {
            return Err(SettingsError::Missing { what: "user" });
        }
        sqlx::query(
            "INSERT INTO members (site, user_id, role) VALUES ($1, $2, $3) \
             ON CONFLICT (site, user_id) DO UPDATE SET role = excluded.role",
        )
        .bind(i64::from(site.0))
        .bind(user.0)
        .bind(role.name())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Takes a user's role on a site away.
    pub async fn remove_member(&self, site: SiteId, user: UserId) -> Result<(), SettingsError> {
        let removed = sqlx::query("DELETE FROM members WHERE site = $1 AND user_id = $2")
            .bind(i64::from(site.0))
            .bind(user.0)
            .execute(&self.pool)
            .await?;
        missing_unless(removed.rows_affected(), "member")
    }
}
