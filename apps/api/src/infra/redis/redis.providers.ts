import { parseRedisUrl, RedisLink } from '@grey/propagation';
import { Inject, Injectable, Logger, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.schema.ts';
import { REDIS_LINK } from './redis-link.token.ts';

/** Closes the link when everything that uses it has ended: providers end in the reverse order of their creation. */
@Injectable()
export class RedisClosing implements OnApplicationShutdown {
  constructor(@Inject(REDIS_LINK) private readonly link: RedisLink | undefined) {}

  async onApplicationShutdown(): Promise<void> {
    await this.link?.close();
  }
}

/** The one way to Redis of this process; opened by the boot, and it comes back by itself when it is lost. */
export const redisProviders: Provider[] = [
  {
    provide: REDIS_LINK,
    useFactory: (config: Config): RedisLink | undefined => {
      if (config.GREY_REDIS_URL === undefined) return undefined;
      const logger = new Logger('redis');
      return new RedisLink(parseRedisUrl(config.GREY_REDIS_URL), {
        name: 'grey-api',
        onStatus: (status) => {
          if (status.isUp) logger.log('Redis is there');
          else logger.warn({ msg: 'Redis is away; changes are read from PostgreSQL meanwhile', error: status.error });
        },
      });
    },
    inject: [CONFIG],
  },
  RedisClosing,
];
