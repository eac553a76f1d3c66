//! Tables for terminals: columns as wide as their widest cell, numbers to the right.

/// A cell and the side it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCell {
    /// What it says.
    pub text: String,
    /// Whether it is a number.
    pub is_number: bool,
}

impl TableCell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_number: false,
        }
    }
}

/// Draws a table with a head line.
pub fn draw(head: &[String], rows: &[Vec<TableCell>]) -> String {
    let mut widths: Vec<usize> = head.iter().map(|name| name.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.text.chars().count());
        }
    }
    let numeric: Vec<bool> = (0..head.len())
        .map(|column| {
            rows.first()
                .and_then(|row| row.get(column))
                .is_some_and(|cell| cell.is_number)
        })
        .collect();
    let mut text = String::new();
    let names: Vec<TableCell> = head
        .iter()
        .zip(&numeric)
        .map(|(name, is_number)| TableCell {
            text: name.clone(),
            is_number: *is_number,
        })
        .collect();
    draw_row(&mut text, &names, &widths);
    for row in rows {
        draw_row(&mut text, row, &widths);
    }
    text
}

fn draw_row(text: &mut String, cells: &[TableCell], widths: &[usize]) {
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        if !line.is_empty() {
            line.push_str("  ");
        }
        let pad = " ".repeat(width - cell.text.chars().count());
        if cell.is_number {
            line.push_str(&pad);
            line.push_str(&cell.text);
        } else {
            line.push_str(&cell.text);
            line.push_str(&pad);
        }
    }
    text.push_str(line.trim_end());
    text.push('\n');
}
