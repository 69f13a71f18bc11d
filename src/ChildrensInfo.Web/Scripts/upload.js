// Sends a recording or a drawing in pieces, and believes only a receipt that names the piece and its SHA-256.
// Anything else (a sign-in page, an empty 200, a proxy's answer) counts as not received.
import { sha256 } from './elements.js';

const pieceBytes = 4 * 1024 * 1024;
const pauses = [1000, 3000, 8000];

/** How soon what did not get through is tried again by itself. */
const againAfterMs = 5000;

/** A refusal that trying again will not change, with a message for people. */
export class Refused extends Error {
  /** @param {string} message @param {number} [status] of the answer */
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

/** Whoever is signed out, or whose page is old, can put that right beside it. */
const mayPassBy = error => !(error instanceof Refused) || error.status === 401 || error.status === 400;

/**
 * @param {Blob} blob
 * @param {{ url: string, fileId: string, token: string, onProgress?: (sent: number, total: number) => void }} to
 */
export async function upload(blob, { url, fileId, token, onProgress = () => {} }) {
  if (!crypto.subtle) throw new Refused('This address is not secure (https), so nothing can be sent from here. Tell whoever looks after the portal.');
  for (let index = 0, at = 0; at < blob.size; index++, at += pieceBytes) {
    const piece = blob.slice(at, at + pieceBytes);
    await sendPiece(piece, { url: `${url.replace(/\/$/, '')}/${fileId}/${index}`, fileId, index, token, total: blob.size, type: blob.type });
    onProgress(Math.min(at + pieceBytes, blob.size), blob.size);
  }
}

async function sendPiece(piece, to) {
  const bytes = await piece.arrayBuffer();
  const expected = await sha256(bytes);
  await patiently(async () => {
    const receipt = await received(await put(to.url, bytes, to.token, { 'Content-Type': to.type, 'X-Total-Length': String(to.total) }));
    const same = String(receipt.id).toLowerCase() === to.fileId && Number(receipt.index) === to.index && String(receipt.sha256).toLowerCase() === expected;
    if (!same) throw new Error('The receipt is not for what was sent');
  });
}

async function patiently(send) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (error instanceof Refused || attempt === pauses.length) throw error;
      await new Promise(resolve => setTimeout(resolve, pauses[attempt]));
    }
  }
}

const put = (url, body, token, headers) => fetch(url, {
  method: 'PUT', body, credentials: 'same-origin', redirect: 'manual', headers: { RequestVerificationToken: token, Accept: 'application/json', ...headers },
});

/** The receipt, or why there is none. */
async function received(reply) {
  if (reply.type === 'opaqueredirect' || reply.status === 401)
    throw new Refused('You have been signed out. Sign in again in another tab, then come back here and try again.', 401);
  if (reply.status === 408 || reply.status === 429 || reply.status >= 500) throw new Error(`The server answered ${reply.status}`);
  if (reply.status !== 201) throw new Refused(await reason(reply), reply.status);
  return reply.json();
}

/**
 * Sends a recording while it is being made, in order, from where the server has it. Nothing of it holds up the recording: what does not get through now goes with what comes
 * next. The server keeps each part before it answers, so a page that goes away loses what came since the last answer.
 * @param {{ url: string, token: string, newId: () => string }} to url of the visit's recordings
 * @param {(ms: number) => void} onReceived up to where the server has it
 */
