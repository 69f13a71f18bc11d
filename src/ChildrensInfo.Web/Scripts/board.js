// Turns a board of symbols into keys that say one thing after the other; without scripts it is a list of boxes to tick.
import { button, make } from './elements.js';

for (const element of document.querySelectorAll('[data-board]:not([data-board=""])')) board(element);

/** @param {HTMLElement} board names the field in which the order is kept */
export function board(board) {
  const order = document.getElementById(board.dataset.board);
  const said = order.value.split(' ').filter(Boolean);
  const symbols = new Map();
  for (const choice of board.querySelectorAll('.choice')) {
    const label = choice.querySelector('.choice__label');
    const key = make('button', { type: 'button', class: 'choice__label', dir: 'auto' });
    key.append(...label.cloneNode(true).childNodes);
    symbols.set(choice.dataset.key, { picture: label.querySelector('.picture'), text: label.textContent.trim() });
    // Their order is what is sent now, not their ticks.
    for (const input of choice.querySelectorAll('input[type=checkbox]')) input.disabled = true;
    key.addEventListener('click', () => {
      said.push(choice.dataset.key);
      changed(`${label.textContent.trim()}`);
    });
    choice.replaceChildren(...choice.querySelectorAll('input[type=hidden]'), key);
  }

  const strip = make('ol', { class: 'answers__row board__said', 'aria-label': board.dataset.boardSaid });
  const empty = make('p', { class: 'board__empty' }, board.dataset.boardEmpty);
  const status = make('p', { class: 'govuk-visually-hidden', role: 'status' });
  const back = button(board.dataset.boardBack, () => { said.pop(); changed(board.dataset.boardTaken); }, 'secondary');
  board.before(make('div', { class: 'board__strip' }, strip, empty, back, status));

  function show(text = '') {
    order.value = said.join(' ');
    strip.replaceChildren(...said.map(key => make('li', { class: 'answers__picked', dir: 'auto' }, symbols.get(key)?.picture?.cloneNode(true) ?? '', ` ${symbols.get(key)?.text ?? ''}`)));
    strip.hidden = back.hidden = said.length === 0;
    empty.hidden = said.length > 0;
    status.textContent = text;
  }

  /** Whoever keeps what is in the form hears of it as of anything else that is filled in. */
  function changed(text) {
    show(text);
    order.dispatchEvent(new Event('input', { bubbles: true }));
  }
  order.addEventListener('kept', () => {
    said.splice(0, Infinity, ...order.value.split(' ').filter(Boolean));
    show();
  });
  show();
}
