// Keeps what is typed in this tab until it has reached the server, in every form that takes words and is sent: a sign-in that ends in the middle of a sentence, a page that
// crashes and a wrong click cost nobody theirs. Only whoever typed them gets them back; anybody else who signs in here makes them go. Passwords, codes, files and what somebody
// searches for are never kept.
const prefix = 'kept ';
const person = document.querySelector('meta[name="person"]')?.content;
const token = '__Kept';

function entries() {
  const found = [];
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) found.push([key, JSON.parse(sessionStorage.getItem(key) ?? 'null')]);
  } catch {
    // Storage can be forbidden; then nothing is kept, and nothing breaks.
  }
  return found;
}

// With nobody signed in the words wait: the sign-in page comes before the way back.
if (person) for (const [key, entry] of entries()) if (entry?.person !== person) sessionStorage.removeItem(key);

// What the server says it has received goes, and nothing else: an answer that went wrong, or asked first who it is, is no receipt.
const received = document.querySelector('meta[name="received"]')?.content;
if (received) for (const [key, entry] of entries()) if (entry?.sent === received) sessionStorage.removeItem(key);

const seen = new Map();
if (person) for (const form of document.querySelectorAll('form[method="post"]:not([role="search"])')) keep(form);

function isWords(element) {
  return element.name && (element.tagName === 'TEXTAREA' || (element.tagName === 'INPUT' && ['text', 'email', 'tel', 'number', 'url'].includes(element.type)))
    && !/one-time-code|password|username/.test(element.autocomplete);
}

function keep(form) {
  // By name and place, since several may have one name; asked anew each time, since a page may add some.
  const words = () => {
    const found = new Map();
    for (const element of [...form.elements].filter(isWords)) {
      let n = 0;
      while (found.has(`${element.name} ${n}`)) n++;
      found.set(`${element.name} ${n}`, element);
    }
    return found;
  };
  if (words().size === 0) return;
  form.dataset.kept = '';

  // A form is known by where it is sent, and by what the page says it is about where the address does not.
  const to = new URL(form.getAttribute('action') || location.href, location.href);
  const name = `${prefix}${to.pathname}${to.search} ${form.id} ${form.dataset.keep ?? ''}`;
  seen.set(name, (seen.get(name) ?? 0) + 1);
  const key = `${name} ${seen.get(name)}`;

  // The id under which the server makes one record of a form that is sent twice.
  const ids = [...form.elements].filter(e => e.type === 'hidden' && /(^|\.)Id$/.test(e.name));
  const withWords = form.elements.namedItem(form.dataset.keepWith ?? '');
  const before = entries().find(([k]) => k === key)?.[1];
  const base = before?.base ?? Object.fromEntries([...words()].map(([k, e]) => [k, e.value]));
  let asSent = null;
  let changed = false;
  let leaving = false;
  if (before) restore();

  function restore() {
    let back = false;
    for (const [k, element] of words()) {
      const value = before.values[k];
      // What the server wrote there since is newer than what was typed over something else.
      if (value === undefined || value === element.value || (element.value !== '' && element.value !== before.base[k])) continue;
      element.value = value;
      element.dispatchEvent(new Event('input', { bubbles: true }));
      back = true;
    }
    if (!back) return;
    changed = true;
    if (withWords && before.withWords) withWords.value = before.withWords;
    // They were sent, and no answer came: should they have arrived, sending them again makes no second record. Words that are changed first are new ones.
    if (before.ids) {
      asSent = ids.map(e => e.value);
      ids.forEach((e, i) => { e.value = before.ids[i] ?? e.value; });
    }
    const inside = form.closest('details');
    if (inside) inside.open = true;
    if ('own' in document.body.dataset) return;
    const note = document.createElement('p');
    note.className = 'govuk-inset-text';
    note.setAttribute('role', 'status');
    note.textContent = 'What you had typed here and not sent is back.';
    form.prepend(note);
  }

  let later;
  form.addEventListener('input', event => {
    if (!isWords(event.target)) return;
    if (asSent) ids.forEach((e, i) => { e.value = asSent[i]; });
    asSent = null;
    changed = true;
    leaving = false;
    clearTimeout(later);
    later = setTimeout(save, 400);
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
      if (changed && !leaving && [...words().values()].some(e => e.value !== '')) event.preventDefault();
    });
  }

  function save(sent) {
    clearTimeout(later);
    later = 0;
    const values = Object.fromEntries([...words()].map(([k, e]) => [k, e.value]));
    try {
      if (Object.entries(values).every(([k, v]) => v === '' || v === base[k])) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, JSON.stringify({ person, values, base, withWords: withWords?.value, ...(sent ? { sent, ids: ids.map(e => e.value) } : {}) }));
    } catch {
      // Full or forbidden: the box itself still holds everything.
    }
  }
}
