// Records a voice in the page: start, pause, carry on, stop, listen back, discard. Where its pieces go is the keeper's: with a connection, what is said in a visit goes to the
// council while it is being said, and a proof stays in the page until the form is sent; without one, they are on the disk before the page says so (offline/app.js).
import { button, make, uuid7 } from './elements.js';
import { explain, field, sendMeanwhile, sendWithForm, tokenOf, upload } from './upload.js';
import { sayIn } from './welsh.js';

const kinds = ['audio/webm;codecs=opus', 'audio/mp4;codecs=mp4a.40.2', 'audio/mp4', 'audio/webm'];
const bitsPerSecond = 32000;
// Shorter pieces were empty in some versions of Safari.
const pieceMs = 4000;
const mostBytes = 195 * 1024 * 1024;
const silentAfterMs = 8000;
// A piece that comes as much later than it should is a hole: the page stood still, or the microphone was somebody else's.
const missingAfterMs = 3 * pieceMs;
const lostAfterMs = 60_000;
// How soon a recording learns that somebody has said stop, here or on another device.
const askEveryMs = 5000;

for (const root of document.querySelectorAll('[data-recorder]')) {
  const unfinished = JSON.parse(root.dataset.unfinished ?? 'null');
  const recorder = record(root, root.hasAttribute('data-meanwhile') ? withCouncil(root, unfinished) : inPage(root));
  if (unfinished) recorder.resume(unfinished);
}

/** Keeps what is recorded in the page, and sends it with the form. */
function inPage(root) {
  const form = root.closest('form');
  let pieces = [];
  let fileId = null;
  return {
    form,
    begin: async id => { [pieces, fileId] = [[], id]; },
    piece: async sound => { pieces.push(sound); },
    whole: async type => pieces.length > 0 ? new Blob(pieces, { type }) : null,
    discard: async () => { pieces = []; },
    send: async (blob, onProgress) => {
      await upload(blob, { url: root.dataset.uploadUrl, fileId, token: tokenOf(form), onProgress });
      return fileId;
    },
    mayGoOn: async () => '',
  };
}

/** Sends what is recorded to the council while it is being recorded, and gives back there what an earlier page did not finish. */
function withCouncil(root, unfinished) {
  const t = sayIn(root);
  const form = root.closest('form');
  let showReceived = () => {};
  const council = sendMeanwhile({ url: root.dataset.uploadUrl, token: tokenOf(form), newId: uuid7 }, ms => showReceived(ms));
  let fetched = false;
  return {
    form,
    begin: async (id, type, received) => {
      showReceived = received;
      council.begin(id, type);
    },
    piece: async (sound, ms, index, gaps) => council.add(sound, ms, gaps),
    kept: async ({ gaps }) => council.end(gaps),
    whole: async type => {
      if (unfinished && !fetched) {
        const reply = await fetch(`${root.dataset.uploadUrl}/${unfinished.fileId}`, { redirect: 'error' }).catch(() => null);
        if (reply?.status !== 200) throw new Error(t('The recording could not be fetched. It is with the council: check the connection, then open this page again.'));
        council.takeUp(unfinished.fileId, await reply.blob(), unfinished.ms);
        fetched = true;
      }
      return council.whole(type);
    },
    discard: async id => {
      await council.discard(id);
      fetched = true;
    },
    send: async (blob, onProgress) => council.flush(onProgress),
    // Without an answer it goes on: what was recorded is refused later if it may not be kept.
    mayGoOn: async () => {
      if ((await fetch(`${root.dataset.permissionUrl}&file=${council.id()}`, { redirect: 'error' }).catch(() => null))?.status === 409)
        return t('The recording has stopped, because somebody said stop. It cannot be kept: discard it. You can still write down what was said.');
      const stoppedBy = council.stoppedBy();
      return stoppedBy && t(stoppedBy);
    },
  };
}

