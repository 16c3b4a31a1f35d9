import type ts from 'typescript';

/** TypeScript itself, loaded when it is first needed. */
export type TypeScript = typeof ts;

/** A place of a trace in a source file; line and column from 1. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** A change of a file: what stands between two offsets gets another text. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A name that a statement of a block gives to what a call has made. */
export interface Declared {
  readonly name: string;
  readonly statement: ts.Statement;
  readonly block: StatementList;
  readonly call: ts.CallExpression | ts.NewExpression;
}

/** What holds statements one after the other. */
export type StatementList = ts.SourceFile | ts.Block | ts.ModuleBlock | ts.CaseOrDefaultClause;

/** The syntax of one file, with the questions that mending asks. */
export class Syntax {
  readonly ts: TypeScript;
  readonly file: ts.SourceFile;
  readonly eol: string;

  constructor(typescript: TypeScript, name: string, text: string) {
    this.ts = typescript;
    this.file = typescript.createSourceFile(name, text, typescript.ScriptTarget.ESNext, true);
    this.eol = text.includes('\r\n') ? '\r\n' : '\n';
  }

  get text(): string {
    return this.file.text;
  }

  /** Has it no errors, as far as one file alone tells? What is half written is not edited. */
  get whole(): boolean {
    const { parseDiagnostics } = this.file as ts.SourceFile & {
      readonly parseDiagnostics?: readonly unknown[];
    };
    return parseDiagnostics?.length === 0;
  }

  /** All nodes below one, itself first, that a test holds for. */
  find<N extends ts.Node>(within: ts.Node, test: (node: ts.Node) => node is N): N[] {
    const found: N[] = [];
    const visit = (node: ts.Node): void => {
      if (test(node)) found.push(node);
      this.ts.forEachChild(node, visit);
    };
    visit(within);
    return found;
  }

  /** The call at a place of a trace: V8 tells the callee's last name, of `new` the word itself. */
  callAt({ line, column }: SourcePlace): ts.CallExpression | ts.NewExpression | undefined {
    const { ts } = this;
    const isCall = (node: ts.Node): node is ts.CallExpression | ts.NewExpression =>
      ts.isCallExpression(node) || ts.isNewExpression(node);
    return this.find(this.file, isCall).find((call) => {
      const at = this.file.getLineAndCharacterOfPosition(this.placeOf(call));
      return at.line + 1 === line && at.character + 1 === column;
    });
  }

  private placeOf(call: ts.CallExpression | ts.NewExpression): number {
    const { ts } = this;
    if (ts.isNewExpression(call)) return call.getStart();
    const callee = call.expression;
    return ts.isPropertyAccessExpression(callee) ? callee.name.getStart() : callee.getStart();
  }

  /** The statement that a node is part of, not through a function's border, and the list that it stands in. */
  statementOf(node: ts.Node): { statement: ts.Statement; block: StatementList } | undefined {
    for (let at = node; at.parent && !this.ts.isFunctionLike(at); at = at.parent) {
      if (this.isList(at.parent) && at.parent.statements.some((one) => one === at))
        return { statement: at as ts.Statement, block: at.parent };
    }
    return undefined;
  }

  /** The statement of a list that a node is in, not through a function's border. */
  statementIn(block: StatementList, node: ts.Node): ts.Statement | undefined {
    for (let at = node; at.parent && !this.ts.isFunctionLike(at); at = at.parent)
      if (at.parent === block) return block.statements.find((one) => one === at);
    return undefined;
  }

  isList(node: ts.Node): node is StatementList {
    const { ts } = this;
    return (
      ts.isSourceFile(node) || ts.isBlock(node) || ts.isModuleBlock(node) || ts.isCaseOrDefaultClause(node)
    );
  }

