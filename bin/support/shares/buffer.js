/* node's Buffer, as far as slip39 uses it: bytes from a list of numbers. */
export const Buffer = { from: (bytes) => Uint8Array.from(bytes) };
