/** What `buildMethods` wrote. */
export interface BuiltMethods {
  readonly methods: number;
  readonly equations: number;
  readonly equationBytes: number;
  readonly snippets: number;
}

export function buildMethods(options: {
  readonly root: string;
  readonly dist: string;
  readonly snippets?: string;
  readonly cache?: string;
}): Promise<BuiltMethods>;
