/**
 * What the extension host loads as the editor's test suite (`extensionTestsPath`): runs mocha on the bundles that the
 * plan names. The plan's path comes in the environment.
 */
'use strict';
const { appendFileSync, readFileSync } = require('node:fs');
const Reporter = require('./reporter.cjs');

exports.run = async () => {
  process.setSourceMapsEnabled(true);
  /** @type {import('./editor-suite.mjs').Plan} */
  const plan = JSON.parse(readFileSync(String(process.env.MARGINALIA_TEST_PLAN), 'utf8'));
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: plan.timeout,
    ...(plan.grep ? { grep: plan.grep } : {}),
    reporter: /** @type {import('mocha').ReporterConstructor} */ (/** @type {unknown} */ (Reporter)),
    reporterOptions: {
      results: plan.results,
      verbose: plan.verbose,
      log: (/** @type {string} */ line) => appendFileSync(plan.log, `${line}\n`),
    },
  });
  for (const file of plan.files) {
    // Required, not imported as mocha would: the editor provides `vscode` to what is required.
    mocha.suite.emit('pre-require', globalThis, file, mocha);
    mocha.suite.emit('require', require(file), file, mocha);
    mocha.suite.emit('post-require', globalThis, file, mocha);
  }
  const failures = await new Promise((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
};
