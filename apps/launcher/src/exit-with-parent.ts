/**
 * Preloaded into every child: when the launcher is gone, killed hard included, the channel to it closes and the child
 * ends itself the way a SIGTERM would end it.
 */
const EXIT_WITHIN_MS = 10_000;

process.on('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), EXIT_WITHIN_MS).unref();
});
// Listening must not keep a child alive that has nothing left to do.
process.channel?.unref();
