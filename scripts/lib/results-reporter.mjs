// A reporter for node:test: one line of JSON a test ({ name, status, error? }), which scripts/test.mjs counts.

/** @param {AsyncIterable<{ type: string, data: any }>} events */
export default async function* results(events) {
  /** @type {string[]} */
  const titles = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      titles.length = data.nesting;
      titles[data.nesting] = data.name;
    }
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details.type === 'suite') continue;
    const status = data.skip !== undefined ? 'skipped' : type === 'test:fail' ? 'failed' : 'passed';
    const name = [...titles.slice(0, data.nesting), data.name].join(' › ');
    const error = typeof data.skip === 'string' ? data.skip : whole(data.details.error);
    yield `${JSON.stringify({ name, status, error })}\n`;
  }
}

/** The message, and the line of the test that threw it. @param {any} error */
function whole(error) {
  if (!error) return undefined;
  const frame = /^ *at .*\.test\.[cm]?[jt]s:.*$/m.exec(error.cause?.stack ?? '')?.[0];
  return frame ? `${error.message}\n${frame.trim()}` : error.message;
}
