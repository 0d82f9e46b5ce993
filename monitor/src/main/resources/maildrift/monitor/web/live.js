"use strict";
// Brings the page up to date while somebody looks at it. The server writes every page whole; this
// reads it again when something has happened, and puts in place what is another.
(() => {
  const {follows: moves, after} = document.currentScript.dataset;
  const mayMove = moves !== "no";
  // Where there are forms somebody aims at a button: nothing moves under the hand.
  const follows = () => mayMove || !document.querySelector("form");
  const USUALLY = 15000; // "3 min ago" grows old by itself
  const LEAST = 5000; // among thousands of domains something happens each second
  const LONGEST = 45000; // without a sign of life; one comes each 15 s
  const SOON = 1000; // before it listens again, the first time
  const SELDOM = 30000; // and at most
  const KINDS = ["verdict", "record", "alert", "acknowledgement", "silence", "reload", "missed"];
  let events = null;
  let known = after; // the latest event of which the page tells
  let hasNews = false;
  let failures = 0;
  let again = 0;
  let silent = 0;
  let reading = false;
  let asked = false;
  let timer = 0;
  let read = performance.now(); // the page that is shown
  let tried = read;
  let took = 0;
  let notice = null;

  function say(text, link, kind = "away") {
    if (notice) notice.remove();
    notice = null;
    if (!text) return;
    notice = document.createElement("p");
    notice.className = kind;
    notice.setAttribute("role", "status");
    notice.append(text);
    if (link) {
      const again = document.createElement("a");
      again.href = location.href;
      again.textContent = link;
      notice.append(" ", again);
    }
    document.querySelector("header").after(notice);
  }

  function asOf() {
    const at = new Date(Date.now() - (performance.now() - read));
    return `What stands here is as of ${at.toLocaleTimeString()}.`;
  }

  // Whoever marks a text to copy it must not lose it.
  const isBusy = () => !getSelection().isCollapsed;

  function sameAttributes(old, now) {
    const names = now.getAttributeNames();
    return old.nodeName === "DETAILS" || (old.getAttributeNames().length === names.length
      && names.every(name => old.getAttribute(name) === now.getAttribute(name)));
  }

  function become(old, now) {
    if (old.isEqualNode(now)) return;
    if (old.nodeType !== Node.ELEMENT_NODE || old.nodeName !== now.nodeName || !sameAttributes(old, now)) {
      old.replaceWith(now);
      return;
    }
    const mine = [...old.childNodes];
    const next = [...now.childNodes];
    next.forEach((child, i) => (i < mine.length ? become(mine[i], child) : old.append(child)));
    mine.slice(next.length).forEach(child => child.remove());
  }

  async function refresh() {
    reading = true;
    asked = false;
    tried = performance.now();
    try {
      const answer = await fetch(location.href, {
        headers: {Accept: "text/html"},
        cache: "no-store",
        signal: AbortSignal.timeout(LONGEST),
      });
      if (answer.ok) {
        show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      } else {
        say(`maildrift answers ${answer.status} ${answer.statusText}. ${asOf()}`, "Read it again");
      }
    } catch {
      say(`maildrift does not answer. ${asOf()}`);
    }
    reading = false;
    took = performance.now() - tried;
    plan();
  }

  function show(now) {
    if (isBusy()) return;
    say("");
    document.title = now.title;
    become(document.body, now.body);
    read = tried;
    const script = now.querySelector("script[data-after]");
    if (script) known = script.dataset.after;
  }

  // A page that costs the server much is read less often.
  function plan() {
    clearTimeout(timer);
    if (document.hidden || !follows()) return;
    const since = performance.now() - tried;
    const pause = asked || notice ? Math.max(LEAST, 10 * took) : USUALLY;
    timer = setTimeout(() => (reading ? null : refresh()), Math.max(0, pause - since));
  }

  function happened() {
    hasNews = true;
    if (follows()) {
      asked = true;
      plan();
    } else {
      sayNews();
    }
  }

  function sayNews() {
    if (hasNews) say("Something has happened since this page was read.", "Show it", "news");
    else say("");
  }

  // A machine that is gone ends no connection.
  function isAlive() {
    clearTimeout(silent);
    silent = setTimeout(isDeaf, LONGEST);
  }

  function stop() {
    clearTimeout(again);
    clearTimeout(silent);
    if (events) events.close();
    events = null;
  }

  // A tab that nobody looks at keeps no connection: browsers have six for a site. What happens
  // meanwhile, and between the page and its first connection, is told to who says what he knows.
  function listen() {
    stop();
    if (document.hidden) {
      clearTimeout(timer);
      return;
    }
    events = new EventSource(`/api/v1/events?for=page&after=${encodeURIComponent(known)}`);
    isAlive();
    events.onopen = () => {
      failures = 0;
      isAlive();
      if (!follows()) sayNews();
    };
    events.onerror = isDeaf;
    events.addEventListener("alive", isAlive);
    for (const kind of KINDS) {
      events.addEventListener(kind, event => {
        known = event.lastEventId || known;
        isAlive();
        happened();
      });
    }
    plan();
  }

  // A browser tries no more once the answer is no stream, such as a proxy's while maildrift starts.
  // Once is nothing: whoever leaves the page ends the stream as well.
  function isDeaf() {
    stop();
    failures++;
    if (failures > 1 && !follows()) say(`maildrift tells this page nothing more. ${asOf()}`, "Read it again");
    if (follows()) {
      asked = true;
      plan();
    }
    again = setTimeout(listen, Math.min(SELDOM, SOON * 2 ** (failures - 1)));
  }

  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", stop);
  addEventListener("pageshow", shown => shown.persisted && listen());
  listen();
})();
