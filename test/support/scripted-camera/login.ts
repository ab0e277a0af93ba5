// How a scripted camera asks for a password (RFC 2617, RFC 7616), and locks the account.

import { createHash, randomBytes } from 'node:crypto';
import type { CameraRequest } from './wire.ts';

type LoginScheme = 'Basic' | 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess' | 'SHA-512-256';

export interface CameraLogin {
  readonly username: string;
  readonly password: string;
  /** In the order in which it asks for them. Default: MD5 only. */
  readonly schemes?: readonly LoginScheme[];
  /** Of these only this one works. Default: all. */
  readonly works?: LoginScheme;
  /** RFC 2617's protection quality. Default: absent, as most cameras have it. */
  readonly qop?: boolean;
  /** After so many requests a nonce is stale. */
  readonly nonceUses?: number;
  /** After so many wrong passwords everything is answered 401. */
  readonly lockAfter?: number;
}

type Verdict = 'welcome' | 'unknown' | 'stale' | 'wrong';

const REALM = 'IP Camera (C2104)';
const HASHES = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;

/** What all connections of one camera share. */
export class Account {
  wrongPasswords = 0;
  /** Raised to make all nonces of now stale. */
  generation = 0;

  isLocked(login: CameraLogin): boolean {
    return this.wrongPasswords >= (login.lockAfter ?? Number.POSITIVE_INFINITY);
  }
}

/** Nonces belong to a connection: another one's are refused. */
export class LoginDesk {
  readonly #account: Account;
  #nonce = '';
  #uses = 0;
  #generation = -1;

  constructor(account: Account) {
    this.#account = account;
  }

  /** The value of WWW-Authenticate, one challenge a line, or undefined if the request may pass. */
  challenge(login: CameraLogin, request: CameraRequest): string | undefined {
    const verdict = this.#judge(login, request);
    if (verdict === 'wrong') this.#account.wrongPasswords++;
    if (verdict === 'welcome' && !this.#account.isLocked(login)) return undefined;
    if (verdict === 'stale' || this.#nonce === '') this.#renew();
    return (login.schemes ?? ['MD5'])
      .map((scheme) => this.#formatChallenge(scheme, login, verdict === 'stale'))
      .join('\n');
  }

  #judge(login: CameraLogin, { method, headers }: CameraRequest): Verdict {
    const header = headers.get('authorization');
    if (header === undefined) return 'unknown';
    if (/^basic /i.test(header)) return this.#judgeBasic(login, header);
    const fields = readFields(header);
    const isOld = this.#generation !== this.#account.generation;
    const uses = login.nonceUses ?? Number.POSITIVE_INFINITY;
    if (fields.get('nonce') !== this.#nonce || isOld || this.#uses >= uses) return 'stale';
    this.#uses++;
    const scheme = fields.get('algorithm') ?? 'MD5';
    if (!this.#accepts(login, scheme)) return 'wrong';
    const expected = digestResponse(login, { scheme, method, fields });
    return fields.get('response') === expected && fields.get('username') === login.username
      ? 'welcome'
      : 'wrong';
  }

  #judgeBasic(login: CameraLogin, header: string): Verdict {
    const text = Buffer.from(header.slice(6), 'base64').toString();
    const isRight = text === `${login.username}:${login.password}`;
    return isRight && this.#accepts(login, 'Basic') ? 'welcome' : 'wrong';
  }

  #accepts(login: CameraLogin, scheme: string): boolean {
    const schemes = login.works ? [login.works] : (login.schemes ?? ['MD5']);
    return schemes.some((each) => each === scheme);
  }

  #renew(): void {
    this.#nonce = randomBytes(16).toString('hex');
    this.#uses = 0;
    this.#generation = this.#account.generation;
  }

  #formatChallenge(scheme: LoginScheme, login: CameraLogin, isStale: boolean): string {
    if (scheme === 'Basic') return `Basic realm="${REALM}"`;
    const algorithm = scheme === 'MD5' ? '' : `, algorithm=${scheme}`;
    const qop = login.qop || scheme.endsWith('-sess') ? ', qop="auth"' : '';
    const stale = isStale ? ', stale="TRUE"' : '';
    return `Digest realm="${REALM}", nonce="${this.#nonce}"${algorithm}${qop}${stale}`;
  }
}

function digestResponse(
  { username, password }: CameraLogin,
  request: { scheme: string; method: string; fields: ReadonlyMap<string, string> },
): string {
  const { scheme, method, fields } = request;
  const base = scheme.replace(/-sess$/, '');
  const hash = (text: string) => {
    const name = base in HASHES ? HASHES[base as keyof typeof HASHES] : 'md5';
    return createHash(name).update(text).digest('hex');
  };
  const field = (name: string) => fields.get(name) ?? '';
  const secret = hash(`${username}:${REALM}:${password}`);
  const ha1 = base === scheme ? secret : hash(`${secret}:${field('nonce')}:${field('cnonce')}`);
  const ha2 = hash(`${method}:${field('uri')}`);
  if (!fields.has('qop')) return hash(`${ha1}:${field('nonce')}:${ha2}`);
  const middle = ['nonce', 'nc', 'cnonce', 'qop'].map(field).join(':');
  return hash(`${ha1}:${middle}:${ha2}`);
}

function readFields(header: string): ReadonlyMap<string, string> {
  const matches = header.matchAll(/([\w-]+)=(?:"([^"]*)"|([^\s,]+))/g);
  return new Map([...matches].map(([, name = '', quoted, plain]) => [name, quoted ?? plain ?? '']));
}
