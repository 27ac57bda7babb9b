/* The answering pages with JavaScript: one topic at a time, sealed in this browser, a draft for a reload of this tab.
   Everything works without it: the same fields in one long form, sealed by the server in memory. */
(function () {
  "use strict";

  var each = function (list, deed) { Array.prototype.forEach.call(list, deed); };
  var all = function (selector, root) { return (root || document).querySelectorAll(selector); };

  // ---- follow-ups: shown below the answer that opens them (style sheets do it too, where they can) ----
  function follow(item) {
    var question = item.firstElementChild;
    each(item.children, function (part) {
      var found = /\bg(\d)\b/.exec(part.className);
      if (found) { part.hidden = !question.querySelector("[data-g" + found[1] + "]:checked"); }
    });
  }
  function followAll() { each(all(".item"), follow); }

  var form = document.getElementById("answers");
  var physical = document.getElementById("physical");
  document.addEventListener("change", function (event) {
    var item = event.target.closest && event.target.closest(".item");
    if (item) { follow(item); }
    if (event.target.type === "file") { fileNamed(event.target); }
    keep();
  });
  document.addEventListener("click", function (event) {
    var exit = event.target.closest && event.target.closest("[data-exit]");
    if (exit) {
      event.preventDefault();
      forget();
      location.replace("about:blank");
    }
  });
  followAll();

  function fileNamed(input) {
    var label = input.parentNode.querySelector("[data-file]");
    if (label && input.files.length) { label.textContent = input.files[0].name; }
  }

  // ---- draft: this tab, this address, until it is sent ----
  var place = "svar:" + location.pathname;
  var topicNow = 0;
  function values(root) {
    var found = {};
    each(all("input[type=radio]:checked, input[type=checkbox]:checked", root), function (input) {
      (found[input.name] = found[input.name] || []).push(input.value);
    });
    each(all("textarea, select, input[type=text]", root), function (input) {
      if (input.value) { found[input.name] = [input.value]; }
    });
    return found;
  }
  function keep() {
    var root = form || physical;
    if (!root) { return; }
    try { sessionStorage.setItem(place, JSON.stringify({ topic: topicNow, values: values(root) })); } catch (error) { /* private mode */ }
  }
  function forget() { try { sessionStorage.removeItem(place); } catch (error) { /* private mode */ } }
  function restore(root) {
    var kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(place)); } catch (error) { /* private mode */ }
    if (!kept) { return; }
    topicNow = kept.topic || 0;
    each(root.elements, function (input) {
      var was = kept.values[input.name];
      if (!was || input.type === "hidden" || input.type === "file") { return; }
      if (input.type === "radio" || input.type === "checkbox") { input.checked = was.indexOf(input.value) >= 0; }
      else { input.value = was[0]; }
    });
    followAll();
  }
  if (physical) {
    restore(physical);
    // The draft is emptied by the receipt: that page, like the first and the last one, has no form of answers.
    physical.addEventListener("input", keep);
  } else if (!form) {
    try { sessionStorage.clear(); } catch (error) { /* private mode */ }
  }

  // ---- the language is changed by address, and the draft brings the answers along ----
  each(all(".lang button[name=sprog]"), function (button) {
    button.addEventListener("click", function (event) {
      event.preventDefault();
      keep();
      location.assign("?sprog=" + encodeURIComponent(button.value));
    });
  });

  if (!form) { return; }

  // ---- one topic at a time ----
  var topics = all(".topic", form);
  function show(number, move) {
    topicNow = Math.max(0, Math.min(topics.length - 1, number));
    each(topics, function (topic, place) { topic.hidden = place !== topicNow; });
    if (move) {
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
  var status = form.querySelector("[data-status]");
  var sending = false;
  function say(text) { status.hidden = false; status.querySelector("p").textContent = text; }
  var pause = function (seconds) {
    return new Promise(function (done) {
      var timer = setTimeout(done, seconds * 1000);
      window.addEventListener("online", function () { clearTimeout(timer); done(); }, { once: true });
    });
  };
  async function send(found) {
    if (sending) { return; }
    sending = true;
    each(all("button", form), function (button) { button.disabled = true; });
    say(status.dataset.sending);
    var body;
    try {
      body = new URLSearchParams({
        admission: form.elements.admission.value,
        lang: form.elements.lang.value,
        tom: Object.keys(found).length ? "" : "1",
        sealed: await seal(found)
      });
    } catch (error) {
      sending = false; // this browser cannot: the server seals
      canSeal = false;
      each(all("button", form), function (button) { button.disabled = false; });
      plainly(found);
      return;
    }
    for (var wait = 2; ; wait = Math.min(30, wait * 2)) {
      var answer = null;
      try {
        answer = await fetch(form.dataset.endpoint, { method: "POST", body: body, credentials: "omit", cache: "no-store" });
      } catch (error) { /* no connection */ }
      if (answer && answer.ok) { arrived(await answer.text()); return; }
      if (answer && answer.status >= 400 && answer.status < 500) { break; }
      say(status.dataset.offline);
      await pause(wait);
    }
    sending = false;
    each(all("button", form), function (button) { button.disabled = false; });
    say(status.dataset.refused);
  }
  function arrived(html) {
    forget();
    var main = document.querySelector("#main .wrap");
    var made = new DOMParser().parseFromString(html, "text/html");
    main.replaceChildren.apply(main, made.body.childNodes);
    each(all("[data-physical-link]", main), function (link) { link.href = form.dataset.physical; });
    each(all(".lang"), function (list) { list.hidden = true; });
    window.scrollTo(0, 0);
    var head = main.querySelector("h1");
    document.title = head.textContent + " · Trivsel";
    head.focus({ preventScroll: true });
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
  function go(found) { if (canSeal) { send(found); } else { plainly(found); } }

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
