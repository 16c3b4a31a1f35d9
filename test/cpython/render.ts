import { DIFFERENT, NOT_PORTED } from './differences.ts';
import { PORTED } from './table.ts';

const rows = (table: readonly (readonly [string, string])[]): string =>
  table.map(([tests, words]) => `| ${tests} | ${words} |`).join('\n');

function groupByClass(names: readonly string[]): Map<string, string[]> {
  const classes = new Map<string, string[]>();
  for (const full of names) {
    const name = full.slice(0, full.indexOf('.'));
    classes.set(name, [...(classes.get(name) ?? []), full]);
  }
  return classes;
}

/** The page docs/cpython.md. */
export function render(): string {
  const programs = Object.entries(PORTED);
  const total = programs.reduce((sum, [, names]) => sum + names.length, 0);
  const lists = programs.map(([program, names]) => {
    const classes = groupByClass(names);
    const lines = [...classes].map(
      ([name, tests]) => `* ${name}: ${tests.map((test) => test.slice(name.length + 6)).join(', ')}`,
    );
    return `### ${program}\n\n${lines.join('\n')}`;
  });
  return `# CPython's own tests

The runtime does what CPython's \`multiprocessing\` and \`concurrent.futures\` do, as far as Node allows. ${total} of CPython's tests
(\`Lib/test/_test_multiprocessing.py\` and \`test_concurrent_futures\`, of 3.11) are ported: written anew in TypeScript, with the
behaviour of the originals, under their names, and run with real processes by \`test/cpython\`. This page is written from the
tests' own table, and a test compares them.

## What differs

| tests | here |
|---|---|
${rows(DIFFERENT)}

## What is not ported, and why

| tests | why |
|---|---|
${rows(NOT_PORTED)}

## What is ported

${lists.join('\n\n')}
`;
}
