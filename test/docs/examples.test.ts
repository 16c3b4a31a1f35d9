import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import ts from 'typescript';
import { run } from '../runtime/run-program.ts';
import { blocksOf, isProgram, PAGES, ROOT } from './blocks.ts';

let folder = '';
/** For every Node: 20 has no `await using`, and runs no TypeScript in worker threads. */
const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
const programs = PAGES.flatMap(blocksOf).filter(isProgram);

describe('the programs of the documentation print what it says', { concurrency: 2 }, () => {
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'forkscope-docs-'));
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(ROOT, path.join(folder, 'node_modules/forkscope'), 'junction');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const block of programs) {
    it(block.where, async () => {
      assert.ok(block.output, 'a program is followed by a text block with its output');
      const file = path.join(folder, `${block.where.replace(/\W/g, '-')}.mjs`);
      writeFileSync(file, ts.transpileModule(block.code, { compilerOptions }).outputText);
      const { code, lines, stderr } = await run(file);
      assert.deepEqual(lines, block.output, stderr);
      assert.equal(stderr, '');
      assert.equal(code, 0);
    });
  }
});
