// Where a stream's WebSocket is, for who knows where its WHEP is.

/** `https://host/whep/gate` → `wss://host/ws/gate` */
export function signallingUrl(whepUrl: string): string {
  return whepUrl.replace(/^http/, 'ws').replace(/\/whep\/([^/]*)$/, '/ws/$1');
}