export function sendMeanwhile({ url, token, newId }, onReceived) {
  let fileId = null;
  let type = '';
  let parts = [];
  let gaps = [];
  let size = 0;
  let had = 0;
  let ended = false;
  let endReceived = false;
  let began = false;
  let running = null;
  let later;
  let halted = null;

  const isAllThere = () => had === size && (!ended || endReceived);

  /** As many parts as one piece may hold, from where the server has it. */
  function next() {
    const from = had;
    const some = [];
    let [bytes, ms] = [0, 0];
    for (const part of parts) {
      if (part.end <= from) continue;
      if (bytes > 0 && bytes + part.sound.size > pieceBytes) break;
      some.push(part.sound);
      bytes += part.sound.size;
      ms = part.ms;
    }
    const skip = some.length > 0 ? from - (parts.find(p => p.end > from).end - some[0].size) : 0;
    const body = new Blob(some).slice(skip, skip + pieceBytes);
    return { from, body, ms: some.length > 0 ? ms : parts.at(-1)?.ms ?? 0, isLast: ended && from + body.size === size };
  }

  async function sendNext() {
    const { from, body, ms, isLast } = next();
    const bytes = await body.arrayBuffer();
    const expected = await sha256(bytes);
    began = true;
    // A header must not grow with the recording; all of the gaps go with the form.
    const headers = { 'Content-Type': type, 'X-Recorded-Ms': String(Math.round(ms)), 'X-Recorded-Gaps': JSON.stringify(gaps.slice(0, 50)), ...(isLast && { 'X-Recording-Ended': 'true' }) };
    const reply = await put(`${url}/${fileId}/${from}`, bytes, token, headers);
    // The server lost what it had, or the recording was sealed from another page and goes on here: all of it is sent, of the latter as another recording.
    if ((reply.status === 424 && from > 0) || reply.status === 409) {
      if (reply.status === 409) fileId = newId();
      had = 0;
      return;
    }
    const receipt = await received(reply);
    if (String(receipt.id).toLowerCase() !== fileId || Number(receipt.offset) !== from || String(receipt.sha256).toLowerCase() !== expected) throw new Error('The receipt is not for what was sent');
    had = from + body.size;
    endReceived ||= isLast;
    onReceived(ms);
  }

  function kick() {
    clearTimeout(later);
    if (running || halted || fileId === null) return;
    running = (async () => {
      try {
        while (fileId !== null && !isAllThere()) await sendNext();
      } catch (error) {
        if (mayPassBy(error)) later = setTimeout(kick, againAfterMs);
        else halted = error;
      } finally {
        running = null;
      }
    })();
  }

  function begin(id, kind) {
    [fileId, type, parts, gaps, size, had, ended, endReceived, began, halted] = [id, kind, [], [], 0, 0, false, false, false, null];
  }

  return {
    begin,
    add(sound, ms, noted) {
      size += sound.size;
      parts.push({ sound, ms, end: size });
      gaps = noted;
      kick();
    },
    /** The recorder has stopped. */
    end(noted) {
      gaps = noted;
      ended = true;
      kick();
    },
    /** What the server has of a recording that an earlier page made. */
    takeUp(id, sound, ms) {
      begin(id, sound.type);
      [size, had, ended, endReceived, began] = [sound.size, sound.size, true, true, true];
      parts = [{ sound, ms, end: size }];
    },
    id: () => fileId,
    whole: kind => parts.length > 0 ? new Blob(parts.map(p => p.sound), { type: kind }) : null,
    /** Why it has to stop: whoever records it has thrown it away on another page. Whatever else is refused is told when it is sealed, and nothing that is said is lost for it. */
    stoppedBy: () => halted?.status === 410 ? halted.message : '',
    /** Sends what the server does not have yet, and gives the recording's id. */
    async flush(onProgress) {
      clearTimeout(later);
      await running;
      halted = null;
      while (!isAllThere()) {
        await patiently(sendNext);
        onProgress(had, size);
      }
      return fileId;
    },
    /** Deletes it here and there. @param {string} [id] of one that an earlier page sent */
    async discard(id = began ? fileId : null) {
      const mine = fileId;
      fileId = null;
      clearTimeout(later);
      await running;
      if (id) {
        const reply = await fetch(`${url}/${id}/discard`, { method: 'POST', redirect: 'manual', headers: { RequestVerificationToken: token } }).catch(() => null);
        // Nothing there is as good: it was discarded, or never came.
        if (reply?.status !== 204 && reply?.status !== 404) {
          fileId = mine;
          throw new Refused(reply?.status === 409 ? await reason(reply) : 'It could not be discarded. Check the connection and press the button again.');
        }
      }
      begin(null, '');
    },
  };
}

async function reason(reply) {
  const standard = 'The council’s server did not accept it.';
  if (!reply.headers.get('Content-Type')?.includes('json')) return standard;
  const problem = await reply.json().catch(() => ({}));
  return problem.reason ?? standard;
}

const capturesOf = new WeakMap();

/**
 * Sends what was captured before the form itself goes. A capture has: prepare() which finishes a running recording,
 * pending() whether there is something to send, and send() which sends it and fills its hidden fields.
 * If sending fails the form stays as it is, with everything typed.
 */
export function sendWithForm(form, capture) {
  if (capturesOf.has(form)) {
    capturesOf.get(form).push(capture);
    return;
  }
  const captures = [capture];
  capturesOf.set(form, captures);
  let busy = false;
  let ready = false;
  form.addEventListener('submit', async event => {
    if (ready) return;
    if (!busy && !captures.some(c => c.pending())) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.setAttribute('aria-busy', 'true');
    try {
      for (const one of captures) await one.prepare();
      for (const one of captures.filter(c => c.pending())) await one.send();
      // Where nothing was left to send, this is still the moment in which the form was sent first, and a browser takes no second one in it.
      await new Promise(resolve => setTimeout(resolve));
      ready = true;
    } catch {
      // The capture has said what went wrong.
    } finally {
      busy = false;
      form.removeAttribute('aria-busy');
    }
    if (ready) form.requestSubmit(event.submitter ?? undefined);
  });
  addEventListener('pageshow', () => { ready = false; });
  addEventListener('beforeunload', event => {
    if (!ready && captures.some(c => c.pending())) event.preventDefault();
  });
}

/** The hidden field a capture fills, by id or name. */
export function field(root, dataName) {
  const wanted = root.dataset[dataName];
  return wanted ? root.closest('form').elements.namedItem(wanted) : null;
}

export function tokenOf(form) {
  return form.elements.namedItem('__RequestVerificationToken')?.value ?? '';
}

/**
 * What to say when sending failed.
 * @param {'recording' | 'drawing'} what
 * @param {(text: string) => string} t as welsh.js makes it
 */
export function explain(error, what, t) {
  const kept = t(`The ${what} is still here and nothing you typed is lost.`);
  return error instanceof Refused ? `${t(error.message)} ${kept}` : `${t(`The ${what} could not be sent. Check the connection and press the button again.`)} ${kept}`;
}
