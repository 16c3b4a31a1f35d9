// Parent and child talk over a pipe; each closes what it does not use, so that the end of the messages can be seen.
import { type Connection, isMain, Pipe, Process } from 'forkscope';

export async function answer(connection: Connection<string, string>): Promise<void> {
  for await (const question of connection) await connection.send(`${question} from father, answered by son`);
  console.log('son: no more questions');
  connection.close();
}

async function main(): Promise<void> {
  const [father, son] = Pipe<string, string>({ name: 'family' });
  const child = new Process({ target: answer, args: [son], name: 'son' });
  await child.start();
  son.close();
  for (const question of ['hello', 'how are you', '微信']) {
    await father.send(question);
    console.log(`father: ${await father.recv()}`);
  }
  father.close();
  await child.join();
  console.log(`son ended with ${child.exitCode}`);
}

if (isMain(import.meta)) void main();
