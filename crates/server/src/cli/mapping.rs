//! The mapping of an `import csv`: what was typed, and behind it what a TOML file says.

use std::collections::BTreeMap;
use std::path::Path;

use hitmetrix_ingest::csv::Mapping;

use super::CommandError;
use super::arguments::ImportCsv;

/// The mapping that is asked for. Whether it fits the file, the server says.
pub fn of(command: ImportCsv) -> Result<Mapping, CommandError> {
    let mut mapping = match &command.mapping {
        Some(path) => read(path)?,
        None => Mapping::default(),
    };
    let (map, set) = (once(command.map)?, once(command.set)?);
    for field in map.keys().chain(set.keys()) {
        mapping.map.remove(field);
        mapping.set.remove(field);
    }
    mapping.map.extend(map);
    mapping.set.extend(set);
    mapping.number.extend(command.number);
    mapping.text.extend(command.text);
    mapping.header &= !command.no_header;
    mapping.decimal_comma |= command.decimal_comma;
    mapping.only_mapped |= command.only_mapped;
    for (typed, kept) in [
        (command.delimiter, &mut mapping.delimiter),
        (command.time_format, &mut mapping.time_format),
        (command.time_zone, &mut mapping.time_zone),
    ] {
        if let Some(typed) = typed {
            *kept = typed;
        }
    }
    Ok(mapping)
}

fn once(pairs: Vec<(String, String)>) -> Result<BTreeMap<String, String>, CommandError> {
    let mut all = BTreeMap::new();
    for (field, value) in pairs {
        if all.contains_key(&field) {
            let message = format!("{field} is given twice; leave one of them out");
            return Err(CommandError::Usage(message));
        }
        all.insert(field, value);
    }
    Ok(all)
}

fn read(path: &Path) -> Result<Mapping, CommandError> {
    let text = std::fs::read_to_string(path).map_err(|source| CommandError::File {
        action: "read",
        path: path.to_owned(),
        source,
    })?;
    toml::from_str(&text)
        .map_err(|error| CommandError::Usage(format!("{} is no mapping: {error}", path.display())))
}
