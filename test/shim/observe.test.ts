import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { constructing, observing, type Reporting, surrounding } from '../../src/shim/core/observe.ts';
import type { Recorder } from '../../src/shim/core/recorder.ts';
import { captureFrames } from '../../src/shim/sites/stack.ts';

const problems: string[] = [];
const recorder = { problem: (_code: string, text: string) => problems.push(text) };
const where: Reporting = { recorder: recorder as unknown as Recorder, probe: 'test' };
const noted: unknown[] = [];
const around = (repeats: boolean) => ({
  begin: (self: unknown, args: unknown[]) => ({ self, args: [...args] }),
  end: (context: object, returned: boolean, result: unknown) =>
    void noted.push({ ...context, returned, result }),
  repeats: () => repeats,
});

/** Names of the functions on the stack, down to the test's own. */
function callers(): string[] {
  const names = captureFrames(callers).map((f) => f.getFunctionName() ?? '');
  return names.slice(0, names.indexOf('from') + 1);
}

test('what is observed has no frame of the observer below it', () => {
  const seen: unknown[] = [];
  const listen = (...args: number[]) => [callers(), ...args];
  const looked = observing(listen, where, (self, args) => seen.push([self, [...args]]));
  const self = { looked };
  const from = () => self.looked(1, 2);
  assert.deepEqual(from(), [['listen', 'from'], 1, 2]);
  assert.deepEqual(seen, [[self, [1, 2]]]);
});

test('it looks the same', () => {
  function send(this: object, _a: number, ..._rest: unknown[]): object {
    return this;
  }
  send.extra = 5;
  for (const made of [observing(send, where, () => {}), surrounding(send, where, around(true))]) {
    assert.deepEqual([made.name, made.length, made.extra], ['send', 1, 5]);
    const self = {};
    assert.equal(made.call(self, 1), self);
  }
  const { apply } = observing(send, where, () => {});
  assert.equal(apply, Function.prototype.apply);
});

test('two observers of one function both see its calls', () => {
  const seen: number[] = [];
  const add = (a: number) => a + 1;
  const twice = observing(
    observing(add, where, () => seen.push(1)),
    where,
    () => seen.push(2),
  );
  const other = observing(add, where, () => seen.push(3));
  assert.deepEqual([twice(1), other(2)], [2, 3]);
  assert.deepEqual(seen, [2, 1, 3]);
});

test('a hook that throws is reported, and the call is made', () => {
  problems.length = 0;
  const fails = () => {
    throw new Error('hook');
  };
  const same = (value: number) => value;
  assert.equal(observing(same, where, fails)(1), 1);
  assert.equal(surrounding(same, where, { ...around(true), begin: fails })(2), 2);
  assert.equal(surrounding(same, where, { ...around(true), end: fails })(3), 3);
  assert.deepEqual(problems, Array(3).fill('Error: hook'));
});

test('begin and end are told, with what was returned', () => {
  noted.length = 0;
  const add = (a: number, b: number) => a + b;
  assert.equal(surrounding(add, where, around(true))(1, 2), 3);
  assert.deepEqual(noted, [{ self: undefined, args: [1, 2], returned: true, result: 3 }]);
});

test('an error has the stack that it has without the observer, where the call may be repeated', () => {
  noted.length = 0;
  const refuse = (value: number) => {
    throw Object.assign(new Error('refused'), { names: callers(), value });
  };
  const from = (fn: typeof refuse) => fn(7);
  assert.throws(() => from(surrounding(refuse, where, around(true))), {
    names: ['refuse', 'from'],
    value: 7,
  });
  assert.throws(() => from(surrounding(refuse, where, around(false))), { value: 7 });
  assert.equal(noted.length, 2);
});

test('classes: instances, subclasses and errors are as without the observer', () => {
  noted.length = 0;
  class Port {
    readonly value: number;
    constructor(value: number) {
      this.value = value;
      if (value < 0) throw Object.assign(new RangeError('negative'), { names: callers() });
    }
  }
  const Seen = constructing(Port, where, around(true));
  class Mine extends Seen {}
  const from = (Class: typeof Port, value: number) => new Class(value);
  const [port, mine] = [from(Seen, 1), from(Mine, 2)];
  assert.deepEqual(
    [port instanceof Port, port instanceof Seen, Object.getPrototypeOf(port)],
    [true, true, Port.prototype],
  );
  assert.deepEqual([mine instanceof Mine, mine.value, mine.constructor], [true, 2, Mine]);
  assert.equal(noted.length, 2);
  assert.throws(() => from(Seen, -1), { names: ['Port', 'from'] });
  assert.throws(() => (Seen as unknown as () => void)(), TypeError);
});

test('without WebAssembly the same happens, though not unseen', () => {
  const script = `const { observing, surrounding, constructing } = require('./src/shim/core/observe.ts');
const where = { recorder: { problem: console.log }, probe: 'test' };
const around = { begin: () => 1, end: () => console.log('end'), repeats: () => true };
console.log(typeof WebAssembly, observing((a) => a + 1, where, () => console.log('before'))(1));
console.log(surrounding((a) => a + 1, where, around)(2));
console.log(new (constructing(class A { constructor(x) { this.x = x; } }, where, around))(3));`;
  const args = ['--jitless', '--import', 'tsx', '-e', script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(stdout, 'before\nundefined 2\nend\n3\nend\nA { x: 3 }\n', stderr);
});
