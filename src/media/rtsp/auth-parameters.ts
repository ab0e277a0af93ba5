// Schemes and parameters of authentication headers (RFC 7235 §2.1), read laxly: cameras forget
// commas and quotes and add parameters of their own.

export interface AuthScheme {
  /** In lower case. */
  readonly scheme: string;
  /** By name in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
  /** What stands behind the scheme instead of parameters: Basic's credentials. */
  readonly token: string;
}

/** Five hashes, twice, and Basic are all that could be named. */
const MAX_SCHEMES = 16;
const MAX_PARAMETERS = 32;

const PARAMETER = /[\s,]*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^\s,"]*))/y;
const SCHEME = /[\s,]*([A-Za-z][\w-]*)(?:[\s,]+|$)(?!=)/y;
const TOKEN = /([\w~+/.-]+=*)\s*(?:,|$)/y;

/** All that one header names, in its order. What makes no sense ends it. */
export function parseAuthSchemes(value: string): AuthScheme[] {
  const schemes: AuthScheme[] = [];
  let at = 0;
  while (at < value.length && schemes.length < MAX_SCHEMES) {
    const scheme = match(SCHEME, value, at);
    if (!scheme) break;
    at += scheme[0].length;
    const token = match(TOKEN, value, at);
    const parameters = new Map<string, string>();
    if (token) at += token[0].length;
    else at = readParameters(value, at, parameters);
    schemes.push({
      scheme: (scheme[1] ?? '').toLowerCase(),
      parameters,
      token: token?.[1] ?? '',
    });
  }
  return schemes;
}

export function quote(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function readParameters(value: string, from: number, parameters: Map<string, string>): number {
  let at = from;
  let found = match(PARAMETER, value, at);
  while (found && parameters.size < MAX_PARAMETERS) {
    const [whole, name = '', quoted, plain = ''] = found;
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(.)/g, '$1') ?? plain);
    at += whole.length;
    found = match(PARAMETER, value, at);
  }
  return at;
}

function match(pattern: RegExp, value: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(value);
}
