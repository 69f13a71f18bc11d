// What is kept on a device, in a database of its own for each person: nobody else who signs in on it opens, sends or empties it. What it says of anybody
// is sealed (keys.js); in the clear are random numbers, states, counts and times.
import { deleteDB, openDB } from './idb.js';
import { close, closeText, open as openBox, openText } from './keys.js';
import { sha256 } from './elements.js';

const version = 2;
const prefix = 'visits of ';

/** Consent first: what follows rests on it. Then the visit, then what was said in it. */
export const orderOf = { Consent: 0, Visit: 1, Record: 2 };

/** Twenty-four hours after the council has it, what was sealed is gone from the device too; that it was received stays to be read a week. */
const keptAfterReceiptMs = 24 * 3_600_000;
const toldAfterReceiptMs = 7 * 24 * 3_600_000;

/** Whose stores are on this device, by their ids. */
export async function people() {
  if (!globalThis.indexedDB?.databases) return [];
  return (await indexedDB.databases()).map(d => d.name ?? '').filter(n => n.startsWith(prefix)).map(n => n.slice(prefix.length));
}

export function open(person) {
  return openDB(prefix + person, version, {
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
    },
    // A newer form of the store in another tab need not wait for this one.
    blocking(_, __, event) {
      event.target.close();
    },
  });
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
    drafts: drafts.length, unsent: unsent.length, taken: taken.filter(t => t.until > Date.now()).length, oldest: unsent.reduce((a, i) => Math.min(a, i.sealedAt), Infinity),
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

/** An open store: whose it is, its key while it is unlocked, and what can be done with it. */
export class Store {
  constructor(db, person, key, deviceId) {
    Object.assign(this, { db, person, key, deviceId });
  }

  /** What was taken along and has not run out, by name. What has run out goes. */
  async taken() {
    for (const row of await this.db.getAll('taken')) if (row.until <= Date.now()) await this.db.delete('taken', row.key);
    const rows = await this.db.getAll('taken');
    const children = await Promise.all(rows.map(async row => ({ key: row.key, until: row.until, ...await openText(this.key, `taken ${row.key}`, row.box) })));
    return children.sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Keeps what was taken along of a child; what was decided here and has not been received goes on counting. */
  async take(child) {
    const before = (await this.taken()).find(c => c.childId === child.childId);
    const waiting = new Set((await this.db.getAll('outbox')).filter(i => i.state !== 'received').map(i => i.id));
    const key = before?.key ?? crypto.randomUUID();
    await this.#putTaken(key, { ...child, decided: (before?.decided ?? []).filter(d => waiting.has(d.id)) });
    changed();
  }

  async #putTaken(key, child) {
    const box = await closeText(this.key, `taken ${key}`, child);
    await this.#done(['taken'], tx => tx.objectStore('taken').put({ key, until: Date.parse(child.expiresAt), box }));
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
    await this.#done(['drafts'], tx => tx.objectStore('drafts').delete(draft.id));
    changed();
  }

  /** A piece of sound with its hash and how long the recording had run when it came. Resolves when it is on the disk. */
  async keepSegment(recording, index, ms, sound) {
    const head = new TextEncoder().encode(`${JSON.stringify({ ms, sha256: await sha256(sound) })}\n`);
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
      yield { ms: head.ms, sound };
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

  async dropRecording(recording) {
    await this.#done(['segments'], tx => tx.objectStore('segments').delete(IDBKeyRange.bound([recording, 0], [recording, Infinity])));
  }

  /**
   * Seals one thing: from here on its bytes are fixed, with its number and its hash. The draft it came from changes in the same step, so that nothing
   * is ever in both places or in neither.
   * @param {'Consent' | 'Visit' | 'Record'} kind
   * @param {{ childId: string }} body what the server reads
   * @param {{ draft?: object, recording?: string, taken?: { key: string, child: object }, shown?: string }} with shown and what else is to be read on this device
   */
  async seal(kind, body, { draft, recording, taken, shown = '', ...read } = {}) {
    const sequence = await this.#counted();
    const now = new Date();
    const item = { kind, personId: this.person, deviceId: this.deviceId, sequence, sealedAt: now.toISOString(), offsetMinutes: -now.getTimezoneOffset(), ...body };
    const bytes = JSON.stringify(item);
    const sealed = {
      bytes, sha256: await sha256(new TextEncoder().encode(bytes)), childId: item.childId, sessionId: item.sessionId ?? null, fileId: item.record?.fileId ?? null,
      parts: item.parts ?? [], total: (item.parts ?? []).reduce((sum, p) => sum + p.length, 0), stops: kind === 'Consent' && item.consent.decision !== 'Given', shown, ...read,
    };
    const row = { id: item.id, kind, order: orderOf[kind], state: 'ready', sealedAt: now.getTime(), acks: 0, tries: 0, nextAt: 0, reason: '', recording: recording ?? null, box: await closeText(this.key, `outbox ${item.id}`, sealed) };
    const draftBox = draft && await closeText(this.key, `draft ${draft.id}`, draft);
    const takenBox = taken && await closeText(this.key, `taken ${taken.key}`, taken.child);
    await this.#done(['outbox', 'drafts', 'taken'], tx => {
      tx.objectStore('outbox').add(row);
      if (draft) tx.objectStore('drafts').put({ id: draft.id, changedAt: row.sealedAt, box: draftBox });
      if (taken) tx.objectStore('taken').put({ key: taken.key, until: Date.parse(taken.child.expiresAt), box: takenBox });
    });
    changed();
    return item;
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

  opened(row) {
    return openText(this.key, `outbox ${row.id}`, row.box);
  }

  async mark(id, change) {
    await this.#done(['outbox'], async tx => {
      const row = await tx.objectStore('outbox').get(id);
      if (row) await tx.objectStore('outbox').put({ ...row, ...change });
    });
    changed();
  }

  /** Takes away what the council has had for a day, and a week later that it was received. Nothing else is ever taken away by itself. */
  async tidy() {
    for (const row of await this.db.getAll('outbox')) {
      if (row.state !== 'received') continue;
      const age = Date.now() - row.receivedAt;
      if (age > keptAfterReceiptMs && row.box) {
        if (row.recording) await this.dropRecording(row.recording);
        await this.mark(row.id, { box: null });
      }
      if (age > toldAfterReceiptMs) await this.#done(['outbox'], tx => tx.objectStore('outbox').delete(row.id));
    }
  }

  /** Ends when the transaction is complete: only then is something on the disk. */
  async #done(names, work) {
    const tx = this.db.transaction(names, 'readwrite', { durability: 'strict' });
    // Both are awaited together: a failure inside must not become an error that nobody hears.
    await Promise.all([work(tx), tx.done]);
  }
}

/** What signing out leaves: everything that is not sent, sealed. What was taken along goes, and with nothing left to send so does the whole store. */
export async function leave(person) {
  if (!(await people()).includes(person)) return;
  const db = await open(person);
  const { unsent, drafts } = await counts(db);
  if (unsent + drafts > 0) await db.clear('taken');
  db.close();
  if (unsent + drafts === 0) await remove(person);
}
