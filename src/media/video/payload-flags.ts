// What `inspectH264` and `inspectH265` say of an RTP payload: one set of bits for both codecs.

/** SPS, PPS or VPS, whole. */
export const HAS_PARAMETER_SETS = 1;
/** A slice starts here that decoding can start with: H.264 IDR; H.265 IRAP (types 16 to 23). */
export const STARTS_KEY_FRAME = 2;
/** Picture data: the start of a slice or a later part of it. */
export const HAS_SLICE = 4;
/** A picture's first slice starts here. */
export const STARTS_PICTURE = 8;
/** H.264: a B slice starts here, so pictures are shown in another order than they are sent in. */
export const STARTS_B_SLICE = 16;
/** SEI, access unit delimiters, filler: nothing that is shown. */
export const HAS_OTHER = 32;
/** Nothing known of RFC 6184 or RFC 7798 looks like this. */
export const MALFORMED = 64;
