// The browser's journal of text that has not reached the server, in IndexedDB: {key, version, base, sent, draft, at}.
// `sent` are drafts without an answer: the server may have stored one of them.
// It survives reload, crash, an ended session and a dead network. In browsers without storage every call returns null.

let opened;

function open() {
  opened ??= new Promise((resolve) => {
    let request;
    try { request = indexedDB.open("govern", 1); } catch { return resolve(null); }
    request.onupgradeneeded = () => request.result.createObjectStore("drafts", { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => resolve(null);
  });
  return opened;
}

async function ask(mode, work) {
  const db = await open();
  if (!db) return null;
  return new Promise((resolve) => {
    try {
      const transaction = db.transaction("drafts", mode, { durability: "strict" });
      const request = work(transaction.objectStore("drafts"));
      transaction.oncomplete = () => resolve(request.result ?? true);
      transaction.onerror = transaction.onabort = () => resolve(null);
    } catch { resolve(null); }
  });
}

const LAST = "govern.last ";

export function keep(entry) {
  localStorage.removeItem(LAST + entry.key); // This entry is newer.
  return ask("readwrite", (store) => store.put(entry));
}

// While the page is closing nothing can be awaited: the last text goes to localStorage, which is synchronous.
export function keepNow(entry) {
  try { localStorage.setItem(LAST + entry.key, JSON.stringify(entry)); } catch { /* Full: the journal has all but the last words. */ }
}

export function forget(key) {
  localStorage.removeItem(LAST + key);
  return ask("readwrite", (store) => store.delete(key));
}

export async function recall(key) {
  const last = JSON.parse(localStorage.getItem(LAST + key) ?? "null");
  const found = await ask("readonly", (store) => store.get(key));
  const kept = found && found !== true ? found : null;
  return last && last.at >= (kept?.at ?? 0) ? last : kept;
}

// The keys of all unsent entries.
export async function unsent() {
  const found = await ask("readonly", (store) => store.getAllKeys());
  return Array.isArray(found) ? found : [];
}
