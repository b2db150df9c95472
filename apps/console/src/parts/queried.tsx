import type { ReactNode } from 'react';
import { Failure, Loading } from './states.tsx';

interface Query {
  readonly isPending: boolean;
  readonly isSuccess: boolean;
  readonly isError: boolean;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

interface QueriedProps<T> {
  query: Query & { readonly data: T | undefined };
  /** What is being loaded, in words. */
  what: string;
  children: (data: T) => ReactNode;
}

/** One thing that was asked for: on its way, failed, or there. What is there stays in view when asking anew fails. */
export function Queried<T>({ query, what, children }: QueriedProps<T>) {
  return (
    <>
      <Asking query={query} what={what} />
      {query.data !== undefined && children(query.data)}
    </>
  );
}

interface QueriedRowsProps {
  query: Query;
  what: string;
  rowCount: number;
  /** Shown when there is no row. */
  empty: ReactNode;
  children: ReactNode;
}

/** A list that was asked for: on its way, failed, empty, or there. */
export function QueriedRows({ query, what, rowCount, empty, children }: QueriedRowsProps) {
  return (
    <>
      <Asking query={query} what={what} />
      {query.isSuccess && rowCount === 0 && empty}
      {rowCount > 0 && children}
    </>
  );
}

function Asking({ query, what }: { query: Query; what: string }) {
  return (
    <>
      {query.isPending && <Loading what={what} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
    </>
  );
}
