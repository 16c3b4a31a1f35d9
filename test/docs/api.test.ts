import assert from 'node:assert/strict';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import ts from 'typescript';
import { type Block, blocksOf, PAGES, ROOT, readPage } from './blocks.ts';

const INDEX = path.join(ROOT, 'src/runtime/index.ts');
const blocks = PAGES.flatMap(blocksOf);
// As if they lay in the examples' folder.
const files = new Map(blocks.map((block, i) => [path.join(ROOT, 'examples', `docs-block-${i}.ts`), block]));
let program: ts.Program;

/** The project's own options; a block may declare what it does not use. */
function options(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  return {
    ...ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT).options,
    noUnusedLocals: false,
    noUnusedParameters: false,
    paths: { forkscope: [INDEX] },
  };
}

function compile(): ts.Program {
  const given = options();
  const host = ts.createCompilerHost(given);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => files.has(path.normalize(file)) || fileExists(file);
  host.readFile = (file) => files.get(path.normalize(file))?.code ?? readFile(file);
  host.getSourceFile = (file, target, ...rest) => {
    const block = files.get(path.normalize(file));
    if (block === undefined) return getSourceFile(file, target, ...rest);
    return ts.createSourceFile(file, block.code, target, true);
  };
  return ts.createProgram([INDEX, ...files.keys()], given, host);
}

function problemsOf(file: string, block: Block): string[] {
  const source = program.getSourceFile(file);
  assert.ok(source, block.where);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((d) => {
    const { line } = source.getLineAndCharacterOfPosition(d.start ?? 0);
    return `line ${line + 1} of ${block.where}: ${ts.flattenDiagnosticMessageText(d.messageText, '\n')}`;
  });
}

describe('the documentation of the runtime', () => {
  before(() => {
    program = compile();
  });

  it('docs/api.md names every export: values and types', () => {
    const index = program.getSourceFile(INDEX);
    const symbol = index && program.getTypeChecker().getSymbolAtLocation(index);
    assert.ok(symbol);
    const names = program
      .getTypeChecker()
      .getExportsOfModule(symbol)
      .map((s) => s.name);
    assert.ok(names.length > 100, `${names.length} exports`);
    const page = readPage('api.md');
    const code = [...page.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]).join('\n');
    const words = new Set(code.match(/[\w$]+/g));
    // What begins with underscores is the runtime's own.
    const missing = names.filter((name) => !name.startsWith('__') && !words.has(name));
    assert.deepEqual(missing, []);
  });

  it('every TypeScript block type-checks against the runtime', () => {
    assert.ok(blocks.length > 20, `${blocks.length} blocks`);
    const problems = [...files].flatMap(([file, block]) => problemsOf(file, block));
    assert.deepEqual(problems, []);
  });

  it('links lead to headings and files that exist', () => {
    const slug = (heading: string): string =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replace(/ /g, '-');
    for (const page of PAGES) {
      for (const [, file, anchor] of readPage(page).matchAll(/\]\(([\w./-]*)(?:#([^)]+))?\)/g)) {
        const target = path.join(ROOT, 'docs', file || page);
        assert.ok(ts.sys.fileExists(target) || ts.sys.directoryExists(target), `${page}: ${file}`);
        if (anchor === undefined) continue;
        const headings = [...readPage(file || page).matchAll(/^#+ (.+)$/gm)].map((m) => slug(m[1] ?? ''));
        assert.ok(headings.includes(anchor), `${page}: #${anchor}`);
      }
    }
  });
});