/**
 * @param {HTMLElement} root
 * @param {object} keeper begin(fileId, type, received), piece(sound, ms, index, gaps), whole(type), discard(fileId), mayGoOn(), and kept(recorded) once it has ended; each but the last is waited for.
 * With a form also send(blob, onProgress), which gives the id under which it is kept. received(ms) is called for what the council has.
 * mayGoOn() gives what to say when it must stop, and nothing while it may go on. What it rejects with in begin, piece, whole or discard has a message for people. A keeper without a form has no connection: it seals by itself.
 * @returns {{ stop: (text: string, isError?: boolean) => Promise<void>, resume: (recorded: object) => Promise<void>, forget: () => void, isRunning: () => boolean, isRecording: () => boolean }}
 */
export function record(root, keeper) {
  const { form } = keeper;
  const t = sayIn(root);
  const fileIdField = field(root, 'fileIdField');
  const durationField = field(root, 'durationField');
  const gapsField = field(root, 'gapsField');
  const mostMs = Number(root.dataset.maxMinutes || 180) * 60000;

  let state = fileIdField?.value ? 'kept' : 'idle';
  let recorder, stream, audioContext, analyser, wakeLock;
  let bytes = 0;
  let index = 0;
  let keeping = Promise.resolve();
  let blob = null;
  let fileId = null;
  let sent = false;
  let gaps = [];
  let mutedAt = null;
  let ranMs = 0;
  let ranSince = null;
  let lastHeardAt = 0;
  let stopped = null;
  let finished = null;
  /** Which try to begin it is. One more when it is called off while the browser still asks for the microphone. */
  let attempt = 0;
  /** Up to where in the recording the last piece reached, and whether it was said that none comes. */
  let cameMs = 0;
  let standsStill = false;

  const elapsed = () => ranMs + (ranSince === null ? 0 : performance.now() - ranSince);

  // What people see
  const light = make('span', { class: 'capture__light', 'aria-hidden': 'true' });
  const stateText = make('span');
  const time = make('span', { class: 'capture__time', role: 'timer' });
  const level = make('canvas', { class: 'capture__level', 'aria-hidden': 'true' });
  const status = make('p', { class: 'govuk-visually-hidden', role: 'status' });
  const message = make('p', { class: 'capture__message', role: 'alert', hidden: true });
  const audio = make('audio', { controls: true, preload: 'metadata', 'aria-label': t('Listen to the recording') });
  const listen = make('div', { class: 'capture__listen' }, audio);
  const progress = make('progress', { class: 'capture__progress', max: '100', 'aria-label': t('Sending the recording') });
  const startButton = button(t('Start recording'), begin);
  const pauseButton = button(t('Pause'), pause, 'secondary');
  const resumeButton = button(t('Carry on'), resume);
  const stopButton = button(t('Stop'), () => finish(t('Recording stopped. You can listen to it before you save.'), { byPerson: true }), 'warning');
  const discardButton = button(t('Discard this recording'), askDiscard, 'secondary');
  const yesDiscard = button(t('Yes, discard it'), discard, 'warning');
  const noDiscard = button(t('No, keep it'), () => { ask.hidden = true; discardButton.focus(); }, 'secondary');
  const ask = make('div', { class: 'capture__ask', role: 'group', 'aria-label': t('Discard the recording?'), hidden: true },
    make('p', {}, t('Discard this recording? It cannot be brought back.')),
    make('div', { class: 'capture__buttons' }, yesDiscard, noDiscard));
  // Whether it can be heard is known before it is sealed. What cannot be played here may be elsewhere, and can be sealed all the same.
  audio.addEventListener('error', () => {
    if (audio.hasAttribute('src')) say(t('This device cannot play the recording. Nothing of it is lost, and it can be saved. Write down what was said too, in case it cannot be heard.'), true);
  });
  root.append(
    make('p', { class: 'capture__state' }, light, stateText, time), level, listen, progress,
    make('div', { class: 'capture__buttons' }, startButton, pauseButton, resumeButton, stopButton, discardButton),
    ask, message, status);
  root.querySelector('[data-capture-fallback]')?.remove();

  const hours = mostMs / 3600000;
  const most = hours >= 1 ? t(hours === 1 ? '{n} hour' : '{n} hours', { n: hours }) : t('{n} minutes', { n: mostMs / 60000 });
  const keptText = make('p', { class: 'capture__limit' });
  root.append(keptText);
  const limit = make('p', { class: 'capture__limit' }, t('One recording can be up to {most} long. Then it stops by itself and is kept.', { most }));
  root.append(limit);

  const stateTexts = {
    idle: t('Ready to record'), asking: t('Waiting for the microphone'), finishing: t('Finishing'), recording: t('Recording'), paused: t('Paused'),
    recorded: form ? t('Recorded, not saved yet') : t('Saved on this device, not sealed yet'), kept: t('A recording is kept with this form'), sending: t('Sending'), sent: t('Received by the council'),
    fetching: t('Fetching the recording'),
  };

  function show(next) {
    state = next;
    root.classList.toggle('capture--recording', state === 'recording');
    root.classList.toggle('capture--paused', state === 'paused');
    stateText.textContent = stateTexts[state];
    time.hidden = ['idle', 'asking', 'finishing', 'fetching', 'kept'].includes(state);
    level.hidden = state !== 'recording' && state !== 'paused';
    limit.hidden = state !== 'idle';
    keptText.hidden = state !== 'recording';
    listen.hidden = !blob;
    progress.hidden = state !== 'sending';
    startButton.hidden = state !== 'idle';
    pauseButton.hidden = state !== 'recording';
    resumeButton.hidden = state !== 'paused';
    stopButton.hidden = state !== 'recording' && state !== 'paused';
    discardButton.hidden = state !== 'recorded' && state !== 'kept' && state !== 'sent';
    if (discardButton.hidden) ask.hidden = true;
    showTime();
  }

  function clock(ms) {
    const seconds = Math.floor(ms / 1000);
    const two = n => String(n).padStart(2, '0');
    const hours = Math.floor(seconds / 3600);
    return `${hours ? `${hours}:` : ''}${hours ? two(Math.floor(seconds / 60) % 60) : Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  }

  const showTime = () => { time.textContent = clock(elapsed()); };

  const announce = text => { status.textContent = text; };

  function say(text, isError = false) {
    message.textContent = text;
    message.hidden = !text;
    message.classList.toggle('capture__message--error', isError);
  }

  // Recording
  async function begin() {
    say('');
    if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) {
      say(t('This browser cannot record sound here. Use another browser, or type the words.'), true);
      return;
    }
    const kind = kinds.find(k => MediaRecorder.isTypeSupported(k));
    if (!kind) {
      say(t('This browser cannot record in a form the portal can keep. Use another browser, or type the words.'), true);
      return;
    }
    show('asking');
    const mine = ++attempt;
    let asked = null;
    let begun = false;
    try {
      asked = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
      if (attempt === mine) {
        stream = asked;
        recorder = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: bitsPerSecond });
        fileId = uuid7();
        keptText.textContent = '';
        await keeper.begin(fileId, kind.split(';')[0], ms => showKept(ms));
        begun = true;
        if (asked.getAudioTracks()[0].readyState === 'ended') throw new Error('The microphone went meanwhile');
      }
    } catch (error) {
      for (const track of asked?.getTracks() ?? []) track.stop();
      if (attempt !== mine) return;
      if (begun) await keeper.discard().catch(() => {});
      release();
      show('idle');
      say(whyNot(error), true);
      startButton.focus();
      return;
    }
    if (attempt !== mine) {
      for (const track of asked.getTracks()) track.stop();
      if (begun && attempt === mine + 1) await keeper.discard().catch(() => {});
      return;
    }
    bytes = 0;
    index = 0;
    keeping = Promise.resolve();
    gaps = [];
    mutedAt = null;
    ranMs = 0;
    cameMs = 0;
    standsStill = false;
    sent = false;
    stopped = new Promise(resolve => recorder.addEventListener('stop', resolve, { once: true }));
    recorder.addEventListener('dataavailable', ({ data }) => {
      if (data.size === 0) return;
      const at = Math.round(elapsed());
      const number = index++;
      if (at - cameMs > missingAfterMs) {
        gaps.push({ fromMs: Math.round(cameMs), toMs: at, why: 'lost' });
        if (state === 'recording') say(t('The recording goes on. That it stood still is noted as a gap.'));
      }
      cameMs = at;
      standsStill = false;
      bytes += data.size;
      // As it is now, a silence that goes on among it: the page may go away before the next.
      const noted = mutedAt === null ? [...gaps] : [...gaps, { fromMs: Math.round(mutedAt), toMs: at, why: 'muted' }];
      // One after the other: a later piece is never kept without those before it.
      keeping = keeping.then(() => keeper.piece(data, at, number, noted));
      keeping.then(() => { if (!form) showKept(at); }, fault => notKept(fault));
      if (bytes > mostBytes) finish(t('The recording is as large as it can be and has stopped. It is kept.'));
    });
    recorder.addEventListener('error', () => lost(t('The browser stopped the recording')));
    const [track] = stream.getAudioTracks();
    track.addEventListener('ended', () => lost(t('The microphone was unplugged, switched off or no longer allowed')));
    // Some browsers go on with a silent track when permission is taken back.
    navigator.permissions?.query({ name: 'microphone' }).then(permission => {
      permission.onchange = () => { if (permission.state === 'denied') lost(t('The microphone is no longer allowed')); };
    }).catch(() => {});
    track.addEventListener('mute', hearsNothing);
    track.addEventListener('unmute', () => {
      if (mutedAt === null) return;
      gaps.push({ fromMs: Math.round(mutedAt), toMs: Math.round(elapsed()), why: 'muted' });
      mutedAt = null;
      say(t('The microphone is back. The gap is noted.'));
    });
    recorder.start(pieceMs);
    ranSince = performance.now();
    lastHeardAt = ranSince;
    watchLevel();
    show('recording');
    hearsNothing();
    announce(t('Recording started'));
    pauseButton.focus();
    stayAwake();
    tick();
    askAgain();
  }

  /** A phone that goes to sleep stops listening. Whoever looks at something else for a moment takes the promise back, so it is asked for again. */
  async function stayAwake() {
    const promise = await navigator.wakeLock?.request('screen').catch(() => null);
    if (!promise) return;
    if (state !== 'recording' && state !== 'paused') return promise.release();
    wakeLock?.release();
    wakeLock = promise;
  }

  /** Says and notes that the microphone is muted, from now on or since before it was listened to. */
  function hearsNothing() {
    if (state !== 'recording' || mutedAt !== null || !stream?.getAudioTracks()[0].muted) return;
    mutedAt = elapsed();
    say(t('The microphone is muted or in use by something else. Nothing can be heard at the moment.'), true);
  }

  /** Says that no piece comes; after a minute of that it is lost, and what there is is kept. */
  function watchPieces() {
    if (state !== 'recording' || elapsed() - cameMs <= missingAfterMs) return;
    if (elapsed() - cameMs > missingAfterMs + lostAfterMs && standsStill) return lost(t('The browser stopped the recording'), cameMs);
    if (standsStill) return;
    standsStill = true;
    say(t('The recording stands still since {time}. What is missing is noted as a gap.', { time: clock(cameMs) }), true);
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden || state !== 'recording') return;
    watchPieces();
    stayAwake();
  });

  /** How much of what runs is on the disk already, or with the council. */
  function showKept(ms) {
    keptText.textContent = t(form ? 'Received by the council up to {time}' : 'Saved on this device up to {time}', { time: clock(ms) });
  }

  /** The disk is full, or refuses: it stops at once and what is there stays. */
  function notKept(fault) {
    keeping = Promise.resolve();
    finish(t('{what} What was recorded until then is kept.', { what: fault.message ?? '' }), { isError: true });
  }

  /** Asks whether it may still record. */
  async function askAgain() {
    while (state === 'recording' || state === 'paused') {
      await new Promise(resolve => setTimeout(resolve, askEveryMs));
      if (state !== 'recording' && state !== 'paused') return;
      const stoppedBy = await keeper.mayGoOn();
      if (!stoppedBy) continue;
      await finish(stoppedBy, { isError: true });
      return;
    }
  }

  function whyNot(error) {
    switch (error.name) {
      case 'NotAllowedError':
      case 'SecurityError':
        return t('The browser was not allowed to use the microphone. Allow it next to the address at the top of the browser, then start again. You can also type the words.');
      case 'NotFoundError':
      case 'OverconstrainedError':
        return t('No microphone was found. Plug one in, then start again. You can also type the words.');
      case 'NotReadableError':
      case 'AbortError':
        return t('The microphone is in use by another programme. Close it, then start again. You can also type the words.');
      case 'NotKept':
        return t(error.message);
      default:
        return t('The microphone could not be started. Try again, or type the words.');
    }
  }

  // The child's screen was covered: nothing may listen behind it.
  document.addEventListener('cover', () => finish(t('The screen was hidden, so the recording was stopped. What was recorded until then is kept.')));
  // A sign-in that ends does not cut off whoever is speaking: the page closes when they have stopped.
  document.addEventListener('signedout', event => { if (state === 'recording') event.preventDefault(); }, { capture: true });

  function pause() {
    recorder.pause();
    ranMs = elapsed();
    ranSince = null;
    // Some browsers go on collecting sound while paused; a track that is off cannot.
    for (const track of stream.getAudioTracks()) track.enabled = false;
    show('paused');
    announce(t('Recording paused'));
    resumeButton.focus();
  }

  function resume() {
    for (const track of stream.getAudioTracks()) track.enabled = true;
    recorder.resume();
    ranSince = performance.now();
    lastHeardAt = ranSince;
    show('recording');
    hearsNothing();
    announce(t('Recording again'));
    pauseButton.focus();
    tick();
  }

  /** Ends the recording, however it came to end, and keeps what there is. One that is not begun yet does not begin. */
  async function finish(text, how = {}) {
    if (state === 'asking') {
      attempt++;
      release();
      show('idle');
    }
    if (state === 'recording' || state === 'paused') finished = end(text, how);
    await finished;
  }

  async function end(text, { byPerson = false, isError = false }) {
    ranMs = elapsed();
    ranSince = null;
    if (mutedAt !== null) {
      gaps.push({ fromMs: Math.round(mutedAt), toMs: Math.round(ranMs), why: 'muted' });
      mutedAt = null;
    }
    const hadFocus = root.contains(document.activeElement);
    if (recorder.state !== 'inactive') recorder.stop();
    show('finishing');
    await stopped;
    release();
    await keeping.catch(() => {});
    blob = await keeper.whole(recorder.mimeType.split(';')[0]);
    if (blob) await keeper.kept?.({ fileId, ms: Math.round(ranMs), gaps });
    if (!blob) {
      show('idle');
      say(t('Nothing was recorded. Check the microphone and start again.'), true);
      return;
    }
    playable(blob);
    show('recorded');
    // A message shown is read out by itself.
    if (isError || !byPerson) {
      say(text, isError);
      announce('');
    } else {
      say('');
      announce(text);
    }
    if (hadFocus) audio.focus();
  }

  function lost(what, since = elapsed()) {
    if (state !== 'recording' && state !== 'paused') return;
    gaps.push({ fromMs: Math.round(since), toMs: null, why: 'lost' });
    cameMs = elapsed();
    showTime();
    finish(t('{what} after {time}. What was recorded until then is kept, and the gap is noted.', { what, time: time.textContent }), { isError: true });
  }

  function release() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    audioContext?.close();
    audioContext = null;
    wakeLock?.release();
    wakeLock = null;
  }

  function playable(what) {
    if (audio.src) URL.revokeObjectURL(audio.src);
    audio.src = URL.createObjectURL(what);
    // A recording made here does not know its own length until it has been read to the end.
    audio.addEventListener('loadedmetadata', () => {
      if (Number.isFinite(audio.duration)) return;
      audio.addEventListener('timeupdate', () => { audio.currentTime = 0; }, { once: true });
      audio.currentTime = 1e7;
    }, { once: true });
  }

  function askDiscard() {
    ask.hidden = false;
    noDiscard.focus();
  }

  async function discard() {
    try {
      await keeper.discard(fileIdField?.value || undefined);
    } catch (error) {
      ask.hidden = true;
      say(t(error.message), true);
      discardButton.focus();
      return;
    }
    forget();
    announce(t('Recording discarded'));
    startButton.focus();
  }

  /** Back to the beginning: it was discarded, or it was sealed. */
  function forget() {
    audio.pause();
    if (audio.src) URL.revokeObjectURL(audio.src);
    audio.removeAttribute('src');
    blob = null;
    gaps = [];
    ranMs = 0;
    sent = false;
    for (const hidden of [fileIdField, durationField, gapsField]) if (hidden) hidden.value = '';
    say('');
    show('idle');
  }

  // Time and level
  function tick() {
    if (state !== 'recording') return;
    showTime();
    watchPieces();
    if (elapsed() >= mostMs) {
      finish(t('This is as long as one recording can be, so it has stopped. It is kept.'));
      return;
    }
    setTimeout(tick, 250);
  }

  function watchLevel() {
    audioContext = new AudioContext();
    analyser = audioContext.createAnalyser();
    analyser.fftSize = 1024;
    audioContext.createMediaStreamSource(stream).connect(analyser);
    const samples = new Uint8Array(analyser.fftSize);
    const history = [];
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const every = still ? 500 : 80;
    const draw = () => {
      if (!audioContext) return;
      if (state === 'recording') {
        analyser.getByteTimeDomainData(samples);
        let sum = 0;
        for (const s of samples) sum += (s - 128) ** 2;
        const loudness = Math.min(1, Math.sqrt(sum / samples.length) / 40);
        if (loudness > .015) {
          if (performance.now() - lastHeardAt > silentAfterMs && mutedAt === null) say('');
          lastHeardAt = performance.now();
        } else if (performance.now() - lastHeardAt > silentAfterMs && message.hidden) {
          say(t('Nothing has been heard for a while. Is the microphone covered or muted?'));
        }
        history.push(loudness);
        paintLevel(level, history, still);
      }
      setTimeout(draw, every);
    };
    draw();
  }

  // Saving
  if (form) sendWithForm(form, {
    pending: () => ['recording', 'paused'].includes(state) || (blob !== null && !sent),
    prepare: async () => { await finish(t('Recording stopped'), { byPerson: true }); },
    send: async () => {
      say('');
      show('sending');
      progress.value = 0;
      announce(t('Sending the recording'));
      try {
        fileIdField.value = await keeper.send(blob, (done, total) => { progress.value = Math.round(100 * done / total); });
      } catch (error) {
        show('recorded');
        say(explain(error, 'recording', t), true);
        throw error;
      }
      if (durationField) durationField.value = String(Math.round(ranMs));
      if (gapsField) gapsField.value = gaps.length > 0 ? JSON.stringify(gaps) : '';
      sent = true;
      show('sent');
      announce(t('The recording is received'));
    },
  });

  addEventListener('pagehide', release);
  show(state);
  return {
    stop: (text, isError = true) => finish(text, { isError }),
    isRunning: () => ['recording', 'paused', 'asking', 'finishing'].includes(state),
    isRecording: () => state === 'recording',
    forget,
    /** Shows what was recorded before: by a page that went away in the middle of it, or that was left. */
    resume: async recorded => {
      ({ fileId, ms: ranMs, gaps } = recorded);
      show('fetching');
      try {
        blob = await keeper.whole(recorded.type);
      } catch (error) {
        show('fetching');
        say(error.message, true);
        return;
      }
      if (!blob) return show('idle');
      playable(blob);
      show('recorded');
      if (recorded.said) say(recorded.said, true);
    },
  };
}

function paintLevel(canvas, history, still) {
  const ratio = devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext('2d');
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.fillStyle = getComputedStyle(canvas).color;
  if (still) {
    // One bar that grows and shrinks, twice a second, in place of a moving wave.
    pen.fillRect(0, height / 4, Math.max(2, width * history.at(-1)), height / 2);
    return;
  }
  const step = 6;
  const room = Math.floor(width / step);
  while (history.length > room) history.shift();
  history.forEach((loudness, i) => {
    const tall = Math.max(2, loudness * height);
    pen.fillRect(i * step, (height - tall) / 2, 4, tall);
  });
}
