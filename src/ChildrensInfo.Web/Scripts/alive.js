// A sign-in ends when it is not used. Typing, tapping and drawing are use, also while nothing is sent; and before it ends the page says so, in time to stay.
const minutes = 60_000;
const idle = Number(document.querySelector('meta[name="idle"]')?.content) * minutes;
const warning = 2 * minutes;
// A child who draws is never warned: the worker's sign-in is not the child's business.
const quiet = 'own' in document.body.dataset;
let used = false;
let notice = null;

// One sign-in, several tabs: what the server heard from one counts in all.
const heard = () => Number(localStorage.getItem('heard'));
const hear = () => localStorage.setItem('heard', Date.now());

function hide() {
  notice?.remove();
  notice = null;
}

function show(kind, text, action) {
  if (quiet || notice?.dataset.kind === kind) return;
  hide();
  notice = document.createElement('div');
  notice.className = 'alive';
  notice.dataset.kind = kind;
  notice.setAttribute('role', 'alert');
  const inside = document.createElement('div');
  inside.className = 'govuk-width-container';
  const words = document.createElement('p');
  words.className = 'govuk-body';
  words.textContent = text;
  inside.append(words, action);
  notice.append(inside);
  document.body.append(notice);
}

function warn() {
  const stay = document.createElement('button');
  stay.type = 'button';
  stay.className = 'govuk-button';
  stay.textContent = 'Stay signed in';
  stay.addEventListener('click', tell);
  show('soon', 'You will be signed out in 2 minutes, because nothing was done here for a while.', stay);
}

function ended() {
  const again = document.createElement('a');
  again.className = 'govuk-link';
  again.href = '/account/signin';
  again.target = '_blank';
  again.rel = 'noopener';
  again.textContent = 'Sign in again (opens a new tab)';
  show('ended', 'You were signed out, because nothing was done here for a while. What you typed on this page is still here: sign in again, then come back to it.', again);
}

async function tell() {
  used = false;
  hear();
  try {
    const answer = await fetch('/account/alive', { redirect: 'manual', cache: 'no-store' });
    if (answer.status === 204) hide();
    else if (answer.type === 'opaqueredirect') ended();
  } catch {
    // No connection: what is typed is kept as it always is, and the next use asks again.
  }
}

if (idle) {
  hear();
  for (const kind of ['keydown', 'pointerdown']) addEventListener(kind, () => { used = true; }, { capture: true, passive: true });
  setInterval(() => {
    const since = Date.now() - heard();
    if (used && since > warning && since < idle) tell();
    else if (since >= idle) ended();
    else if (since >= idle - warning) warn();
    else if (notice?.dataset.kind === 'soon') hide();
  }, 5_000);
}
