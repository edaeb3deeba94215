import assert from 'node:assert/strict';
import { findExperiment } from '../../../src/extension/experiments/find-experiment.ts';

const module = `/// <reference path="x" />
import { experiment, int } from 'marginalia';

export default experiment({
  paper: 'rex',
});
`;

describe('an experiment in a file', () => {
  it('is found with its line and its paper', () => {
    assert.deepEqual(findExperiment('typescript', module), { line: 3, paper: 'rex' });
    assert.deepEqual(findExperiment('javascript', module.replaceAll("'", '"')), { line: 3, paper: 'rex' });
  });

  it('is found where the import goes over lines', () => {
    const text = module.replace('{ experiment, int }', '{\n  experiment,\n  int,\n}');
    assert.equal(findExperiment('typescript', text)?.line, 6);
  });

  it('is not one of another library, in a comment or in another language', () => {
    assert.equal(findExperiment('typescript', module.replace('marginalia', 'other')), undefined);
    assert.equal(findExperiment('typescript', module.replace('export default', '// export default')), undefined);
    assert.equal(findExperiment('python', module), undefined);
  });
});
