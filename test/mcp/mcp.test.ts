import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { CLI, cleanEnvironment, EXAMPLES, lineOf, run } from '../cli/support.ts';
import { files, isRunning, scratch, until } from '../session/support.ts';

interface Agent {
  readonly client: Client;
  /** Process of the server. */
  readonly pid: number;
  /** The text of a tool's answer. */
  ask(name: string, args?: Record<string, unknown>): Promise<string>;
}

/** The SDK's own client, at the built command line tool. `dir`: its temporary folder. */
/** How long an answer may take on a busy machine, ms: a client of its own accord would wait a minute. */
const PATIENCE = 600_000;

async function agent(t: TestContext, dir: string, ...args: string[]): Promise<Agent> {
  const env = Object.fromEntries(
    Object.entries(cleanEnvironment(dir)).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [CLI, 'mcp', ...args],
    env,
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (data) => {
    stderr += data;
  });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  t.after(async () => {
    await client.close();
    assert.equal(stderr, '');
  });
  const ask: Agent['ask'] = async (name, given = {}) => {
    const call = { name, arguments: given };
    const { content, isError } = await client.callTool(call, undefined, { timeout: PATIENCE });
    const [part] = content as { type: string; text: string }[];
    assert.equal(part?.type, 'text');
    return `${isError === true ? 'error: ' : ''}${part.text}`;
  };
  return { client, pid: transport.pid ?? 0, ask };
}

/** A trace of the deadlock example in the temporary folder `dir`, as a run without `--trace` leaves it. */
async function deadlock(t: TestContext, dir: string): Promise<void> {
  const args = ['--no-report', '--on-deadlock', 'kill', path.join(EXAMPLES, 'deadlock.ts')];
  const ran = run(t, args, { env: cleanEnvironment(dir) });
  assert.equal((await ran.ended).code, 3, ran.err());
}

test('an agent finds a trace, what is wrong in it, who blocks whom and how to mend it, and no folder', async (t) => {
  const dir = scratch(t);
  await deadlock(t, dir);
  const { client, ask } = await agent(t, dir);
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map(({ name }) => name).sort(), [
    'explain_finding',
    'findings',
    'list_traces',
    'report',
    'stacks',
    'who_blocks_whom',
  ]);
  assert.ok(tools.every(({ annotations }) => annotations?.readOnlyHint === true));
  const { traces } = JSON.parse(await ask('list_traces'));
  assert.deepEqual(
    traces.map(({ program, running }: { program: string; running: boolean }) => [program, running]),
    [['deadlock.ts', false]],
  );
  const [{ trace }] = traces;
  const found = JSON.parse(await ask('findings', { trace }));
  assert.equal(found.count, 1);
  const [finding] = found.findings;
  assert.deepEqual([finding.kind, finding.certainty], ['lock-cycle', 'certain']);
  assert.equal(finding.proof.length, 2);
  const line = lineOf(path.join(EXAMPLES, 'deadlock.ts'), 'to.acquire()');
  assert.ok(finding.places.some((place: { line: number }) => place.line === line));
  const answers = [
    JSON.stringify(found),
    await ask('report', { trace }),
    await ask('stacks', { trace }),
    await ask('who_blocks_whom', { trace }),
  ];
  assert.match(answers[1] ?? '', /lock-cycle \(certain\)/);
  assert.match(answers[2] ?? '', new RegExp(`2 ×\\n {2}transfer deadlock\\.ts:${line}`));
  assert.match(answers[3] ?? '', /alice-to-bob: waits for lock bob, held by bob-to-alice at deadlock\.ts/);
  for (const answer of answers)
    for (const folder of [dir, EXAMPLES, path.dirname(EXAMPLES), path.dirname(process.execPath) + path.sep])
      assert.ok(!answer.includes(folder), `${folder} in ${answer}`);
  assert.match(await ask('explain_finding', { kind: 'lock-cycle' }), /Take locks in one order everywhere/);
});

