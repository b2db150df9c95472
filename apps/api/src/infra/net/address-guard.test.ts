import { describe, expect, it } from 'vitest';
import { AddressGuard, AddressRefused, isAllowEntry } from './address-guard.ts';

const names: Record<string, string[]> = {
  'public.example': ['93.184.216.34'],
  'inside.example': ['10.1.2.3'],
  'both.example': ['93.184.216.34', '127.0.0.1'],
  'six.example': ['2606:2800:220:1::1'],
};
const resolve = async (host: string) =>
  (names[host] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
const guard = (...allowed: string[]) => new AddressGuard(allowed, resolve);

describe('the guard of addresses', () => {
  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '192.0.0.1',
    '198.18.0.1',
    '240.0.0.1',
    '[::1]',
    '[::]',
    '[fe80::1]',
    'fe80::1%1',
    '[fc00::1]',
    '[fd12::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:10.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::1]',
    '[ff02::1]',
    'inside.example',
    'INSIDE.example',
  ])('refuses %s', async (host) => {
    await expect(guard().resolve(host)).rejects.toThrow(AddressRefused);
  });

  it('refuses a name when one of its addresses is private, without telling which', async () => {
    const error = await guard()
      .resolve('both.example')
      .catch((one: Error) => one);
    expect(error).toBeInstanceOf(AddressRefused);
    expect(String(error)).not.toContain('127.');
  });

  it('hands on the address it has judged', async () => {
    expect(await guard().resolve('public.example')).toEqual({ address: '93.184.216.34', family: 4, isListed: false });
    expect(await guard().resolve('six.example')).toMatchObject({ family: 6 });
    expect(await guard().resolve('[2606:2800:220:1::1]')).toMatchObject({ address: '2606:2800:220:1::1', family: 6 });
  });

  it('lets pass what is listed by address, network or name, and nothing beside it', async () => {
    expect(await guard('10.1.0.0/16').resolve('inside.example')).toMatchObject({ isListed: true });
    expect(await guard('inside.example').resolve('Inside.Example')).toMatchObject({ address: '10.1.2.3' });
    expect(await guard('::1').resolve('[::1]')).toMatchObject({ isListed: true });
    expect(await guard('127.0.0.1').resolve('[::ffff:127.0.0.1]')).toMatchObject({ isListed: true });
    await expect(guard('10.2.0.0/16').resolve('inside.example')).rejects.toThrow(AddressRefused);
    await expect(guard('::/0').resolve('127.0.0.1')).rejects.toThrow(AddressRefused);
    expect(await guard('127.0.0.0/8').resolve('both.example')).toMatchObject({ isListed: false });
  });

  it('lets pass nothing else, public or not, where only what is listed may be reached', async () => {
    const strict = (...allowed: string[]) =>
      new AddressGuard(allowed, resolve, { variable: 'GREY_DATA_SOURCE_ALLOW', isPublicFree: false });
    await expect(strict().resolve('public.example')).rejects.toThrow('GREY_DATA_SOURCE_ALLOW does not list it');
    await expect(strict('93.184.216.34').resolve('both.example')).rejects.toThrow(AddressRefused);
    expect(await strict('93.184.216.0/24').resolve('public.example')).toMatchObject({ address: '93.184.216.34' });
  });

  it('takes http for what is listed alone, and says so of a name that does not resolve yet', async () => {
    const http = (host: string, ...allowed: string[]) => guard(...allowed).resolveUrl(new URL(`http://${host}/`));
    expect(await http('inside.example', 'inside.example')).toMatchObject({ isListed: true });
    expect(await http('inside.example', '10.0.0.0/8')).toMatchObject({ isListed: true });
    await expect(http('public.example', '10.0.0.0/8')).rejects.toThrow('http is only for');
    await expect(http('nothing.example', 'inside.example')).rejects.toThrow(AddressRefused);
    await expect(http('nothing.example', '10.0.0.0/8')).rejects.toThrow('has no address');
  });

  it('fails on a name without an address', async () => {
    await expect(guard().resolve('nothing.example')).rejects.toThrow('has no address');
  });

  it('knows entries of a list from slips', () => {
    expect(['10.0.0.0/8', '::1', 'fd00::/8', 'chat.internal', 'localhost'].every(isAllowEntry)).toBe(true);
    expect(['10.0.0.0/33', '10.0.0', '300.1.1.1', 'http://x', '-x', ''].some(isAllowEntry)).toBe(false);
  });
});
