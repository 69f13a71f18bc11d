// What is kept on a device, in a database of its own for each person: nobody else who signs in on it opens, sends or empties it. What it says of anybody
// is sealed (keys.js); in the clear are random numbers, states, counts and times.
import { deleteDB, openDB } from './idb.js';
import { close, closeForCouncil, closeText, open as openBox, openText } from './keys.js';
import { sha256 } from './elements.js';

const version = 4;
/** As large as one piece that is sent. */
export const pieceBytes = 4 * 1024 * 1024;
const prefix = 'visits of ';

/** Consent first, and whom a child does not want told: what follows rests on it. Then the visit, with what was decided for that visit alone after it; then what was taken back, which other things may have been about, and last what was said. */
export const orderOf = { Consent: 0, DoNotTell: 0, Visit: 1, TakenBack: 2, Record: 3 };
const orderOfVisitsConsent = 1.5;

/** The permission without which there would be no such thing. A photo of which nobody said that nobody can be recognised on it is one of a person. */
export const restsOn = (kind, showsPerson) => kind === 'Audio' ? 'Audio' : kind === 'Photo' ? showsPerson === false ? 'ImageWork' : 'ImagePerson' : null;

/** Twenty-four hours after the council has it, what was sealed is gone from the device too; that it was received stays to be read a week. */
const keptAfterReceiptMs = 24 * 3_600_000;
const toldAfterReceiptMs = 7 * 24 * 3_600_000;

/** Whose stores are on this device, by their ids. */
export async function people() {
  if (!globalThis.indexedDB?.databases) return [];
  return (await indexedDB.databases()).map(d => d.name ?? '').filter(n => n.startsWith(prefix)).map(n => n.slice(prefix.length));
}

export async function open(person) {
  const db = await openDB(prefix + person, version, {
    async upgrade(db, from, _, tx) {
      if (from < 1) {
        db.createObjectStore('lock');
        db.createObjectStore('taken', { keyPath: 'key' });
        db.createObjectStore('drafts', { keyPath: 'id' });
        db.createObjectStore('segments', { keyPath: ['recording', 'index'] });
        db.createObjectStore('outbox', { keyPath: 'id' });
      }
      if (from < 2) {
        // The first form knew no order but that of sealing. What waited then is put in order now, without being opened.
        const outbox = tx.objectStore('outbox');
        outbox.createIndex('inOrder', ['order', 'sealedAt']);
        for (let cursor = await outbox.openCursor(); cursor; cursor = await cursor.continue()) {
          await cursor.update({ acks: 0, tries: 0, nextAt: 0, reason: '', ...cursor.value, order: orderOf[cursor.value.kind] });
        }
      }
      // Sound that is closed for the council. What was sealed before that was done is closed when the store is open and the council's key is there (closeEarlier).
      if (from < 3) db.createObjectStore('pieces', { keyPath: ['recording', 'index'] });
      // The pictures of a council's own tools: once for all children who may be shown them.
      if (from < 4) db.createObjectStore('pictures', { keyPath: 'id' });
    },
    // A newer form of the store in another tab need not wait for this one.
    blocking(_, __, event) {
      event.target.close();
    },
  });
  await dropRunOut(db).catch(() => {});
  return db;
}

/** What was taken along and has run out goes, whoever opens the store and whether or not anybody has its key. */
async function dropRunOut(db) {
  for (const row of await db.getAll('taken')) if (row.until <= Date.now()) await db.delete('taken', row.key);
  // With nobody taken along and nothing begun there is no tool that shows them.
  if (await db.count('taken') + await db.count('drafts') === 0) await db.clear('pictures');
}

export const remove = person => deleteDB(prefix + person);