  /** `const name = call(…)`, where no other thing of the file has that name: every use of the name means what was made. */
  declared(place: SourcePlace): Declared | undefined {
    const { ts } = this;
    const call = this.callAt(place);
    const declaration = call?.parent;
    if (!call || !declaration || !ts.isVariableDeclaration(declaration)) return undefined;
    if (declaration.initializer !== call || !ts.isIdentifier(declaration.name)) return undefined;
    const list = declaration.parent;
    const around = this.statementOf(declaration);
    if (!around || !ts.isVariableStatement(around.statement) || !(list.flags & ts.NodeFlags.Const))
      return undefined;
    if (around.statement.modifiers?.length || this.isDeclaredAgain(declaration)) return undefined;
    return { name: declaration.name.text, call, ...around };
  }

  private isDeclaredAgain(declaration: ts.VariableDeclaration): boolean {
    const { ts } = this;
    const { text } = declaration.name as ts.Identifier;
    const isSame = (node: ts.Node): node is ts.Identifier =>
      ts.isIdentifier(node) && node.text === text && node !== declaration.name && isDeclaring(ts, node);
    return this.find(this.file, isSame).length > 0;
  }

  /** Where a name is used, its declaration and the properties of others that are called so left out. */
  uses(name: string): ts.Identifier[] {
    const { ts } = this;
    const isUse = (node: ts.Node): node is ts.Identifier => {
      if (!ts.isIdentifier(node) || node.text !== name || isDeclaring(ts, node)) return false;
      const { parent } = node;
      if (ts.isPropertyAccessExpression(parent)) return parent.name !== node;
      return !(ts.isPropertyAssignment(parent) && parent.name === node);
    };
    return this.find(this.file, isUse);
  }

  /** The white space before a statement on its line; `undefined`: something else stands there too. */
  indentOf(node: ts.Node): string | undefined {
    const start = node.getStart();
    const line = this.text.slice(this.text.lastIndexOf('\n', start - 1) + 1, start);
    return /^[ \t]*$/.test(line) ? line : undefined;
  }

  /** Does nothing but a comment follow it on its line? */
  endsLine(node: ts.Node): boolean {
    return /^[ \t]*(\/\/[^\r\n]*)?(\r?\n|$)/.test(this.text.slice(node.getEnd()));
  }

  /** Offset of the end of the line on which a node ends. */
  lineEnd(node: ts.Node): number {
    const end = this.text.slice(node.getEnd()).search(/\r?\n|$/);
    return node.getEnd() + end;
  }

  /** A statement of its own, on the line after another one. */
  after(statement: ts.Statement, code: string): TextChange | undefined {
    const indent = this.indentOf(statement);
    if (indent === undefined || !this.endsLine(statement)) return undefined;
    const at = this.lineEnd(statement);
    return { start: at, end: at, text: `${this.eol}${indent}${code}${this.semicolon(at)}` };
  }

  /** Whether statements end with a semicolon here; one is also needed before a line that could go on with the statement. */
  private semicolon(before: number): string {
    const { ts } = this;
    const isPlain = (node: ts.Node): node is ts.Statement =>
      ts.isExpressionStatement(node) || ts.isVariableStatement(node) || ts.isImportDeclaration(node);
    const [first] = this.find(this.file, isPlain);
    const needed = /^\s*[[(`/+-]/.test(this.text.slice(before));
    return needed || first === undefined || this.text[first.getEnd() - 1] === ';' ? ';' : '';
  }
}

function isDeclaring(typescript: TypeScript, node: ts.Identifier): boolean {
  const { parent } = node;
  const declares =
    typescript.isVariableDeclaration(parent) ||
    typescript.isParameter(parent) ||
    typescript.isBindingElement(parent) ||
    typescript.isFunctionLike(parent) ||
    typescript.isClassLike(parent) ||
    typescript.isImportSpecifier(parent) ||
    typescript.isImportClause(parent) ||
    typescript.isNamespaceImport(parent) ||
    typescript.isEnumDeclaration(parent);
  return declares && parent.name === node;
}
