import { provideOfflineVsCode } from './install.ts';

provideOfflineVsCode().then(console.log, (error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
