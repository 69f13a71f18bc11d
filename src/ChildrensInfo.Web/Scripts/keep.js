// Keeps what is put into a form until it has reached the server, in every form that takes words and is sent: a sign-in that ends in the middle of a sentence, a page that crashes and a wrong
// click cost nobody theirs. A worker's stays in this tab: only whoever put it in gets it back, and anybody else who signs in here makes it go. A child's stays on the device, encrypted under a key
// that only this child's own screen is given: once the device is given back nothing here can read it, and the next time they hold this device it is there. Passwords, codes, files and what
// somebody searches for are never kept.
import { filled, holdsSomething, isTheirs, refill, takesAnything } from './fields.js';

const person = document.querySelector('meta[name="person"]')?.content;
const own = document.querySelector('meta[name="own"]');
const isChilds = 'own' in document.body.dataset;
const ofChildren = 'own ';
const keptForDays = 30;
const token = '__Kept';

/** What is kept in the tab, in the clear. */
function tabStore() {
  const prefix = 'kept ';
  const all = () => {
    const found = [];
    try {
      for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) found.push([key.slice(prefix.length), JSON.parse(sessionStorage.getItem(key) ?? 'null')]);
    } catch {
      // Storage can be forbidden; then nothing is kept, and nothing breaks.
    }
    return found;
  };
  const remove = name => sessionStorage.removeItem(prefix + name);
  // With nobody signed in the words wait: the sign-in page comes before the way back.
  if (person) for (const [name, entry] of all()) if (entry?.person !== person) remove(name);
  return {
    all,
    remove,
    read: async name => all().find(([n]) => n === name)?.[1],
    // At once, because the page may be going.
    write(name, entry, inside) {
      try {
        sessionStorage.setItem(prefix + name, JSON.stringify({ person, ...entry, inside }));
      } catch {
        // Full or forbidden: the form itself still holds everything.
      }
    },
    waitMs: 400,
  };
}

/** What is kept on the device, sealed. In the clear stand only random numbers, a day and the page of the child's own screen that it belongs to. */
function sealedStore() {
  const prefix = `${ofChildren}${own.content} `;
  const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const text = buffer => btoa(Array.from(new Uint8Array(buffer), b => String.fromCharCode(b)).join(''));
  const key = crypto.subtle.importKey('raw', bytes(own.dataset.key), 'AES-GCM', false, ['encrypt', 'decrypt']);
  const boundTo = name => new TextEncoder().encode(prefix + name);
  const newest = new Map();
  let writing = Promise.resolve();
  return {
    all: () => Object.keys(localStorage).filter(k => k.startsWith(prefix)).map(k => [k.slice(prefix.length), JSON.parse(localStorage.getItem(k))]),
    remove(name) {
      newest.delete(name);
      localStorage.removeItem(prefix + name);
    },
    async read(name) {
      try {
        const { iv, box, ...entry } = JSON.parse(localStorage.getItem(prefix + name));
        return { ...entry, inside: JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytes(iv), additionalData: boundTo(name) }, await key, bytes(box)))) };
      } catch {
        // Nothing there, or nothing that opens.
        return undefined;
      }
    },
    write(name, entry, inside) {
      newest.set(name, entry);
      // That it was sent must stand there before the page goes, sealing or not: otherwise what has arrived would be asked about.
      const before = JSON.parse(localStorage.getItem(prefix + name));
      if (before) localStorage.setItem(prefix + name, JSON.stringify({ ...before, sent: entry.sent, ids: entry.ids }));
      writing = writing.then(async () => {
        if (newest.get(name) !== entry) return;
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const box = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: boundTo(name) }, await key, new TextEncoder().encode(JSON.stringify(inside)));
        if (newest.get(name) === entry) localStorage.setItem(prefix + name, JSON.stringify({ ...entry, on: Date.now(), iv: text(iv), box: text(box) }));
      }).catch(() => {
        // As above.
      });
    },
    waitMs: 0,
  };
}

// What a child began and never came back to does not lie about for ever.
for (const key of Object.keys(localStorage).filter(k => k.startsWith(ofChildren))) if (!(Date.now() - JSON.parse(localStorage.getItem(key)).on < keptForDays * 86_400_000)) localStorage.removeItem(key);

// Where nothing can be sealed, because the connection is not a safe one or it is nobody's own screen, nothing of a child's is kept.
const store = !isChilds ? tabStore() : own && crypto.subtle ? sealedStore() : null;

