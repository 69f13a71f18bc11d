// The child's own screen where there is no connection: the words, looks and pictures of the pages with one (Pages/Hear/ChildMode). It takes the place of everything else in the page, and knows of
// nothing but what it is given: what can be answered with, whom the child may not want told, what they are asked, and whether a voice may be recorded.
import { coverable, readable } from './child-screen.js';
import { make } from './elements.js';
import * as tools from './tools.js';
import { isBlank, textFault } from './written.js';

const template = document.querySelector('template[data-own]');
const all = JSON.parse(template.dataset.own);
const pictures = new Map([...document.querySelectorAll('template[data-own-picture]')].map(drawn => [drawn.dataset.ownPicture, drawn.content]));
/** The picture of each kind of tool. */
const pictureOf = { Faces: 'faces', Scale: 'line', Houses: 'house', Symbols: 'board' };
/** What can be answered, with its picture, as it stands now (Permission.cshtml.cs). What is told is not asked. */
const answersTo = ({ purpose, isTold }, state) => isTold ? state === 'Objected' || purpose === 'KeepRecord' ? [['Told', 'tick']] : [['Told', 'tick'], ['Objected', 'stop']]
  : state === 'Given' ? [['Withdrawn', 'stop'], ['Deferred', 'unsure']] : [['Given', 'tick'], ['Refused', 'stop'], ['Deferred', 'unsure']];
const ofPeople = 'ShareParent';
/** The form that each screen keeps. */
const formOn = { meant: 'words', draw: 'drawing', speak: 'sound', sheet: 'tool' };
/** Where what is in a form is gone on with. */
const screenOf = { words: 'write', drawing: 'draw', sound: 'speak', tool: 'answer' };

/** What suits a child of an age (ChildMode.LookFor). */
const lookFor = age => age == null ? 'from8to11' : age < 8 ? 'from4to7' : age < 11 ? 'from8to11' : 'from11to17';

/**
 * @param {{ age: ?number, language: string, tools: object[], mayRecord: boolean, asked: ?{ who: object[], asks: object[], pictures: object } }} child asked: whom they may not want told and what they are asked; null of a
 * child who was taken along by an earlier form of this page
 * @param {object} acts changed(), open(tool, own), leave(), keep(name, meant), keepFromAll(who), answer(ask, answer), wants(wants) and giveBack(pin), of which those from keep on end with what stands in the way; begun(), what they began and did not keep, and throwAway(), which ends so too; keptFrom(name)
 * and keepFrom(name, who), whom one thing is kept from; stateOf(ask); hasPasskey() and giveBackByPasskey()
 * @returns {{ mayRecord: (may: boolean) => void, trouble: () => void, back: () => void, close: () => void }}
 */
