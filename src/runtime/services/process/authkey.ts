import { crypto } from '../../../base/builtins.ts';
import { TypeMismatch } from '../../core/errors/errors.ts';

let key: Buffer | undefined;

/** The key by which this process and its children know each other: random in the first process, inherited below it. */
export function authKey(): Buffer {
  key ??= crypto().randomBytes(32);
  return key;
}

/** @throws TypeMismatch for a key that is not bytes */
export function setAuthKey(bytes: Uint8Array): void {
  key = checkAuthKey(bytes);
}

/** A copy of the key. @throws TypeMismatch for one that is not bytes */
export function checkAuthKey(bytes: Uint8Array): Buffer {
  if (!(bytes instanceof Uint8Array)) throw new TypeMismatch('an authkey is a Buffer or Uint8Array');
  return Buffer.from(bytes);
}
