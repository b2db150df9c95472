import { type QueryKey, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { backOffMs } from './read-sse.ts';
import { readStream } from './read-stream.ts';

/** While the stream is away. */
const pollMs = 3_000;

interface FollowedOptions<T> {
  queryKey: QueryKey;
  load: (signal: AbortSignal) => Promise<T>;
  /** Sends the whole whenever something of it changed. */
  streamUrl: string;
  pick: (event: unknown) => T;
  /** Nothing of it changes any more. */
  isOver: (data: T) => boolean;
}

/** One thing kept fresh by a stream of its own until it is over; asked again and again while the stream is away. */
export function useFollowed<T>({ queryKey, load, streamUrl, pick, isOver }: FollowedOptions<T>) {
  const client = useQueryClient();
  const [isStreaming, setStreaming] = useState(false);
  const query = useQuery({
    queryKey,
    queryFn: ({ signal }) => load(signal),
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && !isOver(data as T) && !isStreaming ? pollMs : false,
  });
  const isFollowing = query.data !== undefined && !isOver(query.data);
  const latest = useRef({ queryKey, pick });
  latest.current = { queryKey, pick };
  useEffect(() => {
    if (!isFollowing) return;
    const stopping = new AbortController();
    const { signal } = stopping;
    const run = async () => {
      for (let attempt = 0; !signal.aborted; attempt++) {
        await readStream(streamUrl, {
          signal,
          onAlive: () => {
            attempt = 0;
            if (!signal.aborted) setStreaming(true);
          },
          onEvent: ({ data }) => {
            if (!signal.aborted) client.setQueryData(latest.current.queryKey, latest.current.pick(JSON.parse(data)));
          },
        }).catch(() => false);
        if (signal.aborted) return;
        setStreaming(false);
        await new Promise((resolve) => setTimeout(resolve, backOffMs(attempt, Math.random)));
      }
    };
    void run();
    return () => {
      stopping.abort();
      setStreaming(false);
    };
  }, [isFollowing, streamUrl, client]);
  return { query, isFollowing, isStreaming };
}