export function lend(child, acts) {
  const look = lookFor(child.age);
  const language = child.language === 'cy' ? 'cy' : 'en';
  const suffix = { from4to7: '.young', from11to17: '.old' }[look] ?? '';
  const words = key => (all[key + suffix] ?? all[key])[language === 'cy' ? 1 : 0];
  const behind = { parts: [...document.body.childNodes], title: document.title };
  const ended = new AbortController();

  document.documentElement.lang = language;
  document.title = words('title');
  document.body.classList.add('own', `own--${look}`);
  document.body.dataset.coverTitle = words('picture');
  document.body.replaceChildren(template.content.cloneNode(true));
  for (const place of document.body.querySelectorAll('[data-words]')) place.textContent = words(place.dataset.words);
  document.querySelector('[data-read-label]').dataset.stop = words('quiet');
  document.querySelector('[data-uncover]').setAttribute('aria-label', words('picture'));
  if (look === 'from4to7') for (const about of document.querySelectorAll('[data-own-about]')) about.remove();

  const main = document.querySelector('[data-say]');
  const on = name => main.querySelector(`[data-own-screen="${name}"]`);
  const form = name => main.querySelector(`[data-form="${name}"]`);
  const field = (name, is) => form(name).elements[is];
  const picture = name => pictures.get(name).cloneNode(true);
  const own = { words, language, picture };
  let screen = 'home';
  let tool = null;
  let made = null;
  const { who, asks, pictures: shapes } = child.asked ?? { who: [], asks: [], pictures: {} };

  for (const offered of child.tools) {
    on('home').querySelector('[data-own-after]').before(make('li', {}, make('button', { type: 'button', class: 'own__tile', lang: offered.language, dir: 'auto', onclick: () => openTool(offered) }, picture(pictureOf[offered.kind]), make('span', {}, offered.title))));
  }
  for (const place of main.querySelectorAll('[data-own-keeps]')) place.hidden = child.asked === null;
  for (const place of main.querySelectorAll('[data-own-people]')) place.hidden = !asks.some(a => a.purpose === ofPeople);
  mayRecord(child.mayRecord);

  function mayRecord(may) {
    on('home').querySelector('[data-own-speak]').hidden = !may;
    on('home').querySelector('[data-own-aloud]').hidden = !may;
  }

  function go(name) {
    if (screen === 'speak' && name !== 'speak') acts.leave();
    say('');
    if (name !== 'home') on('home').querySelector('[data-own-told]').hidden = true;
    for (const section of main.querySelectorAll('[data-own-screen]')) section.hidden = section.dataset.ownScreen !== name;
    screen = name;
    document.querySelector('[data-own-back]').hidden = name === 'home';
    if (formOn[name]) showKeptFrom(formOn[name]);
    on(name).querySelector('h1').focus();
    scrollTo(0, 0);
  }

  /** What stands in the way, as a key of the child's words. */
  function say(key) {
    for (const place of main.querySelectorAll('[data-own-problem]')) place.textContent = '';
    const place = on(screen).querySelector('[data-own-problem]');
    if (!place) return;
    place.textContent = key && words(key);
    place.hidden = !key;
    if (key) place.scrollIntoView({ block: 'center' });
  }

  function back() {
    if (screen === 'meant') go('write');
    else if (screen === 'who') go(before);
    else if (screen === 'ask' || screen === 'wants') showAsks();
    else if (screen === 'sheet') go('answer');
    else if (screen === 'answer' && house !== null) shutHouse();
    else go('home');
  }

  function set(name, is, value) {
    const control = field(name, is);
    if (control.type === 'checkbox') control.checked = value;
    else control.value = value;
    acts.changed();
  }

  /** What is kept is not on the screen any more. */
  function kept(isDrawing) {
    for (const again of main.querySelectorAll('.own__words, [data-tool]')) again.replaceChildren();
    const note = on('home').querySelector('[data-own-kept]');
    note.hidden = false;
    note.querySelector('[data-own-explains]').hidden = !isDrawing;
    go('home');
  }

  // Writing
  function write(explains = '', name = 'write') {
    const [at, ask] = name === 'write' ? ['words', 'write-ask'] : ['sound', 'speak-ask'];
    set(at, `${at === 'words' ? 'Words' : 'Sound'}.ExplainsId`, explains);
    on(name).querySelector('h1').textContent = words(explains ? 'explain-ask' : ask);
    go(name);
  }

  const faultOf = (text, most) => isBlank(text) ? 'empty' : longOrBroken(text, most);
  const longOrBroken = (text, most) => !textFault(text, most) ? '' : textFault(text) ? 'trouble' : 'long';

  function readBack() {
    const { value, dataset } = field('words', 'Words.Text');
    const problem = faultOf(value, dataset.most);
    if (problem) return say(problem);
    on('meant').querySelector('.own__words').textContent = value;
    go('meant');
  }

  // Answering with a tool
  let house = null;

  async function openTool(offered) {
    await acts.open(offered, own);
    tool = offered;
    house = null;
    showTool();
    go('answer');
  }

  function showTool() {
    const rooms = on('answer').querySelector('[data-own-rooms]');
    const ask = on('answer').querySelector('h1');
    const item = house === null ? null : tool.asks.items[house];
    ask.lang = tool.language;
    ask.classList.toggle('own__heading--pictured', item !== null);
    ask.replaceChildren(...item ? [tools.picture(tool, item.picture, item.shows), item.label] : [tool.asks.ask]);
    rooms.hidden = tool.kind !== 'Houses' || item !== null;
    on('answer').querySelector('[data-own-choosing]').hidden = item !== null;
    for (const [i, part] of [...on('answer').querySelectorAll('[data-house]')].entries()) part.hidden = i !== house;
    if (tool.kind !== 'Houses') return;
    const values = of('tool');
    rooms.querySelector('ul').replaceChildren(...tool.asks.items.map((one, i) => {
      const [name, inside] = ['OwnName', 'Words'].map(part => values[tools.nameOf(i, part)]?.trim());
      const has = inside ? [make('span', { class: 'own__has', lang: language }, picture('tick'), make('span', { class: 'govuk-visually-hidden' }, words('house-has')))] : [];
      return make('li', {}, make('button', { type: 'button', class: 'own__tile', lang: tool.language, dir: 'auto', onclick: () => openHouse(i) }, tools.picture(tool, one.picture, one.shows), make('span', {}, name || one.label), ...has));
    }));
  }

  const of = name => Object.fromEntries([...new FormData(form(name))].filter(([, value]) => value !== ''));

  /** Which is opened first is the child's to say. */
  function openHouse(i) {
    house = i;
    const places = tool.asks.items.map((_, n) => field('tool', tools.nameOf(n, 'Place')));
    if (!places[i].value) set('tool', places[i].name, Math.max(...places.map(p => Number(p.value))) + 1);
    showTool();
    on('answer').querySelector('h1').focus();
    scrollTo(0, 0);
  }

  function shutHouse() {
    house = null;
    showTool();
    go('answer');
  }

  function readAnswers(skipped) {
    set('tool', 'Tool.Skipped', skipped);
    const values = of('tool');
    for (const place of main.querySelectorAll('[data-tool-fault]')) place.hidden = true;
    const wrong = tools.missing(tool, values);
    const unfit = [...form('tool').querySelectorAll('[data-most]')].map(c => longOrBroken(c.value, c.dataset.most)).find(Boolean);
    if (!skipped && (wrong || unfit)) {
      say(unfit ?? { Scale: 'answer-all', Houses: 'empty' }[tool.kind] ?? 'choose-empty');
      const place = tool.kind === 'Scale' && !unfit && document.getElementById(`${wrong.id}-error`);
      if (!place) return;
      place.textContent = words('answer-this');
      place.hidden = false;
      document.getElementById(wrong.id).focus();
      return;
    }
    on('sheet').querySelector('.own__words').replaceChildren(...skipped ? [make('li', { class: 'own__given' }, words('skipped'))] : tools.given(tool, values).map(one => make('li', { class: 'own__given', lang: tool.language, dir: 'auto' },
      tools.picture(tool, one.picture, one.shows), make('span', {}, make('strong', {}, one.name),
        ...one.skipped ? [make('span', { class: 'own__gave', lang: language }, words('skipped'))] : [],
        ...one.value ? [make('span', { class: 'own__gave' }, `${one.label ? `${one.label}: ` : ''}${one.value} `, make('span', { lang: language }, words('of')), ` ${one.most}`)] : [],
        ...one.words ? [make('span', { class: 'own__gave', dir: 'auto' }, one.words)] : []))));
    go('sheet');
  }

  // Whom they do not want told: of one thing before it is kept, so that it goes with it, or of everything
  let before = 'home';

  function showKeptFrom(name) {
    const from = acts.keptFrom(name);
    const place = on(screen).querySelector('[data-own-from]');
    place.hidden = from.length === 0;
    place.textContent = from.length === 0 ? '' : `${words('told')} ${from.map(f => who.find(w => w.who === f.who)?.shown ?? '').filter(Boolean).join(', ')}`;
  }

  function askWho() {
    before = screen;
    const chosen = formOn[before] ? acts.keptFrom(formOn[before]) : [];
    on('who').querySelector('h1').textContent = words(formOn[before] ? 'who-this-ask' : 'who-all-ask');
    on('who').querySelector('[data-own-choices]').replaceChildren(...who.map((one, i) => make('div', { class: 'own__choice' },
      make('input', { type: 'checkbox', id: `own-who-${i}`, value: one.who, checked: chosen.some(c => c.who === one.who) }), make('label', { for: `own-who-${i}` }, one.shown))));
    go('who');
  }

  async function whoDone() {
    const chosen = [...on('who').querySelectorAll('input:checked')].map(box => box.value);
    const name = formOn[before];
    if (chosen.length === 0 && !(name && acts.keptFrom(name).length > 0)) return say('who-empty');
    if (name) {
      acts.keepFrom(name, chosen);
      return go(before);
    }
    const { problem } = await acts.keepFromAll(chosen);
    if (problem) return say(problem);
    go('home');
    on('home').querySelector('[data-own-told]').hidden = false;
  }

  // What they are asked
  let ask = null;
  let put = null;
  const shape = name => tools.picture({ pictures: shapes }, name);
  const tile = one => make('li', {}, make('button', { type: 'button', class: 'own__tile', onclick: () => openAsk(one) }, picture(one.picture), make('span', {}, one.name, make('br'), make('span', { class: 'own__state' }, words(`state-${acts.stateOf(one)}`)))));

  function showAsks(answered = '', at = 'h1') {
    on('asked').querySelector('[data-own-asks]').replaceChildren(...asks.filter(a => a.purpose !== ofPeople).map(tile));
    on('asked').querySelector('[data-own-mays]').replaceChildren(...asks.filter(a => a.purpose === ofPeople).map(tile));
    const said = on('asked').querySelector('[data-own-answered]');
    said.hidden = !answered;
    said.querySelector('span').textContent = answered && words(`answered-${answered}`);
    go('asked');
    on('asked').querySelector(at).focus();
  }

  function openAsk(one) {
    ask = one;
    showAsk(one.wordings[0]);
    go('ask');
  }

  function showAsk(wording) {
    put = wording;
    const state = acts.stateOf(ask);
    on('ask').querySelector('h1').textContent = put.name;
    on('ask').querySelector('[data-own-state]').textContent = words(`state-${state}`);
    on('ask').querySelector('[data-own-wording]').replaceChildren(make('div', { class: `wording wording--${put.format.toLowerCase()}`, lang: put.language },
      ...put.lines.map(line => line.picture ? make('p', { class: 'wording__symbol' }, shape(line.picture), make('span', {}, line.says)) : make('p', { class: 'wording__line' }, line.says))));
    on('ask').querySelector('[data-own-formats]').replaceChildren(...ask.wordings.filter(w => w !== put).map(w => make('button', { type: 'button', class: 'own__button', onclick: () => showAsk(w) }, words(`format-${w.format}`))));
    const button = (answer, of, says, thisVisit = false) => make('button', { type: 'button', class: 'own__button', onclick: () => answerAsk(answer, thisVisit) }, picture(of), make('span', {}, words(says)));
    on('ask').querySelector('[data-own-answers]').replaceChildren(...answersTo(ask, state).map(([answer, of]) => button(answer, of, `answer-${answer}`)),
      ...ask.isOfVisits && state !== 'Given' ? [button('Given', 'tick', 'answer-this-visit', true)] : []);
  }

  async function answerAsk(answer, thisVisit) {
    const { problem, recorded } = await acts.answer(ask, { answer, thisVisit, wordingId: put.id });
    if (problem) return say(problem);
    if (recorded !== 'Withdrawn') return showAsks(recorded);
    on('wants').querySelector('[data-own-media]').hidden = !ask.isOfVisits;
    go('wants');
  }

  async function want(wants) {
    const { problem } = await acts.wants(wants);
    if (problem) return say(problem);
    showAsks('Withdrawn');
  }

  // Keeping and giving back
  async function keep(meant) {
    const name = formOn[screen];
    const { problem, id } = await acts.keep(name, meant);
    if (problem) return say(problem);
    if (name === 'drawing') made = id;
    kept(name === 'drawing');
  }

  async function give() {
    go('give');
    on('give').querySelector('[data-own-begun]').hidden = !acts.begun();
    const passkey = on('give').querySelector('[data-own="passkey"]');
    passkey.hidden = !await acts.hasPasskey();
  }

  function showBegun() {
    const { name, toolId } = acts.begun();
    const another = name === 'tool' && tool?.id !== toolId && child.tools.find(t => t.id === toolId);
    if (another) openTool(another);
    else go(screenOf[name]);
  }

  async function throwAway() {
    const { problem } = await acts.throwAway();
    if (problem) return say(problem);
    tool = house = null;
    give();
  }

  function pinProblem(text) {
    const place = on('give').querySelector('[data-own-pin-problem]');
    place.textContent = text;
    place.hidden = !text;
  }

  const steps = {
    write: () => write(), speak: () => write('', 'speak'), draw: () => go('draw'), give,
    explain: () => write(made), explainAloud: () => write(made, 'speak'),
    next: readBack, answers: () => readAnswers(false), skip: () => readAnswers(true), shut: shutHouse,
    change: () => {
      set('words', 'Words.Before.Changed', true);
      go('write');
    },
    changeAnswers: () => {
      set('tool', 'Tool.Before.Changed', true);
      set('tool', 'Tool.Skipped', false);
      showTool();
      go('answer');
    },
    who: askWho, whoThis: askWho, whoDone, asked: () => showAsks(), may: () => showAsks('', '[data-own-may]'),
    begunShow: showBegun, begunAway: throwAway,
    passkey: async () => pinProblem(await acts.giveBackByPasskey()),
  };
  main.addEventListener('click', event => {
    const pressed = event.target.closest('button')?.dataset ?? {};
    if (pressed.meant) keep(pressed.meant);
    else if (pressed.wants) want(pressed.wants);
    else steps[pressed.own]?.();
  });
  main.addEventListener('input', event => { if (event.target.closest('[data-form]')) acts.changed(); });
  main.addEventListener('submit', async event => {
    event.preventDefault();
    const pin = event.target.querySelector('[type="password"]');
    if (!pin) return;
    const { value } = pin;
    pin.value = '';
    pinProblem(await acts.giveBack(value));
  });
  document.querySelector('[data-own-back]').addEventListener('click', back);
  coverable(() => {}, ended.signal);
  readable();
  go('home');

  return {
    mayRecord, back,
    trouble: () => say('trouble'),
    close: () => {
      ended.abort();
      globalThis.speechSynthesis?.cancel();
      document.documentElement.lang = 'en';
      document.title = behind.title;
      document.body.classList.remove('own', `own--${look}`);
      delete document.body.dataset.coverTitle;
      document.body.replaceChildren(...behind.parts);
    },
  };
}
