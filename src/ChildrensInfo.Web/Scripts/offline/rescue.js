// Files of what could not be sent, for a device that does not reach the council any more: the boxes as they lie here, which only the council's server opens, and before them a list of
// random numbers, kinds, times and sizes. RescueService.cs reads it.

const hex = bytes => Array.from(new Uint8Array(bytes), b => b.toString(16).padStart(2, '0')).join('');
const partOf = async bytes => ({ length: bytes.length, sha256: hex(await crypto.subtle.digest('SHA-256', bytes)) });

/** As much as the council's server takes of one file (RescueService.FileMaxBytes), with room for the list. One thing alone is never as large. */
const mostBytes = 700 * 1024 * 1024;

/** @returns {Promise<{ files: { file: Blob, name: string }[], count: number } | null>} null while the council's key was never here, or nothing waits */
export async function rescueFiles(store, most = mostBytes) {
  const council = await store.council();
  await store.closeEarlier();
  const rows = (await store.outbox()).filter(row => row.state !== 'received' && row.closed);
  if (!council?.mark || rows.length === 0) return null;
  const parts = [];
  let part = null;
  for (const row of rows) {
    const item = await store.opened(row);
    const entry = { id: row.id, kind: row.kind, sealedAt: new Date(row.sealedAt).toISOString(), box: await partOf(row.closed), total: item.total, fileId: item.fileId, pieces: [], putWith: item.putWith ? { childId: item.childId, sessionId: item.putWith } : null };
    const bodies = [new Blob([row.closed])];
    if (row.recording) {
      for await (const piece of store.pieces(row)) {
        entry.pieces.push(await partOf(piece));
        bodies.push(new Blob([piece]));
      }
    }
    const bytes = bodies.reduce((sum, body) => sum + body.size, 0);
    if (part === null || part.bytes + bytes > most) parts.push(part = { items: [], bodies: [], bytes: 0 });
    part.items.push(entry);
    part.bodies.push(...bodies);
    part.bytes += bytes;
  }
  const savedAt = new Date();
  const key = await crypto.subtle.importKey('raw', Uint8Array.from(atob(council.mark), c => c.charCodeAt(0)), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const files = await Promise.all(parts.map(async ({ items, bodies }, i) => {
    const list = new TextEncoder().encode(JSON.stringify({ pair: council.id, device: store.deviceId, person: store.person, savedAt: savedAt.toISOString(), items }));
    const length = new DataView(new ArrayBuffer(4));
    length.setInt32(0, list.length);
    const file = new Blob(['CIPFILE1', length.buffer, list, await crypto.subtle.sign('HMAC', key, list), ...bodies], { type: 'application/octet-stream' });
    return { file, name: `not-sent-${store.deviceId.slice(0, 8)}-${savedAt.toISOString().slice(0, 10)}${parts.length > 1 ? `-${i + 1}-of-${parts.length}` : ''}.cip` };
  }));
  return { files, count: rows.length };
}
