// A real client of Nacos in a process of its own, so that it can be killed: registers with the npm package and beats until
// it ends. Usage: node nacos-client.mjs HOST:PORT '{"serviceName", "group"?, "ip", "port", "weight"?, "metadata"?}' …
import { NacosNamingClient } from 'nacos';

const [serverList, ...instances] = process.argv.slice(2);
const { NACOS_USERNAME: username, NACOS_PASSWORD: password } = process.env;
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const client = new NacosNamingClient({ logger, serverList, namespace: 'public', username, password });
await client.ready();
for (const text of instances) {
  const { serviceName, group = 'DEFAULT_GROUP', ...instance } = JSON.parse(text);
  await client.registerInstance(serviceName, instance, group);
}
process.send?.('registered');
process.on('disconnect', () => process.exit());
