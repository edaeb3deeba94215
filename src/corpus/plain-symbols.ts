const letters: Readonly<Record<string, string>> = {
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  delta: 'δ',
  epsilon: 'ε',
  varepsilon: 'ε',
  zeta: 'ζ',
  eta: 'η',
  theta: 'θ',
  iota: 'ι',
  kappa: 'κ',
  lambda: 'λ',
  mu: 'μ',
  nu: 'ν',
  xi: 'ξ',
  pi: 'π',
  rho: 'ρ',
  sigma: 'σ',
  tau: 'τ',
  upsilon: 'υ',
  phi: 'φ',
  varphi: 'φ',
  chi: 'χ',
  psi: 'ψ',
  omega: 'ω',
  Gamma: 'Γ',
  Delta: 'Δ',
  Theta: 'Θ',
  Lambda: 'Λ',
  Xi: 'Ξ',
  Pi: 'Π',
  Sigma: 'Σ',
  Phi: 'Φ',
  Psi: 'Ψ',
  Omega: 'Ω',
};

const accents: Readonly<Record<string, string>> = { tilde: '\u0303', hat: '\u0302', bar: '\u0304' };

const subscripts = '₀₁₂₃₄₅₆₇₈₉';

const command = /\\(tilde|hat|bar)\s*\{?(\p{L})\}?/gu;
const letter = new RegExp(`\\\\?(?<!\\p{L})(${Object.keys(letters).join('|')})(?!\\p{L})`, 'gu');
const index = /(?<=[\p{Script=Greek}\p{Mn}]|(?<!\p{L})\p{L})_(?:\{(\d+)\}|(\d+))(?![\p{L}\d])/gu;

/**
 * The symbols in a line that explains an equation, as they stand in the equation: names of Greek letters become the
 * letters (with or without a backslash), accents go onto their letter, numbers that follow `_` go below the line. What
 * has no plain character of its own (`y_w`, `phi^-`) stays as it is written.
 */
export function plainSymbols(text: string): string {
  return text
    .replace(command, (_, accent: string, base: string) => (base + accents[accent]!).normalize('NFC'))
    .replace(letter, (_, name: string) => letters[name]!)
    .replace(index, (_, braced: string | undefined, bare: string | undefined) =>
      (braced ?? bare ?? '').replace(/\d/g, (digit) => subscripts[Number(digit)]!),
    );
}
