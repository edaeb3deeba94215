export function regionOf(
  source: string,
  prefix: string,
):
  | { readonly lines: string[]; readonly line: number; readonly fault?: undefined }
  | { readonly fault: string; readonly line: number; readonly lines?: undefined };

export function signatureFault(signature: string, lines: readonly string[]): string | undefined;

export function codeSnippets(
  snippets: readonly {
    readonly prefix: string;
    readonly description: string;
    readonly lines: readonly string[];
    readonly plain: readonly string[];
  }[],
): Record<string, { scope: string; prefix: string; body: string[]; description: string }>;

export function withoutTypes(lines: readonly string[], layout: object): Promise<string[]>;
