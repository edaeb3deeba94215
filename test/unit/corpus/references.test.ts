import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileMatcher } from '../../../src/corpus/matcher.ts';
import { findReferences } from '../../../src/corpus/references.ts';
import { fixtureCorpus, source } from './fixtures.ts';

const matcher = compileMatcher(
  fixtureCorpus(
    source(
      'page.txt',
      { title: 'Proto-Value Networks: Scaling Representation Learning with Auxiliary Tasks' },
      { title: 'On “Bäckerei” Norms', authors: ['Ann Lee'], date: '2019', doi: '10.1145/3290605.3300233' },
      { title: 'Lone Title' },
    ),
  ),
);

/** References as `kind text paper`, with the identifier in place of the paper where the corpus has none. */
function found(text: string, language = 'markdown'): string[] {
  return findReferences(matcher, text, language).map(
    ({ kind, start, end, paper, identifier }) => `${kind} ${text.slice(start, end)} ${paper ?? identifier ?? '?'}`,
  );
}

function assertNone(text: string, language?: string): void {
  assert.deepEqual(found(text, language), [], text);
}

describe('citation keys', () => {
  it('count in the forms of pandoc, LaTeX, Sphinx and Org', () => {
    for (const text of [
      '@rex',
      '[@rex]',
      '-@rex.',
      '@{rex}',
      '\\cite{rex}',
      '\\citep[see][p. 3]{rex}',
      '\\Textcite*{rex}',
    ]) {
      assert.deepEqual(found(text), ['key rex rex'], text);
    }
    for (const text of ['cite:rex', '[[cite:&rex]]', ':cite:`rex`', 'marginalia:rex', '\\parencite{rex}']) {
      assert.deepEqual(found(text), ['key rex rex'], text);
    }
  });

  it('count in the roles of MyST and Sphinx', () => {
    for (const role of ['{cite}', '{cite:p}', '{cite:t}', '{cite:alp}', ':cite:', ':cite:p:', ':cite:t:']) {
      assert.deepEqual(found(`as ${role}`.concat('`rex` says')), ['key rex rex'], role);
      assert.deepEqual(found(`as ${role}`.concat('`rex, cpl` say')), ['key rex rex', 'key cpl cpl'], role);
    }
  });

  it('count each in a list', () => {
    const both = ['key rex rex', 'key cpl cpl'];
    for (const text of [
      '[see @rex, p. 3; @cpl]',
      '\\cite{rex, cpl}',
      '\\autocites[1]{rex}[2]{cpl}',
      'cite:rex,cpl',
      '\\cite{rex,\n  cpl}',
    ]) {
      assert.deepEqual(found(text), both, text);
    }
  });

  it('count as the paper of an experiment or of a configuration', () => {
    assert.deepEqual(found("experiment({ paper: 'rex' })", 'typescript'), ['key rex rex']);
    assert.deepEqual(found('{"paper": "alp-gmm"}', 'json'), ['key alp-gmm alp-gmm']);
    assert.deepEqual(found("papers: ['rex', 'cpl'],", 'typescript'), ['key rex rex', 'key cpl cpl']);
    assert.deepEqual(found('paper = "rex"', 'python'), ['key rex rex']);
    assert.deepEqual(found('paper: rex # the schedule', 'yaml'), ['key rex rex', 'name rex rex'].slice(0, 1));
    assertNone('const paper = rex;', 'typescript');
    assertNone("const newspaper = 'serene';", 'typescript');
  });

  it('are no decorators, addresses or scopes', () => {
    assertNone('@serene\ndef run(): pass', 'python');
    assertNone('@rex class A {}', 'typescript');
    assertNone('mail ann@rex or ann@rex.org, import @rex/core, see medium.com/@rex and @rexford');
    assert.deepEqual(found('def f(): # as in @cpl\n  pass', 'python'), ['key cpl cpl']);
  });

  it('are no bare words, unless author and year make them unmistakable', () => {
    assertNone('a serene raft, my pal');
    assert.deepEqual(found('as lee2019backerei showed'), ['key lee2019backerei lee2019backerei']);
    assertNone('const lee2019backerei = 1;', 'typescript');
  });

  it('that the corpus does not have are no references', () => {
    assertNone('[@unknown], \\cite{unknown}, cite:unknown');
  });
});

