// A tool to answer with, drawn from the version that was taken along as the pages with a connection draw theirs (Shared/_Tool.cshtml), in fields that the form of a visit keeps and seals.
import { board } from './board.js';
import { make } from './elements.js';

const skip = 'skip';
export const nameOf = (i, field) => `Tool.Answers[${i}].${field}`;
const idOf = name => name.replace(/\W/g, '_');
const orderName = 'Tool.Order';

/** What answers with a tool are called as a record. */
export const kindOf = tool => ({ Scale: 'ScaleAnswer', Symbols: 'SymbolChoice' }[tool.kind] ?? 'ToolAnswer');

/**
 * Shows a tool to be answered; without one, nothing.
 * @param {{ words: (key: string) => string, language: string, picture: (name: string) => Node }} [own] when a child answers by themselves, on a screen that asks in its heading: its words
 */
export function show(place, tool, own) {
  if (!tool) return place.replaceChildren();
  const items = { Scale: onScale, Houses: own ? inOwnHouses : inHouses }[tool.kind] ?? pictured;
  place.replaceChildren(make('div', { class: 'tool', lang: tool.language }, ...own ? [] : [make('p', { class: 'tool__ask', id: 'tool-ask', dir: 'auto' }, tool.asks.ask)], ...items(tool, own)));
}

/** Makes keys that say one thing after the other of a board of symbols, once what was pointed at before is in its field. */
export function begin(place) {
  for (const symbols of place.querySelectorAll('[data-board]')) board(symbols);
}

/** Whether anything was answered. */
export const isBegun = values => Object.keys(values).some(name => name === orderName || name === 'Tool.Skipped' || name === 'Tool.Said' || /^Tool\.Answers\[\d+\]\.(Value|Chosen|OwnName|Words)$/.test(name));

/** What is not answered, in the words of ToolAnswers.cs, which looks again. @returns {{ id: string, says: string } | null} beside what it is said */
export function missing(tool, values) {
  if (values['Tool.Skipped']) return null;
  const { items, scale } = tool.asks;
  const none = field => items.every((_, i) => !values[nameOf(i, field)]?.trim());
  if (tool.kind === 'Scale') {
    const i = items.findIndex((_, n) => !values[nameOf(n, 'Value')]);
    return i < 0 ? null : { id: idOf(nameOf(i, 'Value')), says: `Choose a number from ${scale.min} to ${scale.max}, or choose skip` };
  }
  if (tool.kind === 'Houses') return none('Words') ? { id: idOf(nameOf(0, 'Words')), says: 'Enter what belongs in at least one of them, or say that nothing was said' } : null;
  return none('Chosen') && !values[orderName] ? { id: idOf(orderName), says: 'Choose at least one, or say that it was skipped' } : null;
}

/** What is sealed of the answers. It names the version that was shown. */
export function answersOf(tool, values) {
  const of = (i, field) => values[nameOf(i, field)] ?? null;
  return {
    toolVersionId: tool.id, order: values[orderName] ?? null, skipped: Boolean(values['Tool.Skipped']), said: values['Tool.Said'] ?? null,
    answers: tool.asks.items.map((item, i) => ({ item: item.key, value: of(i, 'Value'), chosen: of(i, 'Chosen') !== null, ownName: of(i, 'OwnName'), words: of(i, 'Words'), place: of(i, 'Place') && Number(of(i, 'Place')) })),
  };
}

/** The answers with houses in the order in which they were opened, and then those that never were. */
export function inOrder(tool, values) {
  if (tool.kind !== 'Houses') return values;
  const places = tool.asks.items.map((_, i) => nameOf(i, 'Place')).sort((a, b) => (Number(values[a]) || Infinity) - (Number(values[b]) || Infinity) || 0);
  return { ...values, ...Object.fromEntries(places.map((name, n) => [name, n + 1])) };
}

