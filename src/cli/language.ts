import { extname } from 'node:path';

/** Language ids as the editor uses them, by file ending. */
const languages: Readonly<Record<string, string>> = {
  '.bib': 'bibtex',
  '.c': 'c',
  '.cc': 'cpp',
  '.cpp': 'cpp',
  '.cs': 'csharp',
  '.cts': 'typescript',
  '.cu': 'cuda-cpp',
  '.cjs': 'javascript',
  '.css': 'css',
  '.go': 'go',
  '.h': 'c',
  '.hpp': 'cpp',
  '.html': 'html',
  '.ipynb': 'json',
  '.java': 'java',
  '.jl': 'julia',
  '.js': 'javascript',
  '.json': 'json',
  '.jsx': 'javascriptreact',
  '.kt': 'kotlin',
  '.lua': 'lua',
  '.m': 'matlab',
  '.md': 'markdown',
  '.mjs': 'javascript',
  '.mts': 'typescript',
  '.php': 'php',
  '.py': 'python',
  '.pyi': 'python',
  '.r': 'r',
  '.rb': 'ruby',
  '.rs': 'rust',
  '.scala': 'scala',
  '.sh': 'shellscript',
  '.swift': 'swift',
  '.tex': 'latex',
  '.toml': 'toml',
  '.ts': 'typescript',
  '.tsx': 'typescriptreact',
  '.yaml': 'yaml',
  '.yml': 'yaml',
};

/** The editor's id of the language that a file is written in, told by its name; `plaintext` where it does not tell. */
export function languageOf(file: string): string {
  return languages[extname(file).toLowerCase()] ?? 'plaintext';
}
