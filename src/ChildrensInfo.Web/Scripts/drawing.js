// A sheet to draw on with a finger, a pen or a mouse. Lines are kept as points, not pixels, so turning the tablet or
// making the window smaller loses nothing; the picture is made when the form is sent.
import { button, make, uuid7 } from './elements.js';
import { explain, field, sendWithForm, tokenOf, upload } from './upload.js';
import { sayIn } from './welsh.js';

const colours = [
  ['Black', '#1a1a1a'], ['Red', '#d4351c'], ['Orange', '#f47738'], ['Yellow', '#ffd23f'],
  ['Green', '#2a8a3e'], ['Blue', '#1d6fd1'], ['Purple', '#7b3fa0'], ['Pink', '#e58fb1'], ['Brown', '#7a4a21'], ['Light brown', '#d3a06d'], ['Grey', '#7a8287'],
];
const rubber = ['Rubber', '#ffffff'];
// Widths on a sheet 1,000 wide.
const sizes = [['Thin', 4], ['Medium', 10], ['Thick', 24]];
const sheet = { width: 1000, height: 750 };
const pictureWidth = 1600;
/** A child may draw one line for as long as they like. */
const tellAfterMs = 2_000;

for (const root of document.querySelectorAll('[data-drawing]')) sendDrawn(root);

/** A drawing that is sent before the form around it goes. */
function sendDrawn(root) {
  const form = root.closest('form');
  const t = sayIn(root);
  const fileIdField = field(root, 'fileIdField');
  let sent = false;
  const message = make('p', { class: 'capture__message', role: 'alert', hidden: true });
  const progress = make('progress', { class: 'capture__progress', max: '100', 'aria-label': t('Sending the drawing'), hidden: true });
  const keptText = make('p', { class: 'capture__state', hidden: !fileIdField.value }, t('A drawing is kept with this form. Drawing here replaces it.'));
  root.append(keptText);
  // Its lines stand in a field of the form that is not sent, and are kept with whatever else is in it.
  const strokes = root.querySelector('[data-strokes]');
  const pad = draw(root, steps => {
    sent = false;
    keptText.hidden = !fileIdField.value;
    strokes.value = steps.length === 0 ? '' : JSON.stringify(steps, (key, value) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value));
    strokes.dispatchEvent(new Event('input', { bubbles: true }));
  });
  const goOn = () => {
    if (strokes.value === '') return;
    pad.restore(JSON.parse(strokes.value));
    // What the form brought with it is this drawing.
    sent = fileIdField.value !== '';
  };
  strokes.addEventListener('kept', goOn);
  goOn();
  root.append(progress, message);

  sendWithForm(form, {
    pending: () => pad.isDrawn() && !sent,
    prepare: async () => {},
    send: async () => {
      message.hidden = true;
      progress.hidden = false;
      progress.value = 0;
      pad.say(t('Sending the drawing'));
      // A changed picture is a new file: the server refuses other bytes under the same id.
      const fileId = uuid7();
      try {
        await upload(await pad.picture(), {
          url: root.dataset.uploadUrl, fileId, token: tokenOf(form),
          onProgress: (part, total) => { progress.value = Math.round(100 * part / total); },
        });
      } catch (error) {
        message.textContent = explain(error, 'drawing', t);
        message.classList.add('capture__message--error');
        message.hidden = false;
        throw error;
      } finally {
        progress.hidden = true;
      }
      fileIdField.value = fileId;
      sent = true;
      pad.say(t('The drawing is received'));
    },
  });
}

/**
 * A sheet to draw on, with its pens.
 * @param {(steps: object[], from: number) => void} changed told what stands on the sheet now, and from which step on it is another: at each line, and of a long one every two seconds
 */
