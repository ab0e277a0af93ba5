// How long texts may be. A test holds them against the contract, which the bundle must not import.

/** What consoles allow. */
export const MAX_NAME_CHARACTERS = 32;
export const MAX_MESSAGE_CHARACTERS = 500;
