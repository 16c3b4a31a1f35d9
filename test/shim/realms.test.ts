import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, run, runTraced, temporaryDirectory } from './helpers.ts';

const WAIT = `Atomics.wait(new Int32Array(shared), 0, 0, 1)`;
/** Every way into a context, each with an Atomics of its own. */
const SOURCE = `const vm = require('node:vm');
const shared = new SharedArrayBuffer(8);
const answers = [
  vm.runInContext(${JSON.stringify(WAIT)}, vm.createContext({ shared })),
  vm.runInNewContext(${JSON.stringify(WAIT)}, { shared }),
  new vm.Script(${JSON.stringify(WAIT)}).runInNewContext({ shared }),
  new vm.Script(${JSON.stringify(WAIT)}).runInContext(vm.createContext({ shared })),
  vm.runInContext('(code) => eval(code)', vm.createContext({ shared }))(${JSON.stringify(WAIT)}),
];
const context = vm.createContext({ shared });
const hidden = vm.runInContext('delete globalThis.Atomics; typeof Atomics', context);
const mine = vm.runInNewContext('Atomics.mine', { Atomics: { mine: 'mine' } });
let touched = 0;
const proxy = new Proxy({}, { has() { touched++; return false; }, get(t, k) { touched++; return t[k]; } });
vm.createContext(proxy);
const before = touched;
vm.runInContext('1', proxy);
const frozen = vm.runInNewContext('Object.freeze(Atomics); Atomics.notify(new Int32Array(shared), 0)', { shared });
const own = vm.runInNewContext('[Atomics instanceof Object, Atomics.wait.name, Atomics.wait.length]', {});
console.log(answers.join(), hidden, mine, touched - before, frozen, own.join());
`;

test('Atomics of vm contexts are traced, and contexts are as without', async (t) => {
  const dir = temporaryDirectory(t);
  const file = program(dir, 'main.cjs', SOURCE);
  const untraced = await run(process.execPath, [file]);
  const { code, stdout, stderr, trace } = await runTraced(t, process.execPath, [file]);
  assert.deepEqual([code, stdout, stderr], [untraced.code, untraced.stdout, untraced.stderr]);
  assert.match(
    stdout,
    /^timed-out,timed-out,timed-out,timed-out,timed-out undefined mine \d+ 0 true,wait,4\n$/,
  );
  assert.deepEqual(trace.problems, []);
  const waits = trace.of('waitAtomics');
  assert.equal(waits.length, 5);
  assert.equal(new Set(waits.map((w) => w.resource)).size, 1, 'one and the same element');
  assert.equal(trace.of('notify').length, 1);
});