export function draw(root, changed) {
  const t = sayIn(root);
  // What was done, in order: lines and clearings. Undo takes the last one back, whichever it was.
  const done = [];
  let colour = colours[0];
  let size = sizes[1];
  let line = null;
  let pointer = null;
  let toldAt = 0;

  const paper = make('canvas', { class: 'drawing__paper', role: 'img', 'aria-label': t('Drawing sheet, empty') });
  const pen = paper.getContext('2d');
  const status = make('p', { class: 'govuk-visually-hidden', role: 'status' });
  const undoButton = button(t('Undo'), undo, 'secondary');
  const clearButton = button(t('Clear the sheet'), clear, 'secondary');

  root.append(
    make('div', { class: 'drawing__tools' },
      choices(t('Colour'), [...colours, rubber], () => colour, c => { colour = c; }, ([name, value]) => (name === rubber[0] ? cross() : circle(8, value))),
      choices(t('Pen'), sizes, () => size, s => { size = s; }, ([, width]) => circle(width / 2.4, 'currentColor'))),
    paper,
    make('div', { class: 'capture__buttons' }, undoButton, clearButton),
    status);
  root.querySelector('[data-capture-fallback]')?.remove();

  function choices(name, list, current, choose, picture) {
    const buttons = list.map(item => {
      const one = make('button', { type: 'button', class: 'drawing__choice', 'aria-pressed': String(item === current()) }, picture(item), t(item[0]));
      one.addEventListener('click', () => {
        choose(item);
        for (const other of buttons) other.setAttribute('aria-pressed', String(other === one));
      });
      return one;
    });
    return make('fieldset', { class: 'drawing__group' }, make('legend', {}, name), make('div', { class: 'drawing__choices' }, ...buttons));
  }

  function circle(radius, fill) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 22 22');
    svg.setAttribute('aria-hidden', 'true');
    const dot = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
    for (const [name, value] of Object.entries({ cx: 11, cy: 11, r: radius, fill, stroke: '#1a1a1a', 'stroke-width': 1 })) dot.setAttribute(name, value);
    svg.append(dot);
    return svg;
  }

  function cross() {
    const svg = circle(8, '#ffffff');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    for (const [name, value] of Object.entries({ d: 'M6 16 L16 6', stroke: '#1a1a1a', 'stroke-width': 2 })) line.setAttribute(name, value);
    svg.append(line);
    return svg;
  }

  /** The lines still on the sheet: those after the last clearing. */
  const visible = () => done.slice(done.findLastIndex(step => step.cleared) + 1);
  /** Rubbing on an empty sheet is no drawing. */
  const drawn = () => visible().filter(step => !step.rubs);

  function tell(from) {
    toldAt = performance.now();
    changed(done, from);
  }

  function show(text) {
    const count = drawn().length;
    paper.setAttribute('aria-label', count === 0 ? t('Drawing sheet, empty') : t(count === 1 ? 'Drawing sheet with {n} line' : 'Drawing sheet with {n} lines', { n: count }));
    undoButton.disabled = done.length === 0;
    clearButton.disabled = count === 0;
    if (text) status.textContent = text;
  }

  function undo() {
    lift();
    const last = done.pop();
    paint();
    tell(done.length);
    show(last.cleared ? t('The drawing is back') : t('Last line taken away'));
    if (undoButton.disabled) paper.scrollIntoView({ block: 'nearest' });
  }

  function clear() {
    lift();
    done.push({ cleared: true });
    paint();
    tell(done.length - 1);
    show(t('Sheet cleared. Undo brings the drawing back.'));
    undoButton.focus();
  }

  // Drawing
  const at = event => {
    const box = paper.getBoundingClientRect();
    const inset = (box.width - paper.clientWidth) / 2;
    return {
      x: (event.clientX - box.left - inset) / paper.clientWidth * sheet.width,
      y: (event.clientY - box.top - inset) / paper.clientHeight * sheet.height,
      // A mouse and most fingers report no true pressure.
      press: event.pointerType === 'pen' && event.pressure > 0 ? event.pressure : .5,
    };
  };

  paper.addEventListener('pointerdown', event => {
    // A resting palm or a second finger does not start a second line.
    if (pointer !== null || event.button !== 0) return;
    event.preventDefault();
    pointer = event.pointerId;
    paper.setPointerCapture(pointer);
    const rubs = colour === rubber;
    // A rubber as thin as a thin pen would take all day.
    line = { colour: colour[1], width: rubs ? Math.max(24, size[1] * 2) : size[1], points: [at(event)], rubs };
    done.push(line);
    toldAt = performance.now();
    drawLine(pen, line);
  });
  paper.addEventListener('pointermove', event => {
    if (event.pointerId !== pointer) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length > 0 ? moves : [event]) {
      line.points.push(at(move));
      drawLine(pen, line, line.points.length - 2);
    }
    if (performance.now() - toldAt > tellAfterMs) tell(done.length - 1);
  });
  const lifted = event => {
    if (event.pointerId === pointer) lift();
  };
  paper.addEventListener('pointerup', lifted);
  paper.addEventListener('pointercancel', lifted);

  /** The line that is being drawn ends, also when another finger presses a button meanwhile. */
  function lift() {
    if (pointer === null) return;
    pointer = line = null;
    tell(done.length - 1);
    show();
  }

  function paint() {
    const ratio = devicePixelRatio || 1;
    const width = Math.round(paper.clientWidth * ratio);
    const height = Math.round(paper.clientHeight * ratio);
    if (width === 0 || height === 0) return;
    if (paper.width !== width || paper.height !== height) {
      paper.width = width;
      paper.height = height;
    }
    paintOn(pen, width, height);
  }

  function paintOn(context, width, height) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, width, height);
    context.setTransform(width / sheet.width, 0, 0, height / sheet.height, 0, 0);
    for (const one of visible()) drawLine(context, one);
  }

  function picture() {
    const canvas = make('canvas', { width: pictureWidth, height: pictureWidth * sheet.height / sheet.width });
    paintOn(canvas.getContext('2d'), canvas.width, canvas.height);
    return new Promise((resolve, reject) => canvas.toBlob(b => (b ? resolve(b) : reject(new Error('No picture'))), 'image/png'));
  }

  /** Puts back what was drawn before; with nothing, an empty sheet of which nothing stays in the page. */
  function restore(steps) {
    pointer = line = null;
    done.splice(0, Infinity, ...steps);
    // Out of sight it is not painted, and would keep what was on it.
    paper.width = 0;
    paint();
    show();
  }

  show();
  new ResizeObserver(paint).observe(paper);
  paint();
  return { isDrawn: () => drawn().length > 0, picture, restore, steps: done, say: text => { status.textContent = text; } };
}

/** Draws a line, or only its part from one point on. */
function drawLine(pen, line, from = 0) {
  pen.strokeStyle = line.colour;
  pen.fillStyle = line.colour;
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  const { points } = line;
  const widthAt = p => line.width * (.5 + p.press);
  if (points.length === 1) {
    pen.beginPath();
    pen.arc(points[0].x, points[0].y, widthAt(points[0]) / 2, 0, 2 * Math.PI);
    pen.fill();
    return;
  }
  for (let i = Math.max(1, from + 1); i < points.length; i++) {
    pen.lineWidth = widthAt(points[i]);
    pen.beginPath();
    pen.moveTo(points[i - 1].x, points[i - 1].y);
    pen.lineTo(points[i].x, points[i].y);
    pen.stroke();
  }
}