test('every kind of finding has its section, and what cannot be answered is an error in words', async (t) => {
  const dir = scratch(t);
  const { client, ask } = await agent(t, dir);
  const { tools } = await client.listTools();
  const schema = tools.find(({ name }) => name === 'explain_finding')?.inputSchema.properties?.kind;
  const { enum: kinds } = schema as { enum: string[] };
  assert.ok(kinds.length > 30);
  for (const kind of kinds) assert.match(await ask('explain_finding', { kind }), /\*\*Fix:\*\*/, kind);
  assert.match(
    await ask('report', { trace: 'forkscope-trace-nosuch' }),
    /^error: There is no trace directory/,
  );
  assert.match(await ask('report', { trace: dir }), /^error: .*holds no Forkscope trace/);
  assert.match(await ask('run_script', { script: 'x.ts' }), /^error: .*not found/);
});

test('with --no-redact folders and command lines are told, and given folders are listed', async (t) => {
  const dir = scratch(t);
  const trace = path.join(dir, 'mine');
  files(dir, { 'main.cjs': "console.log('done')" });
  await run(t, ['--no-report', '--trace', trace, path.join(dir, 'main.cjs'), '--token=s3cret']).ended;
  const open = await agent(t, dir, '--no-redact', trace);
  assert.match(await open.ask('list_traces'), /main\.cjs --token=s3cret/);
  const shut = await agent(t, dir, trace);
  const { traces } = JSON.parse(await shut.ask('list_traces'));
  assert.deepEqual([traces[0].trace, traces[0].program], ['mine', 'main.cjs']);
  assert.doesNotMatch(await shut.ask('report', { trace: 'mine' }), /s3cret/);
  const around = await agent(t, scratch(t), dir);
  const within = JSON.parse(await around.ask('list_traces'));
  assert.deepEqual(
    within.traces.map((one: { trace: string }) => one.trace),
    ['mine'],
  );
  assert.match(await around.ask('report', { trace: 'mine' }), /main\.cjs/);
});

test('with --allow-run a script is run, its deadlock told, and what hangs is ended with its time', async (t) => {
  const dir = scratch(t);
  const { ask } = await agent(t, dir, '--allow-run');
  const deadlock = { script: path.join(EXAMPLES, 'deadlock.ts'), timeout: 300 };
  const ran = JSON.parse(await ask('run_script', deadlock));
  assert.deepEqual([ran.exitCode, ran.timedOut, ran.findings[0].kind], [3, false, 'lock-cycle']);
  assert.match(await ask('stacks', { trace: ran.trace }), /waits for lock/);
  files(dir, { 'hang.cjs': "setInterval(() => {}, 1e6); console.log('hangs', process.pid);" });
  const hang = (timeout: number) => ask('run_script', { script: 'hang.cjs', cwd: dir, timeout });
  let answer = '';
  for (let timeout = 1; !answer.includes('hangs '); timeout *= 2) {
    assert.ok(timeout < 300, answer);
    answer = await hang(timeout);
    // One whose time was up before it began is told to be that.
    assert.match(answer, /"timedOut": ?true|had not begun when its time of \d+ s was up/);
  }
  const hung = JSON.parse(answer);
  const pid = Number(/hangs (\d+)/.exec(hung.output)?.[1]);
  await until('the program has ended', () => !isRunning(pid));
  assert.match(await ask('run_script', { script: 'nothing.cjs', cwd: dir }), /^error: .*nothing\.cjs/s);
});

test('what an agent has started ends with the agent', async (t) => {
  const dir = scratch(t);
  const { client, ask, pid } = await agent(t, dir, '--allow-run');
  const file = path.join(dir, 'pid');
  files(dir, {
    'hang.cjs': `for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
      require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1e6);`,
  });
  const asked = ask('run_script', { script: path.join(dir, 'hang.cjs') }).catch(() => 'closed');
  const started = await until('it has started', () => {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    return size > 0 && Number(readFileSync(file, 'utf8'));
  });
  await client.close();
  assert.equal(await asked, 'closed');
  await until('both have ended', () => !isRunning(started) && !isRunning(pid));
});
