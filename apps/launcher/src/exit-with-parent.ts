/**
 * Preloaded into every child: when the launcher is gone, killed hard included, the channel to it closes and the child
 * ends itself the way a SIGTERM would end it. Listening keeps the child alive, so children end by `process.exit`. (To unref
 * the channel here would also unref it for a child's own `message` listener, for good.)
 */
const EXIT_WITHIN_MS = 10_000;

process.on('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), EXIT_WITHIN_MS).unref();
});
