import { createRequire } from 'node:module';
import path from 'node:path';
import type { McpServing } from '../../mcp/start.ts';
import type { McpOptions } from '../arguments/options.ts';
import { VERSION } from '../arguments/version.ts';

interface McpModule {
  serve(serving: McpServing): Promise<void>;
}

/**
 * Answers an agent on stdin and stdout until it closes them. Its libraries are in a bundle of their own, for which no other command
 * pays.
 */
export async function serveAgent(
  dirs: readonly string[],
  { allowRun, redact }: McpOptions,
  bundles: string,
): Promise<number> {
  const require = createRequire(path.join(bundles, 'x.cjs'));
  const loaded: McpModule = require('./mcp.cjs');
  await loaded.serve({ dirs, allowRun: allowRun === true, redact, bundles, version: VERSION });
  return 0;
}
