import type { WindowMemory } from '../sessions/record.ts';
import type { InspectRequest } from './request.ts';

const KEY = 'inspecting';

/** Remembers over a reload of the window what is inspected. */
export class RememberedInspection {
  private readonly memory: WindowMemory;

  constructor(memory: WindowMemory) {
    this.memory = memory;
  }

  get request(): InspectRequest | undefined {
    const stored = this.memory.get<unknown>(KEY);
    return isInspectRequest(stored) ? stored : undefined;
  }

  set request(request: InspectRequest | undefined) {
    void this.memory.update(KEY, request);
  }
}

export function isInspectRequest(value: unknown): value is InspectRequest {
  return typeof value === 'object' && value !== null && 'dir' in value && 'finding' in value;
}