/** What was answered, to be shown again before it is sealed (AnswerSheet.cs). */
export function given(tool, values) {
  const { items, scale } = tool.asks;
  const of = (i, field) => values[nameOf(i, field)]?.trim() ? values[nameOf(i, field)] : null;
  if (tool.kind === 'Scale') {
    return items.map((item, i) => {
      const value = of(i, 'Value');
      const point = scale.points.find(p => `${p.value}` === value);
      const label = point?.label ?? (value === `${scale.min}` ? scale.minLabel : value === `${scale.max}` ? scale.maxLabel : null);
      const { picture, shows } = point?.picture ? point : item;
      return { name: item.label, picture, shows, ...value === skip ? { skipped: true } : { value, label, most: scale.max } };
    });
  }
  if (tool.kind === 'Houses') {
    const placed = inOrder(tool, values);
    return items.map((item, i) => ({ name: of(i, 'OwnName') ?? item.label, picture: item.picture, shows: item.shows, words: of(i, 'Words'), skipped: of(i, 'Words') === null, place: placed[nameOf(i, 'Place')] })).sort((a, b) => a.place - b.place);
  }
  const chosen = values[orderName] ? values[orderName].split(' ').map(key => items.find(item => item.key === key)) : items.filter((_, i) => of(i, 'Chosen'));
  return chosen.map(item => ({ name: item.label, picture: item.picture, shows: item.shows }));
}

/** The pictures of the council's own that can be drawn, by their ids. */
const drawn = new Map();

/** Which of the council's own pictures a tool shows. */
export const ownPictures = ({ asks, pictures }) => [...asks.items, ...asks.scale?.points ?? []].map(one => one.picture).filter(name => name && !(name in pictures));

/** Opens what the tools show, so that they can be drawn. */
export async function ready(shown, store) {
  for (const id of new Set(shown.flatMap(ownPictures))) if (!drawn.get(id)) drawn.set(id, await store.picture(id).catch(() => null));
}

export const forget = () => drawn.clear();

export function picture(tool, name, shows) {
  if (drawn.get(name)) return make('img', { class: 'picture', src: drawn.get(name), alt: shows ?? '' });
  const shapes = tool.pictures[name];
  if (!shapes) return '';
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [attribute, value] of Object.entries({ class: 'picture', viewBox: '0 0 64 64', 'aria-hidden': 'true', focusable: 'false' })) svg.setAttribute(attribute, value);
  // Of the portal's own drawing, and sealed since it came: nobody types into it.
  svg.innerHTML = shapes;
  return svg;
}

const choice = (type, id, name, value, ...label) => make('div', { class: 'choice' }, make('input', { class: 'choice__input', type, id, name, value }), make('label', { class: `choice__label${value === skip ? ' choice__label--quiet' : ''}`, for: id, dir: 'auto' }, ...label));
const errorOf = (id, own) => make('p', { class: 'govuk-error-message', id: `${id}-error`, role: 'alert', lang: own?.language ?? 'en', 'data-tool-fault': true, hidden: true });
const legend = (tool, item) => make('legend', { class: 'tool__label', dir: 'auto' }, picture(tool, item.picture, item.shows), item.label);

function onScale(tool, own) {
  const { min, max, minLabel, maxLabel, points } = tool.asks.scale;
  const shown = Array.from({ length: max - min + 1 }, (_, n) => points.find(p => p.value === min + n) ?? { value: min + n });
  return tool.asks.items.map((item, i) => {
    const name = nameOf(i, 'Value');
    const id = idOf(name);
    return make('fieldset', { class: 'tool__item', 'aria-describedby': `${id}-ends ${id}-error` }, legend(tool, item), errorOf(id, own),
      make('p', { class: 'scale__ends', id: `${id}-ends`, dir: 'auto' }, make('span', {}, `${min}: ${minLabel}`), ' ', make('span', {}, `${max}: ${maxLabel}`)),
      make('div', { class: `scale__points${shown.some(p => p.picture || p.label) ? ' scale__points--wide' : ''}` },
        ...shown.map((point, n) => choice('radio', n === 0 ? id : `${id}-${n}`, name, point.value, picture(tool, point.picture, point.shows), make('span', { class: 'choice__number' }, String(point.value)), point.label ? ` ${point.label}` : '')),
        choice('radio', `${id}-skip`, name, skip, make('span', { lang: own?.language ?? 'en' }, own?.words('skip-one') ?? 'Skip this'))));
  });
}

