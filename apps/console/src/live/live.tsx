import { type QueryClient, type QueryKey, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useEffect, useState, useSyncExternalStore } from 'react';
import type { StreamEvent } from '../api/generated/model/index.ts';
import { session } from '../api/session.ts';
import { type LiveStatus, LiveStream } from './live-stream.ts';
import { queriesTouched } from './queries-touched.ts';

/** A burst of changes costs one refetch per query, not one per change. */
const gatherMs = 300;

function makeInvalidator(client: QueryClient): (event: StreamEvent) => void {
  let waiting = new Map<string, QueryKey>();
  let isAll = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  function flush() {
    timer = undefined;
    if (isAll) void client.invalidateQueries();
    else for (const queryKey of waiting.values()) void client.invalidateQueries({ queryKey });
    waiting = new Map();
    isAll = false;
  }
  return (event) => {
    const touched = queriesTouched(event);
    if (touched === 'all') isAll = true;
    else for (const key of touched) waiting.set(JSON.stringify(key), key);
    if (timer === undefined) timer = setTimeout(flush, gatherMs);
  };
}

const LiveContext = createContext<LiveStream | null>(null);

/** Keeps one stream open while somebody is logged in, and everything on the screen as fresh as the stream. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [stream] = useState(() => new LiveStream(makeInvalidator(client)));
  useEffect(() => {
    let token: string | undefined;
    const follow = () => {
      const next = session.current?.mustChangePassword ? undefined : session.current?.accessToken;
      if (next === token) return;
      token = next;
      if (token) stream.start();
      else stream.stop();
    };
    follow();
    const unsubscribe = session.subscribe(follow);
    return () => {
      unsubscribe();
      stream.stop();
    };
  }, [stream]);
  return <LiveContext value={stream}>{children}</LiveContext>;
}

export function useLiveStatus(): LiveStatus {
  const stream = use(LiveContext);
  if (!stream) throw new Error('useLiveStatus outside LiveProvider');
  return useSyncExternalStore(stream.subscribe, stream.getStatus);
}
