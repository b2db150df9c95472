import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';

/** Above the title of a page: the way to the list, or the thing, that it belongs to. */
export function BackLink({ to, children }: { to: string; children: string }) {
  return (
    <Anchor component={Link} to={to} size="xs">
      {children}
    </Anchor>
  );
}
