import { existsSync } from 'node:fs';
import { type CommandOptions, runCommand } from './run-command.ts';

/**
 * Stops the service that a package has started by being installed, which nobody asked for. To be called only when the
 * package was not there before: then this stops nobody else's.
 */
export async function stopService(name: string, options: CommandOptions): Promise<void> {
  if (existsSync('/run/systemd/system')) {
    await runCommand('systemctl', ['disable', '--now', `${name}.service`], options);
  } else if (existsSync(`/etc/init.d/${name}`)) {
    await runCommand(`/etc/init.d/${name}`, ['stop'], options);
  }
}
