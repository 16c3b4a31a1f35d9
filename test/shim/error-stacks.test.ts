import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, run, runTraced, temporaryDirectory } from './helpers.ts';

/**
 * Programs that print stacks of errors which are made inside of what the tracer looks at. Whatever it does, they print the
 * same as without it: none of its frames, and none of their own less.
 */
const PROGRAMS: Readonly<Record<string, string>> = {
  'commands that fail': `for (const f of [() => cp.execSync('exit 3', { stdio: 'pipe' }), () => cp.execFileSync('/nope'), () => cp.execFileSync('sh', ['-c', 'exit 4'], { stdio: 'pipe' })]) caught(f);
console.log(String(cp.spawnSync('/nope').error.stack));`,
  'refused spawns': `for (const f of [() => cp.spawn(''), () => cp.spawnSync(5), () => cp.execSync({}), () => cp.execFileSync('x', [], 5)]) caught(f);`,
  'messages that cannot be cloned': `const { port1, port2 } = new wt.MessageChannel();
for (const f of [() => port1.postMessage(() => {}), () => port1.postMessage({ a: [Symbol('s')] }), () => port1.postMessage(1, 5), () => structuredClone(() => {}), () => wt.receiveMessageOnPort(5)]) caught(f);
port1.close();`,
  'listeners of ports': `const { port1, port2 } = new wt.MessageChannel();
port1.on('message', () => { show(new Error('message')); port1.close(); }).on('close', () => show(new Error('close')));
port2.postMessage(1);`,
  'a listener of a port that throws': `const { port1, port2 } = new wt.MessageChannel();
port1.on('message', () => { throw new Error('thrown'); });
port2.postMessage(1);`,
  'Atomics that are refused': `for (const f of [() => Atomics.wait(new Int32Array(4), 0, 0), () => Atomics.wait(5), () => Atomics.notify('x'), () => Atomics.waitAsync({})]) caught(f);`,
  'code in contexts': `const vm = require('node:vm');
vm.runInNewContext('show(new Error("in a context")); try { f(); } catch (e) { show(e); }', { show, Error, f() { throw new Error('f'); } });
caught(() => new vm.Script('throw new Error("x")').runInContext(vm.createContext()));`,
  'listeners of the process': `process.on('warning', () => show(new Error('warning'))).on('unhandledRejection', () => show(new Error('rejection')));
process.on('newListener', () => show(new Error('new listener'))).on('beforeExit', () => show(new Error('before the exit')));
process.on('own', () => show(new Error('own'))).emit('own');
for (const name of ['first', 'second']) process.on('exit', () => { show(new Error(name)); console.log(process.listenerCount('exit')); });
process.emitWarning('w');
Promise.reject(new Error('rejected'));`,
  'a listener of the exit that throws': `process.on('exit', () => {}).on('exit', () => { throw new Error('at the exit'); });`,
  'listeners of an exit that is called for': `for (const name of ['first', 'second']) process.on('exit', () => show(new Error(name)));
process.exit(3);`,
  'listeners of children': `const child = cp.spawn(process.execPath, ['-e', 'process.on("message", () => { console.log(new Error("heard").stack); process.disconnect(); })'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
for (const event of ['spawn', 'disconnect', 'exit', 'close']) child.on(event, () => show(new Error(event)));
child.send(1);
child.on('close', () => cp.spawn('/nope').on('error', (e) => { show(e); show(new Error('error')); }));`,
  'listeners of workers': `const thread = new wt.Worker('const { parentPort } = require("worker_threads"); parentPort.once("message", () => {}).postMessage(1);', { eval: true });
// Objects of a class that is a proxy are named by the class below it.
const named = (e) => show({ stack: e.stack.replaceAll('EventEmitter.', 'Worker.') });
for (const event of ['online', 'message', 'exit']) thread.on(event, () => named(new Error(event)));
thread.on('message', () => thread.postMessage(1));`,
  'an uncaught refusal': `new wt.MessageChannel().port1.postMessage(() => {});`,
  'an uncaught failure of a command': `cp.execSync('exit 3', { stdio: 'pipe' });`,
};

const HEAD = `const cp = require('node:child_process'), wt = require('node:worker_threads');
const show = (e) => console.log(e.stack);
const caught = (f) => { try { f(); console.log('fine'); } catch (e) { show(e); } };
`;
/** What an error looks like to programs that look closely. */
const VARIANTS: Readonly<Record<string, string>> = {
  '': '',
  ', few frames': 'Error.stackTraceLimit = 3;',
  ', own format': `Error.prepareStackTrace = (e, frames) => e.message + '\\n' + frames.map((f) => f.getFunctionName() + ' ' + f.getFileName()).join('\\n');`,
  ', in depth': `const f = (n) => (n > 0 ? f(n - 1) : main()); f(4); function main() {`,
};

for (const [name, source] of Object.entries(PROGRAMS)) {
  for (const [variant, before] of Object.entries(VARIANTS)) {
    test(`stacks of errors are as without the tracer: ${name}${variant}`, async (t) => {
      const file = program(
        temporaryDirectory(t),
        'program.cjs',
        `${HEAD}${before}\n${source}\n${before.endsWith('{') ? '}' : ''}`,
      );
      // Node calls one listener and many of them from different lines of itself, and the tracer hears last whether a code was set.
      const clean = (text: string) =>
        text
          .replace(/\(node:\d+\)/g, '')
          .replace(/pid:? \d+/g, 'pid')
          .replace(/(process\.emit \(node:events):\d+:\d+\)/g, '$1)');
      const plain = await run(process.execPath, [file]);
      const { code, stdout, stderr, trace } = await runTraced(t, process.execPath, [file]);
      assert.equal(clean(stdout), clean(plain.stdout));
      assert.equal(clean(stderr), clean(plain.stderr));
      assert.equal(code, plain.code);
      assert.deepEqual(
        trace.problems.filter((p) => p.code !== 'uncaughtException'),
        [],
      );
    });
  }
}
