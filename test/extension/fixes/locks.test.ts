import assert from 'node:assert/strict';
import test from 'node:test';
import { releaseInFinally } from '../../../src/extension/fixes/locks.ts';
import { changed, program } from './program.ts';

const released = (text: string) => {
  const { syntax, place } = program(text, '/app/main.ts');
  return changed(syntax, [releaseInFinally(syntax, place)]);
};

test('what is done with a lock goes into a try, and its release into the finally', () => {
  assert.equal(
    released(`async function pay(lock: Lock) {
  await lock.«acquire();
  // The balance is what it protects.
  const balance = read();

  if (balance < 0) throw new Error('no money');
  write(balance - 1);
  lock.release(); // for the next one
  done();
}
`),
    `async function pay(lock: Lock) {
  await lock.acquire();
  try {
    // The balance is what it protects.
    const balance = read();

    if (balance < 0) throw new Error('no money');
    write(balance - 1);
  } finally {
    lock.release();
  } // for the next one
  done();
}
`,
  );
});

test('tabs, lines of Windows, and locks that are properties stay what they are', () => {
  assert.equal(
    released(
      'class A {\r\n\trun() {\r\n\t\tthis.lock.«acquireSync();\r\n\t\twork();\r\n\t\tthis.lock.release();\r\n\t}\r\n}\r\n',
    ),
    'class A {\r\n\trun() {\r\n\t\tthis.lock.acquireSync();\r\n\t\ttry {\r\n\t\t\twork();\r\n\t\t} finally {\r\n\t\t\tthis.lock.release();\r\n\t\t}\r\n\t}\r\n}\r\n',
  );
});

test('nothing is edited where it could mean something else then', () => {
  for (const [why, text] of Object.entries({
    'a name is used behind': `await lock.«acquire();\nconst a = f();\nlock.release();\nconsole.log(a);\n`,
    'a part of it is used behind': `await lock.«acquire();\nconst { a } = f();\nlock.release();\nconsole.log(a);\n`,
    'a function is used before': `g();\nawait lock.«acquire();\nfunction g() {}\nlock.release();\n`,
    'it is released twice': `await lock.«acquire();\nif (f()) {\n  lock.release();\n  stop();\n}\nlock.release();\n`,
    'it is released in a finally already': `await lock.«acquire();\ntry {\n  f();\n} finally {\n  lock.release();\n}\n`,
    'it is never released': `await lock.«acquire();\nf();\n`,
    'nothing is between': `await lock.«acquire();\nlock.release();\n`,
    'it may not be acquired': `await lock.«acquire({ timeout: 5 });\nf();\nlock.release();\n`,
    'its result is used': `const got = await lock.«acquire();\nf();\nlock.release();\n`,
    'another lock is released': `await lock.«acquire();\nf();\nother.release();\n`,
    'the name means another lock then': `let lock = a;\nawait lock.«acquire();\nlock = b;\nlock.release();\n`,
    'it is not the same thing each time': `await locks[i].«acquire();\nf();\nlocks[i].release();\n`,
    'a text is over several lines': 'await lock.«acquire();\nf(`a\n  b`);\nlock.release();\n',
    'something is disposed at the end': `await lock.«acquire();\nusing a = f();\nlock.release();\n`,
    'no finally is run': `await lock.«acquire();\nif (a) process.exit(1);\nlock.release();\n`,
    'they share a line': `await lock.«acquire(); f(); lock.release();\n`,
    'it is released in another block': `await lock.«acquire();\nif (a) {\n  lock.release();\n}\n`,
  }))
    assert.equal(released(text), undefined, why);
});
