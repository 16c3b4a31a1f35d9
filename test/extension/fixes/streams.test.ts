import assert from 'node:assert/strict';
import test from 'node:test';
import { endStdin, readOutput } from '../../../src/extension/fixes/streams.ts';
import { changed, program } from './program.ts';

const ended = (text: string, name?: string) => {
  const { syntax, place } = program(text, name);
  const child = syntax.declared(place);
  return child && changed(syntax, [endStdin(syntax, child)]);
};
const read = (text: string, output: 'stdout' | 'stderr' = 'stdout', name?: string) => {
  const { syntax, place } = program(text, name);
  const child = syntax.declared(place);
  return child && changed(syntax, [readOutput(syntax, child, output)]);
};

test('stdin is ended after the last write', () => {
  assert.equal(
    ended(`const child = «spawn('sort', []);
child.stdin.write('a');
child.stdin.write('b'); // and no more
await once(child, 'exit');
`),
    `const child = spawn('sort', []);
child.stdin.write('a');
child.stdin.write('b'); // and no more
child.stdin.end();
await once(child, 'exit');
`,
  );
});

test('stdin that nobody writes to is ended at the start', () => {
  assert.equal(
    ended(`function run() {
  const child = cp.«spawn('cat')
  child.stdout.pipe(process.stdout)
  return 1
}
`),
    `function run() {
  const child = cp.spawn('cat')
  child.stdin.end()
  child.stdout.pipe(process.stdout)
  return 1
}
`,
  );
});

test('a loop of writes is left before the end', () => {
  assert.equal(
    ended(`const child = «spawn('sort', []);
for (const line of lines) {
  child.stdin.write(line);
}
child.on('exit', done);
`),
    `const child = spawn('sort', []);
for (const line of lines) {
  child.stdin.write(line);
}
child.stdin.end();
child.on('exit', done);
`,
  );
});

test('where types say that a stream may be missing it is asked for', () => {
  const from = `const child = «execFile('cat');\n`;
  assert.equal(ended(from, '/app/main.ts'), `const child = execFile('cat');\nchild.stdin?.end();\n`);
  assert.equal(ended(from), `const child = execFile('cat');\nchild.stdin.end();\n`);
  const list = `const child = «spawn('cat', ['-n'], { cwd });\n`;
  assert.match(ended(list, '/app/main.ts') ?? '', /child\.stdin\.end/);
  const stdio = `const child = «spawn('cat', ['-n'], { stdio });\n`;
  assert.match(ended(stdio, '/app/main.ts') ?? '', /child\.stdin\?\.end/);
  const unknown = `const child = «spawn('cat', options);\n`;
  assert.match(ended(unknown, '/app/main.ts') ?? '', /child\.stdin\?\.end/);
});

test('nothing is edited where stdin may be written to later, or by others', () => {
  const start = `const child = «spawn('sort');\n`;
  for (const use of [
    `setTimeout(() => child.stdin.write('later'), 10);`,
    `child.stdin.end('a');`,
    `source.pipe(child.stdin);`,
    `feed(child);`,
    `const { stdin } = child;`,
    `const all = [child];`,
    `export { child };`,
    `child.stdio[0].write('a');`,
    `child.stdin.on('drain', () => child.stdin.write('b'));`,
    `const later = { child };`,
    `child['stdin'].write('a');`,
    `const write = child.stdin.write;`,
  ])
    assert.equal(ended(`${start}${use}\n`), undefined, use);
  assert.equal(ended(`let child = «spawn('sort');\n`), undefined, 'it may be another one later');
  assert.equal(ended(`export const child = «spawn('sort');\n`), undefined, 'others may have it');
  assert.equal(ended(`children.push(«spawn('sort'));\n`), undefined, 'it has no name');
  assert.equal(ended(`${start}function f(child) { child.stdin.end(); }\n`), undefined, 'two have its name');
  assert.equal(ended(`${start.trim()} child.stdin.write('a');\n`), undefined, 'two on one line');
});

test('an output that nobody takes is read', () => {
  assert.equal(
    read(`  const child = «spawn('seq', ['1', '100000']);\r\n  await once(child, 'exit');\r\n`),
    `  const child = spawn('seq', ['1', '100000']);\r\n  child.stdout.resume();\r\n  await once(child, 'exit');\r\n`,
  );
  assert.match(
    read(`const child = «spawn('a');\nchild.stdout.pipe(out);\n`, 'stderr') ?? '',
    /stderr\.resume/,
  );
});

test('an output that something takes is not', () => {
  for (const use of [
    `child.stdout.pause();`,
    `read(child);`,
    `child.stdio[1].pause();`,
    `child.stdout.on('readable', f);`,
  ])
    assert.equal(read(`const child = «spawn('a');\n${use}\n`), undefined, use);
});

test('a place where no such call is any more is not edited', () => {
  const { syntax } = program(`const child = spawn('sort');\n`);
  assert.equal(syntax.declared({ line: 1, column: 1 }), undefined);
  assert.equal(syntax.declared({ line: 9, column: 15 }), undefined);
});
