// Save the draft when it has changed, one request at a time, without losing text.
//
// Handled answers: 200 {version, saved, remarks}; 409 {version, theirs}; 422 {refusal, field}; 401, 403 or a redirect when the
// session has ended; 400 when the CSRF token is old. All else is retried at growing intervals.
import { forget, keep, keepNow } from "./journal.js";
import { same } from "./merge.js";

const PAUSE = 1000; // After the last key.
const LONGEST = 8000; // During continuous typing.
const JOURNAL = 200;
const SLOWEST = 8000;
const KEEPALIVE_LIMIT = 60000; // Browsers refuse larger bodies while the page is closing.

export class Saver {
  // `page` has read(), say(mode, text, extra), conflict(theirs, version), refused(field), and optionally saved({version, at}).
  constructor({ url, key, owner, version, base, page }) {
    Object.assign(this, { url, key, owner, version, base, page });
    this.dirty = false;
    this.held = false; // The user is choosing between two texts: nothing is sent meanwhile.
    this.journalled = true;
    this.running = null;
    this.wait = 0;
    this.sent = [];
    this.signedOut = false;
    this.life = new AbortController();
    const { signal } = this.life;
    addEventListener("online", () => this.retryNow(), { signal });
    addEventListener("focus", () => this.retryNow(), { signal });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.leave() : this.retryNow()), { signal });
    addEventListener("pagehide", () => this.leave(), { signal });
    addEventListener("beforeunload", (event) => { if (this.dirty && !this.journalled) event.preventDefault(); }, { signal });
  }

  // Another § replaces this one; unsent text is in the journal.
  stop() {
    this.life.abort();
    clearTimeout(this.timer);
    if (this.dirty) this.write();
    this.journalTimer = clearTimeout(this.journalTimer);
  }

  changed() {
    if (!this.dirty) this.since = Date.now();
    this.dirty = true;
    if (!this.wait && !this.signedOut && !this.held) this.page.say("unsaved", "ej sparat än");
    this.journalTimer ??= setTimeout(() => this.write(), JOURNAL); // Also during continuous typing.
    if (!this.wait && !this.signedOut) this.later(Math.max(0, Math.min(PAUSE, this.since + LONGEST - Date.now())));
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  async write() {
    this.journalTimer = clearTimeout(this.journalTimer);
    const { key, version, base, sent } = this;
    this.journalled = Boolean(await keep({ key, version, base, sent, draft: this.page.read(), at: Date.now() }));
  }

  // Save until the server has all text, also what is typed meanwhile; resolves to false if something prevents it.
  async saveAll() {
    for (let tries = 0; tries < 5; tries += 1) {
      if (await this.save()) return true;
      if (this.held || this.wait || this.signedOut || this.refused) return false;
    }
    return false;
  }

  // Save now; resolves to true if the server has all text then.
  async save({ leaving = false } = {}) {
    clearTimeout(this.timer);
    if (this.held || !this.dirty) return !this.dirty;
    if (this.running) { await this.running; return this.dirty ? this.save({ leaving }) : true; }
    this.running = this.post(this.page.read(), leaving);
    try { await this.running; } finally { this.running = null; }
    if (this.dirty && !this.held && !this.wait && !this.signedOut && !this.refused) this.later(PAUSE);
    return !this.dirty;
  }

  leave() {
    if (!this.dirty) return;
    this.write();
    const { key, version, base, sent } = this;
    keepNow({ key, version, base, sent, draft: this.page.read(), at: Date.now() });
    if (!this.running && !this.signedOut) this.save({ leaving: true });
  }

  retryNow() {
    if (this.signedOut) this.comeBack();
    else if (this.dirty && this.wait) { this.wait = 0; this.save(); }
  }

  async post(draft, leaving) {
    this.refused = false;
    this.page.refused(null);
    if (!this.wait) this.page.say("saving", "sparar");
    const body = JSON.stringify({ version: this.version, ...draft });
    this.sent = [...this.sent.slice(-5), draft];
    let answer;
    try {
      answer = await fetch(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token().content },
        body,
        redirect: "manual",
        keepalive: leaving && body.length < KEEPALIVE_LIMIT,
        signal: AbortSignal.timeout(30000),
      });
    } catch {
      return this.failed("ej sparat, nätet är nere");
    }
    const told = await answer.json().catch(() => null);
    if (answer.status === 200 && told) return this.arrived(draft, told);
    if (answer.status === 409 && told?.theirs) return this.overtaken(told);
    if (answer.status === 400) return this.comeBack();
    if ([200, 401].includes(answer.status) || answer.type === "opaqueredirect") return this.goneOut();
    if (answer.status >= 500 || answer.status === 429) {
      return this.failed(told?.refusal ? `ej sparat: ${told.refusal.replace(/\.$/, "")}` : "ej sparat, servern svarar inte");
    }
    if (told?.refusal) return this.refuse(told);
    if (answer.status === 403) return this.goneOut();
    return this.refuse({ refusal: `Servern tog inte emot texten (${answer.status}).` });
  }

  async arrived(draft, { version, saved, remarks }) {
    Object.assign(this, { version, base: draft, wait: 0, sent: [], signedOut: false });
    this.page.saved?.({ version, at: saved });
    this.page.remarked?.(remarks ?? []);
    if (JSON.stringify(this.page.read()) === JSON.stringify(draft)) {
      this.dirty = false;
      this.journalTimer = clearTimeout(this.journalTimer);
      await forget(this.key);
      this.page.say("saved", `sparat ${saved}`);
    } else {
      this.since = Date.now();
      await this.write();
      this.page.say("unsaved", "ej sparat än");
    }
  }

  // Somebody else has saved, or the answer to one of our own requests was lost.
  async overtaken({ version, theirs }) {
    const own = this.sent.findLast((draft) => same(draft, theirs));
    if (own) {
      Object.assign(this, { version, base: own, sent: [], wait: 0 });
      if (same(this.page.read(), own)) this.dirty = false;
      await (this.dirty ? this.write() : forget(this.key));
      if (!this.dirty) this.page.say("saved", "sparat");
      return;
    }
    this.held = true;
    await this.write();
    this.page.conflict(theirs, version);
  }

  // Both texts are merged: continue from theirs.
  adopt(theirs, version) {
    Object.assign(this, { base: theirs, version, held: false, wait: 0, sent: [], dirty: true });
    this.write();
    return this.save();
  }

  async refuse({ refusal, field }) {
    this.refused = true;
    this.wait = 0;
    await this.write();
    this.page.say("trouble", `ej sparat: ${refusal}`);
    this.page.refused(field ?? null);
  }

  async failed(text) {
    await this.write();
    this.wait = Math.min(SLOWEST, (this.wait || 1000) * 2);
    this.page.say("trouble", `${text}. ${this.where()}`);
    this.later(this.wait);
  }

  async goneOut() {
    this.signedOut = true;
    await this.write();
    this.page.say("trouble", `Du är utloggad. ${this.where()}`, { signIn: true });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.comeBack(), 15000);
  }

  where() { return this.journalled ? "Texten finns kvar här i webbläsaren." : "Stäng inte fönstret, texten finns bara här."; }

  // Fetch the page again: if it is for the same person, its token lets us save.
  async comeBack() {
    try {
      const answer = await fetch(location.href, { redirect: "manual", headers: { Accept: "text/html" }, signal: AbortSignal.timeout(15000) });
      if (answer.status >= 500) return await this.failed("ej sparat, servern svarar inte");
      const page = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
      const form = page.querySelector("[data-draft]");
      if (!form) return await this.goneOut();
      if (form.dataset.owner !== this.owner) {
        this.page.say("trouble", `Någon annan är inloggad i den här webbläsaren. ${this.where()}`, { signIn: true });
        return undefined;
      }
      const fresh = token(page).content;
      if (fresh === token().content && !this.signedOut) return await this.refuse({ refusal: "Servern tog inte emot texten (400)." });
      token().content = fresh;
      this.signedOut = false;
    } catch {
      return this.failed("ej sparat, nätet är nere");
    }
    this.later(0);
    return undefined;
  }
}

export const token = (page = document) => page.querySelector('meta[name="csrf-token"]') ?? { content: "" };
