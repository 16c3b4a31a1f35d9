import assert from 'node:assert/strict';
import test from 'node:test';
import { letGo } from '../../../src/extension/fixes/last-message.ts';
import { changed, program } from './program.ts';

const disconnected = (text: string) => {
  const { syntax, place } = program(text);
  const child = syntax.declared(place);
  return child && changed(syntax, [letGo(syntax, child, { send: 'send', go: 'disconnect' })]);
};

test('a child is let go of behind its answer', () => {
  assert.equal(
    disconnected(`const child = «fork('child.js');
child.send('work');
const [answer] = await once(child, 'message');
await once(child, 'exit');
`),
    `const child = fork('child.js');
child.send('work');
const [answer] = await once(child, 'message');
child.disconnect();
await once(child, 'exit');
`,
  );
});

test('a child is let go of at the end of the function that hears its answer', () => {
  assert.equal(
    disconnected(`const child = «fork('child.js');
child.once('message', (answer) => {
  console.log(answer);
});
child.send('work');
child.on('exit', () => console.log('done'));
`),
    `const child = fork('child.js');
child.once('message', (answer) => {
  console.log(answer);
  child.disconnect();
});
child.send('work');
child.on('exit', () => console.log('done'));
`,
  );
});

test('a function without a block gets one', () => {
  assert.equal(
    disconnected(`const child = «fork(file);\nchild.once('message', (answer) => show(answer));\n`),
    `const child = fork(file);\nchild.once('message', (answer) => { show(answer); child.disconnect(); });\n`,
  );
});

test('a worker is let go of in the same way', () => {
  const { syntax, place } = program(`const worker = «new Worker(file);
worker.postMessage(1);
await once(worker, 'message');
`);
  const worker = syntax.declared(place);
  assert.ok(worker);
  assert.equal(
    changed(syntax, [letGo(syntax, worker, { send: 'postMessage', go: 'unref' })]),
    `const worker = new Worker(file);
worker.postMessage(1);
await once(worker, 'message');
worker.unref();
`,
  );
});

test('where more may be asked or answered nobody is let go of', () => {
  const start = `const child = «fork('child.js');\n`;
  const answer = `await once(child, 'message');\n`;
  for (const rest of [
    `child.on('message', f);\n`,
    `child.send(1);\nchild.send(2);\n${answer}`,
    `for (const job of jobs) child.send(job);\n${answer}`,
    `${answer}child.send(1);\n`,
    `${answer}${answer}`,
    `const answer = once(child, 'message');\n`,
    `for (;;) {\n  ${answer}}\n`,
    `on(child, 'message');\n${answer}`,
    `child.once(event, f);\n${answer}`,
    `child.once('message', f);\n`,
    `child.once('message', (a) => child.send(a));\n`,
    `child.once('message', (a) => {\n  if (a) return;\n  show(a);\n});\n`,
    `child.once('message', (a) => {\n  child.kill();\n});\n`,
    `${answer}child.disconnect();\n`,
    `child.onmessage = f;\n${answer}`,
    `child.send(1);\n`,
  ])
    assert.equal(disconnected(start + rest), undefined, rest);
});
