// The import arrows catch what they forbid: a rule that never fires would look the same as a clean tree.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
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

interface Layer {
  /** `src/shim/core` */
  readonly path: string;
  readonly rule: string;
  /** Names of its neighbours that it may import. */
  readonly allowed: readonly string[];
}
/** The layers inside the folders of src as the rules have them, by folder, from below. */
function layersOf(rules: readonly Rule[]): Map<string, Layer[]> {
  const layers = new Map<string, Layer[]>();
  for (const { name, from, to } of rules) {
    const [, layer, folder] = /^\^((src\/.+)\/[^/]+)\/$/.exec(from?.path ?? '') ?? [];
    const names = /\((.*)\)/.exec(to?.pathNot ?? '')?.[1]?.split('|');
    if (!layer || !folder || !names || !name.startsWith('arrow-')) continue;
    const inFolder = layers.get(folder) ?? [];
    layers.set(folder, [...inFolder, { path: layer, rule: name, allowed: names.slice(1) }]);
  }
  return layers;
}
interface Rule {
  readonly name: string;
  readonly from?: { readonly path?: string };
  readonly to?: { readonly pathNot?: string };
}

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

describe('the import arrows', () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-arrows-'));
  let violations: readonly Violation[] = [];
  const config: { forbidden: readonly Rule[] } = createRequire(__filename)('../../.dependency-cruiser.cjs');
  const layers = layersOf(config.forbidden);
  const peers = config.forbidden.filter(({ name }) => name.startsWith('peers-')).map((r) => r.name.slice(6));
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
    for (const [folder, inside] of layers) {
      write(`${folder}/beside.ts`, 'export type X = 1;');
      write(`${folder}/unheard-of/new.ts`, "import type { X } from '../beside.ts'; export type Y = X;");
      for (const from of inside) {
        write(`${from.path}/target.ts`, 'export type X = 1;');
        write(`${from.path}/to-beside.ts`, "import type { X } from '../beside.ts'; export type Y = X;");
        for (const to of inside) {
          const name = path.basename(to.path);
          const text = `import type { X } from '../${name}/target.ts'; export type Y = X;`;
          if (to !== from) write(`${from.path}/to-${name}.ts`, text);
        }
      }
    }
    for (const folder of peers)
      for (const file of ['peer.ts', 'index.ts'])
        write(`${folder}/${file}`, "import type { X } from './target.ts'; export type Y = X;");
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

  it('forbid every import between layers of a folder that their table does not list, and no other', () => {
    assert.ok(layers.size > 0);
    for (const [folder, inside] of layers) {
      for (const from of inside) {
        for (const to of inside.filter((l) => l !== from).map((l) => path.basename(l.path))) {
          const rules = from.allowed.includes(to) ? [] : [from.rule];
          assert.deepEqual(broken(`${from.path}/to-${to}.ts`), rules, `${from.path} > ${to}`);
        }
        assert.deepEqual(broken(`${from.path}/to-beside.ts`), [from.rule]);
      }
      assert.deepEqual(broken(`${folder}/unheard-of/new.ts`), [`arrow-unknown-folder-in-${folder}`]);
    }
  });

  it('have no circle among layers: each may import only layers that stand before it in their table', () => {
    for (const inside of layers.values()) {
      const names = inside.map((l) => path.basename(l.path));
      for (const [i, { path: layer, allowed }] of inside.entries())
        for (const name of allowed) assert.ok(names.slice(0, i).includes(name), `${layer} > ${name}`);
    }
  });

  it('keep files apart that are peers, but not from their index', () => {
    assert.ok(peers.length > 0);
    for (const folder of peers) {
      assert.deepEqual(broken(`${folder}/peer.ts`), [`peers-${folder}`]);
      assert.deepEqual(broken(`${folder}/index.ts`), []);
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
    assert.deepEqual(broken('src/other/new.ts'), ['arrow-unknown-folder-in-src']);
    assert.deepEqual(broken('src/base/absent.ts'), ['no-unresolved']);
  });
});
