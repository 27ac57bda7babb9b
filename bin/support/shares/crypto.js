/* The three calls of node's "crypto" that slip39 makes, answered by the browser and by a library made for it. */
import { hmac } from "@noble/hashes/hmac.js";
import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { sha256 } from "@noble/hashes/sha2.js";

export const randomBytes = (length) => globalThis.crypto.getRandomValues(new Uint8Array(length));
export const pbkdf2Sync = (password, salt, c, dkLen) => pbkdf2(sha256, password, salt, { c, dkLen });
export const createHmac = (_hash, key) => {
  const made = hmac.create(sha256, key);
  return { update: (data) => { made.update(data); }, digest: () => made.digest() };
};
