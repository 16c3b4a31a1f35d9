import path from 'node:path';
import ts from 'typescript';
import type { PackageType } from './package-type.ts';

/** For whoever asks about the syntax of a file: the bundle has it once. */
export { ts };

export interface TransformRequest {
  readonly source: string;
  /** Absolute path. */
  readonly file: string;
  readonly packageType: PackageType;
  /** '' for none. */
  readonly configFile: string;
  readonly nodeMajor: number;
}
export interface Compiled {
  readonly format: 'module' | 'commonjs';
  readonly code: string;
}

/**
 * Compiles one file without looking at others. What decides its meaning comes from the user's tsconfig.json (decorators,
 * JSX, class fields), what decides where it runs from the Node: `using` is compiled away below 24.
 *
 * @throws SyntaxError with file and line
 */
export function transform(request: TransformRequest): Compiled {
  const { source, file } = request;
  const format = formatOf(request);
  const fileName = forcedName(file, format);
  const { outputText, sourceMapText, diagnostics } = ts.transpileModule(source, {
    fileName,
    reportDiagnostics: true,
    compilerOptions: { ...meaningOptions(request.configFile), ...runOptions(request, format) },
  });
  const wrong = diagnostics?.find(({ category }) => category === ts.DiagnosticCategory.Error);
  if (wrong !== undefined) throw syntaxError(wrong, file);
  return { format, code: withSourceMap(outputText, sourceMapText ?? '', file) };
}

/** As Node decides for JavaScript: extension, package type, else the syntax. */
function formatOf({ source, file, packageType }: TransformRequest): 'module' | 'commonjs' {
  if (packageType !== 'none') return packageType;
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.ESNext, true);
  const usesRequire = parsed.statements.some(
    (s) =>
      (ts.isImportEqualsDeclaration(s) && ts.isExternalModuleReference(s.moduleReference)) ||
      (ts.isExportAssignment(s) && s.isExportEquals === true),
  );
  if (usesRequire) return 'commonjs';
  return ts.isExternalModule(parsed) || hasTopLevelAwait(parsed) ? 'module' : 'commonjs';
}

function hasTopLevelAwait(node: ts.Node): boolean {
  if (ts.isAwaitExpression(node)) return true;
  if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
  return ts.forEachChild(node, (child) => hasTopLevelAwait(child) || undefined) ?? false;
}

/** The extension that forces the format in TypeScript's Node16 mode, which alone leaves `import()` alone in CommonJS. */
function forcedName(file: string, format: Compiled['format']): string {
  if (/x$/.test(path.extname(file))) return file;
  return file.replace(/\.[cm]?ts$/, format === 'module' ? '.mts' : '.cts');
}

function meaningOptions(configFile: string): ts.CompilerOptions {
  if (configFile === '') return { jsx: compiledJsx(undefined) };
  const { config } = ts.readConfigFile(configFile, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(
    config ?? {},
    { ...ts.sys, readDirectory: () => [] },
    path.dirname(configFile),
  );
  const fields =
    options.useDefineForClassFields ?? (options.target ?? ts.ScriptTarget.ES2022) >= ts.ScriptTarget.ES2022;
  return {
    ...pick(options, [
      'experimentalDecorators',
      'emitDecoratorMetadata',
      'jsxFactory',
      'jsxFragmentFactory',
      'jsxImportSource',
      'verbatimModuleSyntax',
    ]),
    jsx: compiledJsx(options.jsx),
    useDefineForClassFields: fields,
  };
}

/** Node runs no JSX: where the config leaves it to a bundler it is compiled as bundlers do, without one as React's first form. */
function compiledJsx(configured: ts.JsxEmit | undefined): ts.JsxEmit {
  if (configured === undefined) return ts.JsxEmit.React;
  const left = configured === ts.JsxEmit.Preserve || configured === ts.JsxEmit.ReactNative;
  return left ? ts.JsxEmit.ReactJSX : configured;
}

function pick(options: ts.CompilerOptions, names: readonly string[]): ts.CompilerOptions {
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}

function runOptions({ file, nodeMajor }: TransformRequest, format: Compiled['format']): ts.CompilerOptions {
  const jsx = /x$/.test(path.extname(file));
  const plain = format === 'module' ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS;
  return {
    target: nodeMajor >= 24 ? ts.ScriptTarget.ESNext : ts.ScriptTarget.ES2022,
    // Nothing is resolved: without it TypeScript takes what goes with the kind of module.
    ...(jsx
      ? { module: plain }
      : { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 }),
    esModuleInterop: true,
    allowJs: true,
    sourceMap: true,
    inlineSourceMap: false,
    removeComments: false,
    noEmitHelpers: false,
    importHelpers: false,
  };
}

function withSourceMap(code: string, mapText: string, file: string): string {
  const map: unknown = JSON.parse(mapText === '' ? '{}' : mapText);
  const absolute = JSON.stringify({ ...(map as object), sourceRoot: '', sources: [file] });
  const body = code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
  return `${body}//# sourceMappingURL=data:application/json;base64,${Buffer.from(absolute).toString('base64')}\n`;
}

/** As Node shows the syntax errors of JavaScript: place, line, caret. Without a frame at the end Node would put it into brackets. */
function syntaxError({ file: parsed, start, messageText }: ts.Diagnostic, file: string): SyntaxError {
  const text = ts.flattenDiagnosticMessageText(messageText, '\n');
  const error = new SyntaxError(text);
  const { line, character } = parsed
    ? ts.getLineAndCharacterOfPosition(parsed, start ?? 0)
    : { line: 0, character: 0 };
  const source = parsed?.text.split(/\r?\n/)[line] ?? '';
  const caret = `${source.slice(0, character).replace(/\S/g, ' ')}^`;
  const place = `${file}:${line + 1}`;
  error.stack = `${place}\n${source}\n${caret}\n\nSyntaxError: ${text}\n    at ${place}:${character + 1}`;
  return error;
}
