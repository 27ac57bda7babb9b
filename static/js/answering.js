/* The answering pages with JavaScript: one topic at a time, sealed in this browser, a draft for a reload of this tab.
   Everything works without it: the same fields in one long form, sealed by the server in memory. */
(function () {
  "use strict";

  var each = function (list, deed) { Array.prototype.forEach.call(list, deed); };
  var all = function (selector, root) { return (root || document).querySelectorAll(selector); };
  var page = document.documentElement;
  var answersForm = document.getElementById("answers");
  var physical = document.getElementById("physical");
  var form = answersForm || physical;

  // ---- follow-ups: shown below the answer that opens them (style sheets do it too, where they can) ----
  function follow(item) {
    var question = item.firstElementChild;
    each(item.children, function (part) {
      var found = /\bg(\d)\b/.exec(part.className);
      if (found) { part.hidden = !question.querySelector("[data-g" + found[1] + "]:checked"); }
    });
  }
  function followAll() { each(all(".item"), follow); }

  document.addEventListener("change", function (event) {
    var item = event.target.closest && event.target.closest(".item");
    if (item) { follow(item); }
    if (event.target.type === "file") { fileNamed(event.target); }
    keep();
  });
  followAll();
  each(all("[data-script]"), function (part) { part.hidden = false; });

  // ---- away, at once: by the button, or Esc three times within two seconds ----
  var escapes = [];
  function leave(address) {
    forget();
    page.hidden = true;
    document.title = " ";
    location.replace(address);
  }
  document.addEventListener("click", function (event) {
    var exit = event.target.closest && event.target.closest("[data-exit]");
    if (exit) {
      event.preventDefault();
      leave(exit.href);
    }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || !page.dataset.escape) { return; }
    escapes = escapes.filter(function (at) { return event.timeStamp - at < 2000; });
    escapes.push(event.timeStamp);
    if (escapes.length === 3) { leave(page.dataset.escape); }
  });

  // ---- draft: this tab, this address, until it is sent; on a shared tablet only while the language is changed ----
  var place = "svar:" + location.pathname;
  var shared = page.hasAttribute("data-kiosk");
  var topicNow = 0;
  function values(root) {
    var found = {};
    each(all("input[type=radio]:checked, input[type=checkbox]:checked", root), function (input) {
      (found[input.name] = found[input.name] || []).push(input.value);
    });
    each(all("textarea, select, input[type=text], input[name=form_key]", root), function (input) {
      if (input.value) { found[input.name] = [input.value]; }
    });
    return found;
  }
  function write() {
    if (!form || form.hasAttribute("data-preview")) { return; }
    try { sessionStorage.setItem(place, JSON.stringify({ topic: topicNow, values: values(form) })); } catch (error) { /* private mode */ }
  }
  function keep() { if (!shared) { write(); } }
  function forget() { try { sessionStorage.removeItem(place); } catch (error) { /* private mode */ } }
  function restore(root) {
    var kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(place)); } catch (error) { /* private mode */ }
    if (shared) { forget(); }
    if (!kept) { return; }
    topicNow = kept.topic || 0;
    each(root.elements, function (input) {
      var was = kept.values[input.name];
      if (!was || input.type === "file" || (input.type === "hidden" && input.name !== "form_key")) { return; }
      if (input.type === "radio" || input.type === "checkbox") { input.checked = was.indexOf(input.value) >= 0; }
      else { input.value = was[0]; }
    });
    followAll();
  }
  // The draft of a form that was sent without JavaScript's help is emptied by the next page, which has no form.
  if (!form) {
    try { sessionStorage.clear(); } catch (error) { /* private mode */ }
    return;
  }

  // ---- the anonymous part's language is changed by address, and the draft brings the answers along: unsealed
  //      answers are never sent. The physical part is posted, and comes back in the other language. ----
  if (answersForm) {
    each(all(".lang button[name=sprog]"), function (button) {
      button.addEventListener("click", function (event) {
        event.preventDefault();
        write();
        location.replace("?sprog=" + encodeURIComponent(button.value));
      });
    });
  }

  // ---- read aloud, by the browser's own voice in the question's language; no button where there is none ----
  var voice = window.speechSynthesis;
  var speaking = null;
  function languageOf(part) {
    return ((part.querySelector("[lang]") || part.closest("[lang]")).lang || "da").slice(0, 2);
  }
  function voiceFor(language) {
    return Array.prototype.filter.call(voice.getVoices(), function (one) {
      return one.lang.toLowerCase().slice(0, 2) === language;
    })[0];
  }
  function hush() {
    if (speaking) { speaking.textContent = speaking.dataset.words; speaking = null; }
    voice.cancel();
  }
  function speak(button, parts) {
    var again = speaking === button;
    hush();
    if (again) { return; }
    var last = null;
    each(parts, function (part) {
      var text = "";
      each(part.childNodes, function (node) {
        if (!/\bq__n\b/.test(node.className || "")) { text += node.textContent; }
      });
      var spoken = voiceFor(languageOf(part)) || voiceFor(languageOf(parts[0]));
      if (!text.trim() || !spoken) { return; }
      last = new SpeechSynthesisUtterance(text.trim());
      last.voice = spoken;
      last.lang = spoken.lang;
      voice.speak(last);
    });
    if (!last) { return; }
    speaking = button;
    button.textContent = form.dataset.quiet;
    last.onend = function () { if (speaking === button) { hush(); } };
  }
  function button_(words, deed) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "linklike read";
    made.textContent = made.dataset.words = words;
    made.addEventListener("click", deed);
    return made;
  }
  function readButtons() {
    if (page.querySelector(".read")) { return; }
    each(all(".topic__head"), function (head) {
      if (!voiceFor(languageOf(head.querySelector("h1, h2")))) { return; }
      head.appendChild(button_(form.dataset.readAll, function (event) {
        form.classList.add("reads");
        speak(event.target, all("h1, h2, .lead, .topic__intro", head));
      }));
    });
    each(all("fieldset", form), function (question) {
      var legend = question.querySelector("legend");
      if (!voiceFor(languageOf(legend))) { return; }
      legend.parentNode.insertBefore(button_(form.dataset.read, function (event) {
        speak(event.target, all("legend, details[open] p, label > span", question));
      }), legend.nextSibling);
    });
  }
  if (voice && window.SpeechSynthesisUtterance) {
    readButtons();
    if (voice.addEventListener) { voice.addEventListener("voiceschanged", readButtons); }
    window.addEventListener("pagehide", function () { voice.cancel(); });
  }

  // ---- the connection: said when it goes, kept trying when something is to be sent ----
  var status = form.querySelector("[data-status]");
  var sending = false;
  function say(text) {
    status.hidden = !text;
    status.querySelector("p").textContent = text || "";
  }
  window.addEventListener("offline", function () { if (!sending) { say(status.dataset.away); } });
  window.addEventListener("online", function () { if (!sending) { say(""); } });
  window.addEventListener("beforeunload", function (event) { if (sending) { event.preventDefault(); } });
  function buttons(off) { each(all("button", form), function (button) { button.disabled = off; }); }
  function pause(seconds) {
    return new Promise(function (done) {
      var timer = setTimeout(done, seconds * 1000);
      window.addEventListener("online", function () { clearTimeout(timer); done(); }, { once: true });
    });
  }
  /* Post until the server has said that it has it; sending twice counts once. Gives what was answered. */
  async function deliver(address, body) {
    for (var wait = 2; ; wait = Math.min(30, wait * 2)) {
      var stop = window.AbortController && new AbortController();
      var late = stop && setTimeout(function () { stop.abort(); }, 60000);
      try {
        var answer = await fetch(address, { method: "POST", body: body, credentials: "omit", cache: "no-store", signal: stop ? stop.signal : undefined });
        var words = await answer.text();
        if (answer.status < 500) { return { status: answer.status, words: words }; }
      } catch (error) { /* no connection */ }
      clearTimeout(late);
      say(status.dataset.offline);
      await pause(wait);
    }
  }
  function arrived(made, title) {
    sending = false;
    forget();
    var main = document.querySelector("#main .wrap");
    main.replaceChildren.apply(main, made.childNodes);
    each(all(".lang"), function (list) { list.hidden = true; });
    window.scrollTo(0, 0);
    var head = main.querySelector("h1");
    head.tabIndex = -1;
    document.title = title || head.textContent + " · Trivsel";
    head.focus({ preventScroll: true });
    form = null;
  }
  function refused() {
    sending = false;
    buttons(false);
    say(status.dataset.refused);
  }
  var parsed = function (html) { return new DOMParser().parseFromString(html, "text/html"); };

  // ---- the physical part: the same post as without a script, with pictures made smaller before they travel ----
  function fileNamed(input) {
    var field = input.parentNode, chosen = input.files.length > 0;
    var label = field.querySelector("[data-file]"), remove = field.querySelector("[data-unfile]");
    label.dataset.words = label.dataset.words || label.textContent;
    label.textContent = chosen ? input.files[0].name : label.dataset.words;
    remove.hidden = !chosen;
    if (chosen) { each(all(".wrong", field), function (wrong) { wrong.remove(); }); }
  }
  async function smaller(file) {
    if (file.size < 400000 || !window.createImageBitmap || !HTMLCanvasElement.prototype.toBlob) { return file; }
    try {
      var picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      var scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      var pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      var made = await new Promise(function (done) { canvas.toBlob(done, "image/jpeg", 0.85); });
      return made && made.size < file.size ? made : file;
    } catch (error) { return file; }  // not a picture to this browser: the server says what to do
  }
  function wrongs(made) {
    each(all(".errors, .wrong", form.parentNode), function (old) { old.remove(); });
    each(all("[aria-invalid]", form), function (input) { input.removeAttribute("aria-invalid"); });
    var box = made.querySelector(".errors");
    form.parentNode.insertBefore(box, form);
    each(all(".wrong[id]", made), function (wrong) {
      var input = document.getElementById(wrong.id.replace("_wrong", ""));
      if (!input) { return; }
      input.parentNode.insertBefore(wrong, input);
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", wrong.id);
    });
    sending = false;
    buttons(false);
    say("");
    box.scrollIntoView();
    box.focus({ preventScroll: true });
  }
  if (physical) {
    physical.classList.add("scripted");
    restore(physical);
    physical.addEventListener("input", keep);
    physical.addEventListener("click", function (event) {
      if (!event.target.hasAttribute || !event.target.hasAttribute("data-unfile")) { return; }
      var input = event.target.parentNode.querySelector("input[type=file]");
      input.value = "";
      fileNamed(input);
      input.focus();
    });
    var otherLanguage = false;
    each(all(".lang button[name=sprog]"), function (button) {
      button.addEventListener("click", function () { otherLanguage = true; });
    });
    physical.addEventListener("submit", async function (event) {
      if (physical.hasAttribute("data-preview")) { event.preventDefault(); say(status.dataset.previewWords); return; }
      if (otherLanguage || !window.fetch || !window.FormData) { forget(); return; }
      event.preventDefault();
      if (sending) { return; }
      sending = true;
      keep();
      buttons(true);
      say(status.dataset.sending);
      var body = new FormData(physical);
      var pictures = all("input[type=file]", physical), pictured = false;
      for (var i = 0; i < pictures.length; i += 1) {
        if (pictures[i].files.length) {
          pictured = true;
          body.set(pictures[i].name, await smaller(pictures[i].files[0]), "billede.jpg");
        } else { body.delete(pictures[i].name); }
      }
      // Without a picture the short encoding: a third less of the server's time for the whole request.
      var answer = await deliver(physical.action, pictured ? body : new URLSearchParams(body));
      var made = parsed(answer.words), main = made.querySelector("#main .wrap");
      if (answer.status === 422 && main) { wrongs(made); }
      else if ((answer.status === 200 || answer.status === 410) && main) { arrived(main, made.title); }
      else { refused(); }
    });
    return;
  }

  // ---- the anonymous part: one topic at a time ----
  var topics = all(".topic", form);
  function show(number, move) {
    topicNow = Math.max(0, Math.min(topics.length - 1, number));
    each(topics, function (topic, place) { topic.hidden = place !== topicNow; });
    if (move) {
      if (voice) { hush(); }
      window.scrollTo(0, 0);
      topics[topicNow].querySelector("h2").focus({ preventScroll: true });
    }
    keep();
  }
  form.classList.add("one");
  each(all("[data-nav]", form), function (bar) { bar.hidden = false; });
  each(all("[data-plain]", form), function (bar) { bar.hidden = true; });
  each(all("[data-next]", form), function (button) { button.addEventListener("click", function () { show(topicNow + 1, true); }); });
  each(all("[data-back]", form), function (button) { button.addEventListener("click", function () { show(topicNow - 1, true); }); });
  restore(form);
  show(topicNow, false);

  // ---- the document: the open questions' answers, and nothing else ----
  function answers() {
    var found = {};
    each(all(".item > fieldset input:checked", form), function (input) {
      for (var above = input.closest(".follow"); above; above = above.parentNode.closest(".follow")) {
        if (above.hidden) { return; }
      }
      if (input.type === "checkbox") { (found[input.name] = found[input.name] || []).push(input.value); }
      else { found[input.name] = input.value; }
    });
    return found;
  }

  var canSeal = window.TrivselHpke && window.crypto && window.crypto.subtle && window.fetch && window.TextEncoder;
  function bytesOf(text) {
    var raw = atob(text), bytes = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i += 1) { bytes[i] = raw.charCodeAt(i); }
    return bytes;
  }
  function textOf(buffer) {
    var bytes = new Uint8Array(buffer), text = "";
    for (var i = 0; i < bytes.length; i += 1) { text += String.fromCharCode(bytes[i]); }
    return btoa(text);
  }
  async function receiptOf(sealed) {
    var hash = new Uint8Array(await window.crypto.subtle.digest("SHA-256", bytesOf(sealed)));
    var signs = Array.prototype.map.call(hash.subarray(0, 10), function (byte) { return ("0" + byte.toString(16)).slice(-2); });
    return signs.join("").match(/.{4}/g).join("-");
  }
  async function seal(found) {
    var hpke = window.TrivselHpke, words = new TextEncoder(), asked = form.dataset;
    var document_ = words.encode(JSON.stringify({ v: 1, a: found }));
    var padded = new Uint8Array(Number(asked.size)).fill(32);
    if (document_.length > padded.length) { throw new Error("too long"); }
    padded.set(document_);
    var suite = new hpke.CipherSuite({ kem: new hpke.DhkemP256HkdfSha256(), kdf: new hpke.HkdfSha256(), aead: new hpke.Aes128Gcm() });
    var key = await suite.kem.deserializePublicKey(bytesOf(asked.key).buffer);
    var sender = await suite.createSenderContext({ recipientPublicKey: key });
    var boundTo = words.encode(asked.wave + "|" + asked.unit + "|" + asked.version);
    var cipher = new Uint8Array(await sender.seal(padded.buffer, boundTo.buffer));
    var sealed = new Uint8Array(sender.enc.byteLength + cipher.length);
    sealed.set(new Uint8Array(sender.enc));
    sealed.set(cipher, sender.enc.byteLength);
    return textOf(sealed.buffer);
  }

  // ---- sending: until the server has said that the envelope lies in the urn ----
  async function send(found) {
    if (sending) { return; }
    sending = true;
    buttons(true);
    say(status.dataset.sending);
    var body, sealed, receipt;
    try {
      sealed = await seal(found);
      receipt = await receiptOf(sealed);
      body = new URLSearchParams({
        admission: form.elements.admission.value,
        lang: form.elements.lang.value,
        tom: Object.keys(found).length ? "" : "1",
        sealed: sealed
      });
    } catch (error) {
      sending = false; // this browser cannot: the server seals
      canSeal = false;
      buttons(false);
      plainly(found);
      return;
    }
    var answer = await deliver(form.dataset.endpoint, body);
    if (answer.status !== 200) { refused(); return; }
    var made = parsed(answer.words).body;
    each(all("[data-physical-link]", made), function (link) { link.href = form.dataset.physical; });
    each(all("[data-receipt]", made), function (place) { place.textContent = receipt; });
    each(all("[data-receipt-box]", made), function (box) { box.hidden = false; });
    arrived(made, "");
  }
  function plainly(found) {
    if (!Object.keys(found).length) {
      var field = document.createElement("input");
      field.type = "hidden"; field.name = "tom"; field.value = "1";
      form.appendChild(field);
    }
    forget();
    form.submit();
  }
  function go(found) {
    if (form.hasAttribute("data-preview")) { location.assign(form.dataset.preview); }
    else if (canSeal) { send(found); }
    else { plainly(found); }
  }

  var empty = form.querySelector("[data-empty]");
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var found = answers();
    if (!Object.keys(found).length && !(event.submitter && event.submitter.name === "tom")) {
      empty.hidden = false;
      empty.querySelector("button").focus();
      return;
    }
    go(found);
  });
  form.querySelector("[data-send-empty]").addEventListener("click", function () { go({}); });
})();