function inHouses(tool) {
  const { most, ownNameMost } = document.querySelector('[data-form="tool"]').dataset;
  const nth = ['first', 'second', 'third'];
  const field = (label, id, control) => make('div', { class: 'govuk-form-group' }, make('label', { class: 'govuk-label', lang: 'en', for: id }, ...label), control);
  return tool.asks.items.map((item, i) => {
    const [ownName, place, words] = ['OwnName', 'Place', 'Words'].map(name => nameOf(i, name));
    return make('fieldset', { class: 'tool__item house' }, legend(tool, item), errorOf(idOf(words)),
      make('div', { class: 'house__small' },
        field(['Their own name for it'], idOf(ownName), make('input', { class: 'govuk-input', type: 'text', id: idOf(ownName), name: ownName, 'data-most': ownNameMost, dir: 'auto', autocomplete: 'off' })),
        field(['Done'], idOf(place), make('select', { class: 'govuk-select', id: idOf(place), name: place }, ...tool.asks.items.map((_, n) => make('option', { value: n + 1, selected: n === i, lang: 'en' }, nth[n] ?? `number ${n + 1}`))))),
      field(['What belongs in it', make('span', { class: 'govuk-visually-hidden' }, `: ${item.label}`)], idOf(words), make('textarea', { class: 'govuk-textarea', id: idOf(words), name: words, rows: 3, 'data-most': most, dir: 'auto', spellcheck: 'false', 'aria-describedby': `${idOf(words)}-error` })));
  });
}

/** A child opens one house after the other: the screen shows the one that is open. */
function inOwnHouses(tool, own) {
  const { most, ownNameMost } = document.querySelector('[data-form="tool"]').dataset;
  return tool.asks.items.map((_, i) => {
    const [ownName, place, words] = ['OwnName', 'Place', 'Words'].map(name => nameOf(i, name));
    return make('div', { 'data-house': true, lang: own.language, hidden: true },
      make('label', { class: 'own__text', for: idOf(words) }, own.words('house-words')),
      make('textarea', { class: 'own__box', id: idOf(words), name: words, rows: 5, 'data-most': most, dir: 'auto', spellcheck: 'false', autocomplete: 'off' }),
      make('label', { class: 'own__text', for: idOf(ownName) }, own.words('house-name')),
      make('input', { class: 'own__box own__box--line', type: 'text', id: idOf(ownName), name: ownName, maxlength: ownNameMost, 'data-most': ownNameMost, dir: 'auto', autocomplete: 'off' }),
      make('input', { type: 'hidden', name: place }),
      make('button', { type: 'button', class: 'own__button own__button--give', 'data-own': 'shut' }, own.picture('tick'), own.words('house-shut')));
  });
}

function pictured(tool, own) {
  const id = idOf(orderName);
  const say = (key, otherwise) => own?.words(key) ?? otherwise;
  const spoken = tool.kind === 'Symbols' && {
    'data-board': id, 'data-board-said': say('board-said', 'Said so far'), 'data-board-empty': say('board-empty', 'What is pointed at appears here, one after the other.'),
    'data-board-back': say('board-back', 'Take the last one back'), 'data-board-taken': say('board-taken', 'Last one taken back'),
  };
  return [
    errorOf(id, own),
    make('div', { class: 'board', id: `${id}-board`, tabindex: '-1', role: 'group', 'aria-labelledby': 'tool-ask', 'aria-describedby': `${id}-error`, ...spoken },
      ...tool.asks.items.map((item, i) => {
        const name = nameOf(i, 'Chosen');
        const one = choice('checkbox', idOf(name), name, 'true', picture(tool, item.picture, item.shows), item.label);
        one.dataset.key = item.key;
        return one;
      })),
    make('input', { type: 'hidden', id, name: orderName }),
  ];
}
