import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { noticesOf, packagesOf } from '../../scripts/lib/notices.mjs';

const root = path.resolve(__dirname, '../..');

test('the packages of a bundle are found, scoped and nested ones too', () => {
  const inputs = [
    'src/cli/main.ts',
    'node_modules/commander/lib/command.js',
    'node_modules/commander/index.js',
    'node_modules/@vscode/l10n/dist/main.js',
    'node_modules/string-width/node_modules/strip-ansi/index.js',
  ];
  assert.deepEqual(packagesOf(inputs), [
    'node_modules/@vscode/l10n',
    'node_modules/commander',
    'node_modules/string-width/node_modules/strip-ansi',
  ]);
});

test('a package without a licence text is refused, unless its licence is MIT', () => {
  assert.match(
    noticesOf(root, ['node_modules/@vscode/l10n']),
    /Microsoft[\s\S]*Permission is hereby granted/,
  );
  assert.throws(() => noticesOf(root, ['test/fixtures/no-licence']), /unlicensed has no licence text/);
});

test('what is packaged brings the licences of everything that is bundled, the FFI library included', () => {
  const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const notices = readFileSync(path.join(root, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
  for (const name of [...Object.keys(dependencies), 'typescript']) {
    assert.match(notices, new RegExp(`^${name.replace('/', '\\/')} \\d+\\.\\d+\\.\\d+ \\(\\S+\\)$`, 'm'));
  }
});
