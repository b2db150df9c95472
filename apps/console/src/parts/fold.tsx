import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFormat } from '../i18n/format.ts';

interface FoldProps {
  title: string;
  count: number;
  /** What it means that there are any. */
  means: string;
  isOpen?: boolean;
  children: ReactNode;
}

/** A list that is unfolded when somebody wants to know: its name, how many there are, and what that means. */
export function Fold({ title, count, means, isOpen = false, children }: FoldProps) {
  const { number } = useFormat();
  return (
    <details className="fold" open={isOpen}>
      <summary>
        <strong>{title}</strong> <span>{number(count)}</span>
        <Text span size="xs" c="dimmed">
          {means}
        </Text>
      </summary>
      {children}
    </details>
  );
}
