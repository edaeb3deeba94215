import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { escapeMarkdown, markdownLink, markdownPicture } from '../../../src/extension/papers/markdown.ts';

describe('text for Markdown', () => {
  it('keeps every character of plain prose', () => {
    assert.equal(escapeMarkdown('Learning to Relax in 2023'), 'Learning to Relax in 2023');
  });

  it('leaves no punctuation that could be markup, and no line break', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const escaped = escapeMarkdown(text);
        assert.ok(!/[\n\r]/.test(escaped));
        const bare = escaped.replace(/&(?:amp|lt|gt);/g, '').replace(/\\[!-/:-@[-`{-~]/g, '');
        assert.ok(!/[!-/:-@[-`{-~]/.test(bare), escaped);
      }),
    );
  });

  it('reads back as the same characters', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = escapeMarkdown(text)
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replace(/\\(.)/g, '$1')
          .replaceAll('&amp;', '&');
        assert.equal(read, text.replace(/\s+/gu, ' ').trim());
      }),
    );
  });

  it('makes links to the web and to commands only', () => {
    assert.equal(
      markdownLink('Paper', 'https://arxiv.org/abs/2107.04197'),
      '[Paper](https://arxiv.org/abs/2107.04197)',
    );
    assert.equal(markdownLink('Paper', 'javascript:alert(1)'), 'Paper');
    assert.equal(markdownLink('Paper', 'https://example.org/a) [b](command:x'), 'Paper');
    assert.equal(markdownLink('a](command:x)', 'https://example.org'), '[a\\]\\(command\\:x\\)](https://example.org)');
  });

  it('makes pictures whose label cannot break out', () => {
    const picture = markdownPicture('a](https://example.org) ![b', '<svg/>');
    assert.match(
      picture,
      /^!\[a\\\]\\\(https\\:\\\/\\\/example\\\.org\\\) \\!\\\[b\]\(data:image\/svg\+xml;base64,[\w+/=]+\)$/,
    );
  });
});