describe('arXiv ids', () => {
  it('count in every usual form', () => {
    for (const text of [
      'arXiv:2107.04197',
      'arXiv:2107.04197v2',
      'arxiv: 2107.04197',
      'arXiv 2107.04197',
      'https://arxiv.org/abs/2107.04197',
      'arxiv.org/abs/2107.04197v3',
      'http://www.arxiv.org/pdf/2107.04197v2.pdf',
      'https://arxiv.org/html/2107.04197v1#S3',
      'https://export.arxiv.org/abs/2107.04197?context=cs',
      'https://huggingface.co/papers/2107.04197',
      'hf.co/papers/2107.04197',
      'https://www.alphaxiv.org/abs/2107.04197',
      'https://ar5iv.org/abs/2107.04197',
      'https://ar5iv.labs.arxiv.org/html/2107.04197',
      '10.48550/arXiv.2107.04197',
      'doi:10.48550/arXiv.2107.04197',
      'https://doi.org/10.48550/arXiv.2107.04197',
    ]) {
      assert.deepEqual(found(`See (${text}).`), [`arxiv ${text} rex`], text);
      assert.deepEqual(found(`x = 1 # ${text}, and on`, 'python'), [`arxiv ${text} rex`], text);
    }
  });

  it('of the old style count', () => {
    assert.deepEqual(found('cs/0101001 and arXiv:math.GT/0309136v1, https://arxiv.org/abs/hep-th/9901001.'), [
      'arxiv cs/0101001 cs/0101001',
      'arxiv arXiv:math.GT/0309136v1 math/0309136',
      'arxiv https://arxiv.org/abs/hep-th/9901001 hep-th/9901001',
    ]);
  });

  it('that nobody has read yet count without a paper', () => {
    assert.deepEqual(findReferences(matcher, 'arXiv:2401.12345', 'markdown'), [
      { start: 0, end: 16, kind: 'arxiv', paper: undefined, identifier: '2401.12345' },
    ]);
  });

  it('that cannot be are none', () => {
    for (const id of [
      '2113.04197',
      '2100.04197',
      '1412.00001',
      '1501.0001',
      '0612.1234',
      '2107.041978',
      '2107.041',
      'cs/0113001',
      'cs/0801001',
      'art/0101001',
    ]) {
      assertNone(`arXiv:${id}`);
    }
  });

  it('without a prefix count in text with arXiv nearby, or with evidence for their paper', () => {
    assert.deepEqual(found('from arXiv, as [2107.04197] and 2401.12345 say'), [
      'arxiv 2107.04197 rex',
      'arxiv 2401.12345 2401.12345',
    ]);
    assert.deepEqual(found('@article{a, eprint = {2107.04197}, archivePrefix = {arXiv}}', 'bibtex'), [
      'arxiv 2107.04197 rex',
    ]);
    assert.deepEqual(found('the learning rate of 2107.04197'), ['arxiv 2107.04197 rex']);
    assertNone('a price of 2107.04197 or 2401.12345');
  });

  it('without a prefix are numbers in code', () => {
    assertNone('const arXiv = 2107.04197; // arXiv', 'typescript');
    assert.deepEqual(found('const arXiv = "2107.04197";', 'typescript'), ['arxiv 2107.04197 rex']);
  });

  it('are not found within longer numbers', () => {
    assertNone('arXiv 1.2107.04197 and 2107.04197.1 and 12107.04197 and x2107.04197');
  });
});

