// How addresses are compared: one spelling for each.

/** `::ffff:10.0.0.7` is how a socket for both families shows 10.0.0.7. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d)/i, '');
}
