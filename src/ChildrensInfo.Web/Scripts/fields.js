// What somebody put into a form and has not sent: typed, pointed at, put in an order or drawn. What the server wrote into hidden fields is not theirs, and passwords and codes are nobody's to keep.
const isWords = field => field.name && (field.tagName === 'TEXTAREA' || (field.tagName === 'INPUT' && ['text', 'email', 'tel', 'number', 'url'].includes(field.type)))
  && !/one-time-code|password|username/.test(field.autocomplete);
const isStrokes = field => 'strokes' in field.dataset;
const isChoice = field => field.matches('.choice__input, .own__choice input');
// The order in which symbols were pointed at (board.js) is in a hidden field.
const isOrder = field => field.id !== '' && document.querySelector(`[data-board="${CSS.escape(field.id)}"]`) !== null;
const isAnswer = field => isChoice(field) || isOrder(field);

/** By name, and by place where several have one name; asked anew each time, since a page may add some. */
function theirs(form) {
  const found = new Map();
  for (const field of form.elements) {
    if (isChoice(field)) {
      found.set(field.name, [...(found.get(field.name) ?? []), field]);
    } else if (isStrokes(field) || isOrder(field) || isWords(field)) {
      let n = 0;
      while (found.has(`${field.name || 'strokes'} ${n}`)) n++;
      found.set(`${field.name || 'strokes'} ${n}`, [field]);
    }
  }
  return found;
}

const valueOf = fields => (isChoice(fields[0]) ? fields.filter(f => f.checked).map(f => f.value).join('\n') : fields[0].value);

/** Whether somebody can put anything into it. */
export const takesAnything = form => theirs(form).size > 0;

/** Whether it is one of those that are kept. */
export const isTheirs = field => isStrokes(field) || isAnswer(field) || isWords(field);

/** Everything that is in it. */
export const filled = form => Object.fromEntries([...theirs(form)].map(([name, fields]) => [name, valueOf(fields)]));

/** Whether there is anything worth keeping, beside what the server had written there: what it is about (data-beside) is nothing by itself. */
export const holdsSomething = (form, base = {}) => [...theirs(form)].some(([name, fields]) => !('beside' in fields[0].dataset) && valueOf(fields) !== '' && valueOf(fields) !== base[name]);

/**
 * Puts back what was in it, wherever the server has not written anything else since.
 * @returns {'drawn' | 'typed' | 'chosen' | null} what came back
 */
export function refill(form, values, base) {
  let back = null;
  for (const [name, fields] of theirs(form)) {
    const value = values[name];
    const now = valueOf(fields);
    if (value === undefined || value === now || (now !== '' && now !== base[name])) continue;
    if (isChoice(fields[0])) for (const field of fields) field.checked = value.split('\n').includes(field.value);
    else fields[0].value = value;
    // Whoever shows it in another way: how many letters are left, the sheet, the board.
    fields[0].dispatchEvent(new Event(isWords(fields[0]) ? 'input' : 'kept', { bubbles: isWords(fields[0]) }));
    back = isStrokes(fields[0]) ? 'drawn' : back ?? (isAnswer(fields[0]) ? 'chosen' : 'typed');
  }
  return back;
}
