/** Objects that belong to the process which made them. */
import { SerializationError } from '../errors/errors.ts';
import { registerHandle } from './transfer.ts';

/**
 * Has instances of `prototype`'s class refused by name when they are put into a message or an argument: else they would
 * arrive as empty objects. `why`: what to do instead.
 */
export function refuseTransfer(
  prototype: object,
  name: string,
  why: string,
  Refusal: new (message: string) => Error = SerializationError,
): void {
  const refuse = (): never => {
    throw new Refusal(
      `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name} cannot be sent to another process: ${why}`,
    );
  };
  registerHandle(prototype, { id: name, toWire: refuse, fromWire: refuse });
}