/** @returns {Promise<{ here: number, sending: number, received: number, needsYou: number, drafts: number, taken: number, oldest: number | null }>} */
export async function counts(db) {
  const tx = db.transaction(['drafts', 'outbox', 'taken']);
  const [drafts, outbox, taken] = await Promise.all([tx.objectStore('drafts').getAll(), tx.objectStore('outbox').getAll(), tx.objectStore('taken').getAll()]);
  const in_ = state => outbox.filter(i => i.state === state);
  const unsent = [...in_('ready'), ...in_('sending'), ...in_('parked')];
  return {
    here: drafts.length + in_('ready').length, sending: in_('sending').length, received: in_('received').length, needsYou: in_('parked').length,
    drafts: drafts.length, unsent: unsent.length, taken: taken.filter(t => t.until > Date.now()).length, oldest: Math.min(...unsent.map(i => i.sealedAt), ...drafts.map(d => d.changedAt)),
  };
}

/** Says to every open page, this one too, that something has changed. */
const changes = new BroadcastChannel('visits');
const here = new EventTarget();
export function changed() {
  changes.postMessage('');
  here.dispatchEvent(new Event('change'));
}
export function onChange(f) {
  changes.addEventListener('message', f);
  here.addEventListener('change', f);
}

/** What was taken along is another than it was read. */
class Stale extends Error {}

/** Puts what was taken along back, changed. Another tab may have taken the child along once more meanwhile: what that brought must not be written over. No two boxes begin with the same random number. */
async function putTaken(tx, { key, until, was, box }) {
  const now = await tx.objectStore('taken').get(key);
  if (!now || now.box.iv.some((byte, i) => byte !== was.iv[i])) throw new Stale();
  await tx.objectStore('taken').put({ key, until, box });
}

/** Does it anew until it rests on what is there. */
async function fresh(work) {
  for (;;) {
    try {
      return await work();
    } catch (fault) {
      if (!(fault instanceof Stale)) throw fault;
    }
  }
}

/** It is not there to be taken back: it is being sent, or was. */
export class Gone extends Error {}

const waits = row => row?.state === 'ready' || row?.state === 'parked';
const piecesOf = (recording, from = 0) => IDBKeyRange.bound([recording, from], [recording, Infinity]);
const dropSound = (tx, recording) => Promise.all(['segments', 'pieces'].map(name => tx.objectStore(name).delete(piecesOf(recording))));

/** An open store: whose it is, its key while it is unlocked, and what can be done with it. */
export class Store {
  constructor(db, person, key, deviceId) {
    Object.assign(this, { db, person, key, deviceId });
  }

  /** The council's public key, as a connection gave it last: sealed, so that nobody puts another in its place. Null until there was one. */
  async council() {
    if (this.councilKey === undefined) {
      const box = await this.db.get('lock', 'council');
      this.councilKey = box ? await openText(this.key, 'council', box) : null;
    }
    return this.councilKey;
  }

  async keepCouncil(council) {
    if (!council?.id || !council.key || (await this.council())?.id === council.id) return;
    const box = await closeText(this.key, 'council', council);
    await this.#done(['lock'], tx => tx.objectStore('lock').put(box, 'council'));
    this.councilKey = council;
  }

  /** What was taken along and has not run out, by name. What has run out goes. */
  async taken() {
    await dropRunOut(this.db);
    const rows = await this.db.getAll('taken');
    const children = await Promise.all(rows.map(async row => ({ key: row.key, until: row.until, ...await openText(this.key, `taken ${row.key}`, row.box) })));
    return children.sort((a, b) => a.name.localeCompare(b.name));
  }

  /**
   * Keeps what was taken along of a child; what was decided here and has not been received goes on counting.
   * @param {{ id: string, url: string }[]} pictures of the council's own that its tools show and that are not here yet
   */
  async take(child, pictures = []) {
    const before = (await this.taken()).find(c => c.childId === child.childId);
    const waiting = new Set((await this.db.getAll('outbox')).filter(i => i.state !== 'received').map(i => i.id));
    const key = before?.key ?? crypto.randomUUID();
    const { council, ...kept } = child;
    await this.keepCouncil(council);
    await this.#putTaken(key, { ...kept, decided: (before?.decided ?? []).filter(d => waiting.has(d.id)) }, pictures);
    changed();
  }

