// An executor with `map`: results in the order of the input.
import { isMain, ProcessPoolExecutor } from 'forkscope';

const PRIMES = [
  112272535095293, 112582705942171, 112272535095293, 115280095190773, 115797848077099, 1099726899285419,
];

export function isPrime(n: number): boolean {
  if (n < 2) return false;
  if (n === 2) return true;
  if (n % 2 === 0) return false;
  for (let i = 3; i <= Math.floor(Math.sqrt(n)); i += 2) if (n % i === 0) return false;
  return true;
}

async function main(): Promise<void> {
  await using executor = new ProcessPoolExecutor();
  let i = 0;
  for await (const prime of executor.map(isPrime, PRIMES)) console.log(`${PRIMES[i++]} is prime: ${prime}`);
}

if (isMain(import.meta)) void main();
