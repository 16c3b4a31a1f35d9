/**
 * JavaScript has no tail calls: a function that looks at a call and then lets it happen stays on the stack below it, where
 * the program's errors show it. WebAssembly has them. This module has two functions, one for calls and one for `new`:
 *
 *     (module $forkscope
 *       (type $t (func (param externref externref externref) (result externref)))
 *       (import "s" "e" (func $enter (type $t)))
 *       (import "s" "a" (func $apply (type $t)))
 *       ;; target, this, arguments
 *       (func (export "c") (type $t)
 *         (return_call $apply (call $enter (local.get 0) (local.get 1) (local.get 2)) (local.get 1) (local.get 2)))
 *       ;; target, arguments, new.target
 *       (func (export "n") (type $t)
 *         (return_call $apply (call $enter (local.get 0) (local.get 1) (local.get 2)) (local.get 2) (local.get 1))))
 */
const EXTERNREF = 0x6f;
const FUNCTION = 0;
const [LOCAL_GET, CALL, RETURN_CALL, END] = [0x20, 0x10, 0x12, 0x0b];
const [ENTER, APPLY, FIRST_OWN] = [0, 1, 2];

/** What goes over to WebAssembly and back as it is. */
export type Trap = (a: unknown, b: unknown, c: unknown) => unknown;
export interface Traps {
  /** Of calls: target, `this`, arguments. */
  readonly apply: Trap;
  /** Of `new`: target, arguments, `new.target`. */
  readonly construct: Trap;
}

/** As it is when the tracer loads; its types are those of browsers. */
const wasm: unknown = Reflect.get(globalThis, 'WebAssembly');
interface Wasm {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<'c' | 'n', Trap>> };
}

const ascii = (text: string): number[] => [text.length, ...Array.from(text, (c) => c.charCodeAt(0))];
const section = (id: number, content: readonly number[]): number[] => [id, content.length, ...content];
const imported = (name: string): number[] => [...ascii('s'), ...ascii(name), FUNCTION, 0];
const exported = (name: string, index: number): number[] => [...ascii(name), FUNCTION, index];
const get = (...locals: readonly number[]): number[] => locals.flatMap((local) => [LOCAL_GET, local]);
function body(self: number, args: number): number[] {
  const code = [FUNCTION, ...get(0, 1, 2), CALL, ENTER, ...get(self, args), RETURN_CALL, APPLY, END];
  return [code.length, ...code];
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const type = [0x60, 3, EXTERNREF, EXTERNREF, EXTERNREF, 1, EXTERNREF];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, ...type]),
    ...section(2, [FIRST_OWN, ...imported('e'), ...imported('a')]),
    ...section(3, [2, 0, 0]),
    ...section(7, [2, ...exported('c', FIRST_OWN), ...exported('n', FIRST_OWN + 1)]),
    ...section(10, [2, ...body(1, 2), ...body(2, 1)]),
    ...section(0, [...ascii('name'), ...section(0, ascii('forkscope'))]),
  ]);
}

/**
 * Traps of proxies: each calls `enter`, and then, without a frame of the tracer, the function that `enter` has returned, with
 * `this` (or `new.target`) and the list of arguments. Where there is no WebAssembly (`--jitless`) the frames are there.
 */
export function tailCalling(enter: Trap): Traps {
  // By its whole name, which the bundle keeps as it is when the tracer loads: this runs at the program's first call.
  const apply = Reflect.apply;
  try {
    const { Module, Instance } = wasm as Wasm;
    const { c, n } = new Instance(new Module(moduleBytes()), { s: { e: enter, a: apply } }).exports;
    return { apply: c, construct: n };
  } catch {
    const call = (fn: unknown, self: unknown, args: unknown): unknown =>
      apply(fn as (...args: unknown[]) => unknown, self, args as unknown[]);
    return {
      apply: (target, self, args) => call(enter(target, self, args), self, args),
      construct: (target, args, newTarget) => call(enter(target, args, newTarget), newTarget, args),
    };
  }
}
