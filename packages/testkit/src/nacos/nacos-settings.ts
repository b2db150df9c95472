import path from 'node:path';
import type { NacosGeneration } from './build-nacos.ts';

/** What an operator would type; the secret only signs tokens of servers that live as long as a test. */
export const NACOS_ADMIN = { username: 'nacos', password: 'a-password-of-the-tests' } as const;
const TOKEN_SECRET = Buffer.from('only for servers that live as long as a test').toString('base64');

/** `application.properties` of a standalone server on loopback. */
export function nacosProperties(generation: NacosGeneration, port: number, home: string, hasAuth: boolean): string {
  const settings: Record<string, string | number | boolean> = {
    'nacos.server.main.port': port,
    'server.port': port,
    'server.address': '127.0.0.1',
    'nacos.inetutils.ip-address': '127.0.0.1',
    'nacos.core.auth.enabled': hasAuth,
    'nacos.core.auth.admin.enabled': hasAuth,
    'nacos.core.auth.console.enabled': false,
    'nacos.core.auth.system.type': 'nacos',
    'nacos.core.auth.server.identity.key': 'test',
    'nacos.core.auth.server.identity.value': 'test',
    'nacos.core.auth.plugin.nacos.token.secret.key': TOKEN_SECRET,
    'nacos.core.auth.plugin.nacos.token.expire.seconds': 18_000,
    'nacos.core.auth.caching.enabled': true,
    'nacos.extension.ai.enabled': false,
    'nacos.k8s.sync.enabled': false,
    'server.tomcat.accesslog.enabled': false,
    'server.tomcat.basedir': `file:${path.join(home, 'tomcat')}`,
    ...(generation === 2
      ? {
          'server.servlet.contextPath': '/nacos',
          'spring.main.allow-bean-definition-overriding': true,
          'spring.autoconfigure.exclude': 'org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration',
        }
      : {}),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Options of the JVM: quick to start, small, and pushes after 50 ms instead of 500. */
export function nacosJvmOptions(home: string): string[] {
  return [
    '-Xms64m',
    '-Xmx256m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '--add-opens=java.base/java.lang=ALL-UNNAMED',
    '--add-opens=java.base/java.util=ALL-UNNAMED',
    '-Djava.net.preferIPv4Stack=true',
    `-Djava.io.tmpdir=${home}`,
    `-Duser.home=${home}`,
    '-Dnacos.standalone=true',
    `-Dnacos.home=${home}`,
    '-Dnacos.remote.grpc.listen.ip=127.0.0.1',
    // Its embedded Derby writes without waiting for the disk; a kill of the process, unlike one of the machine, loses nothing.
    '-Dderby.system.durability=test',
    '-Dnacos.naming.push.pushTaskDelay=50',
  ];
}