  async #putTaken(key, child, pictures) {
    const box = await closeText(this.key, `taken ${key}`, child);
    const closed = await Promise.all(pictures.map(async ({ id, url }) => ({ id, box: await closeText(this.key, `picture ${id}`, url) })));
    await this.#done(['taken', 'pictures'], tx => Promise.all([tx.objectStore('taken').put({ key, until: Date.parse(child.expiresAt), box }), ...closed.map(picture => tx.objectStore('pictures').put(picture))]));
  }

  async hasPicture(id) {
    return await this.db.count('pictures', id) > 0;
  }

  /** A picture of the council's own, as an image shows it; null when it is not here. */
  async picture(id) {
    const row = await this.db.get('pictures', id);
    return row ? openText(this.key, `picture ${id}`, row.box) : null;
  }

  async drafts() {
    return Promise.all((await this.db.getAll('drafts')).map(row => openText(this.key, `draft ${row.id}`, row.box)));
  }

  /** Resolves when the words are on the disk, and not before. */
  async keep(draft) {
    const box = await closeText(this.key, `draft ${draft.id}`, draft);
    await this.#done(['drafts'], tx => tx.objectStore('drafts').put({ id: draft.id, changedAt: Date.now(), box }));
  }

  async drop(draft) {
    await this.#done(['drafts', 'segments', 'pieces'], tx => Promise.all([tx.objectStore('drafts').delete(draft.id), dropSound(tx, draft.sheet)]));
    changed();
  }

  /** A piece of sound with its hash, how long the recording had run when it came and the gaps in it until then; or of a photo, or a line of a drawing. Resolves when it is on the disk. */
  async keepSegment(recording, index, ms, sound, gaps = []) {
    const head = new TextEncoder().encode(`${JSON.stringify({ ms, gaps, sha256: await sha256(sound) })}\n`);
    const box = await close(this.key, `sound ${recording} ${index}`, await new Blob([head, sound]).arrayBuffer());
    await this.#done(['segments'], tx => tx.objectStore('segments').put({ recording, index, box }));
  }

  /** The pieces of a recording in their order, one at a time: it never stands in memory whole. Ends at the first that is missing or not what it was. */
  async* segments(recording) {
    for (let index = 0; ; index++) {
      const row = await this.db.get('segments', [recording, index]);
      if (!row) return;
      const opened = new Uint8Array(await openBox(this.key, `sound ${recording} ${index}`, row.box));
      const cut = opened.indexOf(10);
      const head = JSON.parse(new TextDecoder().decode(opened.subarray(0, cut)));
      const sound = opened.slice(cut + 1);
      if (await sha256(sound) !== head.sha256) return;
      yield { ms: head.ms, gaps: head.gaps ?? [], sound };
    }
  }

  /** The same sound in pieces of a size, as it is sent. */
  async* chunks(recording, size) {
    const chunk = new Uint8Array(size);
    let filled = 0;
    for await (const { sound } of this.segments(recording)) {
      for (let at = 0; at < sound.length;) {
        const part = sound.subarray(at, at + size - filled);
        chunk.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled < size) continue;
        yield chunk.slice();
        filled = 0;
      }
    }
    if (filled > 0) yield chunk.slice(0, filled);
  }

  /** Whether there is anything of a drawing. */
  async isDrawn(sheet) {
    return await this.db.count('segments', piecesOf(sheet)) > 0;
  }

  /** Takes away what was kept of a drawing from one of its lines on. */
  async dropLines(sheet, from) {
    await this.#done(['segments'], tx => tx.objectStore('segments').delete(piecesOf(sheet, from)));
  }

  async dropRecording(recording) {
    await this.#done(['segments', 'pieces'], tx => dropSound(tx, recording));
  }

  /** A sealed recording in pieces, as they are sent: closed for the council, or as they are while its key was never here. */
  async* pieces(row) {
    if (!row.closed) {
      yield* this.chunks(row.recording, pieceBytes);
      return;
    }
    for (let index = 0; ; index++) {
      const piece = await this.db.get('pieces', [row.recording, index]);
      if (!piece) return;
      yield piece.closed;
    }
  }

  /** Closes a recording for the council, piece by piece, beside what it was until then. When there is no room for that, nothing of it stays. @returns {Promise<number>} how many pieces there are */
  async #closeSound(council, recording) {
    let index = 0;
    try {
      for await (const piece of this.chunks(recording, pieceBytes)) {
        const closed = await closeForCouncil(council, `sound ${recording} ${index}`, piece);
        await this.#done(['pieces'], tx => tx.objectStore('pieces').put({ recording, index, closed }));
        index++;
      }
    } catch (fault) {
      await this.#dropPieces(recording);
      throw fault;
    }
    return index;
  }

  async #dropPieces(recording) {
    await this.#done(['pieces'], tx => tx.objectStore('pieces').delete(piecesOf(recording))).catch(() => {});
  }

  /** Closes for the council what was sealed while its key was not here: from then on the PIN does not open it either. */
  async closeEarlier() {
    const council = await this.council();
    if (!council) return;
    for (const row of await this.outbox()) {
      if (row.closed || !row.box || !waits(row)) continue;
      // One for which there is no room is sent as it is, and keeps nobody from the others.
      await this.#closeOne(council, row).catch(() => {});
    }
  }

  async #closeOne(council, row) {
    const { bytes, ...read } = await this.opened(row).catch(() => ({}));
    // What is not whole stays as it is: sending it says so.
    if (!bytes || (row.recording && await this.#closeSound(council, row.recording) !== read.parts.length)) return;
    const closed = await closeForCouncil(council, `item ${row.id}`, new TextEncoder().encode(bytes));
    const box = await closeText(this.key, `outbox ${row.id}`, read);
    await this.#done(['outbox', 'segments'], async tx => {
      const now = await tx.objectStore('outbox').get(row.id);
      if (!waits(now)) return;
      tx.objectStore('outbox').put({ ...now, closed, box });
      if (row.recording) tx.objectStore('segments').delete(piecesOf(row.recording));
    });
  }

  /**
   * Seals one thing: from here on its bytes are fixed, with its number and its hash, and closed for the council: nobody reads them here again. The draft it came from changes in the same step, so that nothing
   * is ever in both places or in neither.
   * @param {'Consent' | 'DoNotTell' | 'Visit' | 'Record' | 'TakenBack'} kind
   * @param {{ childId: string }} body what the server reads
   * @param {{ draft?: object, recording?: string, sheet?: string, decided?: { key: string, decision: object }, instead?: { id: string, recording: ?string }, shown?: string }} with sheet, instead: what goes in the same step; decided: what governs from then on beside what was taken along; shown and what else is to be read on this device
   */
  async seal(kind, body, { draft, recording, sheet, decided, instead, shown = '', ...read } = {}) {
    const sequence = await this.#counted();
    const now = new Date();
    const item = { kind, personId: this.person, deviceId: this.deviceId, sequence, sealedAt: now.toISOString(), offsetMinutes: -now.getTimezoneOffset(), ...body };
    const bytes = JSON.stringify(item);
    const council = await this.council();
    // Taken down by their worker, or a child's own answer.
    const said = item.consent ?? item.answer;
    const sealed = {
      ...council ? {} : { bytes }, sha256: await sha256(new TextEncoder().encode(bytes)), childId: item.childId, sessionId: item.sessionId ?? null, fileId: item.record?.fileId ?? null, explainsId: item.record?.explainsId ?? null,
      parts: item.parts ?? [], total: (item.parts ?? []).reduce((sum, p) => sum + p.length, 0), stops: kind === 'Consent' && !['Given', 'Told'].includes(said.decision ?? said.answer), defers: said?.decision === 'Deferred',
      governs: said?.purpose ?? null, restsOn: restsOn(item.record?.kind, item.record?.showsPerson), shown, ...read,
    };
    if (council && recording && await this.#closeSound(council, recording) !== sealed.parts.length) throw new Error('The recording is not what was to be sealed');
    const row = { id: item.id, kind, ...council ? { closed: await closeForCouncil(council, `item ${item.id}`, new TextEncoder().encode(bytes)) } : {}, order: kind === 'Consent' && item.sessionId ? orderOfVisitsConsent : orderOf[kind], state: 'ready', sealedAt: now.getTime(), acks: 0, tries: 0, nextAt: 0, reason: '', recording: recording ?? null, box: await closeText(this.key, `outbox ${item.id}`, sealed) };
    const draftBox = draft && await closeText(this.key, `draft ${draft.id}`, draft);
    const work = taken => async tx => {
      if (taken) await putTaken(tx, taken);
      if (instead) {
        if (!waits(await tx.objectStore('outbox').get(instead.id))) throw new Gone();
        tx.objectStore('outbox').delete(instead.id);
        if (instead.recording) dropSound(tx, instead.recording);
      }
      if (council && recording) tx.objectStore('segments').delete(piecesOf(recording));
      if (sheet) dropSound(tx, sheet);
      tx.objectStore('outbox').add(row);
      if (draft) tx.objectStore('drafts').put({ id: draft.id, changedAt: row.sealedAt, box: draftBox });
    };
    try {
      await fresh(async () => this.#done(['outbox', 'drafts', 'taken', 'segments', 'pieces'], work(decided && await this.#changedTaken(decided.key, made => [...made, decided.decision]))));
    } catch (fault) {
      if (council && recording) await this.#dropPieces(recording);
      throw fault;
    }
    changed();
    return item;
  }

  /** What was taken along of a child, with other decisions made here. Null when it is gone: then it does not come back by that. */
  async #changedTaken(key, change) {
    const row = await this.db.get('taken', key);
    if (!row) return null;
    const child = await openText(this.key, `taken ${key}`, row.box);
    return { key, until: row.until, was: row.box, box: await closeText(this.key, `taken ${key}`, { ...child, decided: change(child.decided ?? []) }) };
  }

  /** What was decided here does not count here any more. */
  async forgetDecision(childId, id) {
    for (const { key } of (await this.taken()).filter(c => c.childId === childId)) {
      await fresh(async () => {
        const taken = await this.#changedTaken(key, made => made.filter(d => d.id !== id));
        await this.#done(['taken'], async tx => {
          if (taken) await putTaken(tx, taken);
        });
      });
    }
    changed();
  }

  /** The number of the next thing that is sealed here. Counted before it is sealed: no two bear one number, and one that is missing was begun and never sealed. */
  async #counted() {
    let sequence = 0;
    await this.#done(['lock'], async tx => {
      sequence = (await tx.objectStore('lock').get('sequence') ?? 0) + 1;
      await tx.objectStore('lock').put(sequence, 'sequence');
    });
    return sequence;
  }

  /**
   * Deletes what has not been sent, for good: what stays is that there was something, of which kind, when and why, and that is sent in its place.
   * @param {'ChildChangedMind' | 'WrongChild' | 'ByMistake'} reason
   * @throws {Gone} It is being sent, or was: it cannot be taken back here any more.
   */
  async takeBack(row, id, reason, why) {
    const { childId, sessionId, fileId, what } = await this.opened(row);
    const takenBack = { id, itemId: row.id, kind: row.kind, sessionId: sessionId ?? (row.kind === 'Visit' ? row.id : null), fileId: fileId ?? null, reason, why: why || null };
    const shown = row.kind === 'Visit' ? 'A visit, deleted' : { photo: 'A photo, deleted', drawing: 'A drawing, deleted' }[what] ?? (what?.startsWith('answers') ? 'Answers, deleted' : null) ?? (row.recording ? 'A recording, deleted' : 'Words, deleted');
    await this.seal('TakenBack', { id, childId, takenBack }, { instead: row, shown, takes: row.id });
  }

  /** Puts something that was refused with another visit, and with its child. What it says is not opened for that. */
  async putWith(row, visit, shown) {
    const item = await this.opened(row);
    const box = await closeText(this.key, `outbox ${row.id}`, { ...item, childId: visit.childId, sessionId: visit.id, putWith: visit.id, shown });
    await this.#done(['outbox'], async tx => {
      const now = await tx.objectStore('outbox').get(row.id);
      if (!waits(now)) throw new Gone();
      tx.objectStore('outbox').put({ ...now, box, state: 'ready', acks: 0, tries: 0, nextAt: 0, reason: '' });
    });
    changed();
  }

  /** Takes something to be sent, if it is still there and waits: from then on nobody takes it back. */
  async claim(id) {
    let row;
    await this.#done(['outbox'], async tx => {
      row = await tx.objectStore('outbox').get(id);
      if (row?.state !== 'ready') row = null;
      else await tx.objectStore('outbox').put({ ...row, state: 'sending' });
    }, 'relaxed');
    changed();
    return row;
  }

  /** Takes back what the server refused, to be written again. */
  async unseal(id, draft) {
    const box = await closeText(this.key, `draft ${draft.id}`, draft);
    await this.#done(['outbox', 'drafts'], tx => {
      tx.objectStore('outbox').delete(id);
      tx.objectStore('drafts').put({ id: draft.id, changedAt: Date.now(), box });
    });
    changed();
  }

  /** What waits and what was received, in the order in which it goes. */
  outbox() {
    return this.db.getAllFromIndex('outbox', 'inOrder');
  }

  /** The first in that order that was not looked at and not received, as it is now: what was sealed since the last was sent may go before what waited longer. */
  async next(seen) {
    for (const id of await this.db.getAllKeysFromIndex('outbox', 'inOrder')) {
      if (seen.has(id)) continue;
      const row = await this.db.get('outbox', id);
      if (row && row.state !== 'received') return row;
      seen.add(id);
    }
    return null;
  }

  opened(row) {
    return openText(this.key, `outbox ${row.id}`, row.box);
  }

  async mark(id, change) {
    await this.#done(['outbox'], async tx => {
      const row = await tx.objectStore('outbox').get(id);
      if (row) await tx.objectStore('outbox').put({ ...row, ...change });
    }, 'relaxed');
    changed();
  }

  /** Takes away what the council has had for a day, and a week later that it was received. Nothing else is ever taken away by itself. */
  async tidy() {
    for (const row of await this.db.getAll('outbox')) {
      if (row.state !== 'received') continue;
      const age = Date.now() - row.receivedAt;
      if (age > keptAfterReceiptMs && row.box) {
        if (row.recording) await this.dropRecording(row.recording);
        await this.mark(row.id, { box: null, closed: null });
      }
      if (age > toldAfterReceiptMs) await this.#done(['outbox'], tx => tx.objectStore('outbox').delete(row.id));
    }
  }

  /**
   * Ends when the transaction is complete: only then is something on the disk. How far sending has come need not be, and waiting for the disk at each step holds the line up: what a
   * battery takes with it is sent once more, and kept once.
   */
  async #done(names, work, durability = 'strict') {
    const tx = this.db.transaction(names, 'readwrite', { durability });
    // Both are awaited together: a failure inside must not become an error that nobody hears, nor leave half of it behind.
    const worked = Promise.resolve(work(tx)).catch(fault => {
      tx.done.catch(() => {});
      tx.abort();
      throw fault;
    });
    await Promise.all([worked, tx.done]);
  }
}

/** What signing out leaves: everything that is not sent, sealed. What was taken along goes, and with nothing left to send so does the whole store. */
export async function leave(person) {
  if (!(await people()).includes(person)) return;
  const db = await open(person);
  const { unsent, drafts } = await counts(db);
  if (unsent + drafts > 0) await db.clear('taken');
  if (drafts === 0) await db.clear('pictures');
  db.close();
  if (unsent + drafts === 0) await remove(person);
}
