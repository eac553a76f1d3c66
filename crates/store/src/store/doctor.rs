//! Looks at every stored byte and names what is broken.

use std::fmt;
use std::sync::Arc;

use super::{Inner, Store, StoreError, blocking};
use crate::parts::Part;
use crate::recordings::pack;
use crate::state::read;

/// One thing that is broken, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file or table.
    pub place: String,
    /// What is wrong with it.
    pub what: String,
    /// What to do.
    pub way_out: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}; {}", self.place, self.what, self.way_out)
    }
}

impl Store {
    /// Verifies the catalog, all parts, lanes and packs, and repeats what the log's replay set
    /// aside. Broken lanes are deleted, since they are made again. Nothing is found when all is
    /// sound.
    pub async fn doctor(&self) -> Vec<Finding> {
        let _work = self.inner.work.lock().await;
        let mut findings: Vec<Finding> = self
            .inner
            .replay
            .missing()
            .into_iter()
            .map(|what| Finding {
                place: self.inner.paths.quarantine().display().to_string(),
                what,
                way_out: "look at the quarantine, or restore a backup",
            })
            .collect();
        findings.extend(self.inner.catalog_findings().await);
        let inner = Arc::clone(&self.inner);
        let checked = blocking(move || Ok(inner.part_findings())).await;
        findings.extend(checked.unwrap_or_default());
        match self.inner.catalog.packs().await {
            Ok(packs) => {
                let inner = Arc::clone(&self.inner);
                let checked = blocking(move || Ok(inner.pack_findings(&packs))).await;
                findings.extend(checked.unwrap_or_default());
                findings.extend(self.inner.recording_findings().await);
            }
            Err(error) => findings.push(self.inner.catalog_finding(&error.into())),
        }
        findings
    }
}

impl Inner {
    fn catalog_finding(&self, error: &StoreError) -> Finding {
        Finding {
            place: self.paths.catalog().display().to_string(),
            what: error.to_string(),
            way_out: "restore a backup",
        }
    }

    async fn catalog_findings(&self) -> Vec<Finding> {
        match self.catalog.check().await {
            Ok(lines) => lines
                .into_iter()
                .map(|what| Finding {
                    place: self.paths.catalog().display().to_string(),
                    what,
                    way_out: "restore a backup",
                })
                .collect(),
            Err(error) => vec![self.catalog_finding(&error.into())],
        }
    }

    fn part_findings(&self) -> Vec<Finding> {
        let parts: Vec<Arc<Part>> = read(&self.state)
            .sites
            .values()
            .flat_map(|site| site.parts.iter().cloned())
            .collect();
        let mut findings = Vec::new();
        for part in parts {
            let wrong = match part.checksum_on_disk() {
                Ok(found) if found == part.row().checksum => None,
                Ok(_) => Some("its bytes do not match its checksum".to_owned()),
                Err(error) => Some(error.to_string()),
            };
            findings.extend(wrong.map(|what| Finding {
                place: part.path().display().to_string(),
                what: format!("{what}; {} events cannot be counted", part.row().rows),
                way_out: "restore a backup",
            }));
            for error in part.lanes().verify() {
                let removed = part.lanes().remove(&error);
                findings.push(Finding {
                    place: part.lanes().folder.display().to_string(),
                    what: error.to_string(),
                    way_out: if removed {
                        "deleted, it is made again"
                    } else {
                        "delete it"
                    },
                });
            }
        }
        findings
    }

    /// Rows of recordings that name what is not there.
    async fn recording_findings(&self) -> Vec<Finding> {
        match self.catalog.dangling().await {
            Ok(lines) => lines
                .into_iter()
                .map(|what| Finding {
                    place: self.paths.catalog().display().to_string(),
                    what,
                    way_out: "restore a backup; all other recordings can be played",
                })
                .collect(),
            Err(error) => vec![self.catalog_finding(&error.into())],
        }
    }

    fn pack_findings(&self, packs: &[String]) -> Vec<Finding> {
        packs
            .iter()
            .filter_map(|name| {
                let path = self.paths.pack(name);
                let error = pack::verify(&*self.disk, &path).err()?;
                Some(Finding {
                    place: path.display().to_string(),
                    what: error.to_string(),
                    way_out: "restore a backup; its other recordings can be played",
                })
            })
            .collect()
    }
}
