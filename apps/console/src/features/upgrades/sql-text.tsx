import { Box } from '@mantine/core';
import './upgrades.css';

/** SQL as it runs. It scrolls when it is long, which the keyboard must be able to. */
export function SqlText({ label, text }: { label: string; text: string }) {
  return (
    <Box role="group" className="upgrade-sql" aria-label={label} tabIndex={0}>
      <pre>{text}</pre>
    </Box>
  );
}
