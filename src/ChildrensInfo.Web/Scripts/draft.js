// Keeps what is typed on the recording page in this tab until it is sealed: a crash of the page, a sign-in in between or a wrong
// click loses nothing. It belongs to one worker, one child, one visit and one way of saying it, never leaves the tab, and goes when the record is sealed (site.js).
const form = document.querySelector('form[data-draft]');
// The form's own address, since it always says which way it is said, with which tool and about what; the page's does not.
const to = form && new URL(form.action);
const key = form && `draft:${form.dataset.draft}:${to.pathname}${to.search}`;
const typed = element => element.matches('textarea, input[type=text]') && element.name.startsWith('Input.');
let changed = false;
let sending = false;

const read = () => {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
};

if (form) {
  const kept = read();
  const fields = [...form.elements].filter(typed);
  let restored = false;
  for (const field of fields) {
    if (field.value !== '' || !kept[field.name]) continue;
    field.value = kept[field.name];
    restored = changed = true;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  if (restored) {
    const note = document.createElement('p');
    note.className = 'govuk-inset-text';
    note.setAttribute('role', 'status');
    note.textContent = 'What you had typed for this visit and not sealed is back.';
    form.prepend(note);
  }

  form.addEventListener('input', event => {
    if (!typed(event.target)) return;
    changed = true;
    sending = false;
    const all = read();
    if (event.target.value === '') delete all[event.target.name];
    else all[event.target.name] = event.target.value;
    try {
      sessionStorage.setItem(key, JSON.stringify(all));
    } catch {
      // No room or not allowed: the form itself still holds it.
    }
  });
  form.addEventListener('submit', () => {
    sending = true;
    try {
      sessionStorage.setItem('draft-sent', key);
    } catch {
      // As above.
    }
  });
  addEventListener('pageshow', () => { sending = false; });
  addEventListener('beforeunload', event => {
    if (changed && !sending && [...form.elements].some(e => typed(e) && e.value !== '')) event.preventDefault();
  });
}
