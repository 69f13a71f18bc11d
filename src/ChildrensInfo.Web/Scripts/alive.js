// A sign-in ends when it is not used. Typing, tapping and drawing are use, also while nothing is sent; and before it ends the page says so, in time to stay. It ends after a
// working day too, however much it is used: then nobody can stay, and the page says so in time to sign in again.
const minutes = 60_000;
const idle = Number(document.querySelector('meta[name="idle"]')?.content) * minutes;
const day = document.querySelector('meta[name="ends"]')?.content;
const warning = 2 * minutes;
const warningOfDay = 5 * minutes;
// A child who draws is never warned: the worker's sign-in is not the child's business.
const quiet = 'own' in document.body.dataset;
let used = false;
let notice = null;

// One sign-in, several tabs: what the server heard from one counts in all.
const heard = () => Number(localStorage.getItem('heard'));
const hear = () => localStorage.setItem('heard', Date.now());
// When the day of the sign-in is over, as the page that came last was told: somebody may have signed in again in another tab.
const left = () => Number(localStorage.getItem('ends')) - Date.now();

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

function again(address) {
  const link = document.createElement('a');
  link.className = 'govuk-link';
  link.href = address;
  link.target = '_blank';
  link.rel = 'noopener';
  link.textContent = 'Sign in again (opens a new tab)';
  return link;
}

function warnOfDay() {
  show('day', 'You will be signed out in less than 5 minutes, because a sign-in lasts one working day. It cannot be made longer: sign in again, then come back to this page. What you typed here stays.', again('/account/signin?again=true'));
}

function ended() {
  const why = day && left() <= 0 ? 'a sign-in lasts one working day' : 'nothing was done here for a while';
  show('ended', `You were signed out, because ${why}. What you typed on this page is still here: sign in again, then come back to it.`, again('/account/signin'));
}

async function tell() {
  used = false;
  hear();
  try {
    const answer = await fetch('/account/alive', { redirect: 'manual', cache: 'no-store' });
    if (answer.status === 204 && notice?.dataset.kind !== 'day') hide();
    else if (answer.type === 'opaqueredirect') ended();
  } catch {
    // No connection: what is typed is kept as it always is, and the next use asks again.
  }
}

if (idle) {
  hear();
  if (day) localStorage.setItem('ends', Date.now() + Number(day) * 1000);
  for (const kind of ['keydown', 'pointerdown']) addEventListener(kind, () => { used = true; }, { capture: true, passive: true });
  setInterval(() => {
    const since = Date.now() - heard();
    if (day && left() <= 0) ended();
    else if (used && since > warning && since < idle) tell();
    else if (since >= idle) ended();
    else if (day && left() <= warningOfDay) warnOfDay();
    else if (since >= idle - warning) warn();
    else if (notice && notice.dataset.kind !== 'ended') hide();
  }, 5_000);
}
