// Keeps what is typed in a form marked data-keep in this tab until it has reached the server: a session that ends in the middle of a
// sentence costs nobody their words. Only whoever typed them gets them back; anybody else who signs in here makes them go.
const prefix = 'kept ';
const person = document.querySelector('meta[name="person"]')?.content;

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

// What this page shows as kept has arrived.
for (const [key, entry] of entries()) if (entry && document.querySelector(`[data-kept="${CSS.escape(entry.id)}"]`)) sessionStorage.removeItem(key);

for (const form of document.querySelectorAll('form[data-keep]')) if (person) keep(form);

function keep(form) {
  const key = prefix + form.dataset.keep;
  const id = form.elements.namedItem(form.dataset.keepId);
  // What the server wrote into hidden fields since is newer than what stood there before; only the id, and what the form names, belongs to the words.
  const withWords = form.elements.namedItem(form.dataset.keepWith ?? '');
  const typed = () => [...form.elements].filter(e => e.name && (e === id || e === withWords || e.tagName === 'TEXTAREA' || (e.tagName === 'INPUT' && e.type === 'text')));
  const before = entries().find(([k]) => k === key)?.[1];
  if (before && typed().every(e => e.tagName !== 'TEXTAREA' || e.value === '' || e.value === before.values[e.name])) restore(before);

  function restore(entry) {
    let back = false;
    for (const element of typed()) {
      if (!(element.name in entry.values)) continue;
      if (element.tagName === 'TEXTAREA' && element.value !== entry.values[element.name]) back = true;
      element.value = entry.values[element.name];
    }
    const said = form.querySelector('[data-keep-said]');
    if (said && back) said.hidden = false;
  }

  let later;
  form.addEventListener('input', () => {
    clearTimeout(later);
    later = setTimeout(save, 400);
  });
  addEventListener('pagehide', () => { if (later) save(); });

  function save() {
    const values = Object.fromEntries(typed().map(e => [e.name, e.value]));
    try {
      if (typed().every(e => e.tagName !== 'TEXTAREA' || e.value === '')) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, JSON.stringify({ person, id: id?.value ?? '', values }));
    } catch {
      // Full or forbidden: the box itself still holds everything.
    }
  }
}