describe('other DOIs', () => {
  it('count with or without an address, and without the punctuation around', () => {
    for (const text of [
      '10.1145/3290605.3300233',
      'doi:10.1145/3290605.3300233',
      'https://doi.org/10.1145/3290605.3300233',
      'DOI 10.1145/3290605.3300233',
    ]) {
      assert.deepEqual(found(`(see ${text}).`), [`doi ${text} lee2019backerei`], text);
    }
    assert.deepEqual(found('https://doi.org/10.1016/S0004-3702(99)00052-1, and on'), [
      'doi https://doi.org/10.1016/S0004-3702(99)00052-1 10.1016/s0004-3702(99)00052-1',
    ]);
  });

  it('are not found in fractions', () => {
    assertNone('10.1234/5 of it');
    assertNone("const prefix = '10.48550/arxiv.';", 'typescript');
    assertNone('const share = 10.12345/678901;', 'typescript');
  });
});

describe('titles', () => {
  const title = 'Learning to Relax: Setting Solver Parameters Across a Sequence of Linear System Instances';

  it('count in any case, with other punctuation and accents', () => {
    for (const text of [
      title,
      title.toUpperCase(),
      title.toLowerCase().replace(':', ' -'),
      'Leárning tó Reláx. Setting “Solver” Parameters, Across a Sequence-of Linear System Instances',
    ]) {
      assert.deepEqual(found(text), [`title ${text} learning-to-relax`], text);
    }
    for (const spelled of ['Preference', 'Prefence']) {
      const text = `Contrastive ${spelled} Learning: Learning from Human Feedback without RL`;
      assert.deepEqual(found(text), [`title ${text} cpl`]);
    }
    assert.deepEqual(found('on backerei norms'), ['title on backerei norms lee2019backerei']);
    assert.deepEqual(found('ON "BA\u0308CKEREI" NORMS!'), ['title ON "BA\u0308CKEREI" NORMS lee2019backerei']);
  });

  it('count over line breaks in comments of any language', () => {
    const words = ['Learning to Relax: Setting Solver', 'Parameters Across a Sequence', 'of Linear System Instances'];
    const cases: [string, string][] = [
      ['typescript', words.map((line) => `  // ${line}`).join('\n')],
      ['typescript', `/**\n${words.map((line) => ` * ${line}`).join('\r\n')}\n */`],
      ['python', words.map((line) => `# ${line}`).join('\n')],
      ['python', `def f():\n    """${words.join('\n    ')}\n    """`],
      ['haskell', words.map((line) => `-- ${line}`).join('\n')],
      ['matlab', words.map((line) => `% ${line}`).join('\n')],
      ['lisp', words.map((line) => `;; ${line}`).join('\n')],
      ['markdown', words.map((line) => `> ${line}`).join('\n')],
      ['python', words.map((line) => `  "${line} "`).join('\n')],
    ];
    for (const [language, text] of cases) {
      const references = findReferences(matcher, text, language);
      assert.deepEqual(
        references.map(({ kind, paper }) => `${kind} ${paper ?? ''}`),
        ['title learning-to-relax'],
        text,
      );
    }
  });

  it('do not go over paragraphs, or out of a comment into code', () => {
    // The name at its beginning counts by itself, the title as a whole does not.
    const apart = found(
      'Learning to Relax: Setting Solver Parameters Across\n\na Sequence of Linear System Instances',
      'plaintext',
    );
    assert.ok(!apart.some((reference) => reference.startsWith('title')), apart.join());
    assertNone('// On Bäckerei\nNorms', 'typescript');
  });

  it('of two words need quotes or evidence', () => {
    assertNone('They train pointer networks, and a lone title.');
    assert.deepEqual(found('They build on "Pointer Networks," and on [Lone Title].'), [
      'title Pointer Networks pointer-networks',
      'title Lone Title lone-title',
    ]);
    assert.deepEqual(found('Pointer networks find a convex hull.'), ['title Pointer networks pointer-networks']);
    assert.deepEqual(found('Pointer networks (arXiv:1506.03134)'), [
      'title Pointer networks pointer-networks',
      'arxiv arXiv:1506.03134 pointer-networks',
    ]);
  });
});

