import { FollowedSnapshot, parseRedisUrl, RedisLink, SnapshotFile } from '@grey/propagation';

/** A router that begins with nothing: how long until it could decide, from Redis or from its file, in a process of its own. */
const [from = '', place = ''] = process.argv.slice(2);
const logger = { info: () => {}, warn: () => {}, error: () => {} };

async function fromRedis(): Promise<string | undefined> {
  const link = new RedisLink(parseRedisUrl(place));
  await link.open();
  const router = new FollowedSnapshot({ link, logger });
  await router.start();
  while (router.snapshot === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  return router.snapshot.digest;
}

async function fromFile(): Promise<string | undefined> {
  return (await new SnapshotFile(place).load())?.snapshot.digest;
}

const startedAt = performance.now();
const digest = await (from === 'redis' ? fromRedis() : fromFile());
process.stdout.write(JSON.stringify({ milliseconds: performance.now() - startedAt, digest }));
process.exit(0);
