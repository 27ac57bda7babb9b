/* A key holder's part: checked here, word for word, then sealed to the waiting worker's key. The words have no name in
   the form and are never sent; what is posted can be opened in the memory of that one worker. */
(function () {
  "use strict";

  var form = document.querySelector("[data-part-form]");
  if (!form) { return; }
  var shares = window.TrivselShares, hpke = window.TrivselHpke, asked = form.dataset;
  var field = form.querySelector("textarea"), said = form.querySelector("[data-said]");
  var button = form.querySelector("button[type=submit]");
  function say(text, values) {
    Object.keys(values || {}).forEach(function (name) { text = text.replace("{" + name + "}", values[name]); });
    said.hidden = !text;
    said.querySelector("p").textContent = text;
    field.setAttribute("aria-invalid", text ? "true" : "false");
  }
  document.querySelector("[data-needs-script]").hidden = true;
  if (!shares || !hpke || !window.crypto || !window.crypto.subtle) { say(asked.tooOld); return; }
  form.querySelector("[data-start]").hidden = false;

  async function wrongIn(text) {
    var found = shares.read(text), wrong = found.wrong;
    if (wrong && wrong.word) {
      var words = { n: wrong.word, typed: wrong.typed, like: wrong.like };
      return [wrong.like ? asked.like : asked.unknown, words];
    }
    if (wrong && "count" in wrong) { return [asked.count, { n: wrong.count, all: shares.LENGTH }]; }
    if (wrong) {
      say(asked.looking);
      var place = await shares.wrongPlace(text);
      return place ? [asked.near, { n: place }] : [asked.sum, {}];
    }
    if (String(found.setId) !== asked.set) { return [asked.otherSet, { n: found.setId, set: asked.set }]; }
    if (String(found.number) !== asked.number) {
      return [asked.otherHolder, { n: found.number, name: asked["name" + found.number] || "?" }];
    }
    return null;
  }

  async function seal(text) {
    var words = new TextEncoder();
    var raw = words.encode(shares.wordsOf(text).join(" "));
    var padded = new Uint8Array(Number(asked.size)).fill(32);
    padded.set(raw);
    var suite = new hpke.CipherSuite({ kem: new hpke.DhkemP256HkdfSha256(), kdf: new hpke.HkdfSha256(), aead: new hpke.Aes128Gcm() });
    var key = Uint8Array.from(atob(asked.key), function (sign) { return sign.charCodeAt(0); });
    var sender = await suite.createSenderContext({ recipientPublicKey: await suite.kem.deserializePublicKey(key.buffer) });
    var cipher = new Uint8Array(await sender.seal(padded.buffer, words.encode(asked.bound).buffer));
    var text_ = "";
    [new Uint8Array(sender.enc), cipher].forEach(function (bytes) {
      bytes.forEach(function (byte) { text_ += String.fromCharCode(byte); });
    });
    return btoa(text_);
  }

  form.addEventListener("submit", async function (event) {
    event.preventDefault();
    button.disabled = true;
    try {
      var wrong = await wrongIn(field.value);
      if (wrong) { say(wrong[0], wrong[1]); field.focus(); return; }
      form.elements.sealed.value = await seal(field.value);
      field.value = "";
      say("");
      form.submit();
    } catch (error) {
      say(asked.failed);
    } finally {
      button.disabled = false;
    }
  });
}());
