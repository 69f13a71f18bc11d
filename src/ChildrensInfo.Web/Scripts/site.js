import { initAll } from 'govuk-frontend';
import './alive.js';
import './chart.js';
import './device.js';
import './keep.js';
import './passages.js';
import { reveal } from './reveal.js';

initAll();

// A form is sent once. The server makes one record of a repeated form anyway; this spares people the wait and the doubt.
document.addEventListener('submit', event => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== 'post' || 'allowResubmit' in form.dataset) return;
  if ('sent' in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = '';
  // If nothing came back by then, people may try again.
  setTimeout(() => delete form.dataset.sent, 20000);
});

// A page made to be printed has a button that asks the browser to.
document.addEventListener('click', event => {
  if (event.target.closest('[data-print]')) print();
});

// Coming back with the browser's back button finds the form usable.
addEventListener('pageshow', () => {
  reveal();
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});

// What was typed and not sent is kept in the tab (keep.js). It goes when somebody signs out.
document.addEventListener('submit', event => {
  if (!event.defaultPrevented && event.target.action?.toLowerCase().includes('/account/signout')) sessionStorage.clear();
});
