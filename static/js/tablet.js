/* The shared tablet. A visit is one page: what the server answers is written into this very document, so there is no
   history to go back to and no address with a secret. Between two visits the page is loaded anew, and all is gone. */
(function () {
  "use strict";

  var WARN = 40, WIPE = 60, SENDING = 300; // seconds without a touch
  var home = location.pathname;
  var start = document.querySelector("[data-tablet]");
  var parts = document.getElementById("tablet-parts").innerHTML;
  var spoken = document.documentElement.lang;
  var sheet = document.querySelector("[data-tablet-css]").href;
  var done = start.dataset.done;
  var access = "", part = "", busy = false, touched = Date.now(), sendingSince = 0, before = null;

  function forget() { try { sessionStorage.clear(); } catch (error) { /* private mode */ } }
  function wipe(thanks) {
    forget();
    access = "";
    if (thanks) { location.replace(home + "#tak"); if (location.hash === "#tak") { location.reload(); } }
    else { history.replaceState(null, "", home); location.reload(); }
  }

  // ---- the code ----
  forget();
  var form = document.querySelector("[data-tablet-code]");
  var wrong = document.getElementById("code-wrong");
  document.querySelector("[data-unscripted]").hidden = true;
  form.hidden = false;
  form.reset();
  function complain(text) {
    wrong.textContent = text;
    wrong.hidden = false;
    form.elements.code.setAttribute("aria-invalid", "true");
    form.elements.code.focus();
  }
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var typed = new FormData(form);
    typed.append("sprog", "");
    go(typed);
  });

  // ---- from page to page ----
  async function go(body) {
    if (busy) { return; }
    busy = true;
    if (access) { body.set("adgang", access); }
    if (part) { body.set("del", part); }
    var answer = null, html = "";
    try {
      answer = await fetch(home, { method: "POST", body: body, credentials: "omit", cache: "no-store", headers: { "X-Tablet": "1" } });
      html = await answer.text();
    } catch (error) { /* no connection */ }
    busy = false;
    touched = Date.now();
    if (!answer) { if (access) { say(); } else { complain(wrong.dataset.offline); } return; }
    var link = answer.headers.get("X-Adgang");
    if (!link && !access) {
      var page = new DOMParser().parseFromString(html, "text/html");
      var told = page.querySelector("p.wrong:not([hidden])") || page.querySelector("#main .lead:not([data-unscripted])");
      complain(told ? told.textContent : "");
      return;
    }
    access = link || access;
    show(html);
  }
  function say() {
    var status = document.querySelector("[data-status]");
    if (status) { status.hidden = false; status.querySelector("p").textContent = status.dataset.offline; }
  }
  function show(html) {
    document.open();
    document.write(html);
    document.close();
    whenReady(visit);
  }
  function whenReady(deed) {
    if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", deed); } else { deed(); }
  }

  // ---- laid over every page of a visit ----
  function visit() {
    var link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = sheet;
    document.head.appendChild(link);
    document.documentElement.classList.add("visit");
    lay();
    speak(document.documentElement.lang);
    var answers = document.getElementById("answers");
    if (answers) { answers.submit = function () { go(new FormData(answers)); }; }
    shutLinks();
    listen();
    window.scrollTo(0, 0);
  }
  function lay() {
    Array.prototype.forEach.call(document.querySelectorAll(".tablet-bar, .tablet-warning"), function (old) { old.remove(); });
    var box = document.createElement("div");
    box.innerHTML = parts;
    document.body.insertBefore(box.firstElementChild, document.body.firstChild);
    document.body.appendChild(box.lastElementChild);
  }
  // The bar and the warning speak the language that the visitor reads.
  async function speak(language) {
    if (language === spoken) { return; }
    try {
      var answer = await fetch(home + "?sprog=" + encodeURIComponent(language), { credentials: "omit", cache: "no-store" });
      var found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("tablet-parts");
      if (found && access) { parts = found.innerHTML; spoken = language; lay(); }
    } catch (error) { /* no connection: in the language it has */ }
  }
  function leads(link) { return new URL(link.href, location.href).pathname; }
  function shutLinks() {
    Array.prototype.forEach.call(document.querySelectorAll("a[href]"), function (link) {
      var path = leads(link);
      if (path !== done && !/\/fysisk\/$/.test(path) && link.getAttribute("href").charAt(0) !== "#") {
        link.dataset.shut = "";
        link.removeAttribute("href");
      }
    });
  }
  function stop(event) { event.preventDefault(); event.stopImmediatePropagation(); }
  function pages(values) {
    var body = new FormData();
    Object.keys(values).forEach(function (name) { body.append(name, values[name]); });
    return body;
  }
  function listen() {
    window.addEventListener("click", function (event) {
      var at = event.target.closest ? event.target : event.target.parentElement;
      var link = at.closest("a[href]"), language = at.closest(".lang button[name=sprog]");
      if (at.closest("[data-wipe]") || at.closest("[data-exit]")) { stop(event); wipe(false); return; }
      if (at.closest("[data-stay]")) { stop(event); stay(); return; }
      if (language) { stop(event); go(pages({ sprog: language.value })); return; }
      if (!link || link.getAttribute("href").charAt(0) === "#") { return; }
      stop(event);
      if (leads(link) === done) { wipe(true); }
      else if (/\/fysisk\/$/.test(leads(link))) { part = "fysisk"; go(pages({ sprog: document.documentElement.lang })); }
    }, true);
    window.addEventListener("submit", function (event) {
      if (event.target.id === "physical") { stop(event); go(new FormData(event.target)); }
    }, true);
    ["pointerdown", "keydown", "input", "scroll", "touchstart"].forEach(function (kind) {
      window.addEventListener(kind, function () { if (!warning() || warning().hidden) { touched = Date.now(); } }, true);
    });
    window.addEventListener("keydown", function (event) {
      var box = warning();
      if (!box || box.hidden) { return; }
      if (event.key === "Escape") { stop(event); stay(); }
      if (event.key === "Tab") { // two buttons: the focus stays between them
        var buttons = box.querySelectorAll("button");
        stop(event);
        (document.activeElement === buttons[0] ? buttons[1] : buttons[0]).focus();
      }
    }, true);
  }

  // ---- a minute without a touch ----
  function warning() { return document.querySelector(".tablet-warning"); }
  function stay() {
    touched = Date.now();
    warning().hidden = true;
    if (before && document.contains(before)) { before.focus(); }
  }
  function isSending() {
    var status = document.querySelector("#answers [data-status]");
    var sending = status && !status.hidden && document.querySelector("#answers button:disabled");
    sendingSince = sending ? sendingSince || Date.now() : 0;
    return sending && (Date.now() - sendingSince) / 1000 < SENDING;
  }
  setInterval(function () {
    if (!access) {
      if (form.isConnected && form.elements.code.value && (Date.now() - touched) / 1000 > WIPE) { wipe(false); }
      return;
    }
    if (busy || isSending()) { touched = Date.now(); return; }
    var idle = (Date.now() - touched) / 1000;
    if (idle >= WIPE) { wipe(!document.getElementById("answers") && !document.getElementById("physical")); return; }
    var box = warning();
    if (idle >= WARN && box && box.hidden) {
      before = document.activeElement;
      box.hidden = false;
      box.querySelector("[data-stay]").focus();
    }
  }, 1000);
  document.addEventListener("input", function () { touched = Date.now(); });
  window.addEventListener("pageshow", function (event) { if (event.persisted) { wipe(false); } });
  if (location.hash === "#tak") { document.getElementById("tak").focus(); }
})();
