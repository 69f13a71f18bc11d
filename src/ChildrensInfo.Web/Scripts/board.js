// Turns a board of symbols into keys that say one thing after the other; without scripts it is a list of boxes to tick.
import { button, make } from './elements.js';

for (const board of document.querySelectorAll('[data-board]:not([data-board=""])')) {
  const order = document.getElementById(board.dataset.board);
  const said = order.value.split(' ').filter(Boolean);
  const symbols = new Map();
  for (const choice of board.querySelectorAll('.choice')) {
    const label = choice.querySelector('.choice__label');
    const key = make('button', { type: 'button', class: 'choice__label', dir: 'auto' });
    key.append(...label.cloneNode(true).childNodes);
    symbols.set(choice.dataset.key, { picture: label.querySelector('svg'), text: label.textContent.trim() });
    // Their order is what is sent now, not their ticks.
    for (const input of choice.querySelectorAll('input[type=checkbox]')) input.disabled = true;
    key.addEventListener('click', () => {
      said.push(choice.dataset.key);
      show(`${label.textContent.trim()}`);
    });
    choice.replaceChildren(...choice.querySelectorAll('input[type=hidden]'), key);
  }

  const strip = make('ol', { class: 'answers__row board__said', 'aria-label': board.dataset.boardSaid });
  const empty = make('p', { class: 'board__empty' }, board.dataset.boardEmpty);
  const status = make('p', { class: 'govuk-visually-hidden', role: 'status' });
  const back = button(board.dataset.boardBack, () => { said.pop(); show(board.dataset.boardTaken); }, 'secondary');
  board.before(make('div', { class: 'board__strip' }, strip, empty, back, status));

  function show(text = '') {
    order.value = said.join(' ');
    strip.replaceChildren(...said.map(key => make('li', { class: 'answers__picked', dir: 'auto' }, symbols.get(key)?.picture?.cloneNode(true) ?? '', ` ${symbols.get(key)?.text ?? ''}`)));
    strip.hidden = back.hidden = said.length === 0;
    empty.hidden = said.length > 0;
    status.textContent = text;
  }
  show();
}
