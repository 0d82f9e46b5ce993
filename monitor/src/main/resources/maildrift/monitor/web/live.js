"use strict";
// Brings the page up to date while somebody looks at it. The server writes every page whole; this
// reads it again when something has happened, and puts in place what is another.
(() => {
  const mayMove = document.currentScript.dataset.follows !== "no";
  // Where there are forms somebody aims at a button: nothing moves under the hand.
  const follows = () => mayMove || !document.querySelector("form");
  const USUALLY = 15000; // "3 min ago" grows old by itself
  const LEAST = 1000;
  let events = null;
  let reading = false;
  let asked = false;
  let timer = 0;
  let read = performance.now(); // the page that is shown
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
    const began = performance.now();
    try {
      const answer = await fetch(location.href, {headers: {Accept: "text/html"}, cache: "no-store"});
      if (!answer.ok) {
        say(`maildrift answers ${answer.status} ${answer.statusText}. What stands here is older.`, "Read it again");
      } else {
        const now = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (!isBusy()) {
          say("");
          document.title = now.title;
          become(document.body, now.body);
        }
      }
    } catch {
      const at = new Date(Date.now() - (performance.now() - read));
      say(`maildrift does not answer. What stands here is as of ${at.toLocaleTimeString()}.`);
      return;
    } finally {
      reading = false;
      took = performance.now() - began;
      plan();
    }
    read = performance.now();
  }

  // A page that costs the server much is read less often.
  function plan() {
    clearTimeout(timer);
    if (document.hidden || !follows()) return;
    const since = performance.now() - read;
    const pause = asked ? Math.max(LEAST, 10 * took) : USUALLY;
    timer = setTimeout(() => (reading ? null : refresh()), Math.max(notice ? 5000 : 0, pause - since));
  }

  function happened() {
    if (follows()) {
      asked = true;
      plan();
    } else {
      say("Something has happened since this page was read.", "Show it", "news");
    }
  }

  // A tab that nobody looks at keeps no connection: browsers have six for a site.
  function listen() {
    if (document.hidden) {
      clearTimeout(timer);
      if (events) events.close();
      events = null;
      return;
    }
    if (!events) {
      events = new EventSource("/api/v1/events");
      if (mayMove) events.addEventListener("open", happened); // what came before it was heard
      for (const kind of ["verdict", "record", "alert", "acknowledgement", "silence", "reload", "missed"]) {
        events.addEventListener(kind, happened);
      }
    }
    plan();
  }

  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => events && events.close());
  addEventListener("pageshow", shown => {
    if (shown.persisted) {
      events = null;
      listen();
    }
  });
  listen();
})();
