import { channel } from 'node:diagnostics_channel';
import { CHANNEL_VERSION, NAMED_CHANNEL, type NamedEvent } from '../../../base/channels.ts';
import { TypeMismatch } from '../../core/errors/errors.ts';

const named = channel(NAMED_CHANNEL);

/**
 * Names this process for whoever looks at it: in the process tree, the timeline and in findings. Does nothing where nobody does.
 * @throws TypeError when the name is not a string, or empty
 */
export function nameProcess(name: string): void {
  if (typeof name !== 'string' || name === '') throw new TypeMismatch('nameProcess() needs a name, a string');
  if (!named.hasSubscribers) return;
  const event: NamedEvent = { v: CHANNEL_VERSION, name };
  named.publish(event);
}