describe('names and identifiers', () => {
  it('count in prose in any case, with hyphens, spaces and plurals', () => {
    for (const text of [
      'ALP-GMM',
      'alp gmm',
      'ALPGMM',
      'Absolute learning-progress Gaussian mixture models',
      'Reflected exponential schedules',
    ]) {
      assert.equal(findReferences(matcher, text, 'plaintext').length, 1, text);
      assert.equal(findReferences(matcher, text, 'plaintext')[0]?.end, text.length, text);
    }
  });

  it('count in code as parts of identifiers, in any casing', () => {
    const cases: [string, string][] = [
      ['rexSchedule', 'rexSchedule'],
      ['make_rex_schedule', 'rex_schedule'],
      ['REX_SCHEDULE', 'REX_SCHEDULE'],
      ['RexSchedule', 'RexSchedule'],
      ['buildREXSchedule2', 'REXSchedule'],
      ['newRexLR', 'RexLR'],
      ['rexScheduler0', 'rexScheduler'],
      ['rex_schedule_2', 'rex_schedule'],
      ['REXScheduler2Steps', 'REXScheduler'],
      ['rexSchedules', 'rexSchedules'],
      ['alpGMMTeacher', 'alpGMM'],
      ['cpl_loss', 'cpl_loss'],
    ];
    for (const [identifier, part] of cases) {
      const references = findReferences(matcher, `${identifier}(1)`, 'typescript');
      assert.equal(references.length, 1, identifier);
      const { kind, start, end } = references[0]!;
      assert.equal(kind, 'identifier');
      assert.equal(identifier.slice(start, end), part);
    }
  });

  it('do not count within other words', () => {
    assertNone('rexschedulex, prexSchedule, RexLRate, cplLosses', 'typescript');
    assertNone('halp-gmm');
  });

  it('are apart in code where an operator stands between', () => {
    assertNone('const alp = 1; f(alp - gmm, rex / schedule, alp.gmm, alp gmm);', 'typescript');
  });

  it('count over the line break of a comment, not over that of code', () => {
    assert.deepEqual(found('// Reflected\n//   Exponential schedule', 'typescript'), [
      'name Reflected\n//   Exponential schedule rex',
    ]);
    assertNone('// Reflected\n\n// Exponential schedule', 'typescript');
    assertNone('// Reflected\nexponential_schedule()', 'typescript');
  });

  it('keep the symbols that belong to them', () => {
    assert.deepEqual(found('Q* search is not q search'), ['name Q* search q-star-search']);
    assert.deepEqual(found('Q-star search'), ['name Q-star search q-star-search']);
  });

  it('count all on a line, and again later in the file', () => {
    assert.deepEqual(found('x = alpGmm() # ALP-GMM and ChebCB\n# ALP-GMM', 'python'), [
      'identifier alpGmm alp-gmm',
      'name ALP-GMM alp-gmm',
      'name ChebCB learning-to-relax',
      'name ALP-GMM alp-gmm',
    ]);
  });

  it('never overlap, and the longest counts', () => {
    assert.deepEqual(found('REX learning rate schedule'), ['name REX learning rate schedule rex']);
    assert.deepEqual(found('RAFT: Reward rAnked FineTuning for Generative Foundation Model Alignment'), [
      'title RAFT: Reward rAnked FineTuning for Generative Foundation Model Alignment raft',
    ]);
  });

  it('of one word count without the accents of another', () => {
    assertNone('chébcb');
  });
});

