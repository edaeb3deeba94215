import fc from 'fast-check';
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listRuns } from '../../../src/runtime/runs/folder.ts';
import { changeLabels, readLabels } from '../../../src/runtime/runs/label-file.ts';
import { noLabels, tagsFrom } from '../../../src/runtime/runs/labels.ts';
import { runFiles } from '../../../src/runtime/runs/run-files.ts';
import { createRunWriter } from '../../../src/runtime/runs/run-writer.ts';
import { sampleRecord } from './sample-events.ts';

describe('what people write on a run', () => {
  let runsFolder: string;
  let folder: string;
  beforeEach(async () => {
    runsFolder = await mkdtemp(join(tmpdir(), 'marginalia-'));
    folder = join(runsFolder, sampleRecord.id);
    await mkdir(folder);
  });
  afterEach(() => rm(runsFolder, { recursive: true, force: true }));

  it('is nothing at first, and then what was written, whatever it is', async () => {
    assert.deepEqual(await readLabels(folder), { labels: noLabels });
    const text = (minLength: number, maxLength: number) => fc.string({ unit: 'grapheme', minLength, maxLength });
    const anyLabels = fc.record({
      name: text(1, 20).filter((name) => name.trim() !== ''),
      tags: fc.array(text(1, 5), { maxLength: 5 }),
      note: text(0, 500),
    });
    await fc.assert(
      fc.asyncProperty(anyLabels, async (labels) => {
        const written = await changeLabels(folder, labels);
        assert.deepEqual(await readLabels(folder), { labels: written });
        assert.deepEqual([written.name, written.note], [labels.name.trim(), labels.note]);
        assert.deepEqual(written.tags, tagsFromList(labels.tags));
      }),
      { numRuns: 50 },
    );
    assert.deepEqual(await readdir(runsFolder), [sampleRecord.id]);
  });

  it('stays but for what is changed, and an empty name gives the old one back', async () => {
    await changeLabels(folder, { name: 'the good one', tags: ['keep'], note: 'two\nlines' });
    await changeLabels(folder, { tags: ['keep', 'baseline'] });
    await changeLabels(folder, { name: '' });
    assert.deepEqual((await readLabels(folder)).labels, { tags: ['keep', 'baseline'], note: 'two\nlines' });
  });

  it('is one whole of what is written at once', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `name ${i}`);
    await Promise.all(names.map((name) => changeLabels(folder, { name })));
    const { labels, problem } = await readLabels(folder);
    assert.equal(problem, undefined);
    assert.ok(names.includes(labels.name!), labels.name);
    assert.deepEqual(await readdir(runsFolder), [sampleRecord.id]);
  });

  it('is shown in the list of runs, and a run whose labels are broken is listed all the same', async () => {
    createRunWriter(folder, { ...sampleRecord, name: 'rex' }).end('completed');
    await changeLabels(folder, { name: 'the good one', tags: ['keep'] });
    const [named] = await listRuns(runsFolder);
    assert.deepEqual([named!.name, named!.labels.tags, named!.problem], ['the good one', ['keep'], undefined]);
    await writeFile(runFiles(folder).labels, '{"version":1,"tags":"keep"');
    const [broken] = await listRuns(runsFolder);
    assert.deepEqual([broken!.name, broken!.status], ['rex', 'completed']);
    assert.match(broken!.problem!, /labels\.json is not JSON/);
  });

  it('is set aside where it is broken and left alone where a newer version wrote it', async () => {
    await writeFile(runFiles(folder).labels, 'a note that somebody typed here');
    await changeLabels(folder, { name: 'new' });
    assert.equal(await readFile(`${runFiles(folder).labels}.broken`, 'utf8'), 'a note that somebody typed here');
    const newer = JSON.stringify({ version: 2, colour: 'red' });
    await writeFile(runFiles(folder).labels, newer);
    assert.match((await readLabels(folder)).problem!, /newer Marginalia/);
    await assert.rejects(changeLabels(folder, { name: 'mine' }), /newer Marginalia/);
    assert.equal(await readFile(runFiles(folder).labels, 'utf8'), newer);
  });

  it('has limits that are told', async () => {
    await assert.rejects(changeLabels(folder, { tags: ['x'.repeat(51)] }), /tags/);
    await assert.rejects(changeLabels(folder, { name: 'x'.repeat(201) }), /name/);
    assert.deepEqual(await readdir(folder), []);
  });

  it('takes tags with commas between them, each once', () => {
    assert.deepEqual(tagsFrom(' keep, baseline ,keep,, '), ['keep', 'baseline']);
  });
});

function tagsFromList(tags: readonly string[]): readonly string[] {
  return [...new Set(tags.map((tag) => tag.trim()))].filter((tag) => tag !== '');
}
