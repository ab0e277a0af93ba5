// What the announcement and its thread tell each other.

export interface AnnouncerData {
  /** `<hostname>.local` */
  readonly hostname: string;
  /** Of HTTP. */
  readonly port: number;
  readonly interfaces: readonly string[];
}

export type AnnouncerRequest = { readonly kind: 'close' };

/** `taken` at any time: somebody else on the network has the name. After `closed` goodbye is said. */
export type AnnouncerReply = { readonly kind: 'announced' | 'taken' | 'closed' };
