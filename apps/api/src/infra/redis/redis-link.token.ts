/** Injection token of the `RedisLink` that all parts of this process share; undefined when no Redis is configured. */
export const REDIS_LINK = Symbol('RedisLink');
