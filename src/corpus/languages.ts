/** A construct that turns code into text: a comment or a string. */
export interface Opener {
  readonly open: string;
  /** What ends it; without it, the end of the line does. */
  readonly close?: string;
  /** May go on over lines. Others end with their line even where they are not closed. */
  readonly multiline?: boolean;
  /** A backslash keeps the next character from closing it. */
  readonly escapes?: boolean;
  /** `${` … `}` inside is code again. */
  readonly interpolates?: boolean;
  /** Opens only at the start of a line or behind a space. */
  readonly afterSpace?: boolean;
}

/** How a language marks comments and strings: as much of it as telling names in text from code needs. */
export interface Syntax {
  readonly openers: readonly Opener[];
  /** `'x'` is a character there, and a lone quote something else (a lifetime, a transpose, a digit separator). */
  readonly characters?: boolean;
  /** A slash where a value is expected begins a regular expression. */
  readonly expressions?: boolean;
}

const line = (open: string): Opener => ({ open });
const block = (open: string, close: string): Opener => ({ open, close, multiline: true });
const quoted = (open: string): Opener => ({ open, close: open, escapes: true });
const long = (open: string, close = open): Opener => ({ open, close, multiline: true, escapes: true });

const SLASHES = [line('//'), block('/*', '*/')];
const HASH = line('#');
const SHELL_HASH: Opener = { open: '#', afterSpace: true };
const BOTH_QUOTES = [quoted('"'), quoted("'")];

const c: Syntax = { openers: [...SLASHES, quoted('"')], characters: true };
const rust: Syntax = { openers: [...SLASHES, long('"')], characters: true };
const tripled: Syntax = { openers: [...SLASHES, long('"""'), quoted('"')], characters: true };
const go: Syntax = { openers: [...SLASHES, quoted('"'), block('`', '`')], characters: true };
const javascript: Syntax = {
  openers: [...SLASHES, ...BOTH_QUOTES, { ...long('`'), interpolates: true }],
  expressions: true,
};
const slashes: Syntax = { openers: [...SLASHES, ...BOTH_QUOTES] };
const python: Syntax = { openers: [HASH, long('"""'), long("'''"), ...BOTH_QUOTES] };
const dart: Syntax = { openers: [...SLASHES, long('"""'), long("'''"), ...BOTH_QUOTES] };
const shell: Syntax = { openers: [SHELL_HASH, ...BOTH_QUOTES] };
const hash: Syntax = { openers: [HASH, ...BOTH_QUOTES] };
const dashes: Syntax = { openers: [line('--'), block('/*', '*/'), ...BOTH_QUOTES] };
const lisp: Syntax = { openers: [line(';'), block('#|', '|#'), long('"')] };
const percent: Syntax = { openers: [block('%{', '%}'), line('%'), quoted('"')], characters: true };

const SYNTAXES: Readonly<Record<string, Syntax>> = {
  c,
  cpp: c,
  csharp: c,
  'cuda-cpp': c,
  cuda: c,
  'objective-c': c,
  'objective-cpp': c,
  glsl: c,
  hlsl: c,
  wgsl: c,
  stan: c,
  zig: c,
  verilog: c,
  systemverilog: c,
  proto3: c,
  rust,
  java: tripled,
  kotlin: tripled,
  scala: tripled,
  swift: tripled,
  groovy: { openers: [...SLASHES, long('"""'), long("'''"), ...BOTH_QUOTES] },
  fsharp: { openers: [line('//'), block('(*', '*)'), long('"""'), quoted('"')], characters: true },
  go,
  dart,
  javascript,
  javascriptreact: javascript,
  typescript: javascript,
  typescriptreact: javascript,
  php: { openers: [...SLASHES, HASH, ...BOTH_QUOTES] },
  css: slashes,
  scss: slashes,
  less: slashes,
  solidity: slashes,
  python,
  cython: python,
  mojo: python,
  starlark: python,
  nim: { openers: [HASH, long('"""'), quoted('"')], characters: true },
  julia: { openers: [block('#=', '=#'), HASH, long('"""'), quoted('"')], characters: true },
  elixir: { openers: [HASH, long('"""'), ...BOTH_QUOTES] },
  ruby: { openers: [block('=begin', '=end'), SHELL_HASH, ...BOTH_QUOTES] },
  crystal: { openers: [SHELL_HASH, quoted('"')], characters: true },
  coffeescript: { openers: [block('###', '###'), HASH, ...BOTH_QUOTES] },
  r: hash,
  perl: shell,
  shellscript: shell,
  fish: shell,
  dockerfile: shell,
  makefile: shell,
  cmake: { openers: [block('#[[', ']]'), HASH, quoted('"')] },
  powershell: { openers: [block('<#', '#>'), SHELL_HASH, ...BOTH_QUOTES] },
  lua: { openers: [block('--[[', ']]'), line('--'), block('[[', ']]'), ...BOTH_QUOTES] },
  sql: dashes,
  vhdl: dashes,
  haskell: { openers: [block('{-', '-}'), line('--'), quoted('"')], characters: true },
  elm: { openers: [block('{-', '-}'), line('--'), long('"""'), quoted('"')], characters: true },
  lean: { openers: [block('/-', '-/'), line('--'), quoted('"')], characters: true },
  lean4: { openers: [block('/-', '-/'), line('--'), quoted('"')], characters: true },
  ocaml: { openers: [block('(*', '*)'), quoted('"')], characters: true },
  clojure: { openers: [line(';'), long('"')] },
  lisp,
  commonlisp: lisp,
  'emacs-lisp': lisp,
  scheme: lisp,
  racket: lisp,
  erlang: { openers: [line('%'), quoted('"')], characters: true },
  prolog: { openers: [line('%'), block('/*', '*/'), ...BOTH_QUOTES] },
  matlab: percent,
  octave: { openers: [block('%{', '%}'), line('%'), HASH, quoted('"')], characters: true },
  fortran: { openers: [line('!'), ...BOTH_QUOTES] },
  'fortran-modern': { openers: [line('!'), ...BOTH_QUOTES] },
  FortranFreeForm: { openers: [line('!'), ...BOTH_QUOTES] },
  vb: { openers: [line("'"), quoted('"')] },
  pascal: { openers: [line('//'), block('{', '}'), block('(*', '*)'), quoted("'")] },
  graphql: hash,
};

/** The syntax of a language by the editor's id for it; `undefined` where everything is to be read as prose. */
export function syntaxOf(language: string): Syntax | undefined {
  return Object.hasOwn(SYNTAXES, language) ? SYNTAXES[language] : undefined;
}
