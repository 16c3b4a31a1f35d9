/** What a public constructor says to wrong arguments, and what its types say of its right ones. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import ts from 'typescript';
import * as forkscope from '../../src/runtime/index.ts';

const ROOT = path.resolve(__dirname, '../..');

type Class = new (...args: readonly unknown[]) => object;
const isClass = (value: unknown): value is Class =>
  typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
const ALL: readonly [string, unknown][] = [
  ...Object.entries(forkscope),
  ...Object.entries(forkscope.queue).map(([name, value]): [string, unknown] => [`queue.${name}`, value]),
];
const CLASSES = new Map<string, Class>();
for (const [name, value] of ALL) if (isClass(value)) CLASSES.set(name, value);
const isError = (type: Class): boolean => type.prototype instanceof Error;

/** What V8 says when a constructor runs on with what it cannot use. */
const INNER =
  /is not a function|cannot read|cannot destructure|is not iterable|undefined|is not a constructor/i;

/** Options in a place of their own, as Python's keywords might be taken for. */
const MISPLACED: Record<string, readonly unknown[]> = {
  Lock: ['a', {}],
  RLock: [{}, 'a'],
  Semaphore: [1, { name: 'a' }],
  BoundedSemaphore: [1, { name: 'a' }],
  Event: [{}, { name: 'a' }],
  Condition: [new forkscope.Lock(), { name: 'a' }],
  Barrier: [2, () => {}, 5],
  Queue: [3, { name: 'a' }],
  JoinableQueue: [3, { name: 'a' }],
  SimpleQueue: [{}, { name: 'a' }],
  LifoQueue: [3, {}],
  PriorityQueue: [3, {}],
  'queue.Queue': [3, {}],
  'queue.LifoQueue': [3, {}],
  'queue.PriorityQueue': [3, {}],
  Process: [{}, [1]],
  Pool: [2, () => {}],
  ProcessPoolExecutor: [2, () => {}],
  SharedMemory: [{ name: 'a' }, true],
  ShareableList: ['abc'],
  SharedMemoryManager: ['id', 'started'],
  BaseManager: [{}, Buffer.from('key')],
  SyncManager: [{}, Buffer.from('key')],
};

/** Classes whose objects come from elsewhere. */
const GIVEN = {
  Connection: /Pipe\(\)/,
  SocketConnection: /Client\(\)/,
  Listener: /Listener\.create\(\)/,
  LockGuard: /acquire\(\)/,
  AsyncResult: /Pool/,
  Future: /submit\(\)/,
  ParentProcess: /parentProcess\(\)/,
  RawCell: /RawValue\(\)/,
  RawCells: /RawArray\(\)/,
  SynchronizedValue: /Value\(\)/,
  SynchronizedArray: /SharedArray\(\)/,
  ...Object.fromEntries(
    [...CLASSES.keys()].filter((name) => name.endsWith('Proxy')).map((name) => [name, /manager/]),
  ),
} as Record<string, RegExp>;

describe('public constructors', () => {
  it('are all in these tables', () => {
    const known = new Set([...Object.keys(MISPLACED), ...Object.keys(GIVEN)]);
    const missing = [...CLASSES].filter(([name, type]) => !known.has(name) && !isError(type));
    assert.deepEqual(
      missing.map(([name]) => name),
      [],
    );
    for (const name of known) assert.ok(CLASSES.has(name), name);
  });

  for (const [name, args] of Object.entries(MISPLACED)) {
    it(`${name}: options in the wrong place are a TypeError that shows the right one`, () => {
      const type = CLASSES.get(name) as Class;
      assert.throws(() => new type(...args), { name: 'TypeError', message: /new |options|function|array/ });
    });
  }

  for (const [name, origin] of Object.entries(GIVEN)) {
    it(`${name}: says where its objects come from`, () => {
      const type = CLASSES.get(name) as Class;
      for (const args of [[], ['a'], [undefined, undefined, undefined]])
        assert.throws(() => new type(...args), { name: 'TypeError', message: origin });
    });
  }

  it('never run on with what they cannot use: whatever is given, the error is one of the API', () => {
    const values = [
      undefined,
      null,
      0,
      -1,
      0.5,
      Number.NaN,
      '',
      'a',
      true,
      Symbol('s'),
      1n,
      [],
      {},
      () => {},
    ];
    const lists = [[], ...values.map((v) => [v]), ...values.map((v) => [v, v]), [1, 2, 3, 4], [{}, {}, {}]];
    for (const [name, type] of CLASSES) {
      // These start processes, or make files, with right arguments.
      const starts = ['Pool', 'ProcessPoolExecutor', 'SharedMemory', 'ShareableList'].includes(name);
      if (isError(type)) continue;
      for (const args of lists) {
        if (starts && args.every((arg) => arg === undefined || typeof arg === 'object')) continue;
        try {
          new type(...args);
        } catch (error) {
          assert.ok(error instanceof Error);
          const where = `${name}(${args.map(String).join(', ')}): ${error.message}`;
          assert.ok(error instanceof TypeError || error.name in forkscope, where);
          assert.doesNotMatch(error.message.replace(/not undefined$/, ''), INNER, where);
        }
      }
    }
  });

  it('say what is missing', () => {
    const { Barrier, SharedMemory } = forkscope;
    assert.throws(() => new (Barrier as unknown as Class)(), { name: 'TypeError', message: /parties/ });
    assert.throws(() => new SharedMemory(), { name: 'ValueError', message: /name/ });
  });
});

describe('the types that the package ships (after npm run build)', () => {
  const index = path.join(ROOT, 'dist/types/runtime/index.d.ts');
  const program = ts.createProgram([index], {
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(index);
  assert.ok(source, 'npm run build writes dist/types');
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source) as ts.Symbol);
  const real = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const reachable = new Set(exported.map(real));

  /** Names in a declaration's types that a user cannot import: those of the runtime's own files. */
  const inner = (node: ts.Node): string[] => {
    const found: string[] = [];
    const visit = (child: ts.Node): void => {
      if (ts.isTypeReferenceNode(child)) {
        const symbol = checker.getSymbolAtLocation(child.typeName);
        const declared = symbol && real(symbol).declarations?.[0];
        const file = declared?.getSourceFile().fileName ?? '';
        const own = file.includes('/dist/types/') && !ts.isTypeParameterDeclaration(declared as ts.Node);
        const local = ['Callbacks', 'ConditionOptions', 'ListOptions', 'Compare', 'CommonOptions', 'Last'];
        if (own && symbol && !reachable.has(real(symbol)) && !local.includes(symbol.name))
          found.push(symbol.name);
      }
      ts.forEachChild(child, visit);
    };
    visit(node);
    return found;
  };

  it('name nothing in constructors and methods of classes that a user cannot name too', () => {
    const found: string[] = [];
    let classes = 0;
    for (const symbol of reachable) {
      const declaration = symbol.declarations?.find(ts.isClassDeclaration);
      if (declaration === undefined) continue;
      classes++;
      for (const member of declaration.members) {
        const names = ts.isConstructorDeclaration(member) ? member.parameters.flatMap(inner) : [];
        for (const name of names) found.push(`${symbol.name}: constructor(${name})`);
        const text = member.getText();
        if (/\b(HeldResource|Memory|Messages|ServerClient|Socket|Operation|Internal)\b/.test(text))
          found.push(`${symbol.name}: ${text}`);
      }
    }
    assert.ok(classes > 60, `${classes} classes`);
    assert.deepEqual(found, []);
  });
});
