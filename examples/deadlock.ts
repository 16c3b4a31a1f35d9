// Two processes take the same two locks in opposite order. Each waits, before it asks for its second lock, until the other
// has its first: so this deadlocks every time. Never do this; always take locks in one order.
import { type Connection, isMain, Lock, Pipe, Process } from 'forkscope';

export async function transfer(from: Lock, to: Lock, other: Connection<string, string>): Promise<void> {
  await using _from = await from.acquire();
  console.log(`${from.name} is held`);
  await other.send('I have my first lock');
  await other.recv();
  await using _to = await to.acquire();
  console.log('never reached');
}

async function main(): Promise<void> {
  const alice = new Lock({ name: 'alice' });
  const bob = new Lock({ name: 'bob' });
  const [left, right] = Pipe<string, string>({ name: 'handshake' });
  const first = new Process({ target: transfer, args: [alice, bob, left], name: 'alice-to-bob' });
  const second = new Process({ target: transfer, args: [bob, alice, right], name: 'bob-to-alice' });
  await first.start();
  await second.start();
  await first.join();
  await second.join();
}

if (isMain(import.meta)) void main();
