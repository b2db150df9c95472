import type { Notification } from '@grey/contracts';
import { describe, expect, it } from 'vitest';
import { type ChatFormat, chatRequests, faultOfChatAnswer } from './chat-bodies.ts';
import { cloudEventOf } from './cloud-event.ts';
import { signEvent } from './sign-event.ts';
import { writeMessage } from './write-message.ts';

const notification: Notification = {
  changeId: 'e1-7',
  kind: 'hold.created',
  group: 'emergency',
  at: '2026-11-21T03:00:00.000Z',
  actor: { kind: 'user', name: 'night <!channel>' },
  reason: 'a <b> & "c"\n<@all> *x* \u202Eevil',
  itemCount: 121,
  matchedCount: 120,
  tenantCount: 120,
  serviceIds: ['pay'],
  moves: [{ serviceId: 'pay', fromVersion: 'v2', toVersion: 'v1', count: 120 }],
  sample: [],
  isTest: false,
};
const url = 'https://chat.example/robot?access_token=t';
const channel = { url, language: 'en' as const, template: null, key: undefined };
const make = (format: ChatFormat, extra = {}) =>
  chatRequests[format](notification, { ...channel, ...extra }, 1_700_000_000_123);

describe('messages', () => {
  it('tell what happened, to whom, why and by whom, in both languages', () => {
    const en = writeMessage(notification, 'en', null);
    expect(en.title).toBe('[Grey] EMERGENCY ROLLBACK: version held · pay');
    expect(en.text.split('\n')).toEqual([
      'Reason: a <b> & "c" <@all> *x*  evil',
      'Services: pay',
      'Versions: v2 → v1 (120)',
      'Tenants: 120',
      'Changed: 120 of 121',
      'By: night <!channel>',
      'At: 2026-11-21T03:00:00.000Z (e1-7)',
    ]);
    const zh = writeMessage(notification, 'zh', null);
    expect(zh.title).toBe('[Grey] 紧急回滚:版本已封禁 · pay');
    expect(zh.text).toContain('租户数:120\n变更项:120(共 121)\n');
  });

  it('fill an own template once, and leave what they do not know', () => {
    const { text } = writeMessage(
      { ...notification, reason: '{{actor}}' },
      'en',
      '{{ title }}: {{reason}} {{constructor}}',
    );
    expect(text).toBe('EMERGENCY ROLLBACK: version held: {{actor}} {{constructor}}');
  });

  it('are bounded, and say when they are a test', () => {
    const long = { ...notification, reason: '😀'.repeat(3_000), isTest: true };
    expect([...writeMessage(long, 'en', null).text]).toHaveLength(2_000);
    expect(writeMessage(long, 'en', null).title).toBe('[Grey] Test message · pay');
    expect(writeMessage({ ...notification, kind: 'comet.seen' }, 'zh', null).title).toBe('[Grey] comet.seen · pay');
  });
});

