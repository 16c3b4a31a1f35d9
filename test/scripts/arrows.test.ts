// The import arrows catch what they forbid: a rule that never fires would look the same as a clean tree.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tryRun } from '../../scripts/lib/exec.mjs';

const root = path.resolve(__dirname, '../..');
const FOLDERS = 'base trace shm runtime shim model session protocol cli extension webview'.split(' ');

/** From → to, as the architecture allows it; every other pair is forbidden. */
const ALLOWED = new Set(
  [
    'trace>base shm>base runtime>base runtime>shm shim>base shim>trace shim>shm model>base model>trace',
    'session>base session>trace session>model protocol>base protocol>trace protocol>model',
    'cli>base cli>session cli>model extension>base extension>session extension>model extension>protocol',
    'webview>base webview>model webview>protocol',
  ].flatMap((line) => line.split(' ')),
);

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

describe('the import arrows', () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-arrows-'));
  let violations: readonly Violation[] = [];
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(scratch, file)), { recursive: true });
    writeFileSync(path.join(scratch, file), text);
  };
  const broken = (from: string) => violations.filter((v) => v.from === from).map((v) => v.rule.name);

  before(async () => {
    cpSync(path.join(root, '.dependency-cruiser.cjs'), path.join(scratch, '.dependency-cruiser.cjs'));
    write('package.json', '{"devDependencies":{"@types/vscode":"*"}}');
    write('tsconfig.json', '{"compilerOptions":{"module":"preserve","allowImportingTsExtensions":true}}');
    for (const to of FOLDERS) {
      write(`src/${to}/target.ts`, 'export const x = 1; export type X = 1;');
      for (const from of FOLDERS) {
        write(`src/${from}/to-${to}.ts`, `import type { X } from '../${to}/target.ts'; export type Y = X;`);
      }
    }
    write('node_modules/@types/vscode/index.d.ts', "declare module 'vscode' { export class Uri {} }");
    write('node_modules/@types/vscode/package.json', '{"name":"@types/vscode","types":"index.d.ts"}');
    write('src/model/vscode.ts', "import * as v from 'vscode'; export const y = v;");
    write('src/model/vscode-type.ts', "import type { Uri } from 'vscode'; export type Y = Uri;");
    write('src/extension/vscode.ts', "import * as v from 'vscode'; export const y = v;");
    write('src/webview/node.ts', "import fs from 'node:fs'; export const y = fs;");
    write('src/protocol/value.ts', "import { x } from '../model/target.ts'; export const y = x;");
    write('src/trace/a.ts', "import { b } from './b.ts'; export const a = () => b;");
    write('src/trace/b.ts', "import { a } from './a.ts'; export const b = () => a;");
    write('src/other/new.ts', "import { x } from '../base/target.ts'; export const y = x;");
    write('src/base/absent.ts', "import { z } from './not-there.ts'; export const y = z;");
    const cruiser = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const args = [cruiser, '--config', '.dependency-cruiser.cjs', '-T', 'json', 'src'];
    const { output } = await tryRun(process.execPath, args, { cwd: scratch });
    violations = JSON.parse(output).summary.violations;
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it('forbid every import that the architecture does not allow, of types too, and no other', () => {
    for (const from of FOLDERS) {
      for (const to of FOLDERS) {
        const forbidden = from !== to && !ALLOWED.has(`${from}>${to}`);
        const rules = broken(`src/${from}/to-${to}.ts`);
        assert.deepEqual(rules, forbidden ? [`arrow-${from}`] : [], `${from} > ${to}`);
      }
    }
  });

  it('allow vscode as a value in the extension alone', () => {
    assert.deepEqual(broken('src/model/vscode.ts'), ['vscode-only-in-extension']);
    assert.deepEqual(broken('src/model/vscode-type.ts'), []);
    assert.deepEqual(broken('src/extension/vscode.ts'), []);
  });

  it('keep Node out of the webview and values out of the protocol', () => {
    assert.deepEqual(broken('src/webview/node.ts'), ['webview-without-node']);
    assert.deepEqual(broken('src/protocol/value.ts'), ['protocol-types-only']);
  });

  it('forbid cycles, folders without arrows and what cannot be found', () => {
    assert.deepEqual([...broken('src/trace/a.ts'), ...broken('src/trace/b.ts')], ['no-cycle']);
    assert.deepEqual(broken('src/other/new.ts'), ['arrow-unknown-folder']);
    assert.deepEqual(broken('src/base/absent.ts'), ['no-unresolved']);
  });
});
