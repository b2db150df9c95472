import 'reflect-metadata';
import { bootApi, type RunningApi } from './boot-api.ts';
import { ConfigError, loadConfig } from './config/load-config.ts';

/** Starts the API from the environment, and ends it when it is told to. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const api = await bootApi(config);
  console.log(`Grey Service Router listens on ${api.url}`);
  if (api.passwordFile !== undefined) console.log(`The first password of admin is in ${api.passwordFile}`);
  endWhenTold(api, config.GREY_EXIT_WITH_PARENT);
}

function endWhenTold(api: RunningApi, withParent: boolean): void {
  let isEnding = false;
  const end = () => {
    // Asked twice, somebody is impatient.
    if (isEnding) process.exit(1);
    isEnding = true;
    api.close().then(
      () => process.exit(0),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (withParent && process.connected) process.on('disconnect', end);
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
