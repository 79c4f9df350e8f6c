// What is made of a list of measurements: the median, and the quartiles as its spread.

/** One figure of the table. All three are in the unit that was measured. */
export interface Figure {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Gives the median and the quartiles of samples, which must not be empty. */
export function figure(samples: readonly number[]): Figure {
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    count: sorted.length,
  };
}

/** Reads a quantile from sorted samples, between two neighbours where it falls between them. */
function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new Error("a figure needs at least one sample");
  return below + (above - below) * (at - Math.floor(at));
}

/** Writes a figure as "median (low to high)". */
export function text(f: Figure, digits = 1): string {
  return `${f.median.toFixed(digits)} (${f.low.toFixed(digits)} to ${f.high.toFixed(digits)})`;
}
