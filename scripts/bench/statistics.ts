export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

export const milliseconds = (value: number): string =>
  value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(value < 20 ? 1 : 0)} ms`;

/** "1.25 x" */
export const ratio = (value: number, reference: number): string => `${(value / reference).toFixed(2)} x`;