// What the server says it has received goes, and nothing else: an answer that went wrong, or asked first who it is, is no receipt.
const received = document.querySelector('meta[name="received"]')?.content;
if (received) for (const [name, entry] of store?.all() ?? []) if (entry?.sent === received) store.remove(name);

const seen = new Map();
if (person && store) for (const form of document.querySelectorAll(isChilds ? 'form[data-keep]' : 'form[method="post"]:not([role="search"])')) keep(form);

/** A form is known by where it is sent, and by what the page says it is about where the address does not; a child's by that alone. */
function nameOf(form) {
  if (isChilds) return form.dataset.keep;
  const to = new URL(form.getAttribute('action') || location.href, location.href);
  const name = `${to.pathname}${to.search} ${form.id} ${form.dataset.keep ?? ''}`;
  seen.set(name, (seen.get(name) ?? 0) + 1);
  return `${name} ${seen.get(name)}`;
}

async function keep(form) {
  if (!takesAnything(form)) return;
  form.dataset.kept = '';
  const name = nameOf(form);
  // The id under which the server makes one record of a form that is sent twice.
  const ids = [...form.elements].filter(e => e.type === 'hidden' && /(^|\.)Id$/.test(e.name));
  const withWords = form.elements.namedItem(form.dataset.keepWith ?? '');
  const asWritten = filled(form);
  let asSent = null;
  let changed = false;
  let leaving = false;
  let later;

  const before = await store.read(name);
  const base = before?.inside.base ?? asWritten;
  let held = before?.inside;
  if (before) restore();
  // Typed while it was being opened.
  if (isChilds && holdsSomething(form, before?.inside.values ?? base)) save();

  function restore() {
    const back = refill(form, before.inside.values, base);
    if (!back) return;
    changed = true;
    if (withWords && before.inside.withWords) withWords.value = before.inside.withWords;
    // They were sent, and no answer came: should they have arrived, sending them again makes no second record. Words that are changed first are new ones.
    if (before.ids) {
      asSent = ids.map(e => e.value);
      ids.forEach((e, i) => { e.value = before.ids[i] ?? e.value; });
    }
    const around = form.closest('details');
    if (around) around.open = true;
    if (isChilds) return;
    const note = document.createElement('p');
    note.className = 'govuk-inset-text';
    note.setAttribute('role', 'status');
    note.textContent = `What you had ${back} here and not sent is back.`;
    form.prepend(note);
  }

  form.addEventListener('input', event => {
    if (!isTheirs(event.target)) return;
    if (asSent) ids.forEach((e, i) => { e.value = asSent[i]; });
    asSent = null;
    changed = true;
    leaving = false;
    clearTimeout(later);
    if (store.waitMs === 0) save();
    else later = setTimeout(save, store.waitMs);
  });
  addEventListener('pagehide', () => {
    if (later) save();
  });

  form.addEventListener('submit', event => {
    if (event.defaultPrevented) return;
    leaving = true;
    const sent = form.elements.namedItem(token) ?? form.appendChild(Object.assign(document.createElement('input'), { type: 'hidden', name: token }));
    sent.value = [...crypto.getRandomValues(new Uint32Array(4))].map(n => n.toString(16)).join('-');
    save(sent.value);
  });
  addEventListener('pageshow', () => { leaving = false; });
  if ('askBeforeLeaving' in form.dataset) {
    addEventListener('beforeunload', event => {
      if (changed && !leaving && holdsSomething(form)) event.preventDefault();
    });
  }

  function save(sent) {
    clearTimeout(later);
    later = 0;
    if (holdsSomething(form, base)) held = { values: filled(form), base, withWords: withWords?.value };
    // What was put in on the page before, and is only read here, has not arrived yet either.
    else if (!sent) held = undefined;
    if (held) store.write(name, { address: form.getAttribute('action'), ...(sent ? { sent, ids: ids.map(e => e.value) } : {}) }, held);
    else store.remove(name);
  }
}

/** Where the child began something and did not keep it, the newest first. */
export const begun = () => (own && store ? store.all().sort((a, b) => b[1].on - a[1].on).map(([name, { address }]) => ({ name, address })) : []);

/** Throws away all that the child began. */
export const forget = () => { for (const { name } of begun()) store.remove(name); };
