//! `hitmetrix doctor`: checks everything that is stored.

use axum::http::Method;
use serde::Deserialize;
use serde_json::json;

use super::arguments::Doctor;
use super::{CommandError, cell, print};
use crate::client::Client;

#[derive(Deserialize, serde::Serialize)]
struct Findings {
    findings: Vec<String>,
}

pub async fn run(client: &Client, doctor: Doctor) -> Result<(), CommandError> {
    if doctor.seal {
        client
            .call::<()>((Method::POST, "/api/v1/seal"), &())
            .await?;
    }
    let found: Findings = client.get("/api/v1/doctor").await?;
    if doctor.json {
        print(&format!("{}\n", json!(found)))?;
    } else if found.findings.is_empty() {
        print("everything is sound\n")?;
    } else {
        let lines: Vec<String> = found
            .findings
            .iter()
            .map(|text| cell::printable(text))
            .collect();
        print(&format!("{}\n", lines.join("\n")))?;
    }
    match found.findings.len() {
        0 => Ok(()),
        count => Err(CommandError::Findings { count }),
    }
}
