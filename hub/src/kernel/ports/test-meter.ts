/** What of a server's own code its tests ran. */
export interface TestCoverage {
  /** Statements in functions. */
  readonly statements: { readonly covered: number; readonly total: number };
  /** Points that no test reached, in the order of the text. */
  readonly missed: readonly MissedPoint[];
}

export interface MissedPoint {
  /** Relative to the server's folder. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly kind: 'statement' | 'function';
  readonly name?: string | undefined;
  /** A tool's function, or one that its file exports. */
  readonly isOffered?: boolean | undefined;
}

/** Measures a run of tests: a part of it stands in the runner, a part in each of its workers. */
export interface TestMeter {
  /** For the runner's build of modules. */
  readonly plugin: {
    readonly name: string;
    readonly enforce: 'pre';
    transform(code: string, id: string): { code: string; map: null } | undefined;
  };
  /** Absolute path of what each worker loads first. */
  readonly setupFile: string;
  /** After the run. */
  measured(): TestCoverage | undefined;
}

/** The module of a meter, which is loaded by its path inside the sandbox. */
export interface TestMeterModule {
  /** Of a server's folder; counts are kept in `kept`, which only the run can write. */
  openMeter(root: string, kept: string): TestMeter;
}
