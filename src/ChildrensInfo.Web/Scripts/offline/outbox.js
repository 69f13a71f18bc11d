// Sends what was sealed, in its order, and believes only a receipt that names it and the SHA-256 of every part. A sign-in page, an empty answer, a
// proxy's page or a line that breaks are no receipt: the item stays, and is tried again for as long as it takes.

import { tellCounts } from './counts.js';

const firstPauseMs = 5_000;
const longestPauseMs = 15 * 60_000;
// A line that neither carries nor breaks would otherwise hold everything up for ever. A piece goes in this time at a quarter of a megabit a second.
const tokenWithinMs = 20_000;
const pieceWithinMs = 180_000;

/** What trying again will not change, with a sentence for people. */
class Refused extends Error {}

/** What may be different the next time. */
class Later extends Error {
  constructor(message, pauseMs = 0) {
    super(message);
    this.pauseMs = pauseMs;
  }
}

/** Nothing can be sent now, and it is not the item's fault. */
export class CannotSend extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

const standard = {
  409: 'The council’s server has something else under this number.', 410: 'The council’s server says that this is gone.', 413: 'It is larger than what can be received.',
  415: 'It is of a kind that cannot be received.', 422: 'The council’s server did not accept it.', 404: 'The council’s server did not accept it.',
};

/**
 * @param {import('./store.js').Store} store
 * @param {{ now?: boolean }} how now: also what waits for its next try, because somebody pressed the button
 * @returns {Promise<{ sent: number, left: number }>}
 */
export async function sync(store, { now = false } = {}) {
  const { token, council } = await freshToken(store);
  await store.keepCouncil(council);
  await store.closeEarlier();
  let sent = 0;
  // One that did not go holds back only what rests on it: of the same child (of the same visit, when it was for that alone) what a decision governs, of the same visit what was said in it, and what was said about a thing.
  const waiting = { decisions: new Set(), kept: new Set(), visits: new Set(), explained: new Set() };
  // What was sealed before photos were asked for here says nothing of purposes: only recording was asked for, and held back everything that was a file.
  const governedBy = (row, item) => item.restsOn === undefined ? row.recording && 'Audio' : item.restsOn;
  const seen = new Set();
  for (let row = await store.next(seen); row; row = await store.next(seen)) {
    seen.add(row.id);
    const item = await store.opened(row).catch(() => null);
    if (item === null) {
      await store.mark(row.id, { state: 'parked', reason: 'It cannot be read on this device any more.' });
      continue;
    }
    const held = row.state === 'parked' || (!now && row.nextAt > Date.now()) || [`${item.childId} ${governedBy(row, item)}`, `${item.childId} ${governedBy(row, item)} ${item.sessionId}`].some(d => waiting.decisions.has(d))
      || (['Record', 'Consent'].includes(row.kind) && waiting.visits.has(item.sessionId)) || (row.kind === 'Record' && waiting.kept.has(item.childId)) || (row.kind === 'Record' && item.explainsId && waiting.explained.has(item.explainsId));
    if (!held) {
      try {
        // Deleted since it was looked at: nothing of it is sent, and what rests on it waits until the mark has gone.
        const claimed = await store.claim(row.id);
        if (!claimed) throw new Later('It is not there to be sent any more');
        // As it is now: somebody may have put it with another visit since.
        const receipt = await send(store, claimed, await store.opened(claimed), token);
        await store.mark(row.id, { state: 'received', receivedAt: Date.now(), ...receipt, reason: '' });
        sent++;
        continue;
      } catch (error) {
        if (error instanceof Refused) {
          await store.mark(row.id, { state: 'parked', reason: error.message });
          // A yes that the council did not take is none here either. A no goes on protecting.
          if (row.kind === 'Consent' && !item.stops) await store.forgetDecision(item.childId, row.id);
        } else {
          const pause = Math.max(error.pauseMs ?? 0, Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(row.tries, 20)));
          await store.mark(row.id, { state: 'ready', tries: row.tries + 1, nextAt: Date.now() + pause });
        }
      }
    }
    const parked = (await store.db.get('outbox', row.id))?.state === 'parked';
    // A no that is parked goes on protecting: the sound or photo it would hold does not go past it. A yes that is parked holds nothing back: what rests on it arrives held. So does what rests on a wish to
    // think about it: the council refuses that only where a no stands, before whose end nobody may be asked again.
    if (row.kind === 'Consent' && (!parked || (item.stops && !item.defers))) waiting.decisions.add(`${item.childId} ${item.governs ?? 'Audio'}${item.sessionId ? ` ${item.sessionId}` : ''}`);
    // Nobody may read what was said before it is known from whom it is kept.
    if (row.kind === 'DoNotTell') waiting.kept.add(item.childId);
    if (row.kind === 'Visit') waiting.visits.add(row.id);
    if (row.kind === 'Record') waiting.explained.add(row.id);
    if (row.kind === 'TakenBack') waiting.explained.add(item.takes);
  }
  await tellCounts(store.db, token, { sent: true });
  const left = (await store.outbox()).filter(r => r.state !== 'received').length;
  return { sent, left };
}

