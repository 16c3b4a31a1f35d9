// What `npm run check` promises about tables that belong together, tried on a copy of the sources: one wrong edit each, made
// the way somebody would make it, and the check that has to notice.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tryRun } from '../../scripts/lib/exec.mjs';

const root = path.resolve(__dirname, '../..');
const COPIED = [
  'src',
  'docs',
  'scripts',
  'l10n',
  'package.json',
  'tsconfig.json',
  '.dependency-cruiser.cjs',
  '.gitignore',
];

interface Mutation {
  readonly what: string;
  /** The check that notices it, and what it says. */
  readonly check: string;
  readonly says: RegExp;
  /** File → how its text is changed; a file that is not there begins empty. */
  readonly edits: Readonly<Record<string, (text: string) => string>>;
}

const append = (more: string) => (text: string) => `${text}\n${more}\n`;

const MUTATIONS: readonly Mutation[] = [
  {
    what: 'a kind of finding without its section',
    check: 'rules, their docs and their settings',
    says: /docs\/findings\.md has no section lock-cycle/,
    edits: {
      'docs/findings.md': (text) =>
        text.replace(/`lock-cycle`/g, '`lock-circle`').replace(/^(#+ .*)lock-cycle/m, '$1lock-circle'),
    },
  },
  {
    what: 'a rule that nobody has entered into index, kinds and settings',
    check: 'rules, their docs and their settings',
    says: /node scripts\/finding-kinds\.mjs/,
    edits: {
      'src/model/findings/rules/lock-circle.ts': () =>
        readFileSync(path.join(root, 'src/model/findings/rules/self-deadlock.ts'), 'utf8').replaceAll(
          'selfDeadlock',
          'lockCircle',
        ),
    },
  },
  {
    what: 'a field of the report without its schema',
    check: 'the schema of the report',
    says: /docs\/report\.schema\.json is not up to date/,
    edits: {
      'src/model/types/report.ts': (text) =>
        text
          .replace(
            'export interface Report extends',
            '/** Of somebody. */\nexport interface Of {}\nexport interface Report extends',
          )
          .replace(
            '  readonly ended: boolean;',
            '  readonly ended: boolean;\n  /** Who looked at it last. */\n  readonly reader: string;',
          ),
    },
  },
  {
    what: 'a field of the report without a sentence',
    check: 'the schema of the report',
    says: /Report\.reader of the report has no comment/,
    edits: {
      'src/model/types/report.ts': (text) =>
        text.replace('  readonly ended: boolean;', '  readonly ended: boolean;\n  readonly reader: string;'),
    },
  },
  {
    what: 'a kind of wait that nobody has words for',
    check: 'types of tsconfig.json',
    says: /src\/model\/words\/waits\.ts.*waitFlush/s,
    edits: { 'src/model/words/waits.ts': (text) => text.replace(/^ {2}waitFlush: .*\n/m, '') },
  },
  {
    what: 'a wait of a kind that no table has',
    check: 'types of tsconfig.json',
    says: /waitForever/,
    edits: {
      'src/model/words/more.ts': () =>
        "import type { WaitKind } from '../types/index.ts';\n\nexport const LONGEST: WaitKind = 'waitForever';",
    },
  },
  {
    what: 'an arrow inside a folder against its layers',
    check: 'import arrows',
    says: /arrow-model\/state/,
    edits: { 'src/model/state/world.ts': append("export type { ReportView } from '../report/index.ts';") },
  },
  {
    what: 'a name that is said in a second place',
    check: 'one vocabulary',
    says: /src\/cli\/screen\/table-words\.ts/,
    edits: {
      'src/cli/screen/table-words.ts': () =>
        "export const KINDS = { semaphore: 'a semaphore', lock: 'a lock', rlock: 'an RLock' };",
    },
  },
  {
    what: 'a kind of record that its page does not describe',
    check: 'the tables of the trace format',
    says: /docs\/trace-format\.md/,
    edits: { 'docs/trace-format.md': (text) => text.replace(/^\| `childExit` .*\n/m, '') },
  },
];

describe('npm run check', () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-mutations-'));
  const at = (file: string) => path.join(scratch, file);
  const check = (names: readonly string[]) =>
    tryRun(process.execPath, ['scripts/check.mjs', ...names.flatMap((name) => ['--only', name])], {
      cwd: scratch,
    });

  before(async () => {
    for (const name of COPIED) cpSync(path.join(root, name), at(name), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), at('node_modules'), 'junction');
    // The words of waits are all that the types are asked about; all of src would take half a minute a mutation.
    const config = JSON.parse(readFileSync(at('tsconfig.json'), 'utf8'));
    writeFileSync(at('tsconfig.json'), JSON.stringify({ ...config, include: ['src/model'] }));
    // The check asks git which files are the project's own.
    const { code, output } = await tryRun('git', ['init', '--quiet', scratch]);
    assert.equal(code, 0, output);
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  for (const { what, check: name, says, edits } of MUTATIONS) {
    it(`fails on ${what}`, { timeout: 240_000 }, async () => {
      const before = Object.keys(edits).map((file) => [file, read(at(file))] as const);
      try {
        for (const [file, edit] of Object.entries(edits)) {
          const text = read(at(file)) ?? '';
          assert.notEqual(edit(text), text, `${file} is as it was`);
          writeFileSync(at(file), edit(text));
        }
        const { code, output } = await check([name]);
        assert.equal(code, 1, output);
        assert.match(output, says);
      } finally {
        for (const [file, text] of before) {
          if (text === undefined) rmSync(at(file));
          else writeFileSync(at(file), text);
        }
      }
    });
  }
});

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
