// Makes docs/report.schema.json from the type `Report` of src/model/types and its doc comments: what the JSON holds is
// described once, where the views are declared. `--check` only says whether the file is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createFormatter,
  createParser,
  createProgram,
  DEFAULT_CONFIG,
  EnumType,
  NumberType,
  SchemaGenerator,
} from 'ts-json-schema-generator';
import ts from 'typescript';

/** @typedef {import('ts-json-schema-generator').SubNodeParser} SubNodeParser */

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const FILE = path.join(root, 'docs', 'report.schema.json');
const SOURCE = path.join(root, 'src/model/types/report.ts');

/** @param {string} file @returns {import('ts-json-schema-generator').CompletedConfig} */
function configOf(file) {
  return {
    ...DEFAULT_CONFIG,
    path: file,
    tsconfig: path.join(root, 'tsconfig.json'),
    type: 'Report',
    topRef: false,
    // The types are checked by themselves.
    skipTypeCheck: true,
  };
}

/**
 * What the generator cannot follow in the syntax, the type checker knows: unions of names that are computed from a table,
 * and numbers with a brand.
 * @implements {SubNodeParser}
 */
class ComputedTypes {
  /** @param {ts.TypeChecker} checker */
  constructor(checker) {
    this.checker = checker;
  }

  /** @param {ts.Node} node */
  supportsNode(node) {
    return isTypeOfAlias(node) && this.#resolve(node) !== undefined;
  }

  /** @param {ts.Node} node */
  createType(node) {
    const type = this.#resolve(node);
    if (type === undefined) throw new Error(`not a computed type: ${node.getText()}`);
    return type;
  }

  /** @param {ts.Node} node */
  #resolve(node) {
    const type = this.checker.getTypeAtLocation(node);
    const parts = type.isUnion() ? type.types : [type];
    const names = parts.flatMap((part) => (part.isStringLiteral() ? [part.value] : []));
    // The checker's order is that in which it came across the names, in whichever file.
    if (type.isUnion() && names.length === parts.length) return new EnumType(node.getText(), names.sort());
    const branded = type.isIntersection() && type.types.some((part) => part.flags & ts.TypeFlags.Number);
    return branded ? new NumberType() : undefined;
  }
}

/** The right-hand side of `type Name = …`. @param {ts.Node} node */
function isTypeOfAlias(node) {
  return node.parent !== undefined && ts.isTypeAliasDeclaration(node.parent) && node.parent.type === node;
}

/** The schema's text as the types ask for it. @param {string} [file] source that exports the type `Report` */
export function makeSchema(file = SOURCE) {
  const config = configOf(file);
  const program = createProgram(config);
  const parser = createParser(program, config, (chain) => {
    chain.addNodeParser(new ComputedTypes(program.getTypeChecker()));
  });
  const generator = new SchemaGenerator(program, parser, createFormatter(config), config);
  const { $schema, definitions, ...report } = generator.createSchema(config.type);
  return `${JSON.stringify({ $schema, title: 'Forkscope report', ...report, definitions }, null, 2)}\n`;
}

/** Fields without a sentence that says what they are. @param {string} text @returns {string[]} */
export function undocumented(text) {
  const { definitions, ...report } = JSON.parse(text);
  return Object.entries({ Report: report, ...definitions }).flatMap(([name, { properties = {} }]) =>
    Object.entries(properties).flatMap(([field, { description }]) =>
      description ? [] : [`${name}.${field} of the report has no comment that says what it is`],
    ),
  );
}

/** What is wrong with the schema that is committed. @param {string} [file] source of the types @returns {string[]} */
export function schemaProblems(file = SOURCE) {
  const text = makeSchema(file);
  const stale = readFileSync(FILE, 'utf8') !== text;
  return [
    ...undocumented(text),
    ...(stale ? ['docs/report.schema.json is not up to date: run node scripts/report-schema.mjs'] : []),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--check')) writeFileSync(FILE, makeSchema());
  for (const problem of schemaProblems()) {
    console.error(problem);
    process.exitCode = 1;
  }
}
