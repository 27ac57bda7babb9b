/* The key holders' sitting. The key is made and split here, and the parts are shown one at a time; nothing but the
   public key and the number of the set is sent, and nothing is stored. The page works without a connection until then. */
(function () {
  "use strict";

  var page = document.querySelector("[data-sitting]");
  if (!page) { return; }
  var steps = Array.prototype.slice.call(page.querySelectorAll("[data-step]"));
  var said = page.querySelector("[data-said]");
  var shares = window.TrivselShares;
  var parts = [], publicKey = null, setId = null, now = 0, places = [];

  function say(text) { said.hidden = !text; said.querySelector("p").textContent = text || ""; }
  function show(number) {
    now = number;
    say("");
    steps.forEach(function (step, place) { step.hidden = place !== number; });
    var head = steps[number].querySelector("h2");
    window.scrollTo(0, 0);
    head.focus({ preventScroll: true });
  }
  function base64(bytes) {
    var text = "";
    bytes.forEach(function (byte) { text += String.fromCharCode(byte); });
    return btoa(text);
  }
  function bytesOf(base64url) {
    var raw = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(raw, function (sign) { return sign.charCodeAt(0); });
  }

  page.querySelector("[data-needs-script]").hidden = true;
  if (!shares || !window.crypto || !window.crypto.subtle) { say(page.dataset.tooOld); return; }
  page.querySelector("[data-start]").hidden = false;

  async function make() {
    var pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    var secret = bytesOf((await crypto.subtle.exportKey("jwk", pair.privateKey)).d);
    parts = shares.split(secret);
    // What was split must come together again, in every pair, before anybody writes it down.
    [[0, 1], [0, 2], [1, 2]].forEach(function (two) {
      var again = shares.combine([parts[two[0]], parts[two[1]]]);
      if (again.join() !== secret.join()) { throw new Error("not the same"); }
    });
    secret.fill(0);
    setId = shares.read(parts[0]).setId;
    window.addEventListener("beforeunload", stay);
  }
  function stay(event) { event.preventDefault(); event.returnValue = ""; }

  function drawPart(step) {
    var words = shares.wordsOf(parts[Number(step.dataset.number) - 1]);
    var list = step.querySelector("[data-words]");
    list.replaceChildren.apply(list, words.map(function (word) {
      var item = document.createElement("li");
      item.textContent = word;
      return item;
    }));
    step.querySelector("[data-set]").textContent = setId;
    var rows = shares.qr(words.join(" ")), side = rows.length + 8;
    var picture = step.querySelector("svg");
    picture.setAttribute("viewBox", "0 0 " + side + " " + side);
    var path = "";
    rows.forEach(function (row, y) {
      row.forEach(function (dark, x) { if (dark) { path += "M" + (x + 4) + " " + (y + 4) + "h1v1h-1z"; } });
    });
    picture.querySelector("path").setAttribute("d", path);
  }
  function wipePart(step) {
    step.querySelector("[data-words]").replaceChildren();
    step.querySelector("svg path").setAttribute("d", "");
  }
  function askWords(step) {
    var count = shares.wordsOf(parts[Number(step.dataset.number) - 1]).length;
    places = [];
    while (places.length < 3) {
      // The first four words are almost the same on all three papers.
      var place = 5 + crypto.getRandomValues(new Uint32Array(1))[0] % (count - 4);
      if (places.indexOf(place) < 0) { places.push(place); }
    }
    places.sort(function (a, b) { return a - b; });
    step.querySelectorAll("[data-place]").forEach(function (mark, i) { mark.textContent = places[i]; });
    step.querySelectorAll("input").forEach(function (input) { input.value = ""; });
  }
  function wordsAreRight(step) {
    var words = shares.wordsOf(parts[Number(step.dataset.number) - 1]);
    return Array.prototype.every.call(step.querySelectorAll("input"), function (input, i) {
      return input.value.trim().toLowerCase() === words[places[i] - 1];
    });
  }

  async function send(button) {
    button.disabled = true;
    say(page.dataset.sending);
    var body = new URLSearchParams({ public_key: base64(publicKey), set_id: String(setId) });
    var answer = null, told = {};
    try {
      answer = await fetch(location.pathname, {
        method: "POST", body: body, headers: { "X-CSRFToken": page.querySelector("[name=csrfmiddlewaretoken]").value }
      });
      told = await answer.json();
    } catch (error) { /* no connection, or a page instead of an answer */ }
    button.disabled = false;
    if (answer && answer.ok && told.next) {
      window.removeEventListener("beforeunload", stay);
      location.assign(told.next);
    } else {
      say(told.error || page.dataset.offline);
    }
  }

  page.addEventListener("click", async function (event) {
    var button = event.target.closest("[data-do]");
    if (!button) { return; }
    var step = steps[now];
    switch (button.dataset.do) {
    case "make":
      button.disabled = true;
      try { await make(); } catch (error) { button.disabled = false; say(page.dataset.failed); return; }
      show(1); drawPart(steps[1]);
      break;
    case "written": wipePart(step); show(now + 1); askWords(steps[now]); break;
    case "again": show(now - 1); drawPart(steps[now]); break;
    case "check":
      if (!wordsAreRight(step)) { say(page.dataset.wrong); step.querySelector("input").focus(); return; }
      step.querySelectorAll("input").forEach(function (input) { input.value = ""; });
      parts[Number(step.dataset.number) - 1] = "";
      show(now + 1);
      if (steps[now].dataset.step === "part") { drawPart(steps[now]); }
      break;
    case "send": await send(button); break;
    }
  });
  page.addEventListener("submit", function (event) { event.preventDefault(); });
  page.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && event.target.matches("[data-step=check] input")) {
      event.preventDefault();
      steps[now].querySelector("[data-do=check]").click();
    }
  });
}());
