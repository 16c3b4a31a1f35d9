// The schema follows the types: a field that is added, dropped or left without its sentence is noticed.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { makeSchema, schemaProblems, undocumented } from '../../scripts/report-schema.mjs';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-schema-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** The schema of a report that is declared so. */
function schemaOf(source: string) {
  const file = path.join(scratch, 'report.ts');
  writeFileSync(file, source);
  const text = makeSchema(file);
  return { text, schema: JSON.parse(text), problems: schemaProblems(file) };
}

describe('the schema of the report', () => {
  it('is the one that is committed', () => {
    const committed = path.resolve(__dirname, '../../docs/report.schema.json');
    assert.equal(makeSchema(), readFileSync(committed, 'utf8'));
    assert.deepEqual(schemaProblems(), []);
  });

  it('differs from the committed one as soon as the types do', () => {
    const { problems } = schemaOf('export interface Report { /** When. */ readonly time: number }');
    assert.match(problems.join('\n'), /docs\/report\.schema\.json is not up to date/);
  });

  it('asks for a sentence about every field', () => {
    const { text } = schemaOf(`export interface Report {
      /** When. */
      readonly a: number;
      readonly b: number;
    }`);
    assert.deepEqual(undocumented(text), ['Report.b of the report has no comment that says what it is']);
  });

  it('takes names from where they are, and numbers with a brand as numbers', () => {
    const { schema } = schemaOf(`
      const RULES = [{ kind: 'a', limit: 1 }, { kind: 'b', limit: 2 }] as const;
      const TABLE = { waitX: { group: 'wait' }, waitY: { group: 'wait' }, send: { group: 'flow' } } as const;
      type Table = typeof TABLE;
      declare const unit: unique symbol;
      /** Of a rule. */
      export type RuleKind = (typeof RULES)[number]['kind'];
      export type WaitKind = { [K in keyof Table]: Table[K]['group'] extends 'wait' ? K : never }[keyof Table];
      /** A time. @asType integer */
      export type Time = number & { readonly [unit]: 'ns' };
      export interface Report {
        /** Rule. */ readonly rule: RuleKind;
        /** Wait. */ readonly wait: WaitKind;
        /** Time. */ readonly time: Time | null;
      }`);
    assert.deepEqual(schema.definitions.RuleKind.enum, ['a', 'b']);
    assert.deepEqual(schema.definitions.WaitKind.enum, ['waitX', 'waitY']);
    assert.equal(schema.definitions.Time.type, 'integer');
  });
});
