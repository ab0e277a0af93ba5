// ICE servers from `Link` header fields (RFC 8288 §3, RFC 9725 §4.6).

export interface IceServer {
  readonly urls: string;
  readonly username?: string;
  readonly credential?: string;
}

/** More than anybody configures; browsers slow down beyond a handful. */
const MAX_ICE_SERVERS = 16;

/** Room for 16 servers with long credentials; what follows is not read. */
const MAX_HEADER_CHARS = 8 * 1024;

/** `<target>` with what follows it up to the next comma outside quotes. */
const LINK = /<([^<>]*)>((?:[^",]|"(?:[^"\\]|\\.)*")*)/g;

const PARAMETER = /;\s*([a-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]+))/gi;

/** The links with `rel="ice-server"`; others and broken ones are skipped. */
export function parseIceServers(header: string | null): IceServer[] {
  const servers: IceServer[] = [];
  const text = (header ?? '').slice(0, MAX_HEADER_CHARS);
  for (const [, target = '', rest = ''] of text.matchAll(LINK)) {
    const parameters = parseParameters(rest);
    if (parameters.get('rel') !== 'ice-server' || !/^(stun|turn)s?:/.test(target)) continue;
    const username = parameters.get('username');
    const credential = parameters.get('credential');
    servers.push({
      urls: target,
      ...(username !== undefined && { username }),
      ...(credential !== undefined && { credential }),
    });
    if (servers.length === MAX_ICE_SERVERS) break;
  }
  return servers;
}

function parseParameters(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, token = ''] of text.matchAll(PARAMETER)) {
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token);
  }
  return parameters;
}
