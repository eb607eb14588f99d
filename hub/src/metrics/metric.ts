/** Sets of labels that one metric keeps; what comes after is counted as `other`, so that no input makes it grow. */
const MOST_SERIES = 400;
const OTHER = 'other';

/** What a metric is: its name and labels in Prometheus's form; with `buckets` (upper bounds, ascending) a histogram. */
export interface MetricSpec<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
  readonly buckets?: readonly number[] | undefined;
  readonly type: 'counter' | 'gauge' | 'histogram';
}

interface Series {
  readonly values: readonly string[];
  sum: number;
  count: number;
  readonly counts: number[];
}

/** Numbers by labels, in memory. */
export class Metric<Label extends string> {
  readonly #spec: MetricSpec<Label>;
  readonly #series = new Map<string, Series>();
  /** Most calls are like the one before. */
  #last: Series | undefined;

  constructor(spec: MetricSpec<Label>) {
    this.#spec = spec;
  }

  /** One more of a counter, or `by` more. */
  add(labels: Readonly<Record<Label, string>>, by = 1): void {
    this.#of(labels).sum += by;
  }

  set(labels: Readonly<Record<Label, string>>, value: number): void {
    this.#of(labels).sum = value;
  }

  /** A value of a histogram. */
  observe(labels: Readonly<Record<Label, string>>, value: number): void {
    const series = this.#of(labels);
    const { buckets = [] } = this.#spec;
    const index = buckets.findIndex((bound) => value <= bound);
    if (index >= 0) series.counts[index] = (series.counts[index] ?? 0) + 1;
    series.sum += value;
    series.count += 1;
  }

  clear(): void {
    this.#series.clear();
    this.#last = undefined;
  }

  /** In the text format of Prometheus, 0.0.4. */
  render(): string[] {
    const { name, help, type } = this.#spec;
    if (this.#series.size === 0) return [];
    return [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...[...this.#series.values()].flatMap((one) => this.#lines(one)),
    ];
  }

  #of(labels: Readonly<Record<Label, string>>): Series {
    const last = this.#last;
    if (last && this.#spec.labels.every((label, at) => labels[label] === last.values[at])) return last;
    return (this.#last = this.#find(labels));
  }

  #find(labels: Readonly<Record<Label, string>>): Series {
    const values = this.#spec.labels.map((label) => labels[label]);
    const key = values.join('\0');
    const known = this.#series.get(key);
    if (known) return known;
    if (this.#series.size >= MOST_SERIES) {
      const rest = this.#spec.labels.map(() => OTHER);
      return this.#series.get(rest.join('\0')) ?? this.#begin(rest);
    }
    return this.#begin(values);
  }

  #begin(values: readonly string[]): Series {
    const series = { values, sum: 0, count: 0, counts: (this.#spec.buckets ?? []).map(() => 0) };
    this.#series.set(values.join('\0'), series);
    return series;
  }

  #lines({ values, sum, count, counts }: Series): string[] {
    const { name, labels, buckets = [], type } = this.#spec;
    const own = labels.map((label, index) => `${label}="${escapeValue(values[index] ?? '')}"`);
    const at = (more: readonly string[]) => (more.length === 0 ? '' : `{${more.join(',')}}`);
    if (type !== 'histogram') return [`${name}${at(own)} ${sum}`];
    let below = 0;
    const steps = buckets.map((bound, index) => {
      below += counts[index] ?? 0;
      return `${name}_bucket${at([...own, `le="${bound}"`])} ${below}`;
    });
    return [
      ...steps,
      `${name}_bucket${at([...own, 'le="+Inf"'])} ${count}`,
      `${name}_sum${at(own)} ${sum}`,
      `${name}_count${at(own)} ${count}`,
    ];
  }
}

const escapeValue = (text: string): string =>
  text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
