import type { Notification, WebhookFormat } from '@grey/contracts';
import { type SigningKey, signDingtalk, signFeishu } from './sign-event.ts';
import { type Language, writeMessage } from './write-message.ts';

export type ChatFormat = Exclude<WebhookFormat, 'cloudevents'>;

/** What is sent to a chat robot. */
export interface ChatRequest {
  readonly url: string;
  readonly body: Record<string, unknown>;
}

interface ChatChannel {
  readonly url: string;
  readonly language: Language;
  readonly template: string | null;
  /** Secret of the robot, where it demands signatures. */
  readonly key: SigningKey | undefined;
}

/** WeCom refuses texts of more than 2 048 bytes. */
const WECOM_BYTES = 2_048;

/**
 * The request in the shape of each robot. All of them get plain text, so that no reason given for a change can mention
 * everybody, hide a link or draw a heading.
 *
 * @param now milliseconds since 1970
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * @see https://open.dingtalk.com/document/robots/custom-robot-access
 * @see https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 * @see https://developer.work.weixin.qq.com/document/path/91770
 */
export const chatRequests: Readonly<
  Record<ChatFormat, (notification: Notification, channel: ChatChannel, now: number) => ChatRequest>
> = {
  slack(notification, { url, language, template }) {
    const { title, text } = writeMessage(notification, language, template);
    const plain = (content: string) => ({ type: 'plain_text', text: content, emoji: false });
    return {
      url,
      body: {
        // Shown in push notifications; the only part that Slack reads as markup.
        text: escapeSlack(title),
        blocks: [
          { type: 'header', text: plain(title) },
          { type: 'section', text: plain(text === '' ? title : text) },
        ],
      },
    };
  },

  dingtalk(notification, { url, language, template, key }, now) {
    const { title, text } = writeMessage(notification, language, template);
    const target = new URL(url);
    if (key !== undefined) {
      target.searchParams.set('timestamp', String(now));
      target.searchParams.set('sign', signDingtalk(key.secret, now));
    }
    return {
      url: target.href,
      body: { msgtype: 'text', text: { content: `${title}\n${text}` }, at: { isAtAll: false } },
    };
  },

  feishu(notification, { url, language, template, key }, now) {
    const { title, text } = writeMessage(notification, language, template);
    const seconds = Math.floor(now / 1_000);
    const content = text.split('\n').map((line) => [{ tag: 'text', text: line }]);
    return {
      url,
      body: {
        ...(key === undefined ? {} : { timestamp: String(seconds), sign: signFeishu(key.secret, seconds) }),
        msg_type: 'post',
        content: { post: { [language === 'zh' ? 'zh_cn' : 'en_us']: { title, content } } },
      },
    };
  },

  wecom(notification, { url, language, template }) {
    // `<@userid>` would call somebody.
    const makeSafe = (text: string) => text.replaceAll('<', '＜').replaceAll('>', '＞');
    const { title, text } = writeMessage(notification, language, template, makeSafe);
    return { url, body: { msgtype: 'text', text: { content: cutBytes(`${title}\n${text}`, WECOM_BYTES) } } };
  },
};

/**
 * Robots answer 200 to what they refuse.
 *
 * @returns what the answer says is wrong; undefined when it was taken
 */
export function faultOfChatAnswer(format: ChatFormat, body: string): string | undefined {
  if (format === 'slack') return body.trim() === 'ok' ? undefined : `Slack answered ${quote(body)}`;
  try {
    const answer = JSON.parse(body) as Record<string, unknown>;
    const code = format === 'feishu' ? (answer.code ?? answer.StatusCode) : answer.errcode;
    if (code === 0) return undefined;
  } catch {
    // falls through: what is no JSON is no yes
  }
  return `the robot answered ${quote(body)}`;
}

function quote(body: string): string {
  return JSON.stringify(body.slice(0, 200));
}

function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Cut to a number of UTF-8 bytes, between code points. */
function cutBytes(text: string, bytes: number): string {
  const whole = Buffer.from(text);
  if (whole.length <= bytes) return text;
  return whole
    .subarray(0, bytes)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
}