describe('bodies for chat robots', () => {
  it('Slack: plain text in blocks, the fallback escaped', () => {
    const { body } = chatRequests.slack({ ...notification, serviceIds: ['<a&b>'] }, channel, 0);
    expect(body).toMatchObject({
      text: '[Grey] EMERGENCY ROLLBACK: version held · &lt;a&amp;b&gt;',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: expect.stringContaining('<a&b>') } },
        { type: 'section', text: { type: 'plain_text', text: expect.stringContaining('Reason: a <b>') } },
      ],
    });
  });

  it('DingTalk: text, signed in the query beside the token', () => {
    expect(make('dingtalk')).toMatchObject({ url, body: { msgtype: 'text', text: { content: expect.any(String) } } });
    const signed = new URL(make('dingtalk', { key: { id: 'k', secret: 'SEC0123456789' } }).url);
    // printf '1700000000123\nSEC0123456789' | openssl dgst -sha256 -hmac SEC0123456789 -binary | base64
    expect(Object.fromEntries(signed.searchParams)).toEqual({
      access_token: 't',
      timestamp: '1700000000123',
      sign: 'TJcZCaw2244L6ShEhzB3a1XAY4k0W7YNHxgR24gEwZI=',
    });
  });

  it('Feishu: a post of text parts in the language, signed in the body', () => {
    expect(make('feishu', { language: 'zh', key: { id: 'k', secret: 'SEC0123456789' } }).body).toMatchObject({
      timestamp: '1700000000',
      // printf '' | openssl dgst -sha256 -hmac "$(printf '1700000000\nSEC0123456789')" -binary | base64
      sign: 'ukltNRENYMvqlIpTDbO14XaB5X9Lc3nYKcFTY1Yb7Rk=',
      msg_type: 'post',
      content: { post: { zh_cn: { title: '[Grey] 紧急回滚:版本已封禁 · pay', content: expect.any(Array) } } },
    });
    const { content } = make('feishu').body as { content: { post: { en_us: { content: unknown[][] } } } };
    expect(content.post.en_us.content).toHaveLength(7);
    expect(content.post.en_us.content[1]).toEqual([{ tag: 'text', text: 'Services: pay' }]);
  });

  it('WeCom: text that calls nobody, within 2 048 bytes', () => {
    const { content } = make('wecom').body.text as { content: string };
    expect(content).toContain('＜@all＞');
    const long = chatRequests.wecom({ ...notification, reason: '原'.repeat(1_500) }, channel, 0).body
      .text as typeof content & {
      content: string;
    };
    expect(Buffer.byteLength(long.content)).toBeLessThanOrEqual(2_048);
    expect(Buffer.byteLength(long.content)).toBeGreaterThan(2_044);
    expect(long.content).not.toContain('\uFFFD');
  });

  it('a robot that answers 200 has not always taken it', () => {
    expect(faultOfChatAnswer('slack', 'ok')).toBeUndefined();
    expect(faultOfChatAnswer('slack', '<html>')).toContain('<html>');
    expect(faultOfChatAnswer('dingtalk', '{"errcode":0,"errmsg":"ok"}')).toBeUndefined();
    expect(faultOfChatAnswer('dingtalk', '{"errcode":310000,"errmsg":"sign not match"}')).toContain('310000');
    expect(faultOfChatAnswer('wecom', '{"errcode":0}')).toBeUndefined();
    expect(faultOfChatAnswer('wecom', 'garbage')).toContain('garbage');
    expect(faultOfChatAnswer('feishu', '{"code":0,"msg":"success"}')).toBeUndefined();
    expect(faultOfChatAnswer('feishu', '{"StatusCode":0}')).toBeUndefined();
    expect(faultOfChatAnswer('feishu', '{"code":19021}')).toContain('19021');
    expect(faultOfChatAnswer('feishu', 'null')).toContain('null');
  });
});

describe('events for machines', () => {
  it('a CloudEvent has what 1.0 demands, and a subject when it is about one service', () => {
    expect(cloudEventOf(notification)).toEqual({
      specversion: '1.0',
      id: 'e1-7',
      source: '/grey-router/changes',
      type: 'grey.router.hold.created',
      subject: 'services/pay',
      time: '2026-11-21T03:00:00.000Z',
      datacontenttype: 'application/json',
      data: notification,
    });
    expect(cloudEventOf({ ...notification, serviceIds: ['a', 'b'] })).not.toHaveProperty('subject');
  });

  it('every key signs seconds, dot and body', () => {
    // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac sixteen-letters-
    expect(
      signEvent(
        [
          { id: 'a', secret: 'sixteen-letters-' },
          { id: 'b', secret: 'other' },
        ],
        1_700_000_000,
        '{"a":1}',
      ),
    ).toMatch(
      /^t=1700000000;kid=a;v1=12b15b5809a3e83081b75a39acb69c02f1ec7cf5844a16ff7574747aed8a55b2, t=1700000000;kid=b;v1=[0-9a-f]{64}$/,
    );
  });
});
