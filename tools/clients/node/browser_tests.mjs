// Runs a class of JUnit tests in Chromium, without Maven. Usage: browser_tests.mjs SCENE.json
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const TESTS = {
  react: 'io.pinferry.local.stack.InstallIntegrationBrowserTest',
  console: 'io.pinferry.local.stack.ConsoleBrowserTest',
};
const RUNNER = 'io.pinferry.local.clients.SuiteRun';
const PACKAGE = '@amp-labs/react';

const scene = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const test = TESTS[scene.name];
const folder = process.cwd();
const roots = ['tools/local/src/test', 'shared/src/test'].map((each) => join(scene.home, each));
const built = join(scene.version, 'tools/local/target');
const libraries = ['*', 'lib/*', 'junit/*'].map((each) => join(built, each));

/** Runs a program whose output goes to the log, and returns the output. */
function run(program, args) {
  const ended = spawnSync(program, args, { cwd: scene.home, encoding: 'utf8', maxBuffer: 2 ** 28 });
  process.stderr.write(`${program} ${args.join(' ')}\n${ended.stdout}${ended.stderr}\n`);
  if (ended.status !== 0) {
    process.exit(1);
  }
  return ended.stdout.trim();
}

const classes = join(folder, 'classes');
rmSync(classes, { recursive: true, force: true });
run(join(scene.java, 'bin/javac'), [
  ...['-J-XX:TieredStopAtLevel=1', '-nowarn', '-proc:none', '-implicit:class', '-encoding', 'UTF-8', '-d', classes],
  ...['-cp', libraries.join(delimiter), '-sourcepath', roots.map((each) => join(each, 'java')).join(delimiter)],
  ...[test, RUNNER].map((each) => join(roots[0], 'java', each.replaceAll('.', '/') + '.java')),
]);
const told = run(join(scene.java, 'bin/java'), [
  // Optimizing takes longer than running.
  ...['-XX:TieredStopAtLevel=1', '--enable-native-access=ALL-UNNAMED', '--sun-misc-unsafe-memory-access=allow'],
  ...[`-Dpinferry.home=${scene.home}`, `-Dpinferry.version=${scene.version}`, '-Duser.timezone=UTC'],
  ...[`-Dpinferry.node=${process.execPath}`, `-Dpinferry.chromium=${scene.chromium}`, `-Dpinferry.browser=${folder}`],
  ...['-cp', [classes, ...roots.map((each) => join(each, 'resources')), ...libraries].join(delimiter)],
  ...[RUNNER, `class:${test}`],
]);
const { tests, failures } = JSON.parse(told.split('\n').at(-1));
const [chromium] = run(scene.chromium, ['--version']).match(/^.*?[0-9.]+/);
const lock = join(folder, 'react-install/package-lock.json');
const version = () => JSON.parse(readFileSync(lock, 'utf8')).packages[`node_modules/${PACKAGE}`].version;
console.log(
  JSON.stringify({
    client: scene.name === 'react' ? `${PACKAGE} ${version()}` : chromium,
    summary: scene.name === 'react' ? `${tests} tests in ${chromium}` : `${tests} tests of our console`,
    differences: tests > 0 ? failures : ['no test ran', ...failures],
  }),
);
