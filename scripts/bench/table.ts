/** Cells as they are printed; a row of one cell says why there are no figures. */
export type Row = readonly string[];

export function printTable(title: string, head: Row, rows: readonly Row[]): void {
  printTitle(title);
  const whole = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...whole.map((it) => (it[column] ?? "").length)));
  for (const row of whole) printRow(row, widths);
}

export const printTitle = (title: string): void => console.log(`\n${title}`);

/** For rows that become known one after another. */
export function printRow(row: Row, widths: readonly number[]): void {
  const cells = row.map((it, column) =>
    column === 0 ? it.padEnd(widths[0] ?? 0) : it.padStart(widths[column] ?? 0),
  );
  console.log(`  ${cells.join("  ")}`);
}
