//! Columns as wide as what stands in them.

/// The rows with a heading above; nothing where there is no row.
pub fn table<const N: usize>(heading: [&str; N], rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([heading[column].chars().count()]).max()
    };
    let widths: [usize; N] = std::array::from_fn(|column| width(column).unwrap_or_default());
    let mut text = line(heading, widths);
    for row in rows {
        text += &line(row.each_ref().map(String::as_str), widths);
    }
    text
}

fn line<const N: usize>(cells: [&str; N], widths: [usize; N]) -> String {
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        let padding = width - cell.chars().count() + 2;
        line += cell;
        line += &" ".repeat(padding);
    }
    line.truncate(line.trim_end().len());
    line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["09:00", "Anna Muster"], ["10:30", "Øyvind"]];
        let rows = rows.map(|row| row.map(str::to_owned));
        let told = table(["Zeit", "Name"], &rows);
        assert_eq!(told, "Zeit   Name\n09:00  Anna Muster\n10:30  Øyvind\n");
    }
}