/** Puts what was being sent when the page went away back to what waits. */
export async function recover(store) {
  for (const row of await store.outbox()) if (row.state === 'sending') await store.mark(row.id, { state: 'ready' });
}

/** Somebody looked at why it was refused, and wants it tried once more. */
export const tryAgain = (store, id) => store.mark(id, { state: 'ready', nextAt: 0, acks: 0, reason: '' });

async function freshToken(store) {
  let reply;
  try {
    reply = await fetch('/hear/offline/token', { credentials: 'same-origin', redirect: 'manual', cache: 'no-store', headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(tokenWithinMs) });
  } catch {
    throw new CannotSend('offline');
  }
  if (reply.status === 403) throw new CannotSend('role');
  if (reply.status === 423) throw new CannotSend('lent');
  if (reply.type === 'opaqueredirect' || reply.status === 401) throw new CannotSend('sign-in');
  const answer = await jsonOf(reply);
  if (reply.status !== 200 || typeof answer?.token !== 'string') throw new CannotSend('offline');
  if (answer.person !== store.person) throw new CannotSend('somebody-else');
  return answer;
}

async function send(store, row, item, token) {
  const closed = row.closed ? { 'X-Sealed': 'council' } : {};
  // The council has lost some of it, or had never had it: from the beginning.
  const again = () => store.mark(row.id, { acks: 0 });
  if (row.recording) {
    let index = 0;
    for await (const piece of store.pieces(row)) {
      const part = item.parts[index];
      if (!part) break;
      if (index >= row.acks) {
        const receipt = await put(`/hear/${item.childId}/offline-media/${item.fileId}/${index}`, piece, token, { ...closed, 'Content-Type': 'application/octet-stream', 'X-Total-Length': String(item.total) }, again);
        if (!same(receipt.id, item.fileId) || Number(receipt.index) !== index || !same(receipt.sha256, part.sha256)) throw new Later('The receipt is not for what was sent');
        await store.mark(row.id, { acks: index + 1 });
      }
      index++;
    }
    if (index !== item.parts.length) throw new Refused('Some of it cannot be read on this device any more.');
  }
  const receipt = await put(`/hear/${item.childId}/offline/${row.id}`, row.closed ?? new TextEncoder().encode(item.bytes), token, { ...closed, ...item.putWith ? { 'X-Put-With': item.putWith } : {}, 'Content-Type': row.closed ? 'application/octet-stream' : 'application/json', 'X-Sent-At': new Date().toISOString() }, again);
  const all = Array.isArray(receipt.parts) && receipt.parts.length === item.parts.length && item.parts.every((p, i) => same(receipt.parts[i]?.sha256, p.sha256));
  if (!same(receipt.id, row.id) || !same(receipt.sha256, item.sha256) || !all) throw new Later('The receipt is not for what was sent');
  return { held: receipt.held === true, heldFor: receipt.heldFor ?? null, hadArrived: receipt.hadArrived === true };
}

async function put(url, body, token, headers, incomplete = async () => {}) {
  const reply = await fetch(url, { method: 'PUT', body, credentials: 'same-origin', redirect: 'manual', headers: { ...headers, RequestVerificationToken: token, Accept: 'application/json' }, signal: AbortSignal.timeout(pieceWithinMs) });
  const answer = await jsonOf(reply);
  if ((reply.status === 201 || reply.status === 202) && answer) return answer;
  if (reply.status === 424 && answer) await incomplete();
  // Not to be had here: only the council's own word counts, since any proxy on the way can answer so too.
  if ([409, 413, 415, 422].includes(reply.status) || ((reply.status === 404 || reply.status === 410) && typeof answer?.reason === 'string')) throw new Refused(answer?.reason ?? standard[reply.status]);
  throw new Later(`Answered ${reply.status}`, Number(reply.headers.get('Retry-After') ?? 0) * 1000 || 0);
}

async function jsonOf(reply) {
  if (!reply.headers.get('Content-Type')?.includes('json')) return null;
  return reply.json().catch(() => null);
}

const same = (a, b) => String(a).toLowerCase() === String(b).toLowerCase();
