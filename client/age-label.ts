const units = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** "3 days ago"; both in seconds since 1970. */
export function ageLabel(created: number, now: number): string {
  const age = now - created;
  for (const [name, seconds] of units) {
    const count = Math.floor(age / seconds);
    if (count >= 1) return `${count} ${name}${count === 1 ? "" : "s"} ago`;
  }
  return "just now";
}
