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
    const error = typeof data.skip === 'string' ? data.skip : data.details.error?.message;
    yield `${JSON.stringify({ name, status, error })}\n`;
  }
}
