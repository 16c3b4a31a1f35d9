// A port scanner on a pool, made right: one socket a port (the tutorial's re-used socket skips every second port and
// reports ports that are closed), a guard (without it the pool would never end), and only this machine's own ports.
import net from 'node:net';
import { isMain, Pool } from 'forkscope';

const HOST = '127.0.0.1';

export async function scan(from: number, to: number): Promise<number[]> {
  const open: number[] = [];
  for (let port = from; port < to; port++) if (await isOpen(port)) open.push(port);
  return open;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: HOST, port });
    // A connect to a free port of the ephemeral range can meet itself: the same port on both ends is no server.
    socket.once('connect', () => done(socket.localPort !== socket.remotePort));
    socket.once('error', () => done(false));
    const done = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
  });
}

async function main(): Promise<void> {
  const server = net.createServer().listen(0, HOST);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  const first = Math.max(1, port - 128);
  await using pool = await Pool.create(4);
  const parts = Array.from({ length: 4 }, (_, i): [number, number] => [
    first + i * 64,
    Math.min(first + (i + 1) * 64, 65536),
  ]);
  const found = (await pool.starmap(scan, parts)).flat();
  console.log(found.includes(port) ? 'found the open port' : 'missed the open port');
  console.log('closed neighbour reported:', found.includes(port + 1) && !(await isOpen(port + 1)));
  server.close();
}

if (isMain(import.meta)) void main();