describe('ambiguous names', () => {
  it('do not count alone', () => {
    assertNone('REX, RAFT, PAL, SERENE, CPL, Learning to Relax, CCL, Q*');
    assertNone('class RAFT:\n    def elect(self, leader): ...\nclass PAL: pass\nSERENE = 1', 'python');
    assertNone('The PAL system has 625 lines. RAFT elects a leader and replicates a log.');
  });

  it('count with a context word nearby', () => {
    assert.deepEqual(found('REX keeps the learning rate high'), ['name REX rex']);
    assert.deepEqual(found('class RAFT:\n    """Keeps samples of high reward."""', 'python'), ['identifier RAFT raft']);
    assert.deepEqual(found('optimizer = REX(learningRate)', 'python'), ['identifier REX rex']);
    assert.deepEqual(found('REX follows schedulers'), ['name REX rex']);
  });

  it('count with evidence up to twenty lines or three hundred characters away, not further', () => {
    assert.deepEqual(found(`REX${'\n'.repeat(20)}the learning rate`), ['name REX rex']);
    assertNone(`REX${'\n'.repeat(21)}the learning rate`);
    assertNone(`the learning rate${'\n'.repeat(21)}REX`);
    assert.deepEqual(found(`REX ${'o '.repeat(140)}learning rate`), ['name REX rex']);
    assertNone(`REX ${'o '.repeat(160)}learning rate`);
    assertNone(`learning rate ${'o '.repeat(160)}REX`);
  });

  it('count where the file names the paper beyond doubt, however far away', () => {
    const far = '\n'.repeat(500);
    for (const other of ['arXiv:2107.04197', '@rex', 'rexSchedule', 'REX learning rate schedule']) {
      assert.equal(found(`${other}${far}REX`).at(-1), 'name REX rex', other);
    }
  });

  it('count only as they are spelled', () => {
    assertNone('rex, Rex and rEX at a low learning rate; my pal with a preference');
  });

  it('count as the identifiers of their cards', () => {
    assert.deepEqual(found('learning_to_relax(); new LearningToRelax()', 'typescript'), [
      'identifier learning_to_relax learning-to-relax',
      'identifier LearningToRelax learning-to-relax',
    ]);
  });

  it('do not count as part of a longer identifier or name', () => {
    assertNone('const REX_PREFIX = 1; // schedule\nconst isRAFT = 2; // reward', 'typescript');
    assertNone('The REX.W prefix changes the schedule');
  });

  it('are not their own evidence', () => {
    assertNone('Learning to Relax, Learning to Relax');
  });

  it('of two methods count for the one with more evidence', () => {
    assertNone('CCL');
    assert.deepEqual(found('CCL changes the data size in a cycle'), ['name CCL cyclical-curriculum']);
    assert.deepEqual(found('CCL needs no backpropagation'), ['name CCL counter-current-learning']);
    assertNone('CCL: a data size without backpropagation');
  });
});

describe('any text', () => {
  const words = fc.constantFrom(
    ...[
      'REX',
      'learning rate',
      '@rex',
      'rexSchedule',
      '"',
      "'",
      '`',
      '/*',
      '*/',
      '//',
      '#',
      '"""',
      '\n',
      ' ',
      '${',
      '}',
      '\\',
    ],
    ...[
      'arXiv:',
      '2107.04197',
      'Pointer',
      'Networks',
      'ALP',
      '-',
      'GMM',
      '\\cite{',
      'rex,cpl',
      'é',
      '\u0301',
      '深',
      '10.1145/x',
    ],
  );
  const language = fc.constantFrom(
    'typescript',
    'python',
    'markdown',
    'rust',
    'lua',
    'yaml',
    'shellscript',
    'matlab',
    'php',
    'none',
  );

  it('is read without throwing; references are sorted, within the text and never overlap', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 3, arbitrary: words }, fc.string({ unit: 'binary' }))),
        language,
        (parts, id) => {
          const text = parts.join('');
          let end = 0;
          for (const reference of findReferences(matcher, text, id)) {
            assert.ok(reference.start >= end && reference.end > reference.start && reference.end <= text.length);
            end = reference.end;
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('takes time in proportion to its length', function () {
    this.timeout(120_000);
    const seconds = (text: string, id: string): number => {
      const start = process.cpuUsage();
      findReferences(matcher, text, id);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1e6;
    };
    for (const piece of [
      'REX ',
      '\\',
      '"',
      '(',
      'CPL preference ',
      'A* ',
      'learning to ',
      '\\cite{rex,',
      '/*',
      '10.',
      'cs/',
      '`${',
      '@',
    ]) {
      for (const id of ['markdown', 'typescript']) {
        seconds(piece.repeat(500), id);
        const part = seconds(piece.repeat(5000), id);
        const whole = seconds(piece.repeat(50_000), id);
        assert.ok(whole < 60 * Math.max(part, 0.02), `${piece} in ${id}: ${part} s, ten times as much ${whole} s`);
      }
    }
  });
});
