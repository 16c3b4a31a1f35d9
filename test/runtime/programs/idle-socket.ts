// A connection over a socket that is open at the end, when nothing is awaited from it any more.
import { Client, isMain, Listener } from 'forkscope';

const TOO_LONG_MS = 20_000;

async function main(): Promise<void> {
  const listener = await Listener.create();
  const [server, client] = await Promise.all([listener.accept(), Client(listener.address)]);
  await client.send('x');
  console.log(await server.recv());
  // While a message is awaited, the connection alone keeps the program alive.
  setTimeout(() => void client.send('late'), 50).unref();
  console.log(await server.recv());
  console.log('main returns');
  setTimeout(() => process.exit(9), TOO_LONG_MS).unref();
}

if (isMain(import.meta)) void main();
