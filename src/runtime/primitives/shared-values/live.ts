import { inspect } from 'node:util';
import { fieldsOf, type Schema } from './types.ts';

/** Runs one read or write of a field, in whatever it takes: an open handle, a lock. */
export type Access = <T>(body: () => T) => T;

/** Defines the fields of a structure on `target`: reading and writing them is reading and writing the memory. */
export function defineFields(target: object, schema: Schema, view: DataView, access: Access): void {
  for (const [name, { offset, info }] of fieldsOf(schema).fields) {
    Object.defineProperty(target, name, {
      enumerable: true,
      get: () => access(() => info.read(view, offset)),
      set: (value: unknown) => access(() => info.write(view, offset, value)),
    });
  }
}

/** A structure in shared memory as an object: `point.x += 1`. It has no other fields than the schema's. */
export function liveStruct(schema: Schema, view: DataView, access: Access): object {
  const fields = {};
  defineFields(fields, schema, view, access);
  Object.defineProperty(fields, inspect.custom, { value: () => ({ ...fields }) });
  return Object.preventExtensions(fields);
}
