import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { ROOT } from './run-program.ts';

const FOLDER = path.join(ROOT, 'test', 'runtime', 'types');
const OPTIONS: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  types: ['node'],
};
const files = readdirSync(FOLDER).map((name) => path.join(FOLDER, name));

/** An `error` comment is about the statement above it: by the line on which that ends. */
function expected(file: ts.SourceFile): Map<number, RegExp> {
  const found = new Map<number, RegExp>();
  for (const [line, text] of file.text.split('\n').entries()) {
    const [, words] = /^\s*\/\/ error: (.*)$/.exec(text) ?? [];
    if (words !== undefined) found.set(line - 1, new RegExp(words));
  }
  return found;
}

/** The line, from 0, on which the statement ends in which something is. */
function endOfStatement(file: ts.SourceFile, position: number): number {
  const statement = file.statements.find((one) => one.getStart(file) <= position && position < one.end);
  return file.getLineAndCharacterOfPosition(statement?.end ?? position).line;
}

// By the compiler itself and the types that the package has: what is refused must be refused with the right words.
test('the public types take what they should, and say what is wrong with the rest', () => {
  const program = ts.createProgram(files, OPTIONS);
  const problems: string[] = [];
  for (const name of files) {
    const file = program.getSourceFile(name);
    assert.ok(file !== undefined);
    const left = expected(file);
    const all = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    for (const { start = 0, messageText } of all) {
      const line = endOfStatement(file, start);
      const words = ts.flattenDiagnosticMessageText(messageText, '\n');
      if (left.get(line)?.test(words) === true) left.delete(line);
      else problems.push(`${path.basename(name)}:${line + 1}: ${words}`);
    }
    for (const [line, words] of left) problems.push(`${path.basename(name)}:${line + 1}: no error ${words}`);
  }
  assert.equal(problems.join('\n'), '');
});
