/* SLIP-39 in the browser, by the library slip39: split a secret 2-of-3, and read a part that somebody typed.
   Bundled into static/vendor/shares.js as the global TrivselShares; surveys/closer.py reads the same words in Python. */
import qrcode from "qrcode-generator";
import Slip39 from "slip39";
import { WORD_LIST } from "slip39/src/slip39_helper.js";

const PLACE = new Map(WORD_LIST.map((word, place) => [word, place]));
export const LENGTH = 33; // words of a part of a 256-bit secret

/* Three parts of 32 secret bytes, each 33 words; any two give them back. */
export function split(secret) {
  const made = Slip39.fromArray(Array.from(secret), { threshold: 1, groups: [[2, 3, "parts"]], extendableBackupFlag: 1 });
  return made.fromPath("r/0").mnemonics;
}

export const combine = (parts) => Uint8Array.from(Slip39.recoverSecret(parts));
export const wordsOf = (text) => text.toLowerCase().split(/[^a-z]+/).filter(Boolean);

/* What is wrong with typed words: {word: n, typed, like} for one that is not on the list, {count} for too few or too
   many, {sum: true} where the checksum does not hold.
   Nothing wrong: {setId, number}, the number that all parts of a key share, and which of the three this is. */
export function read(text) {
  const words = wordsOf(text);
  const unknown = words.findIndex((word) => !PLACE.has(word));
  if (unknown >= 0) {
    const like = WORD_LIST.filter((word) => word.slice(0, 4) === words[unknown].slice(0, 4));
    return { wrong: { word: unknown + 1, typed: words[unknown], like: like[0] || "" } };
  }
  if (words.length !== LENGTH) { return { wrong: { count: words.length } }; }
  if (!holds(words)) { return { wrong: { sum: true } }; }
  const [first, second, third, fourth] = words.map((word) => PLACE.get(word));
  return { setId: (first << 5) | (second >> 5), number: ((((third << 10) | fourth) >> 4) & 15) + 1 };
}

function holds(words) {
  try { return Slip39.validateMnemonic(words.join(" ")); } catch (error) { return false; }
}

/* Which single word is wrong (SLIP-39 allows telling where, not what it should be); 0 where more are. The checksum finds
   up to three wrong words, so at most one place can be put right by one other word. Takes some seconds. */
export async function wrongPlace(text) {
  const words = wordsOf(text);
  for (let place = 0; place < words.length; place += 1) {
    await new Promise((done) => setTimeout(done));
    const tried = words.slice();
    for (const word of WORD_LIST) {
      tried[place] = word;
      if (holds(tried)) { return place + 1; }
    }
  }
  return 0;
}

/* The words as rows of a QR code: true is dark. Drawn here, so that no part leaves the page. */
export function qr(text) {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const all = Array.from({ length: code.getModuleCount() }, (_none, place) => place);
  return all.map((row) => all.map((column) => code.isDark(row, column)));
}
